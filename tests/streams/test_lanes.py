"""Lanes that are closed: while they open, while somebody publishes, because nobody answers."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError
from aiokafka.structs import TopicPartition
from faust.types import TP

from streams.lane import Batch, Lane
from streams.lanes import Lanes
from streams.topics import ORDERS, SOURCES


class _Tables:
    async def assign(self, partitions) -> None:
        """There is nothing to read."""


@asynccontextmanager
async def _silent_broker() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """The address of a server that takes connections and says nothing; the event: one was made."""
    connected = asyncio.Event()

    async def hold(reader, writer) -> None:
        connected.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", connected


def _lanes(broker: str, made: list[int]) -> Lanes:
    def producer(number: int) -> AIOKafkaProducer:
        made.append(number)
        return AIOKafkaProducer(bootstrap_servers=broker, transactional_id=f"test-{number}")

    return Lanes("test", producer, _Tables(), None, None, None, accept_loss=False, session_seconds=1.0)


def test_a_stop_leaves_nothing_open_and_opens_nothing_more():
    """A worker that stops while lanes open gives up their producers, and obeys no assignment then."""
    assigned = {TP(topic, number) for topic in SOURCES for number in (0, 1)}
    made: list[int] = []
    left_open: list[str] = []

    async def stop_while_opening() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: left_open.append(what["message"]))
        async with _silent_broker() as (broker, connected):
            lanes = _lanes(broker, made)
            lanes.assign(assigned)
            await asyncio.wait_for(connected.wait(), 10)
            await lanes.stop()
            gc.collect()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            assert not any("Lanes" in repr(task) for task in others)
            lanes.assign(assigned)
            assert not lanes.ready

    asyncio.run(stop_while_opening())

    assert sorted(made) == [0, 1]
    assert left_open == []


def test_what_is_published_by_a_closed_lane_is_refused():
    """Whoever works beside the lane learns that it is gone, instead of waiting for ever."""

    async def publish() -> None:
        lane = Lane(0, "test", None, lambda: True, None, None, None)
        await lane.close()
        await asyncio.wait_for(lane.publish(lambda outbox: None), 5)

    with pytest.raises(LookupError, match="lane 0 was closed"):
        asyncio.run(publish())


class _NobodyAnswers:
    async def call(self, method: str, *args) -> None:
        raise KafkaTimeoutError


def test_a_batch_after_a_gap_that_nobody_explains_is_read_again():
    """The lane is closed without it, so that it opens again at what is committed."""
    tp = TopicPartition(ORDERS, 0)

    async def take() -> None:
        lanes = _lanes("nowhere:9092", [])
        lanes.consumer = _NobodyAnswers()
        lanes.open[0] = lane = lanes._lane(0)
        lane.start(SimpleNamespace(), {tp: 0})
        await lanes.take(Batch(tp, [SimpleNamespace(begin=5)]), lane.epoch)
        assert (lane.ready, lane.wanted(tp)) == (False, 0)
        assert 0 in lanes._again
        await lanes.stop()

    asyncio.run(take())
