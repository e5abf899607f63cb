"""The web port: /metrics, /healthz (alive, making progress) and /readyz (caught up, partitions assigned)."""

from collections.abc import Mapping
from typing import Any

import faust
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from streams.lanes import Lanes
from streams.metrics import Metrics
from streams.progress import Progress
from streams.readiness import readiness
from streams.reference_data import ReferenceData


def add_pages(
    app: faust.App, metrics: Metrics, lanes: Lanes, progress: Progress, reference: ReferenceData
) -> None:
    """Serve the three pages on the app's web port; those of health answer 200 or 503 with what they found."""

    async def _metrics(web: Any, request: Any) -> Any:
        text = generate_latest(metrics.registry).decode()
        return web.text(text, content_type=CONTENT_TYPE_LATEST.partition(";")[0])

    async def _healthz(web: Any, request: Any) -> Any:
        return _answer(web, {"making_progress": progress.moving})

    async def _readyz(web: Any, request: Any) -> Any:
        return _answer(web, readiness(lanes, reference))

    for path, page in (("/metrics", _metrics), ("/healthz", _healthz), ("/readyz", _readyz)):
        app.page(path)(page)


def _answer(web: Any, checks: Mapping[str, bool]) -> Any:
    return web.json(dict(checks), status=200 if all(checks.values()) else 503)
