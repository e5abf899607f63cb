"""The image at work: a worker in a container, read-only and without rights, on a real Kafka.

`make images` builds the image and runs this; it needs Docker on Linux, whose containers can share the host's
network.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from streams.broker import free_port, running_broker
from streams.settings import Settings
from tests.integration.conftest import Gate, eventually, page, variables

IMAGE = "exportgate"
LOCKED = ("--network=host", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
SCRATCH = "--tmpfs=/var/lib/exportgate:uid=10001,gid=10001,mode=0700"

END_USER = {"end_user_id": "eu-1", "name": "Kellner Optik", "country": "DE", "category": "private_company"}
ORDER = {
    "event_id": "evt-1",
    "order_id": "o-1",
    "occurred_at": "2026-11-24T10:00:00Z",
    "end_user_id": "eu-1",
    "ship_to": {"country": "DE"},
    "lines": [{"line_id": "1", "eccn": "4D004"}],
}


def docker(*arguments: str) -> str:
    """What a command of Docker says; fails where Docker does."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def container(settings: Settings, *options: str) -> tuple[str, ...]:
    """`docker run` with these settings, all but where the data lies."""
    given = (
        f"--env={name}={value}"
        for name, value in variables(settings).items()
        if name != "EXPORTGATE_DATA_DIR"
    )
    return ("run", *LOCKED, SCRATCH, *given, *options, IMAGE)


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """A real Kafka, its topics and destinations made from within the image."""
    with running_broker() as address:
        found = Settings(brokers=address, partitions=2, restricted_parties="elsewhere", web_port=free_port())
        docker(*container(found, "--rm"), "topics", "create")
        docker(*container(found, "--rm"), "reference", "load")
        yield found


def test_it_runs_as_nobody_in_particular():
    """The image's user is not root."""
    assert docker("image", "inspect", "--format={{.Config.User}}", IMAGE) == "10001"


def test_a_worker_decides_is_healthy_and_stops(settings: Settings, tmp_path: Path):
    """An order is decided, the health check is content, nothing can be written, SIGTERM ends it with 0."""
    name = f"exportgate-{os.getpid()}"
    docker(*container(settings, "--detach", f"--name={name}"))
    gate = Gate(replace(settings, data_dir=tmp_path), tmp_path)
    try:
        eventually(
            lambda: page(settings.web_port, "/readyz"), "the worker in its container is ready", within=60
        )
        gate.load(end_users=[END_USER])
        gate.send("orders", ORDER, key="eu-1")
        gate.flush()
        (decision,) = gate.decisions(["order:o-1"])["order:o-1"]
        health = ("inspect", "--format={{.State.Health.Status}}", name)
        eventually(lambda: docker(*health) == "healthy", "the health check is content", within=60)
        written = subprocess.run(
            ["docker", "exec", name, "touch", "/opt/x"], capture_output=True, check=False
        )
        docker("stop", "--time=30", name)

        assert decision.content["decision"] == "release"
        assert b"Read-only file system" in written.stderr
        assert docker("inspect", "--format={{.State.ExitCode}}", name) == "0"
    finally:
        gate.close()
        docker("rm", "--force", name)
