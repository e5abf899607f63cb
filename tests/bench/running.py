"""Processes that are measured: started, watched for memory and processor time, ended."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil

from streams.broker import free_port
from streams.settings import Settings, table

READY_SECONDS = 180.0


@dataclass
class Running:
    """One process that is measured, with its log."""

    process: psutil.Popen
    log: Path
    port: int = 0

    @property
    def processor_seconds(self) -> float:
        """The processor time it has used."""
        used = self.process.cpu_times()
        return used.user + used.system

    @property
    def memory(self) -> int:
        """The bytes that it has in memory."""
        return self.process.memory_info().rss

    def page(self, path: str) -> str | None:
        """A page of a worker's web port, or None where it does not answer or says no."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return None

    def ready(self) -> float:
        """Wait until a worker says that it is ready; give the seconds since its process was started."""
        wait_for(lambda: self.page("/readyz"), self, READY_SECONDS, 0.02)
        return time.time() - self.process.create_time()

    def refuse_ended(self) -> None:
        """Raise RuntimeError where the process has ended."""
        if self.process.poll() is not None:
            raise RuntimeError(f"it ended: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End it where it still runs, by force where it takes long."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            self.process.kill()
            self.process.wait()


def wait_for(condition: Callable[[], Any], running: Running, within: float, every: float = 0.2) -> None:
    """Return when `condition` is true; raises RuntimeError when it takes too long or the process ends."""
    deadline = time.monotonic() + within
    while not condition():
        running.refuse_ended()
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {within:.0f} s: {running.log.read_text()[-2000:]}")
        time.sleep(every)


@contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] = os.environ, port: int = 0
) -> Iterator[Running]:
    """A process of `command`, for as long as the context lasts."""
    with log.open("wb") as output:
        process = psutil.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    it = Running(process, log, port)
    try:
        yield it
    finally:
        it.stop()


@contextmanager
def worker(settings: Settings, number: int = 1) -> Iterator[Running]:
    """An `exportgate worker` of these settings."""
    mine = replace(settings, web_port=free_port())
    values = {setting.variable: getattr(mine, name) for name, setting in table().items()}
    environment = {name: "" if value is None else str(value) for name, value in values.items()}
    log = mine.data_dir / f"{mine.group}-worker-{number}.log"
    command = (sys.executable, "-m", "streams.cli", "worker")
    with running(command, log, os.environ | environment, mine.web_port) as it:
        yield it
