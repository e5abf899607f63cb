"""What happens to an event: read, join, decide, publish; whatever it holds, something comes of it."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import structlog
from aiokafka.structs import TopicPartition

import rules
from rules import Outcome, Parties, Unreadable
from streams import publish, topics
from streams.decision import Event, decided, event_in
from streams.hold_log import HoldLog
from streams.holds import Holds
from streams.join import elsewhere, on_record, outcome_of
from streams.lane import Batch
from streams.metrics import Metrics
from streams.origin import Origin, origin_of
from streams.outbox import Header, Outbox
from streams.raw_record import RawRecord
from streams.reference_data import ReferenceData
from streams.rescreening import rescreening_of
from streams.tally import Tally

log = structlog.get_logger(__name__)

CHUNK_RECORDS = 500
"""After so many records the full batches are sent, and others get their turn of the event loop."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The state of the world that a chunk of events is decided with."""

    destinations: rules.Destinations
    parties: Parties
    versions: rules.Versions
    headers: publish.DecisionHeaders
    decided_at: datetime


class Screening:
    """Decides the events of one lane. `holds` are the ones that stand on the orders of its partition."""

    def __init__(
        self,
        number: int,
        group: str,
        holds: Holds,
        reference: ReferenceData,
        metrics: Metrics,
        hold_log: HoldLog,
    ) -> None:
        self.holds = holds
        self.written: set[bytes] | None = None
        """Keys written to `screening.holds` since somebody began to read it for what may be deleted."""
        self._number = number
        self._group = group
        self._reference = reference
        self._tally = Tally(metrics, hold_log)

    async def decide(self, batch: Batch, outbox: Outbox) -> None:
        """Put what comes of every record of the batch into the outbox.

        Raises RuntimeError, which names the offsets, for a batch that cannot be unpacked.
        """
        records = iter(batch)
        count, spent, more = 0, 0.0, True
        while more:
            started = time.perf_counter()
            try:
                chunk = self._chunk(batch.tp, islice(records, CHUNK_RECORDS), outbox)
            except Exception as error:
                raise RuntimeError(f"{batch} cannot be decided: {error!r}") from error
            spent += time.perf_counter() - started
            count += chunk
            more = chunk == CHUNK_RECORDS
            await outbox.send()
            await asyncio.sleep(0)
        if count:
            self._tally.batch(batch.tp.topic, count, spent)

    def put_aside(
        self,
        outbox: Outbox,
        origin: Origin,
        key: bytes | None,
        value: bytes | None,
        reason: str,
        detail: str,
        headers: Sequence[Header] = (),
    ) -> None:
        """Put a dead letter into the outbox, and count it once it is committed."""
        reason = publish.dead_letter(outbox, self._number, origin, key, value, reason, detail, headers)
        self._tally.dead(reason)

    def committed(self) -> None:
        """Count and log what was decided since the last commit."""
        self._tally.commit()

    def _chunk(self, tp: TopicPartition, records: Iterable[RawRecord], outbox: Outbox) -> int:
        """Decide these records; gives how many they were."""
        decided_at, parties = datetime.now(UTC), self._reference.parties
        destinations = self._reference.destinations.snapshot()
        joined = Joined(
            destinations,
            parties,
            rules.Versions(destinations=destinations.version, restricted_parties=parties.version),
            publish.DecisionHeaders(self._group, decided_at),
            decided_at,
        )
        count = 0
        for record in records:
            self._one(tp, record, joined, outbox)
            count += 1
        return count

    def _one(self, tp: TopicPartition, record: Any, joined: Joined, outbox: Outbox) -> None:
        origin = origin_of(tp, record)
        event: Event | _Dead | None = None
        try:
            event = self._read(record.value)
            if isinstance(event, _Dead):
                self._bury(origin, record, event, outbox)
                return
            found = on_record(event, self._reference, self._number)
            home = None if origin.forwarded else elsewhere(event, found, self._reference, self._number)
            if home is not None and publish.fits(record.value):
                publish.forward(outbox, record, origin, event.end_user_id or "", home)
                self._tally.forwarded(origin.topic)
            else:
                outcome = outcome_of(
                    event, found, self._reference, self._number, joined.destinations, joined.parties
                )
                self._publish(event, record, origin, outcome, joined, outbox)
        except Exception as error:
            log.exception(
                "screening failed", topic=origin.topic, partition=origin.partition, offset=origin.offset
            )
            self._hold_anyway(event, record, origin, error, joined, outbox)

    def _read(self, value: bytes | None) -> "Event | _Dead":
        if value is None:
            return _Dead("no_value", "the record has a null value")
        try:
            return event_in(value)
        except Unreadable as unreadable:
            return _Dead(unreadable.reason, unreadable.detail)

    def _publish(
        self, event: Event, record: Any, origin: Origin, outcome: Outcome, joined: Joined, outbox: Outbox
    ) -> None:
        rescreening = rescreening_of(record.headers) if record.headers else None
        made = decided(
            event, record.value, outcome, self.holds, joined.decided_at, joined.versions, rescreening
        )
        key, decision = made.key, made.record
        value = _encoded(decision, outcome)
        headers = joined.headers.of(
            origin, key, decision.decision_id, decision.decision, decision.standing, record
        )
        outbox.put(topics.DECISIONS, self._number, key, value, headers)
        if made.changed:
            outbox.put(topics.HOLDS, self._number, key, value, headers)
            self.holds.take(made.subject, made.hold)
            if self.written is not None:
                self.written.add(key)
        self._tally.decided(made.subject, event.subject_type, decision.decision_id, outcome, origin.timestamp)

    def _hold_anyway(
        self,
        event: "Event | _Dead | None",
        record: Any,
        origin: Origin,
        error: Exception,
        joined: Joined,
        outbox: Outbox,
    ) -> None:
        """Fail closed: hold the event whose screening failed, put aside one that names nothing to hold."""
        if event is None or isinstance(event, _Dead):
            self._bury(origin, record, _Dead("not_json", f"reading failed: {error!r}"), outbox)
        else:
            self._publish(event, record, origin, rules.failed(str(error)), joined, outbox)

    def _bury(self, origin: Origin, record: Any, dead: "_Dead", outbox: Outbox) -> None:
        self.put_aside(outbox, origin, record.key, record.value, dead.reason, dead.detail, record.headers)


def _encoded(decision: rules.DecisionRecord, outcome: Outcome) -> bytes:
    """A decision as it is published, without what it may lack where it is too large; raises ValueError."""
    value = rules.encode(decision)
    if not publish.fits(value):
        value = rules.encode(rules.compact(decision, outcome))
        if not publish.fits(value):
            raise ValueError(f"a decision on {len(outcome.lines)} lines is too large: split the order")
    return value


@dataclass(frozen=True, slots=True)
class _Dead:
    """Why nothing can be decided on a record."""

    reason: str
    detail: str
