"""Looks a deployment over and says what is wrong, the heaviest first."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from time import time as now
from typing import Any

import msgspec
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.structs import TopicPartition

from streams import peek, topics
from streams.connection import ask, connection
from streams.followed_topic import FollowedTopic
from streams.murmur2 import partition_of
from streams.partition_reader import PartitionReader
from streams.party_records import PartyRecords
from streams.settings import Settings
from streams.tables import DestinationTable, EndUserTable, ItemTable, ReferenceTable

COORDINATOR_TRIES = 20
LAST = 20
"""Among so many offsets at the end of a log there is an event, and not marks of transactions alone."""
READ_SECONDS = 9.0
"""So long the partitions of a table are given; after 10 s without a record one calls itself stuck."""
LONG_SECONDS = 60.0
"""Events that wait for less are about to be decided, transactions of less about to end."""
LATELY_SECONDS = 600
"""A decision of before may have been made with what was right then."""
SAMPLE = 200
"""So many of the newest records of a partition are looked at."""


class Decided(msgspec.Struct):
    """What of a decision says what it was made with."""

    versions: dict[str, str | None]


def examine(settings: Settings) -> list[str]:
    """What is wrong, a line each, the heaviest first; nothing where nothing is.

    Raises UserError where no broker answers or the topics are not there or of another shape: then there is
    nothing more to look at.
    """
    topics.check(settings)
    return ask(settings, _examine(settings), f"Kafka at {settings.brokers} refused")


async def _examine(settings: Settings) -> list[str]:
    found = []
    for check in CHECKS:
        found += [line async for line in check(settings)]
    return found


async def lost_events(settings: Settings) -> AsyncIterator[str]:
    """Events that retention took before anybody decided them."""
    committed, bounds = await _committed(settings), await _bounds(settings)
    for tp, (start, _) in bounds.items():
        gone = start - committed.get(tp, start)
        if gone > 0:
            yield (
                f"{tp.topic}-{tp.partition}: retention took {gone:,} offsets that nobody decided: find out "
                "which events they were, then start a worker with `--accept-loss`"
            )


async def topics_otherwise(settings: Settings) -> AsyncIterator[str]:
    """Topics whose configuration is not what the settings want."""
    for line in await asyncio.to_thread(topics.otherwise, settings):
        yield line


async def empty_reference_data(settings: Settings) -> AsyncIterator[str]:
    """Reference data without which everything is held, or nobody is known."""
    for table in (DestinationTable(settings, _ignored), ItemTable(settings, _ignored)):
        if not await _readable(table):
            yield f"{table.topic} cannot be read to its end within {READ_SECONDS:.0f} s"
        elif not table.records:
            yield f"{table.topic} is empty: run `exportgate reference load`"


async def unreadable_records(settings: Settings) -> AsyncIterator[str]:
    """Records that do not validate: all that is joined with them is held."""
    tables: list[ReferenceTable[Any]] = [DestinationTable(settings, _ignored), ItemTable(settings, _ignored)]
    # End users are read a partition at a time: together they may be more than there is memory for.
    tables += [EndUserTable(settings, _ignored, partitions={n}) for n in range(settings.partitions)]
    unreadable: Counter[str] = Counter()
    while tables:
        table = tables.pop(0)
        await _readable(table)
        unreadable[table.topic] += table.unreadable
    for topic, count in unreadable.items():
        if count:
            yield f"{topic} has {count:,} records that do not validate: correct them"


async def open_transactions(settings: Settings) -> AsyncIterator[str]:
    """Transactions that somebody left open: nothing behind them can be read."""
    partitions = [
        TopicPartition(topic.name, number)
        for topic in topics.TOPICS
        for number in range(topic.partitions(settings))
    ]
    async with PartitionReader(settings) as committed, PartitionReader(settings, uncommitted=True) as all_:
        ends, readable = await all_.bounds(partitions), await committed.bounds(partitions)
        for tp in partitions:
            async for record in all_.between(tp, readable[tp][1], ends[tp][1]):
                age = now() - record.timestamp / 1000
                if age > LONG_SECONDS:
                    yield (
                        f"{tp.topic}-{tp.partition}: a transaction has been open for {age:,.0f} s, nothing "
                        "behind it is read: `kafka-transactions.sh --bootstrap-server B describe-producers "
                        f"--topic {tp.topic} --partition {tp.partition}` says whose"
                    )
                break


async def restricted_party_list(settings: Settings) -> AsyncIterator[str]:
    """A list that is missing, half there, or too old."""
    if settings.restricted_parties == "elsewhere":
        return
    records = PartyRecords(settings, _ignored)
    if not await _readable(records):
        yield f"{records.topic} cannot be read to its end within {READ_SECONDS:.0f} s"
        return
    manifest = records.manifest
    if manifest is None:
        yield "no restricted-party list is loaded, everything is held: run `exportgate reference load FILE`"
        return
    age = datetime.now(UTC) - datetime.combine(manifest.made, time.min, UTC)
    if age.days > settings.list_max_age_days:
        yield (
            f"the restricted-party list is of {manifest.made}, {age.days} days old, everything is held: "
            "load a newer one"
        )
    elif age > timedelta(hours=settings.list_alert_hours):
        yield f"the restricted-party list is of {manifest.made}, {age.days} days old: load a newer one"


async def group_and_lag(settings: Settings) -> AsyncIterator[str]:
    """Events that nobody decides."""
    async with _admin(settings) as admin:
        (described,) = await admin.describe_consumer_groups([settings.group])
    members = len(described.groups[0][5])
    committed, bounds = await _committed(settings), await _bounds(settings)
    positions = {tp: max(start, committed.get(tp, start)) for tp, (start, _) in bounds.items()}
    behind = {tp: position for tp, position in positions.items() if position < bounds[tp][1]}
    # Behind the last event of a transaction its mark is still to come, and no event.
    waiting = await peek.written(settings, behind) if behind else {}
    lag = sum(bounds[tp][1] - positions[tp] for tp in waiting)
    age = now() - min(waiting.values(), default=now())
    if not members:
        yield f"no worker runs in the group {settings.group!r}: {lag:,} events wait; run `exportgate worker`"
    elif age > LONG_SECONDS:
        yield (
            f"{lag:,} events wait for {members} workers in the group {settings.group!r}, "
            f"the oldest for {age:,.0f} s"
        )


def _sources(settings: Settings) -> list[TopicPartition]:
    return [TopicPartition(topic, n) for topic in topics.SOURCES for n in range(settings.partitions)]


async def _committed(settings: Settings) -> dict[TopicPartition, int]:
    """The offset that the group committed of each source partition; of one without, nothing."""
    async with _admin(settings) as admin:
        found = await admin.list_consumer_group_offsets(settings.group, partitions=_sources(settings))
    return {tp: each.offset for tp, each in found.items() if each.offset >= 0}


async def _bounds(settings: Settings) -> dict[TopicPartition, tuple[int, int]]:
    async with PartitionReader(settings) as reader:
        return await reader.bounds(_sources(settings))


@asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**connection(settings))
    try:
        await admin.start()
        await _coordinated(admin, settings.group)
        yield admin
    finally:
        await admin.close()


async def _coordinated(admin: AIOKafkaAdminClient, group: str) -> None:
    """Wait until the group has a coordinator: a Kafka that never had one makes it when it is asked."""
    for _ in range(COORDINATOR_TRIES):
        try:
            await admin.find_coordinator(group)
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(0.5)
        else:
            return


async def other_partitioners(settings: Settings) -> AsyncIterator[str]:
    """Producers that put keys where murmur2 does not."""
    async with PartitionReader(settings) as reader:
        for topic in (topics.ORDERS, topics.DOWNLOAD_REQUESTS, topics.END_USERS):
            for number in range(settings.partitions):
                keys = [record.key async for record in reader.newest(TopicPartition(topic, number), SAMPLE)]
                if without := keys.count(None):
                    yield f"{topic}-{number}: {without} of the newest records have no key: give them one"
                wrong = [key for key in keys if key and partition_of(key, settings.partitions) != number]
                if wrong:
                    yield (
                        f"{topic}-{number}: {len(wrong)} of the newest records lie where murmur2 does not "
                        f"put their key, {wrong[-1]!r} among them: set the producer's partitioner"
                    )


async def versions_that_differ(settings: Settings) -> AsyncIterator[str]:
    """Workers that decide by different rules or tables."""
    found: dict[str, set[str]] = {}
    async with PartitionReader(settings) as reader:
        for number in range(settings.partitions):
            newest = [
                record async for record in reader.newest(TopicPartition(topics.DECISIONS, number), LAST)
            ]
            if newest and newest[-1].timestamp / 1000 > now() - LATELY_SECONDS:
                last = msgspec.json.decode(newest[-1].value, type=Decided)
                for name, version in last.versions.items():
                    found.setdefault(name, set()).add(version or "none")
    for name, versions in found.items():
        if len(versions) > 1:
            yield (
                f"the last decisions of the partitions name {len(versions)} versions of {name}: "
                f"{', '.join(sorted(versions))}"
            )


async def _readable(topic: FollowedTopic) -> bool:
    """Read a topic; whether its end was reached in time. Behind a transaction that is open it never is."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            await topic.read_once()
    except TimeoutError:
        return False
    return True


def _ignored(*_: object) -> None:
    """What is unreadable is counted."""


CHECKS: tuple[Callable[[Settings], AsyncIterator[str]], ...] = (
    open_transactions,
    lost_events,
    empty_reference_data,
    restricted_party_list,
    group_and_lag,
    versions_that_differ,
    unreadable_records,
    topics_otherwise,
    other_partitioners,
)
"""In order of weight: what holds everything, what decides nothing, what is only odd."""
