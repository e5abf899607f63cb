"""An event and its outcome made into the decision that leaves, the same for Kafka and for files."""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

import rules
from rules import DecisionRecord, DownloadRequest, InvalidEvent, Order, Outcome, Versions
from streams.holds import Hold, Holds, Stand
from streams.rescreening import Rescreening

Event: TypeAlias = Order | DownloadRequest | InvalidEvent


def event_in(value: bytes) -> Event:
    """The event that a value holds, also one that does not validate; raises Unreadable for what is none."""
    try:
        return rules.read_event(value)
    except InvalidEvent as invalid:
        return invalid


class Decided(Struct, frozen=True, gc=False):
    """A decision: its subject, also as a key, its record, and whether it is what now stands.

    Then it goes to `screening.holds` too, and `holds` takes in `hold`: that of an order, None for a release.
    """

    subject: str
    key: bytes
    record: DecisionRecord
    changed: bool
    hold: Hold | None


def decided(
    event: Event,
    value: bytes,
    outcome: Outcome,
    holds: Holds,
    decided_at: datetime,
    versions: Versions,
    rescreening: Rescreening | None = None,
) -> Decided:
    """The decision on the event whose bytes are `value`; `holds` say what stands before it.

    A download is never amended, so nothing of it is kept: its `rescreening` brings the decision in question.
    """
    subject = event.subject
    key = subject.encode()
    decision_id = rules.decision_id(key, value, outcome)
    if event.subject_type == "order":
        stand = holds.decide(subject, event.end_user_id, event.occurred_at, decision_id, outcome.hold_type)
    else:
        stand = _HELD if outcome.hold_type is not None else _RELEASED
    hold = None
    if event.subject_type == "order" and outcome.hold_type is not None:
        hold = Hold(decision_id, event.end_user_id, event.occurred_at, outcome.hold_type, decided_at)
    by = reason = None
    if rescreening is not None:
        stand = rescreening.stand(stand, event.subject_type, decision_id)
        by, reason = rescreening.by, rescreening.reason
    record = rules.record_of(
        event, outcome, decision_id, stand.standing, stand.supersedes, decided_at, versions, by, reason
    )
    return Decided(subject, key, record, stand.changed, hold)


_HELD = Stand("held", None, changed=True)
_RELEASED = Stand("released", None, changed=False)
