"""Records published to one topic in one transaction: all of them or none."""

from collections.abc import Mapping

from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerFenced

from streams.connection import ask, connection
from streams.errors import UserError
from streams.murmur2 import partition_of
from streams.outbox import BATCH_BYTES, Outbox
from streams.settings import Settings

TRANSACTION_SECONDS = 30
"""Events wait while a load is under way: for so long where it died in the middle, or until the next load."""


def publish(settings: Settings, topic: str, values: Mapping[str, bytes | None]) -> None:
    """Publish each value under its key, in their order; None deletes. Raises UserError: nothing is there."""
    work = _publish(settings, topic, values)
    ask(settings, work, f"Kafka refused the load, nothing is in {topic} of it")


async def _publish(settings: Settings, topic: str, values: Mapping[str, bytes | None]) -> None:
    producer = AIOKafkaProducer(
        **connection(settings),
        transactional_id=f"{settings.group}-load-{topic}",
        transaction_timeout_ms=TRANSACTION_SECONDS * 1000,
        max_batch_size=BATCH_BYTES,
        acks="all",
    )
    try:
        await producer.start()
        async with producer.transaction():
            await _put(producer, topic, values)
    except ProducerFenced as error:
        raise UserError(f"another load of {topic} began: nothing was loaded by this one") from error
    finally:
        await producer.stop()


async def _put(producer: AIOKafkaProducer, topic: str, values: Mapping[str, bytes | None]) -> None:
    count = len(await producer.partitions_for(topic))
    outbox = Outbox(producer)
    for key, value in values.items():
        encoded = key.encode()
        outbox.put(topic, partition_of(encoded, count), encoded, value, [])
        await outbox.send()
    await outbox.flush()
    await outbox.delivered()
