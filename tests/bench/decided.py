"""What was decided and when: the committed decisions of a topic, by the broker's clock."""

import time
from array import array
from dataclasses import dataclass, field

import numpy as np
from confluent_kafka import Consumer, KafkaException, TopicPartition

SILENT_SECONDS = 60.0
"""So long without a decision, and none is believed to come."""


@dataclass
class Decided:
    """The committed decisions of a topic: when each was appended, and of how many subjects they are."""

    appended: array = field(default_factory=lambda: array("q"))
    value_bytes: int = 0
    subjects: set[bytes] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many decisions there are."""
        return len(self.appended)

    def rate(self, begin: int, end: int) -> float:
        """Decisions a second between the `begin`th and the `end`th."""
        times = np.sort(np.frombuffer(self.appended, dtype=np.int64))
        return float((end - begin) * 1000 / max(1, times[end - 1] - times[begin]))

    @property
    def first(self) -> float:
        """When the first decision was appended, in seconds."""
        return min(self.appended) / 1000


class Ends:
    """How far a topic has come, asked for again and again."""

    def __init__(self, brokers: str, topic: str, partitions: int) -> None:
        self._consumer = _consumer(brokers)
        self._partitions = [TopicPartition(topic, n) for n in range(partitions)]

    def appended(self) -> int:
        """How many offsets the partitions have, transaction markers and all; 0 where it is not known yet."""
        try:
            return sum(self._consumer.get_watermark_offsets(each, 10)[1] for each in self._partitions)
        except KafkaException:
            return 0


def read_decided(brokers: str, topic: str, partitions: int, expected: int) -> Decided:
    """Read the topic from its beginning until `expected` decisions are there, and a second longer.

    Raises RuntimeError where no decision comes for a minute.
    """
    consumer = _consumer(brokers)
    consumer.assign([TopicPartition(topic, n, 0) for n in range(partitions)])
    decided = Decided()
    heard = time.monotonic()
    while decided.count < expected:
        if messages := consumer.consume(20_000, 1.0):
            heard = time.monotonic()
            _take(decided, messages)
        elif time.monotonic() - heard > SILENT_SECONDS:
            raise RuntimeError(f"{decided.count:,} decisions of {expected:,}, and none for a minute")
    _take(decided, consumer.consume(20_000, 1.0))
    consumer.close()
    return decided


def _take(decided: Decided, messages: list) -> None:
    for message in messages:
        if message.error():
            continue
        decided.appended.append(message.timestamp()[1])
        decided.value_bytes += len(message.value())
        decided.subjects.add(message.key())


def _consumer(brokers: str) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "bench-reader",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "fetch.wait.max.ms": 50,
            "queued.min.messages": 200_000,
            "log_level": 2,
        }
    )
