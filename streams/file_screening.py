"""Screening a file of events without a broker: the same rules, the same records, decisions as JSON Lines."""

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import orjson

import rules
from rules import InvalidEvent, Outcome, Parties, Unreadable
from streams.decision import Event, decided, event_in
from streams.errors import UserError
from streams.holds import Holds
from streams.list_files import list_file, policy_of, read_parties
from streams.reference_files import read_folder
from streams.settings import Settings

DEFAULTS = Settings()

log = logging.getLogger(__name__)


class FileScreening:
    """Decides events one after the other with the reference records of a folder."""

    def __init__(self, folder: Path, *, parties_elsewhere: bool, settings: Settings = DEFAULTS) -> None:
        """Read the folder; raises UserError. Without a list all is held, unless `parties_elsewhere`."""
        files = read_folder(folder)
        self.destinations = files.snapshot()
        self.items, self.end_users = files.items, files.end_users
        self.parties = rules.ELSEWHERE if parties_elsewhere else parties_of(settings, folder)
        self._holds = Holds()
        self._versions = rules.Versions(
            destinations=self.destinations.version, restricted_parties=self.parties.version
        )

    def decide(self, value: bytes) -> bytes:
        """The decision record on one event; raises Unreadable for what is none."""
        event, outcome = self._outcome(value)
        decision = decided(event, value, outcome, self._holds, datetime.now(UTC), self._versions)
        encoded = rules.encode(decision.record)
        if decision.changed:
            self._holds.take(decision.subject, decision.hold)
        return encoded

    def _outcome(self, value: bytes) -> tuple[Event, Outcome]:
        event = event_in(value)
        if isinstance(event, InvalidEvent):
            return event, rules.invalid(event)
        try:
            end_user = self.end_users.get(event.end_user_id or "")
            return event, rules.screen(event, self.destinations, self.items, end_user, self.parties)
        except Exception as error:
            log.exception("screening of %s failed", event.subject)
            return event, rules.failed(str(error))


def parties_of(settings: Settings, folder: Path) -> Parties:
    """The restricted-party list of a folder, where it holds one."""
    path = list_file(folder)
    return rules.NOT_LOADED if path is None else read_parties(path, policy_of(settings))


def screen(settings: Settings, folder: Path, events: Path, *, parties_elsewhere: bool) -> None:
    """Decide a JSON Lines file (-: standard input) in its order.

    Decisions go to standard output as they are made; a line that cannot be read is a dead letter on standard
    error. Raises UserError where the folder or the file cannot be read.
    """
    screening = FileScreening(folder, parties_elsewhere=parties_elsewhere, settings=settings)
    with opened(events) as lines:
        for record, stream in _results(screening, lines):
            stream.write(record + b"\n")
            stream.flush()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file for reading (-: standard input); raises UserError where it cannot be read."""
    if path == Path("-"):
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    with file:
        yield file


def _results(screening: FileScreening, lines: Iterable[bytes]) -> Iterator[tuple[bytes, BinaryIO]]:
    for number, line in enumerate(lines, start=1):
        try:
            yield screening.decide(line.removesuffix(b"\n")), sys.stdout.buffer
        except Unreadable as dead:
            letter = {"dead_reason": dead.reason, "dead_detail": dead.detail, "line": number}
            yield orjson.dumps(letter), sys.stderr.buffer
