"""Sending events by hand: the right topic, the right key, and nothing of a file that cannot be read."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from kafka import KafkaConsumer, TopicPartition

from streams import send, topics
from streams.errors import UserError
from streams.murmur2 import partition_of
from streams.settings import Settings

ORDER = {
    "event_id": "evt-1",
    "order_id": "ord-1",
    "occurred_at": "2026-11-24T10:00:00Z",
    "end_user_id": "eu-1",
    "lines": [{"eccn": "EAR99"}],
}
DOWNLOAD = {
    "event_id": "evt-2",
    "request_id": "dl-1",
    "occurred_at": "2026-11-24T10:00:00Z",
    "declared_country": "DE",
    "eccn": "EAR99",
}


@pytest.fixture
def settings(broker: str) -> Settings:
    settings = Settings(brokers=broker)
    topics.create(settings)
    return settings


@pytest.fixture
def arriving(settings: Settings) -> Iterator[KafkaConsumer]:
    """A consumer of both event topics that sees what is sent from now on."""
    consumer = KafkaConsumer(bootstrap_servers=settings.brokers, consumer_timeout_ms=10_000)
    numbers = range(settings.partitions)
    consumer.assign([TopicPartition(topic, number) for topic in send.TOPIC_OF.values() for number in numbers])
    consumer.seek_to_end()
    for partition in consumer.assignment():
        consumer.position(partition)
    yield consumer
    consumer.close()


def _file(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def _next(consumer: KafkaConsumer, count: int) -> list:
    return [next(consumer) for _ in range(count)]


def test_topic_key_and_partition(settings, arriving, tmp_path):
    """An order goes by its end user, a download without one by its request, each where murmur2 puts it."""
    said = send.send(settings, [_file(tmp_path, ORDER, DOWNLOAD)])

    order, download = sorted(_next(arriving, 2), key=lambda record: record.topic, reverse=True)
    assert said == "sent 1 to download-requests, 1 to orders"
    assert (order.topic, order.key, json.loads(order.value)) == (topics.ORDERS, b"eu-1", ORDER)
    assert (download.topic, download.key) == (topics.DOWNLOAD_REQUESTS, b"dl-1")
    assert order.partition == partition_of(b"eu-1", settings.partitions)
    assert download.partition == partition_of(b"dl-1", settings.partitions)


def test_an_invalid_event_is_sent(settings, arriving, tmp_path):
    """What names its subject goes to the worker, which holds it."""
    send.send(settings, [_file(tmp_path, {"order_id": "ord-9", "lines": 5})])

    assert _next(arriving, 1)[0].key == b"ord-9"


def test_standard_input(settings, arriving, monkeypatch):
    """A dash reads standard input."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(ORDER).encode())))

    assert send.send(settings, [Path("-")]) == "sent 1 to orders"
    assert _next(arriving, 1)[0].key == b"eu-1"


def test_a_line_that_cannot_be_read(settings, tmp_path):
    """A line that names no subject is reported with its file and number."""
    path = _file(tmp_path, ORDER, {"event_id": "evt-3"})

    with pytest.raises(UserError, match=r"events.jsonl:2: no_subject: .*; nothing of this file was sent"):
        send.send(settings, [path])


def test_blank_lines_are_no_events(tmp_path):
    """Blank lines are left out, and do not change the numbers of the others."""
    assert len(send.read_messages(_file(tmp_path, "", ORDER, "  ", DOWNLOAD))) == 2
    with pytest.raises(UserError, match=r"events.jsonl:3: not_json"):
        send.read_messages(_file(tmp_path, "", ORDER, "{"))


def test_a_file_that_is_not_there(tmp_path):
    """A missing file is one line that names it."""
    with pytest.raises(UserError, match=r"cannot read .*missing.jsonl: No such file or directory"):
        send.read_messages(tmp_path / "missing.jsonl")


def test_an_event_that_kafka_does_not_take(settings, tmp_path):
    """An event larger than Kafka takes is an error, never a silent loss."""
    with pytest.raises(UserError, match=r"Kafka did not take 1 events"):
        send.send(settings, [_file(tmp_path, ORDER | {"padding": "x" * 2_000_000})])
