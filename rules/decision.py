"""The record of a decision: its id, and its bytes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from hashlib import blake2b

import orjson
from msgspec.structs import replace

from rules.outcome import Outcome, as_json
from rules.version import VERSION


def decision_id(subject: str, value: bytes, outcome: Outcome) -> str:
    """The id of a decision: the same event with the same outcome has the same, another outcome another one.

    It digests the outcome with its codes and the version of the rules, the subject, and the event's bytes.
    """
    key = subject.encode()
    framed = b"%b%d:%b%b" % (outcome.fingerprint, len(key), key, value)
    return blake2b(framed, digest_size=16).hexdigest()


def encode(
    *,
    subject_type: str,
    subject_id: str,
    event_id: str | None,
    end_user_id: str | None,
    occurred_at: datetime | None,
    decision_id: str,
    outcome: Outcome,
    standing: str,
    supersedes: str | None,
    decided_at: datetime,
    destinations: str,
    restricted_parties: str | None,
    rescreened_by: str | None = None,
    rescreen_reason: str | None = None,
) -> bytes:
    """The decision record of the contract as JSON.

    Times are in UTC; `destinations` and `restricted_parties` are versions.
    """
    return orjson.dumps(
        {
            "decision_id": decision_id,
            "event_id": event_id,
            "subject": {"type": subject_type, "id": subject_id},
            "end_user_id": end_user_id,
            "decision": outcome.decision,
            "hold_type": outcome.hold_type,
            "basis": outcome.basis,
            "authority": outcome.authority,
            "reasons": orjson.Fragment(outcome.reasons_json),
            "lines": orjson.Fragment(outcome.lines_json),
            "standing": standing,
            "supersedes": supersedes,
            "rescreened_by": rescreened_by,
            "rescreen_reason": rescreen_reason,
            "occurred_at": occurred_at,
            "decided_at": decided_at,
            "versions": {
                "rules": VERSION,
                "destinations": destinations,
                "restricted_parties": restricted_parties,
            },
        },
        option=orjson.OPT_UTC_Z,
    )


def compact(outcome: Outcome) -> Outcome:
    """The same outcome with one reason a code, for a record that would be too large: `detail.lines` counts
    its lines.
    """
    counts = Counter(reason.code for reason in outcome.reasons)
    first = {reason.code: reason for reason in reversed(outcome.reasons)}
    reasons = tuple(
        replace(first[code], line_id=None, detail={"lines": counts[code]}) for code in outcome.codes
    )
    return replace(outcome, reasons=reasons, reasons_json=as_json(reasons))
