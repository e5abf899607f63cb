"""A lane: one partition number, its events in, its decisions and offsets out, in one transaction."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidProducerEpoch, KafkaError, ProducerFenced
from aiokafka.structs import TopicPartition

from streams.holds import Hold, Holds
from streams.origin import Origin
from streams.outbox import Outbox
from streams.raw_record import ProducedBatch, RawRecord

BUSY_RECORDS, BUSY_BATCHES = 5_000, 64
"""A lane with so much waiting is not fetched: large batches under load; at ordinary load, where a batch is a
record or two, hardly ever, since a partition that is left out of a fetch waits for the next one.
"""
TRANSACTION_SECONDS = 2.0
"""After so long a transaction is committed, and what is left makes up the next one."""
TABLES_POLL_SECONDS = 0.02
DRAIN_SECONDS = 5.0
"""How long a revocation waits for the transaction in hand."""


_EPOCHS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Batch:
    """The records fetched of a partition at once, which can be read once."""

    tp: TopicPartition
    produced: Sequence[ProducedBatch]

    def __iter__(self) -> Iterator[RawRecord]:
        return itertools.chain.from_iterable(self.produced)

    def __str__(self) -> str:
        return f"{self.tp.topic}-{self.tp.partition}, offsets {self.first_offset} to {self.next_offset - 1},"

    @property
    def first_offset(self) -> int:
        """The offset with which they begin."""
        return self.produced[0].begin

    @property
    def next_offset(self) -> int:
        """The offset to commit once they are decided."""
        return self.produced[-1].next_offset

    @property
    def size(self) -> int:
        """How many there are at most."""
        return self.next_offset - self.first_offset


class Work(Protocol):
    """What a lane does with its events, and what of its partition is held."""

    holds: Holds

    async def decide(self, batch: Batch, outbox: Outbox) -> None:
        """Put what comes of every record of the batch into the outbox; raises for nothing a record holds."""

    def put_aside(
        self,
        outbox: Outbox,
        origin: Origin,
        key: bytes | None,
        value: bytes | None,
        reason: str,
        detail: str,
    ) -> None:
        """Put a dead letter into the outbox, and count it once it is committed."""

    def committed(self) -> None:
        """Everything that was decided since the last call is committed."""


Errand = Callable[[Outbox], None]
"""Puts something that is no event's into the outbox of a transaction."""
ProducerFactory = Callable[[int], AIOKafkaProducer]


class Lane:
    """One partition number of every source topic, with the one producer that may write for it.

    The transactional id names the group and the number, so a worker that opens the lane fences whoever had
    it: a worker that was paused or cut off can write nothing more. What arrives while a transaction is being
    committed makes up the next one: at low load one event, at high load many batches.

    Events wait while `current` says that the tables are not. `progressed` is called after each commit, `lost`
    when somebody else has the lane now, `failed` with an error after which nothing of the transaction in hand
    was committed; in both cases the lane has closed itself.
    """

    def __init__(
        self,
        number: int,
        group: str,
        producers: ProducerFactory,
        current: Callable[[], bool],
        progressed: Callable[[int], None],
        lost: Callable[["Lane"], None],
        failed: Callable[["Lane", BaseException], None],
    ) -> None:
        self.number = number
        self.epoch = 0
        """Another one whenever a lane is opened: what was fetched for an earlier one is not taken."""
        self.ready = False
        self.position: dict[TopicPartition, int] = {}
        """The first offset not yet decided, by source partition; as committed."""
        self._wanted: dict[TopicPartition, int] = {}
        self._group = group
        self._producers = producers
        self._current = current
        self._progressed = progressed
        self._lost = lost
        self._failed = failed
        self._producer: AIOKafkaProducer | None = None
        self.work: Work | None = None
        """None while the lane is not open."""
        self._task: asyncio.Task[None] | None = None
        self._waiting: deque[Batch] = deque()
        self._in_hand: list[Batch] = []
        self._errands: list[tuple[Errand, asyncio.Future[None] | None]] = []
        self._passed: dict[TopicPartition, int] = {}
        self._wake = asyncio.Event()
        self._draining = False

    @property
    def busy(self) -> bool:
        """Whether enough is waiting."""
        waiting = len(self._waiting)
        return waiting >= BUSY_BATCHES or sum(batch.size for batch in self._waiting) >= BUSY_RECORDS

    @property
    def standing_holds(self) -> Iterable[Hold]:
        """The holds that stand on the orders of this partition; none while the lane is not open."""
        return () if self.work is None else self.work.holds.standing()

    def undecided_since(self, tp: TopicPartition) -> float | None:
        """The Kafka timestamp, in seconds, of the oldest record of `tp` that is here and not yet decided."""
        batches = (batch for batch in (*self._in_hand, *self._waiting) if batch.tp == tp)
        first = next(batches, None)
        return None if first is None else first.produced[0].timestamp / 1000

    async def fence(self) -> None:
        """Become the one writer of this lane; whoever was it before can commit nothing more."""
        if self._producer is None:
            producer = self._producers(self.number)
            try:
                await producer.start()
            except BaseException:
                await discard(producer)
                raise
            self._producer = producer

    def start(self, work: Work, position: Mapping[TopicPartition, int]) -> None:
        """Take batches from `position` on; called once the consumer stands there."""
        self.epoch = next(_EPOCHS)
        self.position = dict(position)
        self._wanted = dict(position)
        self.work = work
        self._draining = False
        self._task = asyncio.create_task(self._run())
        self.ready = True

    def wanted(self, tp: TopicPartition) -> int:
        """The offset of `tp` that comes next."""
        return self._wanted[tp]

    def put(self, batch: Batch, epoch: int) -> None:
        """Take one fetched batch, unless the lane was closed or opened anew since it was fetched."""
        if self.ready and epoch == self.epoch:
            self._wanted[batch.tp] = batch.next_offset
            self._waiting.append(batch)
            self._wake.set()

    def passed(self, tp: TopicPartition, offset: int) -> None:
        """Have an offset committed before which nothing undecided lies, but marks of transactions alone."""
        if self.ready and self.position[tp] < offset:
            self._passed[tp] = offset
            self._wake.set()

    def also(self, errand: Errand) -> None:
        """Have something that is no event's published in the next transaction, once it is committed."""
        self._errands.append((errand, None))
        self._wake.set()

    async def publish(self, errand: Errand) -> None:
        """Have something published like `also`, and wait until it is committed.

        Raises LookupError where the lane is closed before that.
        """
        if self._draining:
            raise LookupError(f"lane {self.number} was closed")
        done = asyncio.get_running_loop().create_future()
        self._errands.append((errand, done))
        self._wake.set()
        await done

    async def close(self) -> None:
        """Finish the transaction in hand, drop what has not begun, give up the producer."""
        self.ready = False
        self._draining = True
        self._wake.set()
        task, self._task = self._task, None
        if task is not None:
            _, late = await asyncio.wait({task}, timeout=DRAIN_SECONDS)
            if late:
                task.cancel()
        await self._give_up()
        for _, done in self._errands:
            if done is not None and not done.done():
                done.set_exception(LookupError(f"lane {self.number} was closed"))
        self._errands = []

    async def _run(self) -> None:
        try:
            while await self._something_to_do():
                await self._transaction()
        except (ProducerFenced, InvalidProducerEpoch):
            await self._give_up()
            self._lost(self)
        except Exception as error:
            await self._give_up()
            self._failed(self, error)

    async def _something_to_do(self) -> bool:
        while not (self._waiting or self._errands or self._passed or self._draining):
            self._wake.clear()
            await self._wake.wait()
        while not (self._current() or self._draining):  # noqa: ASYNC110 - to be current is no event, it lapses
            await asyncio.sleep(TABLES_POLL_SECONDS)
        return not self._draining

    async def _transaction(self) -> None:
        producer, work = self._producer, self.work
        assert producer is not None
        assert work is not None
        await producer.begin_transaction()
        outbox = Outbox(producer)
        errands = list(self._errands)
        for errand, _ in errands:
            errand(outbox)
        passed, self._passed = self._passed, {}
        offsets = passed | await self._decide(work, outbox)
        await outbox.flush()
        if offsets:
            await producer.send_offsets_to_transaction(offsets, self._group)
        if outbox.notes:
            await producer.send_offsets_to_transaction(outbox.notes, notes_group(self._group))
        await outbox.delivered()
        await producer.commit_transaction()
        self.position |= offsets
        self._in_hand = []
        del self._errands[: len(errands)]
        for _, done in errands:
            if done is not None and not done.done():
                done.set_result(None)
        work.committed()
        self._progressed(self.number)

    async def _decide(self, work: Work, outbox: Outbox) -> dict[TopicPartition, int]:
        """Decide what waits now, as far as there is time and the tables are current."""
        offsets: dict[TopicPartition, int] = {}
        started = time.monotonic()
        for _ in range(len(self._waiting)):
            if time.monotonic() - started > TRANSACTION_SECONDS or not self._current():
                break
            batch = self._waiting.popleft()
            self._in_hand.append(batch)
            await work.decide(batch, outbox)
            offsets[batch.tp] = batch.next_offset
        return offsets

    async def _give_up(self) -> None:
        self.ready = False
        self._task = None
        self._waiting.clear()
        self._in_hand = []
        self._passed = {}
        self.work = None
        producer, self._producer = self._producer, None
        if producer is not None:
            await discard(producer)


def notes_group(group: str) -> str:
    """The consumer group that keeps what is remembered beside the events, so that its lag says nothing."""
    return f"{group}-notes"


async def discard(producer: AIOKafkaProducer) -> None:
    """Stop a producer for good, also one that can no longer reach its brokers or was fenced."""
    with suppress(KafkaError, asyncio.TimeoutError):
        await asyncio.wait_for(producer.stop(), 2)
        return
    with suppress(KafkaError, asyncio.TimeoutError):
        await asyncio.wait_for(producer.client.close(), 1)
