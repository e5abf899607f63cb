"""How many workers there are, and who says so."""

from deploy.helm.rendering import PLAIN, render, variables, worker


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
        assert metadata["offsetResetPolicy"] == "earliest"  # like the workers: what came before them counts
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
