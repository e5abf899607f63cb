"""When the next record of a partition was written, as the partition itself says."""

import asyncio
import time
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from streams.closing import close
from streams.connection import connection
from streams.settings import Settings

PEEK_SECONDS = 2.0


async def written(settings: Settings, positions: Mapping[TopicPartition, int]) -> dict[TopicPartition, float]:
    """The Kafka timestamp, in seconds since the epoch, of the first record from each position on.

    A partition whose record does not come within two seconds is left out. Raises KafkaError where the
    brokers do not answer.
    """
    consumer = AIOKafkaConsumer(
        **connection(settings),
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_partition_fetch_bytes=1,  # a broker gives the first batch whole, however small this is
    )
    found: dict[TopicPartition, float] = {}
    until = time.monotonic() + PEEK_SECONDS
    try:
        await consumer.start()
        consumer.assign(list(positions))
        for tp, position in positions.items():
            consumer.seek(tp, position)
        while len(found) < len(positions) and time.monotonic() < until:
            for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                found.setdefault(tp, records[0].timestamp / 1000)
                consumer.pause(tp)
            await asyncio.sleep(0)
    finally:
        await close(consumer)
    return found
