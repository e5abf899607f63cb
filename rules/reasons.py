"""Every reason code, once: its type and its citation."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from msgspec import Struct

HoldType = Literal["license_required", "review"]


class Ground(NamedTuple):
    """What a reason code stands for."""

    type: HoldType
    citation: str


REASONS: dict[str, Ground] = {
    "ITEM_CONFLICT": Ground("review", "15 CFR 740.22(b)(1)"),
    "ITEM_UNCLASSIFIED": Ground("review", "15 CFR 740.22(b)(1)"),
    "ITEM_OUT_OF_SCOPE": Ground("review", "15 CFR 740.22(b)(1)"),
    "ECCN_NOTE_REVIEW": Ground("review", "15 CFR part 774, Supp. 1, ECCN 4E001, Note 1"),
    "PARTY_LISTED": Ground("license_required", "15 CFR 740.2(a)(17), part 744, 764.2(k); 31 CFR ch. V"),
    "PARTY_POSSIBLE_MATCH": Ground("review", "15 CFR 740.2(a)(17), part 744, 764.2(k); 31 CFR ch. V"),
    "PARTY_AFFILIATE": Ground("license_required", "90 FR 47212; 31 CFR ch. V"),
    "PARTY_AFFILIATE_UNRESOLVED": Ground("review", "15 CFR part 732, Supp. 3, red flag 29"),
    "PARTY_UNSCREENED": Ground("review", "15 CFR part 744"),
    "DESTINATION_UNKNOWN": Ground("review", "15 CFR 740.22(c)"),
    "ACE_C1": Ground("license_required", "15 CFR 740.22(c)(1)"),
    "EMBARGOED": Ground("license_required", "15 CFR part 746"),
    "RUSSIA_BELARUS": Ground("license_required", "15 CFR 746.8(a), (c)(2)"),
    "OCCUPIED_REGION": Ground("license_required", "15 CFR 746.6"),
    "EMBARGO_REVIEW": Ground("review", "15 CFR 746.5, 746.10; 31 CFR ch. V"),
    "TOUCHPOINT_EMBARGOED": Ground("review", "15 CFR part 746"),
    "ACE_C5": Ground("license_required", "15 CFR 740.22(c)(5)"),
    "RED_FLAG": Ground("review", "15 CFR part 732, Supp. 3"),
    "BEFORE_RULE": Ground("review", "87 FR 31948"),
    "END_USER_UNKNOWN": Ground("review", "15 CFR 740.22(c)(2), (4)"),
    "END_USER_CONFLICT": Ground("review", "15 CFR 740.22(b)"),
    "RECIPIENT_UNKNOWN": Ground("review", "15 CFR 734.13(b)"),
    "ACE_C2": Ground("license_required", "15 CFR 740.22(c)(2)"),
    "ACE_C3": Ground("license_required", "15 CFR 740.22(c)(3)"),
    "ACE_C4": Ground("license_required", "15 CFR 740.22(c)(4)"),
    "GOVERNMENT_ABROAD": Ground("review", "15 CFR 740.22(c)(2), (4)"),
    "DESTINATION_UNDER_REVIEW": Ground("review", "15 CFR part 740, Supp. 1"),
    "HONG_KONG_DOCUMENT": Ground("review", "15 CFR 740.2(a)(19)"),
    "GOVERNMENT_DOMAIN": Ground("review", "15 CFR 734.17(c)(1), by analogy"),
    "LOCATION_MISMATCH": Ground("review", "15 CFR 740.22(c)"),
    "LOCATION_ANONYMIZED": Ground("review", "15 CFR 740.22(c)"),
    "EVENT_INVALID": Ground("review", "15 CFR 740.22"),
    "SCREENING_ERROR": Ground("review", "15 CFR 740.22"),
    "REFERENCE_DATA_UNAVAILABLE": Ground("review", "15 CFR 740.22"),
}
REASON_CODES = tuple(REASONS)


class Reason(Struct, frozen=True):
    """Why something is held: the code with its type and citation, a message for a person, and the facts.

    No party's name but in a match with a list, where both are there.
    """

    code: str
    type: HoldType
    citation: str
    message: str
    line_id: str | None
    detail: dict[str, Any]


def reason(
    code: str,
    message: str,
    line_id: str | None,
    detail: dict[str, Any] | None = None,
    citation: str | None = None,
) -> Reason:
    """A reason of the code, with the type and, where none is given, the citation that the table gives it."""
    ground = REASONS[code]
    return Reason(code, ground.type, citation or ground.citation, message, line_id, detail or {})
