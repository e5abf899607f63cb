"""The rules of Prometheus and the routes of Alertmanager, with their own tools."""

import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[1]
PROMETHEUS = DEPLOY / "prometheus"


def said(*command: str | Path) -> str:
    """What a tool prints; fails with it where the tool finds fault."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_configuration_is_valid():
    """Prometheus and Alertmanager take their files."""
    said("promtool", "check", "config", PROMETHEUS / "prometheus.yml")
    said("amtool", "check-config", DEPLOY / "alertmanager" / "alertmanager.yml")


@pytest.mark.parametrize("path", sorted((PROMETHEUS / "rules").glob("*.yml")), ids=lambda path: path.stem)
def test_the_rules_are_valid(path):
    """Every rule parses, and none is there twice."""
    said("promtool", "check", "rules", "--lint=all", "--lint-fatal", path)


@pytest.mark.parametrize("path", sorted((PROMETHEUS / "tests").glob("*.yml")), ids=lambda path: path.stem)
def test_alerts_fire_when_they_must_and_only_then(path):
    """Each alert fires, is silent just below, and ends."""
    said("promtool", "test", "rules", path)


@pytest.mark.parametrize(("severity", "receiver"), [("page", "pager"), ("ticket", "tickets")])
def test_each_severity_goes_to_its_receiver(severity, receiver):
    """A page wakes somebody; a ticket waits for the working day."""
    config = f"--config.file={DEPLOY / 'alertmanager' / 'alertmanager.yml'}"
    assert said("amtool", "config", "routes", "test", config, f"severity={severity}").strip() == receiver
