"""The Affiliates Rule of BIS (90 FR 47212) by date: who is owned 50 percent or more by listed parties."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from rules.parties.facts import ListedOwner
from rules.tables import rows

HALF = 50
ON_ANY_DATE = frozenset({"SDN"})
BY_THE_RULE = frozenset({"EL", "MEU", "SDN"})
RED_FLAG_29 = frozenset({"EL", "MEU"})

PERIODS = tuple(
    (date.fromisoformat(row["from"]), date.fromisoformat(row["to"]) if row["to"] else date.max)
    for row in rows("affiliates_rule")
)


def together(owners: Iterable[ListedOwner]) -> Decimal:
    """What owners hold together, as far as it is known; exact, since 50 percent decide."""
    known = (owner.percent for owner in owners if owner.percent is not None)
    return sum((Decimal(repr(percent)) for percent in known), Decimal(0))


def on_lists_that_count(owners: Iterable[ListedOwner], rule_in_force: bool) -> list[ListedOwner]:
    """The owners on the lists whose half makes an affiliate: on any date, or while the rule is in force."""
    lists = BY_THE_RULE if rule_in_force else ON_ANY_DATE
    return [owner for owner in owners if owner.lists & lists]


def is_in_force(day: date, off_from: date | None) -> bool:
    """Whether the rule applies on a day; `off_from` is the day from which it is switched off."""
    return (off_from is None or day < off_from) and any(since <= day <= to for since, to in PERIODS)
