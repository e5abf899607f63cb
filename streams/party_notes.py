"""How far the end users of a lane have been looked after: a note beside a committed offset."""

from typing import NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import TopicPartition

from streams import topics
from streams.connection import connection
from streams.lane import notes_group
from streams.outbox import Outbox
from streams.settings import Settings


class Note(NamedTuple):
    """By which list the end users were matched, and up to which offset of their own records."""

    version: str
    offset: int


async def read_note(settings: Settings, number: int) -> Note | None:
    """The note of a lane, None where there is none. Raises KafkaError."""
    partition = TopicPartition(topics.END_USERS, number)
    admin = AIOKafkaAdminClient(**connection(settings))
    try:
        await admin.start()
        group = notes_group(settings.group)
        found = (await admin.list_consumer_group_offsets(group, partitions=[partition])).get(partition)
    finally:
        await admin.close()
    return Note(found.metadata, found.offset) if found is not None and found.metadata else None


def write_note(outbox: Outbox, number: int, note: Note) -> None:
    """Commit a lane's note with what is in the outbox."""
    outbox.notes[TopicPartition(topics.END_USERS, number)] = (note.offset, note.version)
