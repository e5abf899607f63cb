"""The chart: linted, rendered and validated, and what the API's schemas do not see.

Needs Helm 3 (`helm`) and `kubernetes-validate` on the PATH: deploy/requirements.txt has the second.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.lane import DRAIN_SECONDS
from streams.settings import table

CHART = Path(__file__).parent / "exportgate"
KUBERNETES = ("1.34", "1.35", "1.36", "1.37")

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


@pytest.fixture(params=[PLAIN, EVERYTHING], ids=["plain", "everything"])
def values(request: pytest.FixtureRequest) -> dict[str, Any]:
    return request.param


@pytest.fixture
def manifests(tmp_path: Path, values: dict[str, Any]) -> Manifests:
    return render(tmp_path, values)


@pytest.fixture
def full(tmp_path: Path) -> Manifests:
    return render(tmp_path, EVERYTHING)


def worker(manifests: Manifests) -> dict[str, Any]:
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
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


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


def test_selectors_find_the_workers_and_nothing_else(manifests):
    """Deployment, service, budget and spread select the pods of workers, not those of the job."""
    deployment = manifests["Deployment", "gate-exportgate"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    job = next(each for (kind, _), each in manifests.items() if kind == "Job")
    selectors = [
        deployment["selector"]["matchLabels"],
        manifests["Service", "gate-exportgate"]["spec"]["selector"],
        manifests["PodDisruptionBudget", "gate-exportgate"]["spec"]["selector"]["matchLabels"],
        *(each["labelSelector"]["matchLabels"] for each in worker(manifests)["topologySpreadConstraints"]),
    ]

    assert len(selectors) == 5
    for selector in selectors:
        assert selector.items() <= labels.items()
        assert not selector.items() <= job["spec"]["template"]["metadata"]["labels"].items()


def test_the_network_policy_is_that_of_every_pod(manifests):
    """Workers and the job reach Kafka on its ports and names; the web port alone can be reached."""
    policy = manifests["NetworkPolicy", "gate-exportgate"]["spec"]
    kafka = [port["port"] for port in policy["egress"][1]["ports"]]
    addresses = variables(worker(manifests)["containers"][0])["EXPORTGATE_BROKERS"].split(",")

    assert all(
        policy["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
        for pod in pods(manifests)
    )
    assert {str(port) for port in kafka} == {address.rpartition(":")[2] for address in addresses}
    assert [port["port"] for rule in policy["ingress"] for port in rule["ports"]] == [6066]
    assert {(port["port"], port["protocol"]) for port in policy["egress"][0]["ports"]} == {
        (53, "UDP"),
        (53, "TCP"),
    }


def test_probes_ask_the_pages_that_the_worker_has(manifests):
    """Ready is caught up, alive is making progress, on the port that the container names."""
    (container,) = worker(manifests)["containers"]
    (port,) = container["ports"]

    assert port == {"name": "web", "containerPort": int(table()["web_port"].default or 0)}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "web"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "web"}
    assert container["startupProbe"]["httpGet"] == {"path": "/healthz", "port": "web"}
    (served,) = manifests["Service", "gate-exportgate"]["spec"]["ports"]
    assert served["targetPort"] == "web"


def test_a_stop_has_time_to_finish_its_transaction(manifests):
    """Kubernetes waits well beyond the drain before it kills."""
    assert worker(manifests)["terminationGracePeriodSeconds"] >= 4 * DRAIN_SECONDS


def test_pods_may_do_nothing(manifests):
    """No root, no capability, no token, nothing to write but the data folder, memory limited."""
    for pod, container in containers(manifests):
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        writable = [each["mountPath"] for each in container["volumeMounts"] if not each.get("readOnly")]
        assert writable == ["/var/lib/exportgate"]
    assert worker(manifests)["containers"][0]["resources"]["limits"]["memory"]


def test_every_mount_has_its_volume(manifests):
    """A container mounts what its pod has."""
    for pod, container in containers(manifests):
        assert {each["name"] for each in container["volumeMounts"]} == {
            each["name"] for each in pod["volumes"]
        }


def test_secrets_stay_secret(full):
    """The password is a file of the Secret, the user comes from it; no value of either is in a manifest."""
    for pod, container in containers(full):
        said = variables(container)
        mounts = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
        volumes = {each["name"]: each for each in pod["volumes"]}
        secret = volumes["credentials"]["secret"]["secretName"]

        assert "EXPORTGATE_SASL_PASSWORD" not in said
        assert said["EXPORTGATE_SASL_PASSWORD_FILE"] == f"{mounts['credentials']}/password"
        assert said["EXPORTGATE_SASL_USER"] == {"secretKeyRef": {"name": secret, "key": "user"}}
        assert secret == ("gate-user" if container["name"] == "worker" else "admin-user")
        for variable in ("SSL_CA", "SSL_CERTIFICATE", "SSL_KEY"):
            assert said[f"EXPORTGATE_{variable}"].startswith(f"{mounts['certificates']}/")
    assert not any(kind == "Secret" for kind, _ in full)


def test_settings_reach_every_container(full):
    """What the values set is what the containers are given."""
    for _, container in containers(full):
        said = variables(container)
        assert said["EXPORTGATE_PARTITIONS"] == "6"
        assert said["EXPORTGATE_RESCREEN_DAYS"] == "60"
        assert said["EXPORTGATE_SECURITY_PROTOCOL"] == "SASL_SSL"


def test_keda_alone_says_how_many_workers_there_are(full):
    """With autoscaling the deployment has no number of its own, and never more workers than partitions."""
    deployment = full["Deployment", "gate-exportgate"]
    scaled = full["ScaledObject", "gate-exportgate"]["spec"]

    assert "replicas" not in deployment["spec"]
    assert scaled["scaleTargetRef"] == {"name": deployment["metadata"]["name"]}
    assert 1 <= scaled["minReplicaCount"] <= scaled["maxReplicaCount"] == 6


def test_keda_asks_for_the_lag_of_what_is_decided(full):
    """A trigger for each topic that workers decide from, all texts, with the workers' group and secrets."""
    scaled = full["ScaledObject", "gate-exportgate"]["spec"]
    said = variables(worker(full)["containers"][0])
    authentication = full["TriggerAuthentication", "gate-exportgate"]["spec"]["secretTargetRef"]

    topics = [trigger["metadata"]["topic"] for trigger in scaled["triggers"]]
    assert topics == ["orders", "download-requests", "screening.repartition"]
    for trigger in scaled["triggers"]:
        metadata = trigger["metadata"]
        assert metadata["consumerGroup"] == said["EXPORTGATE_GROUP"]
        assert metadata["bootstrapServers"] == said["EXPORTGATE_BROKERS"]
        assert (metadata["sasl"], metadata["tls"]) == ("scram_sha512", "enable")
        assert all(isinstance(value, str) for value in metadata.values())
        assert trigger["authenticationRef"] == {"name": "gate-exportgate"}
    assert {(each["parameter"], each["name"], each["key"]) for each in authentication} == {
        ("username", "gate-user", "user"),
        ("password", "gate-user", "password"),
        ("ca", "gate-tls", "ca.crt"),
        ("cert", "gate-tls", "tls.crt"),
        ("key", "gate-tls", "tls.key"),
    }


def test_without_autoscaling_the_values_say_how_many(tmp_path):
    """No ScaledObject then, and the deployment has its number."""
    plain = render(tmp_path, PLAIN)

    assert plain["Deployment", "gate-exportgate"]["spec"]["replicas"] == 3
    assert not any(kind in ("ScaledObject", "TriggerAuthentication") for kind, _ in plain)


def test_prometheus_scrapes_the_job_that_rules_ask_for(full):
    """The monitor finds the service by its labels, the port by its name, and names the job."""
    monitor = full["ServiceMonitor", "gate-exportgate"]["spec"]
    service = full["Service", "gate-exportgate"]

    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"]
    assert monitor["endpoints"][0]["relabelings"] == [{"targetLabel": "job", "replacement": "exportgate"}]
    assert service["spec"]["publishNotReadyAddresses"] is True


def test_rules_are_those_of_deploy_prometheus(full):
    """Each file of rules is a PrometheusRule, word for word but for where the runbooks are."""
    files = sorted((CHART.parents[1] / "prometheus" / "rules").glob("*.yml"))
    assert files
    for file in files:
        said = full["PrometheusRule", f"gate-exportgate-{file.stem}"]
        text = re.sub(
            r"runbook_url: .*/", "runbook_url: https://docs.example.com/runbooks/", file.read_text()
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
