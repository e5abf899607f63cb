"""The record of a decision: its id, and its bytes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from msgspec import Raw, Struct
from msgspec.json import Encoder
from msgspec.structs import replace

from rules.events import InvalidEvent
from rules.models import DownloadRequest, Moment, Order
from rules.outcome import Decision, Outcome, as_json
from rules.reasons import HoldType
from rules.version import VERSION

Standing = Literal["held", "released"]

encode = Encoder().encode


def decision_id(key: bytes, value: bytes, outcome: Outcome) -> str:
    """The id of a decision: the same event with the same outcome has the same, another outcome another one.

    It digests the outcome with its codes and the version of the rules, the subject (`key`, as decisions are
    keyed), and the event's bytes.
    """
    framed = b"%b%d:%b%b" % (outcome.fingerprint, len(key), key, value)
    return blake2b(framed, digest_size=16).hexdigest()


class Subject(Struct, frozen=True, gc=False):
    """What a decision is about: an `order` or a `download`, and its id."""

    type: str
    id: str


class Versions(Struct, frozen=True, gc=False, kw_only=True):
    """The versions that a decision is made with: of the rules and of the tables."""

    rules: str = VERSION
    destinations: str
    restricted_parties: str | None


class DecisionRecord(Struct, frozen=True, gc=False):
    """The decision record of the contract. Times are in UTC; `reasons` and `lines` are JSON."""

    decision_id: str
    event_id: str | None
    subject: Subject
    end_user_id: str | None
    decision: Decision
    hold_type: HoldType | None
    basis: str | None
    authority: str | None
    reasons: Raw
    lines: Raw
    standing: Standing
    supersedes: str | None
    rescreened_by: str | None
    rescreen_reason: str | None
    occurred_at: Moment | None
    decided_at: Moment
    versions: Versions


def record_of(
    event: Order | DownloadRequest | InvalidEvent,
    outcome: Outcome,
    decision_id: str,
    standing: Standing,
    supersedes: str | None,
    decided_at: datetime,
    versions: Versions,
    rescreened_by: str | None = None,
    rescreen_reason: str | None = None,
) -> DecisionRecord:
    """The record of what was decided on an event, and of how its subject stands after it."""
    return DecisionRecord(
        decision_id,
        event.event_id,
        Subject(event.subject_type, event.subject_id),
        event.end_user_id,
        outcome.decision,
        outcome.hold_type,
        outcome.basis,
        outcome.authority,
        outcome.reasons_json,
        outcome.lines_json,
        standing,
        supersedes,
        rescreened_by,
        rescreen_reason,
        event.occurred_at,
        decided_at,
        versions,
    )


def compact(record: DecisionRecord, outcome: Outcome) -> DecisionRecord:
    """The same record with one reason a code, for one that would be too large: `detail.lines` counts its
    lines.
    """
    counts = Counter(reason.code for reason in outcome.reasons)
    first = {reason.code: reason for reason in reversed(outcome.reasons)}
    reasons = [replace(first[code], line_id=None, detail={"lines": counts[code]}) for code in outcome.codes]
    return replace(record, reasons=as_json(reasons))
