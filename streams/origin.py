"""Where an event came from: topic, partition and offset, also once it was sent on to another partition."""

from collections.abc import Sequence
from typing import Any

from aiokafka.structs import TopicPartition
from msgspec import Struct

from streams import topics
from streams.outbox import Header

TRACEPARENT = "traceparent"


class Origin(Struct, frozen=True, gc=False):
    """The place and the Kafka timestamp (milliseconds) of an event where it first was published."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    forwarded: bool = False

    def headers(self, prefix: str) -> list[Header]:
        """The place as Kafka headers whose names begin with `prefix`."""
        return [*self.partition_headers(prefix), (f"{prefix}_offset", b"%d" % self.offset)]

    def partition_headers(self, prefix: str) -> tuple[Header, Header]:
        """The place but for the offset: the same for a whole partition."""
        return (
            (f"{prefix}_topic", self.topic.encode()),
            (f"{prefix}_partition", b"%d" % self.partition),
        )

    def forward_headers(self) -> list[Header]:
        """What a forwarded event carries, so that `origin_of` finds it again."""
        return [*self.headers("event"), ("event_timestamp", b"%d" % self.timestamp)]


def origin_of(tp: TopicPartition, record: Any) -> Origin:
    """Where the event of a record came from: here, unless it was forwarded and says so."""
    if tp.topic == topics.REPARTITION and record.headers:
        said = dict(record.headers)
        try:
            return Origin(
                said["event_topic"].decode(),
                int(said["event_partition"]),
                int(said["event_offset"]),
                int(said["event_timestamp"]),
                forwarded=True,
            )
        except (KeyError, ValueError, TypeError, AttributeError):
            pass
    return Origin(tp.topic, tp.partition, record.offset, record.timestamp, tp.topic == topics.REPARTITION)


def trace_of(headers: Sequence[Header]) -> list[Header]:
    """The W3C trace context of an event, to be passed on; what is no text is not."""
    return [
        (name, value)
        for name, value in headers
        if name == TRACEPARENT and value is not None and value.isascii()
    ]
