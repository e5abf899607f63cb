import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.broker import running_broker

DEADLINE = 240

MARK = "EXPORTGATE_TEST_MARK"


def processes_marked(mark: str) -> list[str]:
    """The processes whose environment carries `mark`: those that a demo started, and the demo itself."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{MARK}={mark}".encode() in environ.read_bytes():
                found.append(environ.parent.name)
        except OSError:
            continue
    return found


@contextmanager
def demo(folder: Path, environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [sys.executable, "-m", "streams.cli", "demo"],
        env={key: value for key, value in os.environ.items() if key != "EXPORTGATE_BROKERS"}
        | environment
        | {MARK: mark, "EXPORTGATE_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, mark
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=DEADLINE)


def test_the_demo_screens_everything_once_and_says_what_was_blocked(tmp_path):
    """On a new Kafka that is given all is screened, the report is plain text; after that it is refused."""
    with running_broker() as own:
        with demo(tmp_path, {"EXPORTGATE_BROKERS": own}) as (process, mark):
            out, err = process.communicate(timeout=DEADLINE)
        with demo(tmp_path, {"EXPORTGATE_BROKERS": own}) as (again, _):
            _, refusal = again.communicate(timeout=DEADLINE)
    assert process.returncode == 0, err
    assert err == ""
    assert "has exactly one decision" in out
    assert "15 CFR 740.22(c)(4)" in out
    assert "D:1" in out
    assert "\x1b" not in out
    assert processes_marked(mark) == []
    assert again.returncode == 1
    assert refusal.count("\n") == 1
    assert "the demo writes made-up records" in refusal


def test_an_interrupted_demo_leaves_nothing_running(tmp_path):
    """Ctrl-C while the workers start stops them, and the broker of the demo's own."""
    with demo(tmp_path, {}) as (process, mark):
        for line in process.stdout:
            if "Starting two workers" in line:
                break
        assert len(processes_marked(mark)) > 1
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    assert processes_marked(mark) == []
