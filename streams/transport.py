"""How records reach an agent: one message a fetched batch, of lanes that are open and not busy.

Stock Faust spends its time on each message: a task in the consumer's drain loop, a queue, the stream's
iterator, an acknowledgement. Here a message is a batch, a lane commits its offsets in its own transaction,
and Faust keeps what it is good at: the group, the assignment, agents, services, the web server.

This leans on private names of Faust and aiokafka, which are pinned exactly; `tests/streams/test_transport.py`
fails with a clear message when one of them is gone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import aiokafka
from aiokafka.structs import TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from streams.lane import Batch
from streams.raw_record import ProducedBatch, packed

STOP_SECONDS = 3.0
"""So long the brokers have to answer a consumer that stops."""
ANSWER_SECONDS = 5.0
FETCH_WAIT_MS = 25
"""A partition that is fetchable again waits for the fetch under way, which waits so long for data."""


FAUST_LOG = logging.getLogger("faust.transport")
"""Where Faust's services below say what they do, which is not ours to say."""


class Lanes(Protocol):
    """What the transport asks of the lanes."""

    consumer: Any

    def fetchable(self, tp: TP) -> int | None:
        """The epoch of the partition's lane where it wants records now, else None."""

    async def close(self) -> None:
        """Finish what is in hand, before the partitions go to others."""

    async def stop(self) -> None:
        """Close, and open nothing any more."""

    def assign(self, partitions: Collection[TP]) -> None:
        """Begin to open the lanes of these partitions."""


class ConsumerThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    """Faust's consumer thread, reading only what was committed."""

    logger = FAUST_LOG
    shutdown_timeout = 5.0

    async def on_thread_stop(self) -> None:
        """Leave the group, as far as the brokers answer in time."""
        # In a task of its own: what the closing raises, a cancellation too, is not the thread's.
        stopping = asyncio.gather(super().on_thread_stop(), return_exceptions=True)
        await asyncio.wait({stopping}, timeout=STOP_SECONDS)

    def _create_worker_consumer(self, transport: "driver.Transport") -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        consumer._key_deserializer = packed
        return consumer


class Consumer(driver.Consumer):  # type: ignore[misc]
    """Yields a message a fetched batch: its value a `Batch`, its key the epoch of the lane it is for."""

    lanes: Lanes
    logger = FAUST_LOG
    shutdown_timeout = 5.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lanes = self.app.lanes
        self.lanes.consumer = self
        self._fetching = asyncio.Lock()

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109
        """Fetch, and yield (partition, message); what a rebalance overtakes is read again by its lane."""
        if not self.flow_active:
            await self.wait(self.can_resume_flow)
        generation = self.app.consumer_generation_id
        for tp, (epoch, produced) in (await self._fetch(min(timeout, 0.1))).items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            batch = Batch(tp, produced)
            last = batch.next_offset - 1
            self._read_offset[tp] = last
            yield tp, self._message(tp, epoch, last, batch, generation)

    async def _fetch(self, seconds: float) -> Mapping[TP, tuple[int, list[ProducedBatch]]]:
        async with self._fetching:
            wanted = {tp: self.lanes.fetchable(tp) for tp in self._get_active_partitions()}
            epochs = {tp: epoch for tp, epoch in wanted.items() if epoch is not None}
            if epochs:  # an empty set would mean all of them to the fetcher
                fetched = await self._thread.getmany(set(epochs), seconds)
                return {tp: (epochs[tp], produced) for tp, produced in fetched.items() if produced}
        await asyncio.sleep(0.02)
        return {}

    def _message(self, tp: TP, epoch: int, offset: int, batch: Batch, generation: int) -> ConsumerMessage:
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            offset,
            None,
            None,
            [],
            epoch,
            batch,
            None,
            0,
            0,
            tp,
            generation_id=generation,
        )

    @asynccontextmanager
    async def at_rest(self) -> AsyncIterator[Callable[..., Any]]:
        """While no fetch is under way: gives `call(method, *args)`, which runs on the aiokafka consumer.

        A seek belongs in here, together with the new epoch of its lane: a batch of before is not taken
        then, and none of after is lost.
        """
        async with self._fetching:
            yield self.call

    async def call(self, method: str, *args: Any) -> Any:
        """Run a method of the aiokafka consumer in its thread and loop; gives what it gives."""
        consumer = self._thread._ensure_consumer()

        async def run() -> Any:
            result = getattr(consumer, method)(*args)
            return await result if asyncio.iscoroutine(result) else result

        return await self._thread.call_thread(run)

    async def positions_and_ends(
        self, partitions: Collection[TopicPartition]
    ) -> dict[TopicPartition, tuple[int, int]]:
        """Where the consumer stands in those of the partitions that are its own, and where their logs end.

        A position is 0 where the consumer does not say. Raises KafkaError or TimeoutError where the brokers
        do not answer.
        """
        consumer = self._thread._ensure_consumer()

        async def ask() -> dict[TopicPartition, tuple[int, int]]:
            consumer._coordinator.check_errors()  # a consumer that may not join its group only waits
            ends = await asyncio.wait_for(consumer.end_offsets(partitions), ANSWER_SECONDS)
            mine = [tp for tp in partitions if tp in consumer.assignment()]
            positions = await asyncio.gather(*(_position(consumer, tp) for tp in mine))
            return {tp: (position, ends[tp]) for tp, position in zip(mine, positions, strict=True)}

        return await self._thread.call_thread(ask)  # type: ignore[no-any-return]

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Faust would log as an error that it commits nothing; `Progress` says what stands still."""

    def _new_offset(self, tp: TP) -> int | None:
        """Offsets are committed in the lanes' transactions; Faust has none to commit."""
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return None

    async def perform_seek(self) -> None:
        """A lane seeks for itself when it opens."""

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let the lanes finish before the partitions go."""
        await self.lanes.close()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Open the lanes of what was assigned, without making the group wait for it."""
        await super().on_partitions_assigned(assigned, generation_id)
        self.lanes.assign(assigned)

    async def on_stop(self) -> None:
        """Commit what is in hand while there still is a consumer, then leave the group."""
        await self.lanes.stop()
        await super().on_stop()


async def _position(consumer: aiokafka.AIOKafkaConsumer, tp: TopicPartition) -> int:
    with suppress(TimeoutError):
        return int(await asyncio.wait_for(consumer.position(tp), ANSWER_SECONDS))
    return 0


class Transport(driver.Transport):  # type: ignore[misc]
    """Faust's aiokafka transport with the consumer above."""

    Consumer = Consumer
