"""A reader of committed decisions as they come: which event, which partition, when."""

import time
from collections.abc import Iterator

from confluent_kafka import OFFSET_END, Consumer, TopicPartition

SILENT_SECONDS = 60.0


class Watch:
    """Reads a topic of decisions, read_committed, from its present end."""

    def __init__(self, brokers: str, topic: str, partitions: int) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": brokers,
                "group.id": "bench-watch",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 10,
                "log_level": 2,
            }
        )
        self._consumer.assign([TopicPartition(topic, n, OFFSET_END) for n in range(partitions)])
        self._consumer.consume(1, 1.0)

    def arrivals(self, count: int) -> Iterator[tuple[int, int, float]]:
        """The next `count` decisions: the number in the event's id, the partition, the time.

        Raises RuntimeError where none comes for a minute.
        """
        heard, left = time.monotonic(), count
        while left > 0:
            # One is waited for, and what else is there is taken: a call for many waits until many are there.
            first = self._consumer.poll(0.01)
            messages = [] if first is None else [first, *self._consumer.consume(min(left, 500) - 1, 0)]
            now = time.time()
            if messages:
                heard, left = time.monotonic(), left - len(messages)
            elif time.monotonic() - heard > SILENT_SECONDS:
                raise RuntimeError(f"{left:,} decisions did not come")
            for message in messages:
                yield int(message.key().rpartition(b"-")[2]), message.partition(), now

    def close(self) -> None:
        """Leave."""
        self._consumer.close()
