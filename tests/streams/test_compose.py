"""docker-compose.yml and the Dockerfile, held against what they speak of."""

import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from streams import cli
from streams.lane import DRAIN_SECONDS
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


def test_the_gate_runs_with_a_read_only_file_system(services):
    """Worker and one-shot write nothing but the data folder that the image names, and have no capability."""
    folder = re.search(r"EXPORTGATE_DATA_DIR=(\S+)", (ROOT / "deploy" / "Dockerfile").read_text())
    assert folder is not None
    for name in ("prepare", "worker"):
        service = services[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert [each.partition(":")[0] for each in service["tmpfs"]] == [folder[1]]


def test_a_stop_has_time_to_finish_its_transaction(services):
    """Compose waits well beyond the drain before it kills."""
    assert float(services["worker"]["stop_grace_period"].removesuffix("s")) >= 4 * DRAIN_SECONDS


def test_the_image_checks_its_health():
    """The image asks the page that says whether a worker makes progress, on the port that it exposes."""
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    port = table()["web_port"].default

    assert f"http://localhost:${{EXPORTGATE_WEB_PORT:-{port}}}/healthz" in text
    assert f"EXPOSE {port}" in text


def test_what_is_mounted_is_there(services):
    """Prometheus, Alertmanager and Grafana are given files of this project."""
    mounts = [
        mount.split(":")[0]
        for name in ("prometheus", "alertmanager", "grafana")
        for mount in services[name]["volumes"]
    ]

    found = [mount for mount in mounts if mount.startswith("./")]
    assert len(found) == 5
    assert [mount for mount in found if not (ROOT / mount).exists()] == []


def test_prometheus_finds_workers_and_alertmanager(services):
    """The names and ports in its configuration are those of the services."""
    text = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text()
    (alerting,) = yaml.safe_load(text)["alerting"]["alertmanagers"]
    (scrape,) = yaml.safe_load(text)["scrape_configs"]
    (workers,) = scrape["dns_sd_configs"]

    assert alerting["static_configs"][0]["targets"] == ["alertmanager:9093"]
    assert workers["names"] == ["worker"]
    assert str(workers["port"]) == table()["web_port"].default
    assert {"alertmanager", "worker"} <= services.keys()


def test_only_this_machine_is_served(services):
    """Every published port is one of the loopback."""
    ports = [port for service in services.values() for port in service.get("ports", ())]

    assert len(ports) == 4
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_does_not_run_as_root():
    """The last user that the Dockerfile names is not root."""
    users = re.findall(r"^USER (\S+)", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)

    assert users[-1] == "10001"
