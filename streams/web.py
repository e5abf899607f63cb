"""The web port: /metrics, /healthz (alive, making progress) and /readyz (caught up, partitions assigned)."""

import logging
import socket
from collections.abc import Mapping
from typing import Any, ClassVar

import faust
from aiohttp.web import SockSite
from faust.web.drivers import aiohttp
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from streams.errors import SettingError
from streams.lanes import Lanes
from streams.metrics import Metrics
from streams.progress import Progress
from streams.readiness import readiness
from streams.reference_data import ReferenceData
from streams.settings import Settings


class Web(aiohttp.Web):  # type: ignore[misc]  # faust comes untyped
    """Faust's web server, on a socket that listens before anything else of the worker starts."""

    logger = logging.getLogger("faust.web")
    production_blueprints: ClassVar[tuple[str, ...]] = ()  # Faust's page at / says OK whatever is

    def __init__(self, app: faust.App, listening: socket.socket) -> None:
        super().__init__(app)
        self._listening = listening

    def _new_transport_tcp(self) -> SockSite:
        return SockSite(self._runner, self._listening)


def listen(settings: Settings) -> socket.socket:
    """The socket of the web port; raises SettingError where it cannot be had."""
    host, port = settings.web_host, settings.web_port
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128
        )
    except OSError as error:
        raise SettingError(
            f"cannot listen on {host}:{port} ({error.strerror}): "
            "set EXPORTGATE_WEB_HOST or EXPORTGATE_WEB_PORT"
        ) from error


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
        return _answer(web, readiness(lanes, progress, reference))

    for path, page in (("/metrics", _metrics), ("/healthz", _healthz), ("/readyz", _readyz)):
        app.page(path)(page)


def _answer(web: Any, checks: Mapping[str, bool]) -> Any:
    return web.json(dict(checks), status=200 if all(checks.values()) else 503)
