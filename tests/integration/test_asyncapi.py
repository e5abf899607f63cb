"""What the gate really publishes, by docs/asyncapi.yaml."""

import json

import pytest
from kafka import KafkaConsumer, TopicPartition

from streams import topics
from streams.murmur2 import partition_of
from tests.streams.test_asyncapi import MESSAGES, example, validator

OUT = {
    topics.DECISIONS: "decision",
    topics.HOLDS: "hold",
    topics.ALERTS: "alert",
    topics.REPARTITION: "forwardedOrder",
    topics.DEAD_LETTERS: "deadLetter",
}
AS_THEY_CAME = (topics.REPARTITION, topics.DEAD_LETTERS)
"""The values of these are others' and may hold anything."""


@pytest.fixture
def published(gate):
    """Every committed record of a topic, from the beginning."""

    def read(topic: str) -> list:
        with KafkaConsumer(
            bootstrap_servers=gate.settings.brokers,
            isolation_level="read_committed",
            max_partition_fetch_bytes=9_000_000,
        ) as consumer:
            consumer.assign([TopicPartition(topic, n) for n in range(gate.settings.partitions)])
            consumer.seek_to_beginning()
            ends = consumer.end_offsets(consumer.assignment())
            found = []
            while any(consumer.position(tp) < end for tp, end in ends.items()):
                found += [each for batch in consumer.poll(timeout_ms=500).values() for each in batch]
            return found

    return read


def test_what_the_gate_publishes_is_what_the_document_says(gate, published):
    """Decisions of every kind, holds, a forwarded event and a dead letter, each valid by its schema."""
    order, download = example("order"), example("downloadRequest")
    gate.load(end_users=[example("endUser")], items=[example("item")])
    gate.worker().ready()
    home = partition_of(b"eu-1", gate.settings.partitions)
    elsewhere = (home + 1) % gate.settings.partitions
    gate.send(topics.ORDERS, order, order["end_user_id"])
    gate.send(topics.ORDERS, order | {"order_id": "ord-lost"}, "eu-1", partition=elsewhere)
    gate.send(topics.ORDERS, {"order_id": "ord-invalid", "lines": []}, "eu-1")
    gate.send(topics.ORDERS, b"{order_id", "eu-1")
    gate.send(topics.DOWNLOAD_REQUESTS, download, download["end_user_id"])
    gate.flush()
    subjects = ["order:ord-1", "order:ord-lost", "order:ord-invalid", "download:dl-1"]
    gate.decisions(subjects)

    for topic, name in OUT.items():
        records = published(topic)
        headers = validator(MESSAGES[name].get("headers", {}))
        payload = validator(MESSAGES[name]["payload"])
        for record in (each for each in records if each.value is not None or topic in AS_THEY_CAME):
            headers.validate({key: value.decode() for key, value in record.headers})
            if topic not in AS_THEY_CAME:
                payload.validate(json.loads(record.value))
        assert records or topic == topics.ALERTS
