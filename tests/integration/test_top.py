"""`exportgate top` in a terminal, beside a worker."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from select import select

from streams import topics
from tests.integration.conftest import environment, exportgate

HELD = {
    "event_id": "evt-top",
    "request_id": "dl-top",
    "occurred_at": "2026-11-24T10:00:00Z",
    "end_user_id": "eu-[/top]",
    "eccn": "4D004",
    "declared_country": "IR",
}


class Terminal:
    """A terminal in which a command runs, and all that the command wrote to it."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self.process, self._screen, self.text = process, screen, ""

    def shows(self, pattern: str, within: float = 60.0) -> None:
        """Wait until the command has written this; fails when it does not."""
        deadline = time.monotonic() + within
        while not re.search(pattern, self.text):
            assert time.monotonic() < deadline, f"never shown: {pattern}; the end is {self.text[-1000:]}"
            if select([self._screen], [], [], 0.5)[0]:
                self.text += os.read(self._screen, 65536).decode(errors="replace")


@contextmanager
def terminal(gate, *arguments: str) -> Iterator[Terminal]:
    """A command of the gate's settings in a terminal of its own."""
    screen, inside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "streams.cli", *arguments],
        env=environment(gate.settings) | {"TERM": "xterm", "COLUMNS": "120", "LINES": "40"},
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    try:
        yield Terminal(process, screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def test_top_shows_the_workers_and_the_last_holds_until_it_is_interrupted(gate):
    """It finds the worker, shows its figures and a hold that came just now; Ctrl-C ends it with status 0."""
    worker = gate.worker().ready()
    with terminal(gate, "top", f"127.0.0.1:{worker.settings.web_port}") as shown:
        shown.shows("1 of 1 workers answer")
        gate.send(topics.DOWNLOAD_REQUESTS, HELD, "eu-[/top]")
        gate.flush()
        shown.shows(r"download:dl-top +eu-\[/top\] .*hold \(ACE_C1")
        shown.shows(r"Latency +p50 [\d,]+ ms, p99 [\d,]+ ms")
        shown.process.send_signal(signal.SIGINT)
        assert shown.process.wait(15) == 0


def test_top_says_where_no_worker_answers(gate):
    """A worker that is not there is missed, and the view goes on."""
    with terminal(gate, "top", "127.0.0.1:1") as shown:
        shown.shows("0 of 1 workers answer")


def test_top_wants_a_terminal(gate):
    """Without a terminal it says so in one line."""
    done = exportgate(gate.settings, "top")
    assert done.returncode == 1
    assert done.stderr == (
        "exportgate: top draws on a terminal: run it in one, or read the workers' /metrics\n"
    )
