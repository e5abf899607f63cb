"""The web port of a worker: had by one, and what its pages say."""

import json
import subprocess
import sys
from dataclasses import replace

from streams.broker import free_port
from tests.integration.conftest import environment, eventually


def test_of_two_workers_on_one_port_one_runs(gate):
    """Started at once on one web port, one worker goes on; the other says in one line what to set."""
    settings = replace(gate.settings, web_port=free_port())
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "worker"],
            env=environment(settings),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        eventually(
            lambda: any(worker.poll() is not None for worker in both), "one of the two ends", within=60
        )
        (refused,) = (worker for worker in both if worker.poll() is not None)
        _, said = refused.communicate(timeout=10)
    finally:
        for worker in both:
            worker.kill()
            worker.communicate(timeout=10)

    assert refused.returncode == 1
    assert said.count("\n") == 1
    assert "set EXPORTGATE_WEB_HOST or EXPORTGATE_WEB_PORT" in said


def test_the_pages_of_a_worker_that_is_ready(gate):
    """/readyz says what was looked at, /metrics only what counts, and no page is OK whatever happens."""
    worker = gate.worker().ready()

    assert json.loads(worker.page("/readyz") or "") == {
        "destinations": True,
        "items": True,
        "end-users": True,
        "brokers_answer": True,
        "partitions_assigned": True,
        "lanes_open": True,
    }
    metrics = worker.page("/metrics") or ""
    assert "exportgate_events_total" in metrics
    assert "_created" not in metrics
    assert worker.page("/") is None
    assert worker.stop() == 0
    assert "lanes open" in worker.said()
