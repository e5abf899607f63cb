"""What a paragraph is: a function from a case to a finding, with its reason code and the cases that it is
tested for.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from typing import Any, Literal

from msgspec import Struct

from rules.facts import Case, Place
from rules.reasons import REASONS

Result = Literal["clear", "excepted", "restricted", "not_tested"]


class Finding(Struct, frozen=True, gc=False):
    """What a paragraph found and the fact that decided it.

    `exception`: the one relied on, `(i)`, where it is excepted. `citation`: where the paragraph's own is not
    the one.
    """

    result: Result
    fact: str
    exception: str | None = None
    detail: dict[str, Any] | None = None
    citation: str | None = None


def clear(fact: str) -> Finding:
    """The paragraph does not stand in the way."""
    return Finding("clear", fact)


def excepted(exception: str, fact: str) -> Finding:
    """The paragraph would stand in the way, but for an exception of its own."""
    return Finding("excepted", fact, exception)


def restricted(message: str, place: Place | None = None, **detail: Any) -> Finding:
    """The paragraph stands in the way.

    `message` says what does and what would clear it; `place` and `detail` are the facts.
    """
    return Finding("restricted", message, None, where(place) | detail if place else detail)


def not_tested(why: str) -> Finding:
    """The paragraph does not speak of the case."""
    return Finding("not_tested", why)


def where(place: Place) -> dict[str, Any]:
    """A place as the detail of a reason."""
    groups = sorted(place.standing.groups) if place.standing else []
    found: dict[str, Any] = {"country": place.country, "field": place.field, "groups": groups}
    return found | {"region": place.region} if place.region else found


Rule = Callable[[Case], Finding]
Scope = Callable[[Case], str | None]


class Paragraph:
    """A paragraph of the law as a function of a case: its finding, or why it is not tested."""

    def __init__(self, code: str, scope: Scope, rule: Rule) -> None:
        self.code = code
        self.citation = REASONS[code].citation
        self.text = cleandoc(rule.__doc__ or "")
        self._scope = scope
        self._rule = rule

    def __call__(self, case: Case) -> Finding:
        """The finding for a case."""
        why_not = self._scope(case)
        return self._rule(case) if why_not is None else not_tested(why_not)

    def restricts(self, case: Case) -> bool:
        """Whether the paragraph stands in the way of a case."""
        return self(case).result == "restricted"


def paragraph(code: str, scope: Scope) -> Callable[[Rule], Paragraph]:
    """Makes a function the paragraph of a reason code, tested where `scope` gives no reason against it."""
    return lambda rule: Paragraph(code, scope, rule)


def any_transaction(case: Case) -> str | None:
    """Every transaction, a domestic one too."""
    return None


def not_domestic(case: Case) -> str | None:
    """Every transaction that is not domestic."""
    return "the transaction is domestic" if case.is_domestic else None


def subject_to_ear(case: Case) -> str | None:
    """An item subject to the EAR, not domestic."""
    return not_domestic(case) or (None if case.item.subject_to_ear else "the item is not subject to the EAR")


def relying_on_note(case: Case) -> str | None:
    """An item that Note 1 to 4E001 takes out of that entry, not domestic."""
    return not_domestic(case) or (None if case.relies_on_note else "Note 1 to 4E001 is not relied on")


def any_cybersecurity_item(case: Case) -> str | None:
    """A cybersecurity item, domestic or not."""
    return None if case.is_cybersecurity_item else "the item is no cybersecurity item"


def cybersecurity_item(case: Case) -> str | None:
    """A cybersecurity item, not domestic."""
    return not_domestic(case) or any_cybersecurity_item(case)


def license_required(case: Case) -> str | None:
    """A cybersecurity item that needs a licence or an exception."""
    return cybersecurity_item(case) or ("no licence is required" if case.needs_no_license else None)
