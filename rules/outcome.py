"""What was decided of an event: of each of its lines, and of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Literal

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from rules.reasons import HoldType, Reason
from rules.version import VERSION

Decision = Literal["hold", "release"]

_encode = msgspec.json.Encoder().encode

BASES = ("ace", "no_license_required", "not_a_cybersecurity_item", "not_subject_to_ear", "domestic")
DESTINATION_GROUPS = ("E:1", "E:2", "D:5", "D:1", "D:2-4", "other", "domestic", "unknown")
ITEM_FAMILIES = ("4", "5", "light", "out_of_scope", "unclassified", "none")


class LineOutcome(Struct, frozen=True):
    """What was decided of one line. `codes` are those of its reasons, in the order of the paragraphs."""

    line_id: str
    sku: str | None
    decision: Decision
    basis: str | None
    authority: str | None
    codes: tuple[str, ...]


class Outcome(Struct, frozen=True):
    """What was decided of an event, with the parts of its record that are the same each time it is published.

    `destination_group` and `item_family` are labels for counting. `fingerprint` digests the outcome with the
    rules' version.
    """

    decision: Decision
    hold_type: HoldType | None
    basis: str | None
    authority: str | None
    reasons: tuple[Reason, ...]
    lines: tuple[LineOutcome, ...]
    codes: tuple[str, ...]
    destination_group: str
    item_family: str
    reasons_json: Raw
    lines_json: Raw
    fingerprint: bytes


def outcome_of(
    lines: tuple[LineOutcome, ...], reasons: tuple[Reason, ...], destination_group: str, item_family: str
) -> Outcome:
    """The outcome of one line, or of no line where the reasons hold the whole event."""
    outcome = assembled(lines, reasons, destination_group, item_family, as_json(reasons), as_json(lines), b"")
    return replace(outcome, fingerprint=fingerprint_of(outcome))


def combined(alone: Sequence[Outcome]) -> Outcome:
    """The outcome of an order whose lines have these outcomes alone; that of a single line is its own.

    All lines of an order have the same places, and so the same destination group.
    """
    if len(alone) == 1:
        return alone[0]
    first_held = next((outcome for outcome in alone if outcome.reasons), alone[0])
    return assembled(
        lines=tuple(line for outcome in alone for line in outcome.lines),
        reasons=tuple(reason for outcome in alone for reason in outcome.reasons),
        destination_group=alone[0].destination_group,
        item_family=first_held.item_family,
        reasons_json=joined([outcome.reasons_json for outcome in alone if outcome.reasons]),
        lines_json=joined([outcome.lines_json for outcome in alone]),
        fingerprint=blake2b(b"".join([outcome.fingerprint for outcome in alone]), digest_size=16).digest(),
    )


def assembled(
    lines: tuple[LineOutcome, ...],
    reasons: tuple[Reason, ...],
    destination_group: str,
    item_family: str,
    reasons_json: Raw,
    lines_json: Raw,
    fingerprint: bytes,
) -> Outcome:
    """An outcome, with what follows for the whole from its lines and reasons."""
    basis = None if reasons else first_basis(lines)
    return Outcome(
        decision="hold" if reasons else "release",
        hold_type=hold_type_of(reasons),
        basis=basis,
        authority=authority_of(lines) if basis == "ace" else None,
        reasons=reasons,
        lines=lines,
        codes=tuple(dict.fromkeys([reason.code for reason in reasons])),
        destination_group=destination_group,
        item_family=item_family,
        reasons_json=reasons_json,
        lines_json=lines_json,
        fingerprint=fingerprint,
    )


def as_json(content: object) -> Raw:
    """What JSON writes for it, to be put into a record as it is."""
    return Raw(_encode(content))


def joined(arrays: list[Raw]) -> Raw:
    """One JSON array of the elements of several, none of them empty."""
    return Raw(b"[%b]" % b",".join([bytes(array)[1:-1] for array in arrays]))


def hold_type_of(reasons: tuple[Reason, ...]) -> HoldType | None:
    """`license_required` when any reason is, else `review`; None without a reason."""
    if not reasons:
        return None
    return "license_required" if any(reason.type == "license_required" for reason in reasons) else "review"


def first_basis(lines: tuple[LineOutcome, ...]) -> str:
    """The first basis, in the order of `BASES`, that one of the lines relies on."""
    relied_on = {line.basis for line in lines}
    return next(basis for basis in BASES if basis in relied_on)


def authority_of(lines: tuple[LineOutcome, ...]) -> str | None:
    """The authority of the first line that ACE releases."""
    return next(line.authority for line in lines if line.basis == "ace")


def fingerprint_of(outcome: Outcome) -> bytes:
    """A digest of what was decided, of the codes that decided it and of the version of the rules."""
    decided = (outcome.decision, outcome.hold_type, outcome.basis, outcome.authority, outcome.codes)
    return blake2b(_encode((VERSION, decided, outcome.lines)), digest_size=16).digest()
