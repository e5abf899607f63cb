"""Countries by date: the Country Groups (Supplement 1 to part 740) and the NS columns of the Country Chart
(Supplement 1 to part 738).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby

from msgspec import Struct

from rules.models import Destination, Period
from rules.records import UnreadableRecord
from rules.remembered import Outcomes
from rules.tables import rows

DOMESTIC = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "UM"})
ACE_TOOK_EFFECT = date(2022, 5, 26)
READ_AS = {"HK": "CN"}
CHART_MARKS_OF = {"LI": "CH"}

D = frozenset({"D:1", "D:2", "D:3", "D:4", "D:5"})
D1_D5 = frozenset({"D:1", "D:5"})
E = frozenset({"E:1", "E:2"})


class Standing(Struct, frozen=True):
    """What the groups and the chart say of a country on a date. `ns1`, `ns2`: the column has a mark."""

    groups: frozenset[str] = frozenset()
    ns1: bool = False
    ns2: bool = False
    under_review: bool = False
    in_d: bool = False
    in_d1_or_d5: bool = False
    in_e: bool = False

    @property
    def in_d_or_under_review(self) -> bool:
        """In any of D:1 to D:5, or a country whose government end users are under review."""
        return self.in_d or self.under_review


DOMESTIC_STANDING = Standing()


class UnreadableDestination(Exception):
    """A destination record that a transaction joins with did not validate; `country` is its key."""

    def __init__(self, country: str) -> None:
        super().__init__(country)
        self.country = country


class Destinations:
    """The destination table as it was at one moment, with the outcomes found by it.

    A changed table is another object, so it begins with nothing remembered.
    """

    def __init__(self, records: Mapping[str, Destination | UnreadableRecord], version: str) -> None:
        self.records = records
        self.version = version
        self.outcomes = Outcomes()
        self._periods = {
            country.strip().upper(): None if isinstance(record, UnreadableRecord) else oldest_first(record)
            for country, record in records.items()
        }

    @classmethod
    def of(cls, records: Mapping[str, Destination | UnreadableRecord], version: str) -> Destinations:
        """A snapshot of `records`, by country; `version` is what decisions say they were made with."""
        return cls(dict(records), version)

    def standing(self, country: str, day: date) -> Standing | None:
        """What a country is on a day; None where it is unknown: no record, or no period in force.

        Raises UnreadableDestination.
        """
        if country in DOMESTIC:
            return DOMESTIC_STANDING
        period = self._in_force(READ_AS.get(country, country), day)
        if period is None:
            return None
        return standing_of(period, self._chart(country, period, day))

    def _chart(self, country: str, period: Period, day: date) -> Period | None:
        """The period whose chart marks count: the country's own, but for LI (the chart's footnote 5)."""
        return self._in_force(CHART_MARKS_OF[country], day) if country in CHART_MARKS_OF else period

    def _in_force(self, country: str, day: date) -> Period | None:
        """The latest period that began by the day, else the first; None where it has ended or there is no
        record.
        """
        periods = self._periods.get(country, ())
        if periods is None:
            raise UnreadableDestination(country)
        begun = [period for period in periods if period.since <= day] or periods[:1]
        return begun[-1] if begun and (begun[-1].to is None or day <= begun[-1].to) else None


def oldest_first(record: Destination) -> list[Period]:
    """The record's periods by their first day."""
    return sorted(record.periods, key=lambda period: period.since)


def standing_of(period: Period, chart: Period | None) -> Standing:
    """What a period says; a chart mark that is not known counts as a mark."""
    groups = frozenset(period.groups)
    return Standing(
        groups=groups,
        ns1=chart is None or chart.ns1 is not False,
        ns2=chart is None or chart.ns2 is not False,
        under_review=period.review_government is True,
        in_d=not groups.isdisjoint(D),
        in_d1_or_d5=not groups.isdisjoint(D1_D5),
        in_e=not groups.isdisjoint(E),
    )


def packaged_destinations() -> tuple[Destination, ...]:
    """The destination records that come with the program, from country_groups.csv and country_changes.csv."""
    dated = sorted(rows("country_changes"), key=lambda row: (row["iso2"], row["from"]))
    changed = {country: tuple(periods) for country, periods in groupby(dated, key=lambda row: row["iso2"])}
    return tuple(
        Destination(
            country=row["iso2"],
            name=row["name"],
            periods=periods_of(changed.get(row["iso2"], (row,))),
            source="; ".join(
                period.get("citation", "eCFR 2026-07-23") for period in changed.get(row["iso2"], (row,))
            ),
        )
        for row in rows("country_groups")
    )


def periods_of(table: tuple[dict[str, str], ...]) -> tuple[Period, ...]:
    """The periods of one country's rows; each ends on the day before the next begins."""
    starts = [date.fromisoformat(row["from"]) if "from" in row else ACE_TOOK_EFFECT for row in table]
    ends = [start - timedelta(days=1) for start in starts[1:]]
    return tuple(
        Period(
            since=start,
            to=end,
            groups=tuple(row["groups"].split()),
            ns1=bool(row["ns1"]),
            ns2=bool(row["ns2"]),
            review_government=bool(row.get("review_government")),
        )
        for row, start, end in zip(table, starts, [*ends, None], strict=True)
    )
