"""The chart as Helm renders it, and what the tests look up in it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parent / "exportgate"
PLAIN = {"kafka": {"brokers": "kafka-1:9092, kafka-2:9093"}}
EVERYTHING = {
    "image": {"tag": "1", "pullSecrets": ["registry"]},
    "kafka": {
        "brokers": "kafka-1:9093",
        "partitions": 6,
        "security": {
            "protocol": "SASL_SSL",
            "mechanism": "SCRAM-SHA-512",
            "credentials": "gate-user",
            "certificates": "gate-tls",
            "clientCertificate": True,
        },
    },
    "settings": {"EXPORTGATE_RESCREEN_DAYS": "60"},
    "prepare": {"credentials": "admin-user"},
    "autoscaling": {"enabled": True},
    "nodeSelector": {"disk": "fast"},
    "tolerations": [{"key": "gate", "operator": "Exists"}],
    "podAnnotations": {"example.com/team": "export"},
    "networkPolicy": {
        "kafkaPeers": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kafka"}}}],
        "monitoringPeers": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}],
    },
    "monitoring": {
        "serviceMonitor": True,
        "prometheusRule": True,
        "dashboards": True,
        "labels": {"release": "monitoring"},
        "runbooks": "https://docs.example.com/runbooks/",
    },
}

Manifests = dict[tuple[str, str], dict[str, Any]]


def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Helm."""
    assert shutil.which("helm"), "no helm: go install helm.sh/helm/v3/cmd/helm@v3.22.0"
    return subprocess.run(["helm", *arguments], capture_output=True, text=True, check=False)


def render(folder: Path, values: dict[str, Any], version: str = "1.37.2") -> Manifests:
    """What the chart makes of values, by kind and name."""
    file = folder / "values.yaml"
    file.write_text(json.dumps(values))
    done = helm("template", "gate", str(CHART), "--kube-version", version, "-f", str(file))
    assert done.returncode == 0, done.stderr
    found = [each for each in yaml.safe_load_all(done.stdout) if each]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def worker(manifests: Manifests) -> dict[str, Any]:
    """The pod of a worker."""
    return manifests["Deployment", "gate-exportgate"]["spec"]["template"]["spec"]


def pods(manifests: Manifests) -> Iterator[dict[str, Any]]:
    """The pod templates: of the workers, and of the job before them."""
    for (kind, _), each in manifests.items():
        if kind in ("Deployment", "Job"):
            yield each["spec"]["template"]


def containers(manifests: Manifests) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each container with its pod."""
    for pod in pods(manifests):
        for each in (*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]):
            yield pod["spec"], each


def variables(container: dict[str, Any]) -> dict[str, Any]:
    """What a container is given, by variable."""
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}
