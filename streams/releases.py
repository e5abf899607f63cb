"""What was released lately to end users who became listed, to be decided again."""

import time
from collections.abc import Collection
from typing import Literal, NamedTuple

import msgspec
import structlog
from aiokafka import ConsumerRecord
from aiokafka.structs import TopicPartition

from streams import topics
from streams.decision_log import event_of
from streams.outbox import Outbox
from streams.partition_reader import PartitionReader
from streams.rescreening import Rescreening, headers_of
from streams.settings import Settings

log = structlog.get_logger(__name__)

BY = "exportgate"
_DAY_MS = 86_400_000


class Released(msgspec.Struct):
    """What of a decision says whether its subject is released, and to whom."""

    decision_id: str
    standing: Literal["held", "released"]
    end_user_id: str | None = None


class Release(NamedTuple):
    """A release that stands, with the event that it was made on."""

    end_user_id: str
    decision_id: str
    event: ConsumerRecord


async def releases_to(settings: Settings, number: int, end_users: Collection[str]) -> list[Release]:
    """What stands released to these end users by one pass over a partition's decisions of the last days.

    An event that retention took is logged and left out: its release stands until the event is sent again.
    """
    async with PartitionReader(settings) as reader:
        standing = await _standing(reader, settings, number, end_users)
        found = []
        for subject, (released, tp, offset) in standing.items():
            event = await reader.at(tp, offset)
            if event is None:
                log.error("a release to a listed party stands, its event is gone", subject=subject.decode())
            else:
                found.append(Release(released.end_user_id or "", released.decision_id, event))
    return found


def publish(outbox: Outbox, release: Release, reason: str) -> None:
    """Have the event of a release decided again."""
    event = release.event
    rescreening = Rescreening(release.decision_id, "release", BY, reason)
    outbox.put(event.topic, event.partition, event.key, event.value, headers_of(event, rescreening))


async def _standing(
    reader: PartitionReader, settings: Settings, number: int, end_users: Collection[str]
) -> dict[bytes, tuple[Released, TopicPartition, int]]:
    """By subject, the last decision where that leaves it released to one of the end users."""
    since = int(time.time() * 1000) - settings.rescreen_days * _DAY_MS
    found: dict[bytes, tuple[Released, TopicPartition, int]] = {}
    async for record in reader.since(TopicPartition(topics.DECISIONS, number), since):
        decision = msgspec.json.decode(record.value, type=Released)
        if decision.end_user_id not in end_users:
            continue
        if decision.standing == "released":
            found[record.key] = (decision, *event_of(record))
        else:
            found.pop(record.key, None)
    return found
