"""The chart: linted, rendered, valid by the schemas of the API, and refused where its values are wrong.

Needs Helm 3 (`helm`) and `kubernetes-validate` on the PATH: deploy/requirements.txt has the second.
"""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from deploy.helm.rendering import CHART, PLAIN, helm, render, worker

KUBERNETES = ("1.34", "1.35", "1.36", "1.37")


def test_the_chart_is_linted(tmp_path, values):
    """Helm finds nothing to warn of."""
    file = tmp_path / "values.yaml"
    file.write_text(json.dumps(values))

    done = helm("lint", "--strict", "--kube-version", "1.37.2", str(CHART), "-f", str(file))

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("version", KUBERNETES)
def test_the_api_knows_every_field(tmp_path, values, version):
    """Each manifest of Kubernetes' own kinds is valid by the schemas of the version; none is left out."""
    own = {key: each for key, each in render(tmp_path, values, f"{version}.0").items() if _is_builtin(each)}
    files = []
    for number, each in enumerate(own.values()):
        files.append(tmp_path / f"{number}.yaml")
        files[-1].write_text(yaml.safe_dump(each))

    assert shutil.which("kubernetes-validate"), "pip install -r deploy/requirements.txt"
    done = subprocess.run(
        ["kubernetes-validate", "--strict", "-k", version, *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    kinds = {kind for kind, _ in own}
    assert {"Deployment", "Job", "NetworkPolicy", "PodDisruptionBudget", "Service"} <= kinds


def _is_builtin(manifest: dict[str, Any]) -> bool:
    return not manifest["apiVersion"].startswith(("monitoring.coreos.com/", "keda.sh/"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "brokers"),
        ({"kafka": {"brokers": "kafka"}}, "brokers"),
        ({"kafka": {"brokers": "k:1", "security": {"protocol": "SASL_SSL"}}}, "credentials"),
        (
            {"kafka": {"brokers": "k:1", "security": {"protocol": "SSL", "clientCertificate": True}}},
            "certificates",
        ),
        (PLAIN | {"replicass": 3}, "replicass"),
        (PLAIN | {"settings": {"EXPORTGATE_RESCREEN_DAYS": 60}}, "EXPORTGATE_RESCREEN_DAYS"),
        (PLAIN | {"settings": {"EXPORTGATE_PARTITIONS": "16"}}, "EXPORTGATE_PARTITIONS"),
        (PLAIN | {"settings": {"EXPORTGATE_RESCREN_DAYS": "60"}}, "EXPORTGATE_RESCREN_DAYS"),
        (PLAIN | {"gracePeriodSeconds": 5}, "gracePeriodSeconds"),
        (PLAIN | {"autoscaling": {"minReplicas": 0}}, "minReplicas"),
    ],
)
def test_wrong_values_are_refused(tmp_path, wrong, says):
    """A value that is missing, misspelt or impossible is named, and nothing is rendered."""
    file = tmp_path / "values.yaml"
    file.write_text(json.dumps(wrong))

    done = helm("template", "gate", str(CHART), "-f", str(file))

    assert done.returncode != 0
    assert says in done.stderr


def test_destinations_of_ones_own_are_left_alone(tmp_path):
    """Where the values say so, the job creates the topics and loads nothing."""
    job = render(tmp_path, PLAIN | {"prepare": {"destinations": False}})["Job", "gate-exportgate-prepare-1"]

    assert [each["args"] for each in job["spec"]["template"]["spec"]["containers"]] == [["topics", "create"]]


def test_loss_is_accepted_where_it_is_said(tmp_path):
    """Workers go on over events that retention took only where the values say so."""
    accepting = render(tmp_path, PLAIN | {"acceptLoss": True})

    assert worker(accepting)["containers"][0]["args"] == ["worker", "--accept-loss"]
    assert worker(render(tmp_path, PLAIN))["containers"][0]["args"] == ["worker"]


def test_prometheus_finds_the_workers_and_keeps_gates_apart(full):
    """The monitor finds the service by its labels, the port by its name, and names the job after the gate."""
    monitor = full["ServiceMonitor", "gate-exportgate"]["spec"]
    service = full["Service", "gate-exportgate"]

    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"]
    assert monitor["endpoints"][0]["relabelings"] == [
        {"targetLabel": "job", "replacement": "default/gate-exportgate"}
    ]
    assert service["spec"]["publishNotReadyAddresses"] is True


def test_rules_are_those_of_deploy_prometheus(full):
    """Each file of rules is a PrometheusRule, word for word but for where the runbooks are."""
    files = sorted((CHART.parents[1] / "prometheus" / "rules").glob("*.yml"))
    assert files
    for file in files:
        said = full["PrometheusRule", f"gate-exportgate-{file.stem}"]
        text = re.sub(
            r"runbook_url: .*/runbooks/", "runbook_url: https://docs.example.com/runbooks/", file.read_text()
        )

        assert said["spec"] == yaml.safe_load(text)
        assert said["metadata"]["labels"]["release"] == "monitoring"


def test_dashboards_are_those_of_deploy_grafana(full):
    """Each board is a ConfigMap that Grafana's sidecar finds, byte for byte."""
    files = sorted((CHART.parents[1] / "grafana" / "dashboards").glob("*.json"))
    assert files
    for file in files:
        name = file.stem.removeprefix("exportgate-")
        said = full["ConfigMap", f"gate-exportgate-{name}"]

        assert json.loads(said["data"][file.name]) == json.loads(file.read_text())
        assert said["metadata"]["labels"]["grafana_dashboard"] == "1"
