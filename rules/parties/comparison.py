"""Two names compared as the index compares a name with a listed one."""

from __future__ import annotations

from typing import Literal

from rules.parties.align import NOTHING, Alignment, aligned
from rules.parties.clean import clean, readings
from rules.parties.weigh import names_of_party

Kind = Literal["entity", "person"]


def compare(name: str, other: str, *, kind: Kind | None = None) -> Alignment:
    """How alike two names are: `score` from 0 to 1, and the `pairs` of words that are alike.

    `kind` says whose names they are, where that is known; a field that holds several names counts as each.
    """
    return max(
        (
            aligned(one, clean(another), person=kind == "person", most=most)
            for one, most in names_of_party(name)
            for another in readings(other)
        ),
        default=NOTHING,
    )
