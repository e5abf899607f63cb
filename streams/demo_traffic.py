"""The demo's events on their way: sent to Kafka, and their decisions as a consumer of them sees them."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.producer.message_accumulator import BatchBuilder

from streams.connection import connection
from streams.demo_data import Event
from streams.errors import UserError
from streams.murmur2 import partition_of
from streams.settings import Settings
from streams.topics import DECISIONS, DOWNLOAD_REQUESTS, ORDERS, REPARTITION

Position = tuple[str, int, int]
"""Where an event lies: topic, partition, offset."""

PATIENCE = 30.0
"""Seconds without any new decision after which the demo gives up."""

_BATCH_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it arrived: of which event, when (seconds since 1970), and its bytes."""

    position: Position
    arrived: float
    value: bytes


@dataclass
class Sender:
    """Sends events, and remembers for each where it lies and when the broker took it (seconds since 1970)."""

    producer: AIOKafkaProducer
    partitions: int
    taken: dict[Position, float] = field(default_factory=dict)

    async def at_once(self, events: Iterable[Event]) -> None:
        """Send events as fast as the broker takes them, in their order within each partition."""
        placed: dict[tuple[str, int], list[Event]] = defaultdict(list)
        for event in events:
            placed[event.topic, partition_of(event.key, self.partitions)].append(event)
        await asyncio.gather(*(self._one_partition(*place, events) for place, events in placed.items()))

    async def _one_partition(self, topic: str, partition: int, events: list[Event]) -> None:
        deliveries = []
        batch = self.producer.create_batch()
        for event in events:
            if not _fits(batch, event):
                deliveries.append(await self._hand_over(batch, topic, partition))
                batch = self.producer.create_batch()
                _fits(batch, event)
        deliveries.append(await self._hand_over(batch, topic, partition))
        await asyncio.gather(*deliveries)

    async def _hand_over(self, batch: BatchBuilder, topic: str, partition: int) -> asyncio.Task[None]:
        count = batch.record_count()
        delivery = await self.producer.send_batch(batch, topic, partition=partition)
        return asyncio.create_task(self._note(delivery, count))

    async def paced(self, events: Iterable[Event], per_second: int) -> None:
        """Send events one by one, so many a second, without waiting for any answer."""
        notes = []
        start = time.monotonic()
        for number, event in enumerate(events):
            await asyncio.sleep(start + number / per_second - time.monotonic())
            partition = partition_of(event.key, self.partitions)
            sent = await self.producer.send(event.topic, event.value, event.key, partition)
            notes.append(asyncio.create_task(self._note(sent, 1)))
        await asyncio.gather(*notes)

    async def _note(self, delivery: asyncio.Future[Any], count: int) -> None:
        first = await delivery
        for offset in range(first.offset, first.offset + count):
            self.taken[first.topic, first.partition, offset] = first.timestamp / 1000


def _fits(batch: BatchBuilder, event: Event) -> bool:
    return batch.append(timestamp=None, key=event.key, value=event.value) is not None


@dataclass
class Watcher:
    """Reads the decisions of one run, as a read_committed consumer sees them."""

    consumer: AIOKafkaConsumer
    run: str
    decided: list[Decided] = field(default_factory=list)

    async def until(self, count: int, alive: Callable[[], None], show: Callable[[int], None]) -> None:
        """Read until `count` decisions have come; `alive` raises where waiting is in vain.

        Raises UserError when no decision has come for a while.
        """
        last = time.monotonic()
        while len(self.decided) < count:
            alive()
            if await self.read():
                last = time.monotonic()
                show(len(self.decided))
            elif time.monotonic() > last + PATIENCE:
                raise UserError(
                    f"{len(self.decided)} of {count} events were decided, then none for {PATIENCE:.0f} s"
                )

    async def to_the_end(self) -> None:
        """Read what is there by now, so that a decision too many is seen too."""
        ends = await self.consumer.end_offsets(self.consumer.assignment())
        while any([await self.consumer.position(each) < end for each, end in ends.items()]):
            await self.read()

    async def read(self) -> int:
        """Take in the decisions that wait; give how many there were."""
        before = len(self.decided)
        fetched = await self.consumer.getmany(timeout_ms=100)
        arrived = time.time()
        for record in (record for records in fetched.values() for record in records):
            headers = dict(record.headers)
            if self.run.encode() in headers["ce_subject"]:
                self.decided.append(Decided(_position(headers), arrived, record.value))
        return len(self.decided) - before


def _position(headers: Mapping[str, bytes]) -> Position:
    topic, partition, offset = (headers[f"event_{name}"] for name in ("topic", "partition", "offset"))
    return topic.decode(), int(partition), int(offset)


def check_exactly_once(taken: Iterable[Position], decided: Iterable[Decided]) -> None:
    """Raise UserError where an event has no decision or several, or a decision has no event that was sent."""
    counts = Counter(decision.position for decision in decided)
    expected = set(taken)
    undecided = sum(1 for position in expected if not counts[position])
    repeated = sum(1 for position in expected if counts[position] > 1)
    foreign = sum(1 for position in counts if position not in expected)
    if undecided or repeated or foreign:
        raise UserError(
            f"of {len(expected)} events {undecided} have no decision and {repeated} more than one; "
            f"{foreign} decisions are of no event that was sent"
        )


@asynccontextmanager
async def traffic(settings: Settings, run: str) -> AsyncIterator[tuple[Sender, Watcher]]:
    """A sender, and a watcher that sees the decisions from now on."""
    producer = AIOKafkaProducer(**connection(settings), enable_idempotence=True, max_batch_size=_BATCH_BYTES)
    consumer = AIOKafkaConsumer(
        **connection(settings), isolation_level="read_committed", enable_auto_commit=False
    )
    async with producer, consumer:
        consumer.assign([TopicPartition(DECISIONS, number) for number in range(settings.partitions)])
        await consumer.seek_to_end()
        yield Sender(producer, settings.partitions), Watcher(consumer, run)


async def refuse_in_use(settings: Settings) -> None:
    """Raise UserError where a topic of events holds records: what the demo makes up is not for that Kafka."""
    lanes = [
        TopicPartition(topic, number)
        for topic in (ORDERS, DOWNLOAD_REQUESTS, REPARTITION)
        for number in range(settings.partitions)
    ]
    async with AIOKafkaConsumer(**connection(settings)) as consumer:
        consumer.assign(lanes)
        beginnings, ends = await consumer.beginning_offsets(lanes), await consumer.end_offsets(lanes)
    for lane in lanes:
        if beginnings[lane] < ends[lane]:
            raise UserError(
                f"the demo writes made-up records, and {lane.topic} at {settings.brokers} holds records "
                "already: unset EXPORTGATE_BROKERS, and the demo starts a Kafka of its own"
            )
