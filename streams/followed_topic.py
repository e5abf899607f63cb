"""A compacted topic read into memory from its beginning, and followed: the mechanism of every table.

A table knows when it was last current. Twice a second it asks for the end offsets; once it has read up to
them it holds everything that was acknowledged before it *asked*. What is compared is the consumer's
position, since after a transaction the end lies beyond the last record. The end is the log's, not that of
what is committed: a record behind an open transaction is acknowledged and cannot be read yet, so the table is
not current until that transaction ends.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Self

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError
from mode import Service

from streams.closing import close
from streams.connection import connection
from streams.raw_record import RawRecord, raw
from streams.reading import NEVER, STUCK_AFTER, Reading
from streams.settings import Settings

CURRENT_FOR = 2.0
"""Seconds for which a table counts as current after it was confirmed."""

ASK_EVERY = 0.5
RETRY_AFTER = 0.5
LONGEST_RETRY = 5.0

_BATCH_RECORDS = 4000
"""A load of so many records is folded at once, so that nobody sees half of it, and takes some 20 ms."""

log = structlog.get_logger(__name__)


class FollowedTopic(Service):  # type: ignore[misc]  # mode comes untyped
    """Reads partitions of one topic, `read_committed`, and says how current it is.

    A subclass says what becomes of a record: it defines `begin`, `fold` and `forget`. A broker that does
    not answer makes the table not current, never the worker fail: it is tried again until it does.
    """

    mundane_level = "debug"

    def __init__(
        self, topic: str, settings: Settings, partitions: Iterable[int] = (), **service: Any
    ) -> None:
        super().__init__(**service)
        self.topic = topic
        self._settings = settings
        self._readings: dict[int, Reading] = {}
        self._placed: set[int] = set()
        self._news = asyncio.Event()
        self._ask_at = NEVER
        self._troubles: set[str] = set()
        self._retry_after = RETRY_AFTER
        self._take_up(set(partitions))

    def begin(self, partition: int) -> None:
        """Start with an empty partition: it is about to be read from its beginning."""
        raise NotImplementedError

    def fold(self, partition: int, record: RawRecord, live: bool) -> None:
        """Take in one record, in the order of its partition; `live` if it came after the reading began."""
        raise NotImplementedError

    def forget(self, partition: int) -> None:
        """Drop what the partition held: it is no longer read here."""
        raise NotImplementedError

    @property
    def table(self) -> str:
        """The table's name, as metrics say it."""
        return self.topic.partition(".")[2]

    @property
    def partitions(self) -> set[int]:
        """The partitions that are read here."""
        return set(self._readings)

    @property
    def lag(self) -> int:
        """How many offsets the table is behind the ends that it last asked for."""
        return sum(reading.lag for reading in self._readings.values())

    @property
    def newest(self) -> float:
        """When the newest record was written, in seconds since the epoch; 0 where there is none."""
        return max((reading.newest for reading in self._readings.values()), default=0.0)

    def confirmed(self, partition: int | None = None) -> float:
        """When (monotonic clock) the table, or one partition, was last known to hold all that there was.

        Minus infinity where it never was, or is not read here.
        """
        if partition is not None:
            reading = self._readings.get(partition)
            return reading.confirmed if reading else NEVER
        return min((reading.confirmed for reading in self._readings.values()), default=monotonic())

    def is_current(self, partition: int | None = None) -> bool:
        """Tell whether the table, or one partition, was confirmed current within two seconds."""
        return monotonic() - self.confirmed(partition) <= CURRENT_FOR

    async def assign(self, partitions: Iterable[int]) -> None:
        """Read these partitions: new ones from the beginning, the rest goes on, gone ones are forgotten."""
        wanted = set(partitions)
        for gone in self.partitions - wanted:
            del self._readings[gone]
            self._placed.discard(gone)
            self.forget(gone)
        self._take_up(wanted - self.partitions)
        self._tell()

    async def caught_up(self, partitions: Iterable[int]) -> None:
        """Wait until `partitions` hold everything that was acknowledged before this call.

        Raises LookupError for a partition that is not, or no longer, read here.
        """
        called = monotonic()
        for partition in partitions:
            while self._reading(partition).confirmed < called:
                self._ask_at = called
                await self._news.wait()

    async def read_once(self) -> Self:
        """Read all that there is now, and stop: what was read stays."""
        async with self:
            await self.caught_up(self.partitions)
        return self

    def _reading(self, partition: int) -> Reading:
        if partition not in self._readings:
            raise LookupError(f"{self.topic}-{partition} is not read here")
        return self._readings[partition]

    def _tell(self) -> None:
        """Wake whoever waits for a partition: it was confirmed, or is gone."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _take_up(self, partitions: set[int]) -> None:
        for partition in partitions:
            self._readings[partition] = Reading()
            self.begin(partition)

    async def on_start(self) -> None:
        """Begin to read."""
        self.add_future(self._read())

    async def _read(self) -> None:
        """Follow the topic with one consumer after another, until the service stops."""
        while not self.should_stop:
            began = monotonic()
            try:
                async with self._consumer() as (consumer, ends):
                    await self._follow(consumer, ends)
            except OffsetOutOfRangeError as error:
                self._start_over(tp.partition for tp in error.args[0])
            except Exception as error:
                # Whatever it is, events wait while the table is not current: going on trying is safe.
                await self._rest(repr(error), began)

    async def _rest(self, error: str, began: float) -> None:
        """Wait until the next try, longer and longer while none succeeds; an error is logged once."""
        if any(reading.confirmed > began for reading in self._readings.values()):
            self._troubles, self._retry_after = set(), RETRY_AFTER
        if error not in self._troubles:
            log.warning("a topic cannot be read, it is tried again", topic=self.topic, error=error)
        self._troubles.add(error)
        await self.sleep(self._retry_after)
        self._retry_after = min(2 * self._retry_after, LONGEST_RETRY)

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[tuple[AIOKafkaConsumer, AIOKafkaConsumer]]:
        """One consumer to read with, and one to ask for the ends of the log."""
        common = {
            **connection(self._settings),
            "client_id": f"exportgate-{self.table}",
            "enable_auto_commit": False,
            "auto_offset_reset": "none",
            "request_timeout_ms": 5_000,
        }
        consumer = AIOKafkaConsumer(
            isolation_level="read_committed",
            key_deserializer=raw,
            fetch_max_wait_ms=100,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            **common,
        )
        ends = AIOKafkaConsumer(isolation_level="read_uncommitted", **common)
        self._placed = set()
        try:
            await consumer.start()
            await ends.start()
            yield consumer, ends
        finally:
            await close(consumer, ends)

    async def _follow(self, consumer: AIOKafkaConsumer, ends: AIOKafkaConsumer) -> None:
        while not self.should_stop:
            if {
                tp.partition for tp in consumer.assignment()
            } != self.partitions or self._placed != self.partitions:
                await self._place(consumer, ends)
            if monotonic() >= self._ask_at:
                await self._ask(consumer, ends)
            if self._placed:
                await self._take(consumer)
            await asyncio.sleep(0 if self._placed else 0.05)  # a fetch that has records in hand gives no way

    async def _place(self, consumer: AIOKafkaConsumer, ends: AIOKafkaConsumer) -> None:
        """Read the partitions of now, each from where it stands; a new one from its beginning."""
        await self._find_beginnings(ends)
        placed = {
            number: reading for number, reading in self._readings.items() if reading.position is not None
        }
        consumer.assign([TopicPartition(self.topic, number) for number in placed])
        for number, reading in placed.items():
            consumer.seek(TopicPartition(self.topic, number), reading.position)
            reading.moved = monotonic()  # a consumer that has just begun is not stuck yet
        self._placed = set(placed)

    async def _find_beginnings(self, asked: AIOKafkaConsumer) -> None:
        new = {number: reading for number, reading in self._readings.items() if reading.position is None}
        tps = [TopicPartition(self.topic, number) for number in new]
        beginnings, ends = await asked.beginning_offsets(tps), await asked.end_offsets(tps)
        for tp in tps:
            reading = new[tp.partition]
            reading.position, reading.live_from = beginnings[tp], ends[tp]

    async def _ask(self, consumer: AIOKafkaConsumer, asked_of: AIOKafkaConsumer) -> None:
        """Ask for the end offsets of the partitions that have reached those that were asked for before."""
        asked = monotonic()
        self._ask_at = asked + ASK_EVERY
        waiting = {TopicPartition(self.topic, number): self._readings[number] for number in self._placed}
        ends = await asked_of.end_offsets([tp for tp, reading in waiting.items() if not reading.is_behind])
        for tp, end in ends.items():
            waiting[tp].ask(asked, end)
        await self._move(consumer)

    async def _take(self, consumer: AIOKafkaConsumer) -> None:
        """Fold what has been fetched; nothing else runs between its being handed out and its position."""
        batches = await consumer.getmany(timeout_ms=100, max_records=_BATCH_RECORDS)
        for tp, records in batches.items():
            if tp.partition in self._placed:
                self._fold_all(tp.partition, records)
        await self._move(consumer)

    def _fold_all(self, partition: int, records: Sequence[RawRecord]) -> None:
        reading = self._readings[partition]
        for record in records:
            self.fold(partition, record, record.offset >= reading.live_from)
        reading.newest = max(reading.newest, max(record.timestamp for record in records) / 1000)

    async def _move(self, consumer: AIOKafkaConsumer) -> None:
        behind = {number for number in self._placed if self._readings[number].is_behind}
        for number in list(self._placed):
            self._readings[number].move(await consumer.position(TopicPartition(self.topic, number)))
        if any(not self._readings[number].is_behind for number in behind):
            self._tell()
        if any(reading.is_stuck for reading in self._readings.values()):
            raise TimeoutError(f"nothing came for {STUCK_AFTER:.0f} seconds")

    def _start_over(self, partitions: Iterable[int]) -> None:
        """Read partitions from the beginning whose log no longer has the position where they stood."""
        for partition in self.partitions.intersection(partitions):
            self._readings[partition] = Reading()
            self.begin(partition)
