"""docker-compose.yml and the Dockerfile, held against what they speak of."""

import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from streams import cli
from streams.settings import table

ROOT = Path(__file__).parents[2]


@pytest.fixture
def services() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def _commands() -> set[str]:
    found = set()
    for name, command in get_command(cli.app).commands.items():
        found |= {f"{name} {sub}" for sub in getattr(command, "commands", {})} or {name}
    return found


def test_every_variable_is_a_setting(services):
    """Compose and Dockerfile set no variable that does not exist."""
    text = (ROOT / "docker-compose.yml").read_text() + (ROOT / "deploy" / "Dockerfile").read_text()

    assert set(re.findall(r"EXPORTGATE_\w+", text)) <= {setting.variable for setting in table().values()}


def test_every_command_exists(services):
    """The one-shot and the worker run commands that the command line has."""
    said = re.findall(r"exportgate ([a-z ]+?)(?: &&|$)", services["prepare"]["entrypoint"][-1])

    assert said == ["topics create", "reference load"]
    assert {*said, *services["worker"]["command"]} <= _commands()


def test_a_worker_starts_after_its_topics(services):
    """Kafka is healthy, then topics and destinations are there, then workers start."""
    assert services["prepare"]["depends_on"]["kafka"]["condition"] == "service_healthy"
    assert services["worker"]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    assert services["kafka"]["healthcheck"]["test"][0] == "CMD"


def test_a_worker_scales(services):
    """A worker publishes no port of the host and has no name of its own, so that there may be several."""
    assert not {"ports", "container_name"} & services["worker"].keys()


def test_clients_find_kafka_inside_and_outside(services):
    """Workers use the address that Kafka advertises inside, this machine the one that is published."""
    kafka = services["kafka"]

    assert services["worker"]["environment"]["EXPORTGATE_BROKERS"] == "kafka:19092"
    assert "INSIDE://kafka:19092" in kafka["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    assert kafka["ports"] == ["127.0.0.1:9092:9092"]


def test_the_image_does_not_run_as_root():
    """The last user that the Dockerfile names is not root."""
    users = re.findall(r"^USER (\S+)", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)

    assert users[-1] == "10001"
