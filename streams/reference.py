"""Loading reference records into their topics."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, ProducerFenced

from streams import topics
from streams.errors import UserError, unreachable
from streams.murmur2 import partition_of
from streams.outbox import BATCH_BYTES, Outbox
from streams.reference_files import DESTINATIONS, Kind, files_of, packaged_destinations, read_files
from streams.settings import Settings

TRANSACTION_SECONDS = 120
"""A load that died in the middle keeps later records from being read for so long, or until the next load."""


def load(settings: Settings, paths: Iterable[Path] = ()) -> list[str]:
    """Load reference files, and folders of them; without a path the packaged destinations.

    All files are read before anything is loaded; then each topic's records go in one transaction. A record
    replaces the one of its key; one that the file no longer has stays: it is deleted by a null value, not
    by leaving it out. Gives a line for a person for each topic. Raises UserError, with nothing of that topic
    loaded.
    """
    files = [file for path in paths for file in files_of(path)]
    found = read_files(files).found if files else {DESTINATIONS: packaged_destinations()}
    topics.check(settings)
    return [asyncio.run(_load(settings, kind, records.values_as_given)) for kind, records in found.items()]


async def _load(settings: Settings, kind: Kind, values: dict[str, bytes]) -> str:
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.brokers,
        transactional_id=f"{settings.group}-load-{kind.topic}",
        transaction_timeout_ms=TRANSACTION_SECONDS * 1000,
        max_batch_size=BATCH_BYTES,
        acks="all",
    )
    try:
        await producer.start()
        async with producer.transaction():
            await _publish(producer, kind.topic, values)
    except KafkaConnectionError as error:
        raise unreachable(settings.brokers) from error
    except ProducerFenced as error:
        raise UserError(f"another load of {kind.topic} began: nothing was loaded by this one") from error
    except KafkaError as error:
        raise UserError(f"Kafka refused the load, nothing is in {kind.topic} of it: {error}") from error
    finally:
        await producer.stop()
    return f"{kind.topic}: {len(values):,} records loaded"


async def _publish(producer: AIOKafkaProducer, topic: str, values: dict[str, bytes]) -> None:
    count = len(await producer.partitions_for(topic))
    outbox = Outbox(producer)
    for key, value in values.items():
        encoded = key.encode()
        outbox.put(topic, partition_of(encoded, count), encoded, value, [])
        await outbox.send()
    await outbox.flush()
    await outbox.delivered()
