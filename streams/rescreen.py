"""Having decisions made again: how a person lifts a hold after clearing a match or correcting a record."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import orjson
from aiokafka import AIOKafkaProducer, ConsumerRecord

import rules
from streams.connection import ask, connection
from streams.decision import Event, event_in
from streams.decision_log import Found, find, in_question
from streams.decision_view import in_short
from streams.errors import UserError
from streams.join import OnRecord, elsewhere, on_record, outcome_of
from streams.partition_reader import PartitionReader
from streams.reference_data import ReferenceData
from streams.rescreening import Rescreening, headers_of
from streams.settings import Settings
from streams.topics import LARGEST_RECORD


class Stored(NamedTuple):
    """A subject, the decision in question and the event that it was made on."""

    subject: str
    decision: Found
    event: ConsumerRecord


def rescreen(
    settings: Settings, subjects: Collection[str], by: str, reason: str, *, dry_run: bool
) -> list[str]:
    """Publish the stored event of each subject once more, or say what would come of it.

    Gives a line for a person for each subject. Raises UserError where a subject has no decision or retention
    has taken an event, before anything is published, and where Kafka cannot be reached.
    """
    questions = {subject: in_question(found) for subject, found in find(settings, subjects).items()}
    work = _rescreen(settings, questions, by, reason, dry_run)
    return ask(settings, work, "Kafka refused the re-screening")


async def _rescreen(
    settings: Settings, questions: dict[str, Found], by: str, reason: str, dry_run: bool
) -> list[str]:
    stored = await _events(settings, questions)
    if dry_run:
        return await _foretold(settings, stored)
    await _publish(settings, stored, by, reason)
    return [
        f"{each.subject}: {each.decision.summary.decision} {each.decision.summary.decision_id} "
        "is decided again"
        for each in stored
    ]


async def _events(settings: Settings, questions: dict[str, Found]) -> list[Stored]:
    """The event of each decision, read where it lies."""
    async with PartitionReader(settings) as reader:
        return [
            Stored(subject, found, await _event(reader, subject, found))
            for subject, found in questions.items()
        ]


async def _event(reader: PartitionReader, subject: str, found: Found) -> ConsumerRecord:
    record = await reader.at(found.event, found.event_offset)
    if record is None:
        raise UserError(
            f"the event of {subject} is gone, retention took {found.event.topic}-{found.event.partition} "
            f"offset {found.event_offset}: send the event again"
        )
    return record


async def _publish(settings: Settings, stored: Sequence[Stored], by: str, reason: str) -> None:
    """Publish the events in one go, each to the partition where it lay."""
    producer = AIOKafkaProducer(
        **connection(settings),
        acks="all",
        enable_idempotence=True,
        max_request_size=LARGEST_RECORD,
    )
    await producer.start()
    try:
        for _, decision, event in stored:
            summary = decision.summary
            asked = Rescreening(summary.decision_id, summary.decision, by, reason)
            await producer.send_and_wait(
                event.topic,
                event.value,
                key=event.key,
                partition=event.partition,
                headers=headers_of(event, asked),
            )
    finally:
        await producer.stop()


async def _foretold(settings: Settings, stored: Sequence[Stored]) -> list[str]:
    """What each event would be decided as by the records of now."""
    lines = []
    async with ReferenceData(settings, lambda *_: None) as reference:
        for each in stored:
            outcome = await _outcome(reference, each.event)
            was, will = in_short(orjson.loads(each.decision.value)), in_short(_of_outcome(outcome))
            lines.append(f"{each.subject}: {was} would be {will}")
    return lines


async def _outcome(reference: ReferenceData, record: ConsumerRecord) -> rules.Outcome:
    """What a worker would make of an event: where it lies, or at its end user's home."""
    event, partition = event_in(record.value), record.partition
    found = await _on_record(event, reference, partition)
    home = elsewhere(event, found, reference, partition)
    if home is not None:
        partition, found = home, await _on_record(event, reference, home)
    return outcome_of(
        event, found, reference, partition, reference.destinations.snapshot(), reference.parties
    )


async def _on_record(event: Event, reference: ReferenceData, partition: int) -> OnRecord:
    await reference.assign([partition])
    await reference.caught_up(partition)
    return on_record(event, reference, partition)


def _of_outcome(outcome: rules.Outcome) -> dict[str, object]:
    return {
        "decision": outcome.decision,
        "basis": outcome.basis,
        "authority": outcome.authority,
        "reasons": [{"code": code} for code in outcome.codes],
    }
