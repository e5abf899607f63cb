"""Publishing events from JSON Lines files: the way to try the gate by hand."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError

import rules
from streams import topics
from streams.connection import connection, unreachable
from streams.errors import UserError
from streams.file_screening import opened
from streams.settings import Settings

TOPIC_OF = {"order": topics.ORDERS, "download": topics.DOWNLOAD_REQUESTS}


class Message(NamedTuple):
    """An event as it goes to Kafka."""

    topic: str
    key: str
    value: bytes


def send(settings: Settings, paths: Iterable[Path]) -> str:
    """Publish the events of the files, and say how many went where.

    An event that does not validate is sent, for a worker to hold; one that cannot be read is not. Raises
    UserError for a file or a line that cannot be read, before anything of that file is sent, and where Kafka
    does not take the events.
    """
    sent: Counter[str] = Counter()
    with _Publisher(settings) as publisher:
        for path in paths:
            messages = read_messages(path)
            publisher.publish(messages)
            sent.update(message.topic for message in messages)
    return "sent " + (", ".join(f"{count} to {topic}" for topic, count in sorted(sent.items())) or "nothing")


def read_messages(path: Path) -> list[Message]:
    """The messages of one JSON Lines file (-: standard input), blank lines left out; raises UserError."""
    with opened(path) as lines:
        numbered = enumerate(map(bytes.strip, lines), start=1)
        return [_message(path, number, line) for number, line in numbered if line]


def _message(path: Path, number: int, value: bytes) -> Message:
    try:
        event = rules.read_event(value)
    except rules.InvalidEvent as error:
        return Message(TOPIC_OF[error.subject_type], error.end_user_id or error.subject_id, value)
    except rules.Unreadable as error:
        raise UserError(
            f"{path}:{number}: {error.reason}: {error.detail}; nothing of this file was sent"
        ) from error
    return Message(TOPIC_OF[event.subject_type], event.end_user_id or event.subject_id, value)


class _Publisher:
    """A producer that raises UserError where a record was not taken."""

    def __init__(self, settings: Settings) -> None:
        topics.check(settings)
        try:
            self._producer = KafkaProducer(
                **connection(settings),
                linger_ms=10,
                batch_size=131072,
                max_block_ms=30_000,
            )
        except KafkaError as error:
            raise unreachable(settings) from error
        self._refused: list[BaseException] = []

    def __enter__(self) -> "_Publisher":
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()

    def publish(self, messages: Iterable[Message]) -> None:
        """Send, and wait until every broker that must has acknowledged every record."""
        try:
            for message in messages:
                sent = self._producer.send(message.topic, message.value, message.key.encode())
                sent.add_errback(self._refused.append)
            self._producer.flush()
        except KafkaError as error:
            self._refused.append(error)
        if self._refused:
            raise UserError(f"Kafka did not take {len(self._refused)} events: {self._refused[0]}")
