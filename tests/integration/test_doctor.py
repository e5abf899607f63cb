"""What the doctor says of a deployment that has this or that wrong, on a Kafka of its own."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaProducer
from kafka import TopicPartition
from kafka.admin import ConfigResource, KafkaAdminClient

from streams import reference, topics
from streams.broker import running_broker
from streams.settings import Settings
from tests.integration.conftest import Gate, exportgate


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with running_broker() as address:
        yield Settings(brokers=address, partitions=2, data_dir=tmp_path_factory.mktemp("doctor"))


def deployed(settings: Settings) -> Gate:
    """A deployment with which nothing is wrong, and its worker."""
    topics.create(settings)
    reference.load(settings)
    gate = Gate(settings, settings.data_dir)
    gate.load(items=[{"sku": "PT", "eccn": "4D004"}])
    gate.worker().ready()
    return gate


def examined(settings: Settings) -> tuple[int, list[str]]:
    done = exportgate(settings, "doctor")
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_what_is_wrong_is_said_in_order_of_weight_until_nothing_is(settings):
    """From a Kafka with nothing on it to a deployment that works, and a producer that is set up wrongly."""
    missing = ", ".join(topic.name for topic in topics.TOPICS)
    assert examined(settings) == (1, [f"exportgate: no topic {missing}: run `exportgate topics create`"])

    topics.create(settings)
    status, lines = examined(settings)
    assert status == 1
    assert [line.partition(":")[0] for line in lines] == [
        "reference.destinations is empty",
        "reference.items is empty",
        "no restricted-party list is loaded, everything is held",
        "no worker runs in the group 'exportgate'",
    ]

    settings = replace(settings, restricted_parties="elsewhere")
    gate = deployed(settings)
    assert examined(settings) == (0, ["nothing is wrong"])

    for partition in range(2):
        event = {"event_id": "e", "order_id": f"o{partition}", "occurred_at": "2026-11-24T10:00:00Z"}
        gate.send(topics.ORDERS, event | {"end_user_id": "eu-1", "lines": [{}]}, "eu-1", partition)
    gate.flush()
    gate.send(topics.ORDERS, event | {"order_id": "o2", "lines": [{}]}, None, 0)
    gate.flush()
    gate.decisions(["order:o0", "order:o1", "order:o2"])
    gate.close()
    status, lines = examined(settings)
    assert status == 1
    assert any("murmur2 does not put their key, b'eu-1' among them" in line for line in lines)
    assert "orders-0: 1 of the newest records have no key: give them one" in lines
    # What was forwarded is decided; behind it lies no event, but the mark of its transaction.
    assert not any("wait for" in line or re.search(r" [1-9]\d* events wait", line) for line in lines)


def test_what_makes_events_wait_is_said(settings):
    """A transaction that somebody left open, the events behind it, and an end user that cannot be read."""
    settings = replace(settings, restricted_parties="elsewhere")
    gate = deployed(settings)
    asyncio.run(_leave_open(settings))
    gate.send(topics.END_USERS, b'{"end_user_id": 5}', "eu-5")
    gate.flush()
    event = {"event_id": "e", "order_id": "o", "occurred_at": "2026-11-24T10:00:00Z", "lines": [{}]}
    gate.send(topics.ORDERS, event, "eu-1")
    gate.flush()
    status, lines = examined(settings)
    gate.close()
    assert status == 1
    assert re.fullmatch(r"reference.items-0: a transaction has been open for 3\d\d s, .*", lines[0])
    assert lines[1:] == [  # and not the event, which waits for seconds
        "reference.items cannot be read to its end within 9 s",
        "reference.end-users has 1 records that do not validate: correct them",
    ]


def test_what_retention_took_and_a_topic_of_another_shape_are_said(settings):
    """Events that are gone and nobody decided; decisions that are kept for an hour, and have no room."""
    settings = replace(settings, restricted_parties="elsewhere")
    gate = deployed(settings)
    for number in range(3):
        event = {"event_id": "e", "order_id": f"o{number}", "occurred_at": "2026-11-24T10:00:00Z"}
        gate.send(topics.ORDERS, event | {"end_user_id": "eu-1", "lines": [{}]}, "eu-1", 0)
        gate.flush()
        if number == 0:
            gate.decisions(["order:o0"])
            gate.end_workers()
    gate.close()
    with KafkaAdminClient(bootstrap_servers=settings.brokers) as admin:
        admin.delete_records({TopicPartition(topics.ORDERS, 0): -1})
        changed = {"retention.ms": "3600000", "max.message.bytes": "600"}
        admin.alter_configs([ConfigResource("topic", topics.DECISIONS, changed)])
    status, lines = examined(settings)
    assert status == 1
    assert lines[0].startswith("orders-0: retention took 2 offsets that nobody decided")
    for name, value in changed.items():
        assert any(f"exists with {name} {value}" in line and "--add-config" in line for line in lines[1:])


async def _leave_open(settings: Settings) -> None:
    """Write an item of five minutes ago in a transaction, and go without ending it."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.brokers, transactional_id="left-open")
    await producer.start()
    await producer.begin_transaction()
    ago = int((time.time() - 300) * 1000)
    await producer.send_and_wait(topics.ITEMS, b'{"sku": "PT-2"}', key=b"PT-2", timestamp_ms=ago)
    await producer.client.close()
    producer._sender._sender_task.cancel()
    producer._closed = True
