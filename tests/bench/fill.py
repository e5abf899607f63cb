"""Filling topics fast: batches of 128 kB, partitioned as Kafka's own default partitioner does it."""

from collections.abc import Iterable

from confluent_kafka import Producer

from tests.bench.events import Record


def fill(brokers: str, records: Iterable[Record]) -> int:
    """Write all records; give how many. Raises RuntimeError where one was not acknowledged."""
    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "partitioner": "murmur2_random",
            "linger.ms": 50,
            "batch.size": 131072,
            "acks": "all",
            "queue.buffering.max.messages": 500_000,
            "queue.buffering.max.kbytes": 1_000_000,
        }
    )
    count = 0
    for topic, key, value in records:
        _produce(producer, topic, key, value)
        count += 1
    if left := producer.flush(60):
        raise RuntimeError(f"{left} records were not acknowledged")
    return count


def _produce(producer: Producer, topic: str, key: bytes, value: bytes) -> None:
    while True:
        try:
            producer.produce(topic, value, key)
        except BufferError:
            producer.poll(0.1)
        else:
            return
