"""The dead letters for a person: which there are, what one holds, and sending them on again after a fix."""

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.structs import TopicPartition

from streams import topics
from streams.connection import ask, connection
from streams.errors import UserError
from streams.partition_reader import PartitionReader
from streams.publish import REPLAYED_FROM
from streams.settings import Settings

SAYS = {f"dead_{name}" for name in ("reason", "detail", "topic", "partition", "offset", "at")}
UNREADABLE = f"{topics.DEAD_LETTERS} cannot be read"


class Letter(NamedTuple):
    """One dead letter; `letter_id` is its partition and offset, as in `3-17`."""

    letter_id: str
    record: ConsumerRecord
    said: dict[str, str]

    @property
    def origin(self) -> TopicPartition:
        """The partition that the record came from."""
        return TopicPartition(self.said["dead_topic"], int(self.said["dead_partition"]))

    @property
    def in_short(self) -> str:
        """One line for a person."""
        origin = f"{self.said['dead_topic']}-{self.said['dead_partition']} offset {self.said['dead_offset']}"
        return (
            f"{self.letter_id}  {self.said['dead_at']}  {self.said['dead_reason']}  {origin}  {self._detail}"
        )

    @property
    def _detail(self) -> str:
        again = f"replayed from {self.said[REPLAYED_FROM]}, " if REPLAYED_FROM in self.said else ""
        return again + self.said["dead_detail"].splitlines()[0]

    def not_to_be_replayed(self) -> str | None:
        """Why the letter cannot be sent on again; None where it can."""
        if REPLAYED_FROM in self.said:
            return "it was replayed before and died again"
        if self.record.value is None and self.said["dead_reason"] == "too_large":
            return "its bytes were too large to be kept"
        if self.said["dead_reason"] == "reference_invalid":
            return "it would replace what is on record since: load the corrected record"
        return None


def letters(settings: Settings, days: int) -> list[Letter]:
    """The dead letters of the last days without their bytes, oldest first.

    Raises UserError where Kafka cannot be read.
    """
    topics.check(settings)
    since = int((datetime.now(UTC).timestamp() - days * 86_400) * 1000)
    return ask(settings, _all_since(settings, since), UNREADABLE)


def letter(settings: Settings, letter_id: str) -> Letter:
    """The dead letter with this id; raises UserError where there is none."""
    topics.check(settings)
    return ask(settings, _letter(settings, letter_id), UNREADABLE)


def replay(settings: Settings, ids: Collection[str], *, dry_run: bool) -> list[str]:
    """Send dead letters to where they came from, each once and marked, so that one that dies again stays.

    Gives a line for a person for each. Raises UserError, with nothing sent, where one cannot be.
    """
    topics.check(settings)
    return ask(settings, _replay(settings, list(dict.fromkeys(ids)), dry_run), UNREADABLE)


async def _all_since(settings: Settings, since: int) -> list[Letter]:
    async with PartitionReader(settings) as reader:
        found = [letter async for letter in _since(reader, settings.partitions, since)]
    return sorted(found, key=lambda letter: letter.said["dead_at"])


async def _since(reader: PartitionReader, partitions: int, since: int) -> AsyncIterator[Letter]:
    for number in range(partitions):
        async for record in reader.since(TopicPartition(topics.DEAD_LETTERS, number), since):
            if (letter := _letter_of(replace(record, value=None))) is not None:
                yield letter


async def _letter(settings: Settings, letter_id: str) -> Letter:
    async with PartitionReader(settings) as reader:
        return await _found(reader, settings, letter_id)


async def _found(reader: PartitionReader, settings: Settings, letter_id: str) -> Letter:
    partition, _, offset = letter_id.partition("-")
    if partition.isdecimal() and offset.isdecimal() and int(partition) < settings.partitions:
        record = await reader.at(TopicPartition(topics.DEAD_LETTERS, int(partition)), int(offset))
        if record is not None and record.offset == int(offset) and (found := _letter_of(record)) is not None:
            return found
    raise UserError(f"no dead letter {letter_id}: `exportgate dead-letters list` shows which there are")


def _letter_of(record: ConsumerRecord) -> Letter | None:
    """The letter that a record is; None for one that somebody else wrote there."""
    said = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    return Letter(f"{record.partition}-{record.offset}", record, said) if said.keys() >= SAYS else None


async def _replay(settings: Settings, ids: Collection[str], dry_run: bool) -> list[str]:
    async with PartitionReader(settings) as reader:
        found = [await _found(reader, settings, letter_id) for letter_id in ids]
    for each in found:
        if why := each.not_to_be_replayed():
            raise UserError(f"dead letter {each.letter_id} cannot be replayed: {why}; nothing was sent")
    if not dry_run:
        await _send(settings, found)
    verb = "would go to" if dry_run else "sent to"
    return [f"{each.letter_id}: {verb} {each.origin.topic}-{each.origin.partition}" for each in found]


async def _send(settings: Settings, found: Collection[Letter]) -> None:
    producer = AIOKafkaProducer(**connection(settings), acks="all", max_request_size=topics.LARGEST_RECORD)
    await producer.start()
    try:
        for each in found:
            await producer.send_and_wait(
                each.origin.topic,
                each.record.value,
                key=each.record.key,
                partition=each.origin.partition,
                headers=[(REPLAYED_FROM, each.letter_id.encode())],
            )
    finally:
        await producer.stop()
