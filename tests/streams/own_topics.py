"""Topics and records of a test's own on a real Kafka, for tests of what is read into memory."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar

from aiokafka import AIOKafkaProducer
from kafka.admin import KafkaAdminClient

from streams.followed_topic import FollowedTopic
from streams.settings import Settings

PARTITIONS = 4
Table = TypeVar("Table", bound=FollowedTopic)


def new_topic(broker: str, name: str = "", policy: str = "compact") -> str:
    name = name or f"reference.{uuid.uuid4().hex}"
    shape = {"num_partitions": PARTITIONS, "replication_factor": 1, "configs": {"cleanup.policy": policy}}
    with KafkaAdminClient(bootstrap_servers=broker) as admin:
        admin.create_topics({name: shape}, wait_for_metadata=True)
    return name


def at(broker: str) -> Settings:
    return Settings(brokers=broker, partitions=PARTITIONS)


@asynccontextmanager
async def running(table: Table, topic: str) -> AsyncIterator[Table]:
    """The table, reading another topic than its own."""
    table.topic = topic
    async with table:
        yield table


@asynccontextmanager
async def producing(broker: str, **more: Any) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=broker, **more)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a condition, with a deadline."""
    deadline = monotonic() + seconds
    while not holds():
        assert monotonic() < deadline
        await asyncio.sleep(0.02)


def within(test: Coroutine[Any, Any, None], seconds: float = 60) -> None:
    asyncio.run(asyncio.wait_for(test, seconds))


def nobody(*reported: Any) -> None:
    raise AssertionError(reported)


def end_user(name: str, country: str = "VN") -> bytes:
    return b'{"end_user_id": "%b", "country": "%b"}' % (name.encode(), country.encode())


def destination(country: str) -> bytes:
    return b'{"country": "%b", "periods": [{"from": "2022-05-26", "groups": ["D:1"]}]}' % country.encode()
