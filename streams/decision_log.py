"""The decisions on given subjects, read from `screening.decisions` from end to end."""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

import msgspec
from aiokafka import ConsumerRecord
from aiokafka.structs import TopicPartition

from streams import topics
from streams.connection import ask
from streams.errors import UserError
from streams.partition_reader import PartitionReader
from streams.settings import Settings


class Summary(msgspec.Struct):
    """What of a decision says which one it is and how its subject stood after it."""

    decision_id: str
    decision: Literal["hold", "release"]
    decided_at: str
    supersedes: str | None = None


class Found(NamedTuple):
    """A decision as it was published: its bytes, what they say in short, and where its event lies."""

    value: bytes
    summary: Summary
    event: TopicPartition
    event_offset: int


def find(settings: Settings, subjects: Collection[str]) -> dict[str, list[Found]]:
    """Every decision on each subject (`order:ord-1`), oldest first.

    Reads the whole of `screening.decisions`, which is ordered by nothing else than time. Raises UserError
    for a subject without any, and where Kafka cannot be read.
    """
    topics.check(settings)
    keys = {subject.encode(): subject for subject in subjects}
    found = ask(settings, _find(settings, keys), f"{topics.DECISIONS} cannot be read")
    for subject, decisions in found.items():
        if not decisions:
            raise UserError(f"no decision on {subject}: a subject is order:ID or download:ID")
    return found


def in_question(decisions: Sequence[Found]) -> Found:
    """The decision that a re-screening is about: the hold that stands, else the last one."""
    standing: Found | None = None
    for found in decisions:
        if standing is None or found.summary.supersedes == standing.summary.decision_id:
            standing = found if found.summary.decision == "hold" else None
    return standing or decisions[-1]


async def _find(settings: Settings, keys: dict[bytes, str]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {subject: [] for subject in keys.values()}
    async with PartitionReader(settings) as reader:
        for number in range(settings.partitions):
            async for record in reader.since(TopicPartition(topics.DECISIONS, number), 0):
                if record.key in keys:
                    found[keys[record.key]].append(_found(record))
    return {subject: sorted(each, key=lambda one: one.summary.decided_at) for subject, each in found.items()}


def event_of(record: ConsumerRecord) -> tuple[TopicPartition, int]:
    """The partition and the offset of the event that a decision was made on, as its headers say."""
    said = dict(record.headers)
    topic, partition = said["event_topic"].decode(), int(said["event_partition"])
    return TopicPartition(topic, partition), int(said["event_offset"])


def _found(record: ConsumerRecord) -> Found:
    return Found(record.value, msgspec.json.decode(record.value, type=Summary), *event_of(record))
