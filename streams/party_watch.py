"""Beside the work: which end users become listed, or cease to be, and what was released to them.

Whom a restricted-party list or a corrected record makes listed is told of in `screening.alerts`, and what was
released to them lately is decided again. Who ceases to be is told of too, and nothing is released: a person
lifts those holds.

Who is known as listed stands in the alerts, and how far it goes in a committed note. So a worker that takes
over a lane goes on where the other stopped; what is done twice has the same ids.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition
from mode import Service

from rules import EndUser, Parties, RestrictedParties
from rules.parties import Match, matches_of
from streams import alerts, topics
from streams.alerts import Alert, Cause, KnownListed
from streams.lane import Errand, Lane
from streams.lanes import Lanes
from streams.outbox import Outbox
from streams.partition_reader import PartitionReader
from streams.party_notes import Note, read_note, write_note
from streams.reference_data import ReferenceData
from streams.releases import Release, publish, releases_to
from streams.settings import Settings

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
CHUNK = 100
"""So many end users are matched, or events published, before others get their turn."""
REST, BUSY_REST = 2.0, 20.0
"""After a chunk, so many times as long is left to the other work; the second while many events wait."""


@dataclass
class Watched:
    """How far a lane's end users were looked after, since it was opened last: who is known as listed."""

    epoch: int
    note: Note | None
    known: dict[str, dict[str, Alert]]


class PartyWatch(Service):  # type: ignore[misc]  # mode comes untyped
    """Looks after the end users of every open lane, one lane after the other."""

    mundane_level = "debug"

    def __init__(self, settings: Settings, lanes: Lanes, reference: ReferenceData) -> None:
        self._settings, self._lanes, self._reference = settings, lanes, reference
        self._before: RestrictedParties | None = None
        self._watched: dict[int, Watched] = {}
        super().__init__()

    def taken(self, before: Parties) -> None:
        """Take note of the list that another one took the place of."""
        self._before = before if isinstance(before, RestrictedParties) else None

    async def on_start(self) -> None:
        """Begin to watch."""
        self.add_future(self._watch())

    async def _watch(self) -> None:
        while not self.should_stop:
            await self.sleep(LOOK_SECONDS)
            for lane in list(self._lanes.open.values()):
                try:
                    await self._look_after(lane)
                except (KafkaError, OSError, LookupError) as error:
                    log.warning("end users wait to be matched", lane=lane.number, error=repr(error))

    async def _look_after(self, lane: Lane) -> None:
        parties = self._reference.parties
        if not isinstance(parties, RestrictedParties) or not lane.ready:
            return
        watched = self._watched.get(lane.number)
        if watched is None or watched.epoch != lane.epoch:
            watched = self._watched[lane.number] = await self._begin(lane)
        now = Note(parties.version, self._reference.end_users.position(lane.number))
        if watched.note != now:
            await self._catch_up(lane, parties, watched, now)
            watched.note = now

    async def _begin(self, lane: Lane) -> Watched:
        """Where whoever had the lane before has stopped."""
        known = (await KnownListed(self._settings, lane.number).read_once()).alerts
        return Watched(lane.epoch, await read_note(self._settings, lane.number), known)

    async def _catch_up(self, lane: Lane, parties: RestrictedParties, watched: Watched, now: Note) -> None:
        """Bring what is known of a lane's end users from the last note to the next."""
        await lane.publish(lambda outbox: None)  # after this, nothing is committed by the list before
        known = watched.known
        suspects = await self._suspects(lane, parties, watched.note, now, known)
        changes = await self._changes(lane, parties, known, suspects)
        superseded = await self._decide_again(lane, changes)
        told = [
            alerts.with_superseded(alert, superseded[alert.end_user_id]) if alert.type == "listed" else alert
            for alert in changes
        ]

        def tell(outbox: Outbox) -> None:
            for alert in told:
                outbox.put(topics.ALERTS, lane.number, alert.end_user_id.encode(), alerts.encode(alert), [])
            write_note(outbox, lane.number, now)

        await lane.publish(tell)
        for alert in told:
            alerts.take_in(known, alert)
        if told:
            log.info("end users listed or delisted", lane=lane.number, alerts=len(told))

    async def _suspects(
        self, lane: Lane, parties: RestrictedParties, note: Note | None, now: Note, known: Iterable[str]
    ) -> dict[str, Cause]:
        """The end users whom what happened since a note may concern, and what that is."""
        suspects: dict[str, Cause] = {}
        if note is None or note.version != now.version:
            everybody = self._reference.end_users.keys(lane.number)
            if note is not None and self._before is not None and self._before.version == note.version:
                everybody = await self._like(lane, everybody, parties.unlike(self._before))
            suspects |= dict.fromkeys([*everybody, *known], "list")
        if note is not None:
            suspects |= dict.fromkeys(await self._changed(lane, note.offset, now.offset), "end_user")
        return suspects

    async def _changed(self, lane: Lane, start: int, end: int) -> set[str]:
        """The end users whose records came between two offsets."""
        if start >= end:
            return set()
        tp = TopicPartition(topics.END_USERS, lane.number)
        async with PartitionReader(self._settings) as reader:
            return {
                record.key.decode(errors="surrogateescape")
                async for record in reader.between(tp, start, end)
                if record.key is not None
            }

    async def _like(
        self, lane: Lane, everybody: Sequence[str], lists: Iterable[RestrictedParties]
    ) -> list[str]:
        """The end users that may be of an entry of lists that are small."""
        found = []
        for listing in lists:
            matches = await self._matched(lane, everybody, listing)
            found += [end_user_id for end_user_id, each in matches.items() if each]
        return found

    async def _changes(
        self,
        lane: Lane,
        parties: RestrictedParties,
        known: Mapping[str, Mapping[str, Alert]],
        suspects: Mapping[str, Cause],
    ) -> list[Alert]:
        """The alerts that bring what is known of end users to what they are now."""
        found: list[Alert] = []
        for end_user_id, matches in (await self._matched(lane, suspects, parties)).items():
            stand, cause = known.get(end_user_id, {}), suspects[end_user_id]
            now = {match.entry.entry_id: match for match in matches}
            found += [
                alerts.listed(end_user_id, match, cause, parties.version)
                for entry_id, match in now.items()
                if entry_id not in stand
            ]
            found += [
                alerts.delisted(alert, cause, parties.version)
                for entry_id, alert in stand.items()
                if entry_id not in now
            ]
        return found

    async def _matched(
        self, lane: Lane, whom: Collection[str], parties: RestrictedParties
    ) -> dict[str, tuple[Match, ...]]:
        """What a list says of each end user, asked in another thread, with rests."""
        found: dict[str, tuple[Match, ...]] = {}
        everybody = list(whom)
        for begin in range(0, len(everybody), CHUNK):
            records = {
                end_user_id: self._reference.end_user(lane.number, end_user_id)
                for end_user_id in everybody[begin : begin + CHUNK]
            }
            began = time.monotonic()
            found |= await asyncio.to_thread(_matches, records, parties)
            busy = any(each.busy for each in self._lanes.open.values())
            await asyncio.sleep((BUSY_REST if busy else REST) * (time.monotonic() - began))
        return found

    async def _decide_again(self, lane: Lane, changes: Iterable[Alert]) -> Counter[str]:
        """Have what was released lately to the newly listed decided again; how many, by end user."""
        why = {
            alert.end_user_id: f"{alert.list} entry {alert.entry_id}"
            for alert in changes
            if alert.type == "listed"
        }
        if not why:
            return Counter()
        released = await releases_to(self._settings, lane.number, why)
        for begin in range(0, len(released), CHUNK):
            await lane.publish(_errand(released[begin : begin + CHUNK], why))
        return Counter(each.end_user_id for each in released)


def _errand(released: Sequence[Release], why: dict[str, str]) -> Errand:
    def put(outbox: Outbox) -> None:
        for release in released:
            publish(outbox, release, why[release.end_user_id])

    return put


def _matches(records: Mapping[str, object], parties: RestrictedParties) -> dict[str, tuple[Match, ...]]:
    today = datetime.now(UTC).date()
    return {
        end_user_id: matches_of(record, parties.forgetful, today) if isinstance(record, EndUser) else ()
        for end_user_id, record in records.items()
    }
