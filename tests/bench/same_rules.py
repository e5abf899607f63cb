"""The same rules for every Python peer: tables read before the start, one call an event."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import rules
from streams import topics
from streams.decision import decided
from streams.holds import Holds
from streams.keyed_records import REMEMBERED
from streams.origin import Origin
from streams.outbox import Header
from streams.publish import DecisionHeaders
from streams.screening import CHUNK_RECORDS

Decision = tuple[bytes, bytes, list[Header]]


class Moment(NamedTuple):
    """A time of decision, and the headers of what is decided then."""

    decided_at: datetime
    headers: DecisionHeaders


class SameRules:
    """What the worker decides with, without its partitions, its holds over restarts and its barriers.

    `items` and `end_users` are the records by key, as they came.
    """

    def __init__(self, group: str, items: Mapping[bytes, bytes], end_users: Mapping[bytes, bytes]) -> None:
        packaged = {each.country: each for each in rules.packaged_destinations()}
        self.destinations = rules.Destinations.of(packaged, "f" * 32)
        self.items = {key.decode(): rules.read_item(value) for key, value in items.items()}
        self.end_users = end_users
        self._group = group
        self._read = lru_cache(REMEMBERED)(rules.read_end_user)
        self._holds = Holds()
        self._moment, self._left = self.now(), 0
        self._versions = rules.Versions(destinations="f" * 32, restricted_parties=None)

    @classmethod
    def of(cls, brokers: str, group: str) -> "SameRules":
        """The rules with the tables that the broker has now."""
        return cls(
            group, dict(read_topic(brokers, topics.ITEMS)), dict(read_topic(brokers, topics.END_USERS))
        )

    def now(self) -> Moment:
        """The present moment."""
        decided_at = datetime.now(UTC)
        return Moment(decided_at, DecisionHeaders(self._group, decided_at))

    def lately(self) -> Moment:
        """For who is given one event at a time: a moment for as many as a worker decides at one."""
        if self._left == 0:
            self._moment, self._left = self.now(), CHUNK_RECORDS
        self._left -= 1
        return self._moment

    def decide(
        self, origin: Origin, record: Any, value: bytes, on_record: bytes | None, moment: Moment
    ) -> Decision:
        """The key, value and headers of the decision on one event; `on_record` is its end user's record."""
        event = rules.read_event(value)
        end_user = None if on_record is None else self._read(on_record)
        outcome = rules.screen(event, self.destinations, self.items, end_user)
        made = decided(event, value, outcome, self._holds, moment.decided_at, self._versions)
        if made.changed:
            self._holds.take(made.subject, made.hold)
        key, decision = made.key, made.record
        headers = moment.headers.of(
            origin, key, decision.decision_id, decision.decision, decision.standing, record
        )
        return key, rules.encode(decision), headers


def read_topic(brokers: str, topic: str) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of every record of a topic, to its present end."""
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "bench", "enable.auto.commit": False})
    count = len(consumer.list_topics(topic, 10).topics[topic].partitions)
    partitions = [TopicPartition(topic, n, 0) for n in range(count)]
    left = sum(consumer.get_watermark_offsets(partition, 10)[1] for partition in partitions)
    consumer.assign(partitions)
    while left > 0:
        messages = consumer.consume(min(left, 10_000), 1.0)
        left -= len(messages)
        yield from ((message.key(), message.value()) for message in messages)
    consumer.close()
