"""The Affiliates Rule of BIS (90 FR 47212) by date: who is owned 50 percent or more by listed parties."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from rules.tables import rows

HALF = 50
ON_ANY_DATE = frozenset({"SDN"})
BY_THE_RULE = frozenset({"EL", "MEU", "SDN"})
RED_FLAG_29 = frozenset({"EL", "MEU"})

PERIODS = tuple(
    (date.fromisoformat(row["from"]), date.fromisoformat(row["to"]) if row["to"] else date.max)
    for row in rows("affiliates_rule")
)


def together(percents: Iterable[float | None]) -> Decimal:
    """What shares make together, as far as they are known; exact, since 50 percent decide."""
    return sum((Decimal(repr(percent)) for percent in percents if percent is not None), Decimal(0))


def is_in_force(day: date, off_from: date | None) -> bool:
    """Whether the rule applies on a day; `off_from` is the day from which it is switched off."""
    return (off_from is None or day < off_from) and any(since <= day <= to for since, to in PERIODS)
