"""The gate on a Kafka with TLS, users and ACLs: what it needs, and what it says where it is not let in."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
)

from streams import dead_letters, decision_log, doctor, reference, rescreen, topics
from streams.broker import free_port
from streams.connection import connection
from streams.settings import Settings
from tests.integration.conftest import Gate, exportgate
from tests.integration.secured_broker import USERS, SecuredBroker

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
KINDS = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "transac": ResourceType.TRANSACTIONAL_ID}
EVENT = {
    "event_id": "evt-1",
    "request_id": "dl-1",
    "occurred_at": "2026-11-24T10:00:00Z",
    "declared_country": "IR",
    "eccn": "4D004",
}


def documented() -> list[ACL]:
    """What docs/security.md has Kafka allow to USERS."""
    found, user = [], ""
    rows = re.findall(r"^\| (.*?) ?\| (.+) \| ([A-Z_, ]+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    for who, what, operations in rows:
        user = re.split(r"[: ]", who)[0] or user
        if user in USERS:
            found += [
                ACL(f"User:{user}", "*", ACLOperation[operation], ACLPermissionType.ALLOW, resource)
                for resource in resources(what)
                for operation in operations.split(", ")
            ]
    return found


def resources(what: str) -> Iterator[ResourcePattern]:
    """The resources that words name: a name that ends with a dot or a hyphen is a prefix."""
    if what == "the cluster":
        yield ResourcePattern(ResourceType.CLUSTER, "kafka-cluster")
    elif what == "all topics":
        yield ResourcePattern(ResourceType.TOPIC, "*")
    else:
        (kind,) = (kind for word, kind in KINDS.items() if what.startswith(word))
        for name in re.findall(r"`(.+?)`", what):
            prefix = name.endswith((".", "-"))
            pattern = ACLResourcePatternType.PREFIXED if prefix else ACLResourcePatternType.LITERAL
            yield ResourcePattern(kind, name, pattern)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    """A secured broker that allows what docs/security.md says, with topics and destinations."""
    with SecuredBroker(tmp_path_factory.mktemp("secured")).running() as broker:
        with KafkaAdminClient(bootstrap_servers=broker.open) as admin:
            assert not admin.create_acls(documented())["failed"]
        topics.create(broker.settings("administrator"))
        reference.load(broker.settings("loader"))
        yield broker


def test_each_needs_no_more_than_its_acls(secured: SecuredBroker) -> None:
    """The shop asks, the worker decides, compliance looks at it and has it decided again."""
    compliance = secured.settings("compliance")
    gate = Gate(compliance, secured.folder)
    try:
        worker = gate.worker(sasl_user="worker", sasl_password="worker's secret").ready()
        with KafkaProducer(**connection(secured.settings("shop"))) as shop:
            shop.send(topics.DOWNLOAD_REQUESTS, json.dumps(EVENT).encode(), b"dl-1").get(timeout=30)
            shop.send(topics.ORDERS, b"no JSON", b"ord-1").get(timeout=30)
        (held,) = gate.decisions(["download:dl-1"])["download:dl-1"]
        assert "ACE_C1" in held.codes
        rescreen.rescreen(compliance, ["download:dl-1"], "A. Counsel", "again", dry_run=False)
        _, again = gate.decisions(["download:dl-1"], count=2)["download:dl-1"]
        assert again.content["rescreened_by"] == "A. Counsel"
        assert len(decision_log.find(compliance, ["download:dl-1"])["download:dl-1"]) == 2
        assert len(dead_letters.letters(compliance, 1)) == 1
        assert doctor.examine(compliance) == ["reference.items is empty: run `exportgate reference load`"]
        assert worker.stop() == 0, worker.said()
        assert "secret" not in worker.log.read_text()
    finally:
        gate.close()


def test_a_certificate_is_enough_where_kafka_knows_it(secured: SecuredBroker) -> None:
    """With SSL a client is known by its certificate; without one it is told to show one."""
    shown = {
        "EXPORTGATE_BROKERS": secured.tls,
        "EXPORTGATE_SECURITY_PROTOCOL": "SSL",
        "EXPORTGATE_SSL_CA": str(secured.folder / "ca.pem"),
    }
    with_one = {
        "EXPORTGATE_SSL_CERTIFICATE": str(secured.folder / "worker.pem"),
        "EXPORTGATE_SSL_KEY": str(secured.folder / "worker.key"),
    }

    let_in = Settings.from_env(shown | with_one)
    with KafkaAdminClient(**connection(let_in)) as admin:
        assert admin.describe_topics() == []
    said = refused(Settings.from_env(shown), "topics", "create")
    assert "takes no SSL connection" in said
    assert "EXPORTGATE_SSL_CERTIFICATE" in said


COMMANDS = [("worker",), ("reference", "load"), ("find", "order:1")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_wrong_password(secured: SecuredBroker, command: tuple[str, ...]) -> None:
    """A password that Kafka refuses is one line, which names the user and never the password."""
    said = refused(secured.settings("worker", sasl_password="guessed"), *command)

    assert f"Kafka at {secured.sasl} refused the user 'worker' by SCRAM-SHA-512" in said
    assert "EXPORTGATE_SASL_USER and the password" in said
    assert "guessed" not in said


@pytest.mark.parametrize(
    ("files", "changes", "expected"),
    [
        ({"ssl_ca": "other-ca.pem"}, {}, "is not trusted (unable to get local issuer certificate)"),
        ({}, {"sasl_mechanism": "PLAIN"}, "refused the user 'worker' by PLAIN"),
        ({"sasl_password_file": "nowhere"}, {"sasl_password": None}, "nowhere, which cannot be read"),
        ({"ssl_ca": "nowhere"}, {}, "nowhere, which cannot be used (No such file or directory)"),
        ({"ssl_certificate": "worker.pem", "ssl_key": "ca.pem"}, {}, "worker.pem and EXPORTGATE_SSL_KEY"),
    ],
    ids=["untrusted", "mechanism", "no password file", "no CA file", "no key"],
)
def test_a_worker_that_is_not_let_in(
    secured: SecuredBroker, files: dict[str, str], changes: dict[str, Any], expected: str
) -> None:
    """What is wrong is one line, and the worker ends."""
    paths = {name: secured.folder / file for name, file in files.items()}

    assert expected in refused(secured.settings("worker", **paths, **changes), "worker")


def test_plain_connections_are_refused(secured: SecuredBroker) -> None:
    """Who forgot the protocol is told of it."""
    said = refused(Settings(brokers=secured.sasl), "topics", "create")

    assert "takes no PLAINTEXT connection" in said
    assert "EXPORTGATE_SECURITY_PROTOCOL" in said


def test_a_configuration_that_may_not_be_seen(secured: SecuredBroker) -> None:
    """Who lacks a permission is told which."""
    said = refused(secured.settings("shop"), "topics", "create")

    assert "have it allow DESCRIBE_CONFIGS" in said


def test_a_group_that_may_not_be_joined(secured: SecuredBroker) -> None:
    """A worker that Kafka keeps out of its group ends and says so, it does not wait for ever."""
    done = exportgate(secured.settings("worker", group="another", web_port=free_port()), "worker")

    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last == f"exportgate: Kafka at {secured.sasl} refused: GroupAuthorizationFailedError('another')"


def refused(settings: Settings, *command: str) -> str:
    """What a command that fails says, which is one line."""
    done = exportgate(settings, *command)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("exportgate: ")
    assert done.stderr.count("\n") == 1
    return done.stderr
