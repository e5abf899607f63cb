"""What the API's schemas do not see of the workers: selectors, ports, probes, secrets, rights."""

from deploy.helm.rendering import containers, pods, variables, worker
from streams.lane import DRAIN_SECONDS
from streams.settings import table


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
    alive = container["livenessProbe"]
    assert alive["periodSeconds"] * alive["failureThreshold"] > 60, "a transaction left open ends first"
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
