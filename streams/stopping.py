"""The end of a worker: however it is stopped, it ends within seconds."""

import asyncio
import os
import threading
import time

import faust
import structlog

log = structlog.get_logger(__name__)

LONGEST_STOP_SECONDS = 8.0
"""Docker kills what was told to stop after 10 s."""


class StoppingWorker(faust.Worker):  # type: ignore[misc]  # faust comes untyped
    """Faust's worker of services, which ends the process where stopping them takes too long."""

    fatal: BaseException | None = None
    """What made going on unsafe."""

    def stop_with(self, error: BaseException) -> None:
        """Stop every service, since going on would be unsafe; the first error is the one that counts."""
        if self.fatal is None:
            self.fatal = error
            asyncio.get_running_loop().create_task(self.stop())

    async def stop(self) -> None:
        """Stop every service; an open transaction is aborted by its timeout, or by the lane's next owner."""
        threading.Thread(target=self._insist, daemon=True).start()
        await super().stop()

    def _insist(self) -> None:
        time.sleep(LONGEST_STOP_SECONDS)
        log.error("stopping took too long, the process ends", error=repr(self.fatal))
        os._exit(1)
