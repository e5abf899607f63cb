"""The demo's two workers: processes of `exportgate worker`, started, watched and stopped."""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from streams.broker import free_port
from streams.errors import UserError
from streams.settings import Settings

READY_WITHIN = 60.0
STOPPED_WITHIN = 15.0


@dataclass(frozen=True)
class Worker:
    """One `exportgate worker` process, its web port and the file of its log."""

    process: asyncio.subprocess.Process
    port: int
    log: Path

    def refuse_ended(self) -> None:
        """Raise UserError where the process has ended."""
        if self.process.returncode is not None:
            raise UserError(f"a worker ended with exit status {self.process.returncode}: {self.log} says why")

    def page(self, path: str) -> str | None:
        """A page of the worker's web port, or None where it does not answer or says no."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            return None

    async def ready(self) -> None:
        """Return when the worker has its tables and partitions; raises UserError when it takes too long."""
        deadline = time.monotonic() + READY_WITHIN
        while await asyncio.to_thread(self.page, "/readyz") is None:
            self.refuse_ended()
            if time.monotonic() > deadline:
                raise UserError(f"a worker was not ready within {READY_WITHIN:.0f} s: {self.log} may say why")
            await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """Let the worker commit what it has and end; end it where it does not."""
        if self.process.returncode is None:
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOPPED_WITHIN)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def two_workers(settings: Settings, folder: Path) -> AsyncIterator[list[Worker]]:
    """Two workers of the settings' group, ready for events; they are stopped at the end.

    Their data is in `folder`, their logs are kept in EXPORTGATE_DATA_DIR.
    """
    workers: list[Worker] = []
    try:
        for number in (1, 2):
            log = settings.data_dir / f"demo-worker-{number}.log"
            workers.append(await _start(settings, folder, log))
        await asyncio.gather(*(worker.ready() for worker in workers))
        yield workers
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))


async def _start(settings: Settings, folder: Path, log: Path) -> Worker:
    port = free_port()
    environment = os.environ | {
        "EXPORTGATE_BROKERS": settings.brokers,
        "EXPORTGATE_GROUP": settings.group,
        "EXPORTGATE_DATA_DIR": str(folder),
        "EXPORTGATE_WEB_HOST": "127.0.0.1",
        "EXPORTGATE_WEB_PORT": str(port),
        "EXPORTGATE_RESTRICTED_PARTIES": "elsewhere",
    }
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams.cli", "worker"),
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Worker(process, port, log)


def blocked_by_group(workers: Iterable[Worker]) -> dict[str, int]:
    """How many transfers the workers blocked, by destination group, from their /metrics."""
    blocked: Counter[str] = Counter()
    for worker in workers:
        for family in text_string_to_metric_families(worker.page("/metrics") or ""):
            for sample in family.samples:
                if sample.name == "exportgate_blocked_transfers_total":
                    blocked[sample.labels["destination_group"]] += int(sample.value)
    return dict(blocked.most_common())
