"""The lanes of this worker: opened when their partitions are assigned, drained when they are revoked."""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Any

import structlog
from aiokafka.errors import GroupAuthorizationFailedError
from aiokafka.structs import TopicPartition
from faust.types import TP

from streams.errors import UserError
from streams.lane import Batch, Lane, ProducerFactory, Work
from streams.topics import ORDERS, SOURCES

log = structlog.get_logger(__name__)

TRIES = 5
"""So many failures in a row, with nothing committed between, stop the worker."""
RETRY_SECONDS = 1.0


class Lanes:
    """Opens and closes lanes as the group assigns them; `stop_worker` ends the worker with an error.

    A lane opens in this order: fence the previous writer, wait for the tables and read what is held, read the
    committed offsets, seek. Only then is nothing of the previous writer's still to come.
    """

    def __init__(
        self,
        group: str,
        producers: ProducerFactory,
        tables: Any,
        work: Callable[[Lane], Any],
        stop_worker: Callable[[BaseException], None],
        opened: Callable[[float], None],
        *,
        accept_loss: bool,
        session_seconds: float,
    ) -> None:
        self.open: dict[int, Lane] = {}
        self.assigned = False
        """Whether the group has said which partitions are this worker's now."""
        self.consumer: Any = None
        self._group = group
        self._producers = producers
        self._tables = tables
        self._work = work
        self._stop_worker = stop_worker
        self._opened = opened
        self._accept_loss = accept_loss
        self._session_seconds = session_seconds
        self._opening: asyncio.Task[None] | None = None
        self._again: dict[int, asyncio.Task[None]] = {}
        self._failures: dict[int, int] = {}
        self._stopped = False

    @property
    def ready(self) -> bool:
        """Whether the group has assigned partitions, perhaps none, and every lane of them is open."""
        return self.assigned and all(lane.ready for lane in self.open.values())

    def fetchable(self, tp: TP) -> int | None:
        """The epoch of the partition's lane where it wants records now, else None."""
        lane = self.open.get(tp.partition)
        if lane is None or not lane.ready or lane.busy or not self._tables.is_current(tp.partition):
            return None
        return lane.epoch

    async def close(self) -> None:
        """Finish what is in hand and close every lane, before the partitions go to others.

        A lane that comes back is opened like any other: somebody may have had it in between.
        """
        self.assigned = False
        closing, self.open = self.open, {}
        await self._stop_opening()
        await asyncio.gather(*(lane.close() for lane in closing.values()))

    async def stop(self) -> None:
        """Close every lane, and open none any more."""
        self._stopped = True
        await self.close()

    def assign(self, partitions: Collection[TP]) -> None:
        """Begin to open the lanes of these partitions, which follows on `close`."""
        if self._stopped:
            return
        try:
            numbers = self._numbers(partitions)
        except UserError as error:
            self._stop_worker(error)
            return
        self.assigned = True
        self._opening = asyncio.create_task(self._open_all(numbers))

    async def _stop_opening(self) -> None:
        opening = {task for task in (self._opening, *self._again.values()) if task is not None}
        self._opening, self._again = None, {}
        for task in opening:
            task.cancel()
        # A producer that was about to start is given up before the loop or the lane goes to others.
        await asyncio.gather(*opening, return_exceptions=True)

    def _numbers(self, partitions: Collection[TP]) -> set[int]:
        by_topic = {topic: {tp.partition for tp in partitions if tp.topic == topic} for topic in SOURCES}
        numbers = by_topic[ORDERS]
        if any(others != numbers for others in by_topic.values()):
            found = "; ".join(f"{topic} {sorted(numbers)}" for topic, numbers in by_topic.items())
            raise UserError(f"assigned different partitions of topics that go together: {found}")
        return numbers

    async def _open_all(self, numbers: set[int]) -> None:
        began = time.monotonic()
        await self._tables.assign(numbers)
        self.open = {number: self._lane(number) for number in sorted(numbers)}
        await asyncio.gather(*(self._open(lane, began) for lane in self.open.values()))
        log.info("lanes open", lanes=[number for number, lane in self.open.items() if lane.ready])

    def _lane(self, number: int) -> Lane:
        return Lane(
            number,
            self._group,
            self._producers,
            current=lambda: self._tables.is_current(number),
            progressed=self.progressed,
            lost=self._lost,
            failed=self._failed,
        )

    async def _open(self, lane: Lane, began: float) -> None:
        try:
            await lane.fence()
            work: Work
            _, work = await asyncio.gather(self._tables.caught_up(lane.number), self._work(lane))
            async with self.consumer.at_rest() as call:
                lane.start(work, await self._rewind(lane.number, call))
            self._opened(time.monotonic() - began)
        except UserError as error:
            self._stop_worker(error)
        except Exception as error:
            self._failed(lane, error)

    async def _rewind(self, number: int, call: Callable[..., Any]) -> dict[TopicPartition, int]:
        """Seek to what was committed, to the beginning where nothing was; gives the positions."""
        sources = [TopicPartition(topic, number) for topic in SOURCES]
        starts = await call("beginning_offsets", sources)
        position = {}
        for tp in sources:
            committed = await call("committed", tp)
            position[tp] = starts[tp] if committed is None else self.unbroken(tp, committed, starts[tp])
            await call("seek", tp, position[tp])
        return position

    def unbroken(self, tp: TopicPartition, wanted: int, start: int) -> int:
        """The offset to go on from; raises UserError where the log starts later: those events are gone."""
        if start <= wanted:
            return wanted
        gone = f"{tp.topic}-{tp.partition} offsets {wanted} to {start - 1}"
        if not self._accept_loss:
            raise UserError(
                f"events are gone undecided, retention took {gone}: "
                "`exportgate doctor` names all of them, `exportgate worker --accept-loss` goes on"
            )
        log.error("events are gone undecided", lost=gone)
        return start

    def _lost(self, lane: Lane) -> None:
        # Whoever fenced this lane may be its new owner. If no rebalance says so, it was the broker, which
        # ended a transaction that took too long: then the lane is still ours.
        log.warning("lane fenced", lane=lane.number)
        self._open_again(lane, self._session_seconds)

    def _failed(self, lane: Lane, error: BaseException) -> None:
        # Without brokers a lane fails again and again: once it is said aloud.
        say = log.debug if passing(error) and lane.number in self._failures else log.warning
        failures = self._failures.get(lane.number, 0) + (not passing(error))
        self._failures[lane.number] = failures
        say("lane failed", lane=lane.number, error=repr(error), failures=failures)
        if failures >= TRIES:
            self._stop_worker(error)
        else:
            self._open_again(lane, RETRY_SECONDS)

    def _open_again(self, lane: Lane, after: float) -> None:
        if self.open.get(lane.number) is lane:
            self._again[lane.number] = asyncio.create_task(self._open_later(lane, after))

    async def _open_later(self, lane: Lane, after: float) -> None:
        await asyncio.sleep(after)
        await self._open(lane, time.monotonic())
        if lane.ready:
            log.info("lane open again", lane=lane.number)

    async def take(self, batch: Batch, epoch: int) -> None:
        """Give a fetched batch to its lane, having seen that nothing is missing before it.

        An offset that is skipped is mostly a transaction's marker; where the log now starts behind it, events
        are gone. Stops the worker then, unless the loss was accepted. Where nobody can say, the lane is
        closed, and opens again at what is committed: the batch is read once more.
        """
        lane = self.open.get(batch.tp.partition)
        if lane is None or epoch != lane.epoch:
            return
        wanted = lane.wanted(batch.tp)
        if batch.first_offset != wanted:
            try:
                starts = await self.consumer.call("beginning_offsets", [batch.tp])
                self.unbroken(batch.tp, wanted, starts[batch.tp])
            except UserError as error:
                self._stop_worker(error)
                return
            except Exception as error:
                if lane.ready:
                    await lane.close()
                    self._failed(lane, error)
                return
        lane.put(batch, epoch)

    async def ends(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        """Where the consumer stands, and the log's end, by source partition that is assigned.

        Raises KafkaError or TimeoutError where the brokers do not answer, LookupError where there is no
        consumer yet, or no more. A worker that may not join its group is stopped.
        """
        if self.consumer is None or self._stopped:
            raise LookupError("no consumer")
        try:
            return await self.consumer.positions_and_ends(partitions)  # type: ignore[no-any-return]
        except GroupAuthorizationFailedError as error:
            self._stop_worker(error)
            raise

    def progressed(self, number: int) -> None:
        """Take note that a lane committed something: its failures so far were passing ones."""
        self._failures.pop(number, None)


def passing(error: BaseException) -> bool:
    """Whether an error says no more than that the brokers cannot be reached just now."""
    return isinstance(error, OSError | TimeoutError | LookupError) or bool(getattr(error, "retriable", False))
