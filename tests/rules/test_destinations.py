"""The destination table: periods, and the countries that are read as others."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

import rules
from rules.tables import rows
from tests.rules.transactions import PACKAGED, as_bytes, destinations

PERIODS = [
    {"from": "2024-01-01", "to": "2024-12-31", "groups": ["D:1"], "ns1": True, "ns2": True},
    {"from": "2023-01-01", "to": "2023-12-31", "groups": ["B"], "ns1": False, "ns2": True},
]


def groups(country: str, day: str, table: rules.Destinations | None = None) -> set[str] | None:
    standing = (table or destinations()).standing(country, date.fromisoformat(day))
    return None if standing is None else set(standing.groups)


def facts(country: str, day: date) -> set[str]:
    records = {record.country: record for record in rules.packaged_destinations()}
    standing = rules.Destinations.of(records, "test").standing(country, day)
    assert standing is not None
    marks = {"ns1": standing.ns1, "ns2": standing.ns2, "review": standing.under_review}
    return set(standing.groups) | {mark for mark, is_there in marks.items() if is_there}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2020-01-01", {"B"}),
        ("2023-01-01", {"B"}),
        ("2023-12-31", {"B"}),
        ("2024-01-01", {"D:1"}),
        ("2024-12-31", {"D:1"}),
        ("2025-01-01", None),
    ],
)
def test_the_latest_period_that_began_is_in_force(day: str, expected: set[str] | None) -> None:
    """Before the first period the first is in force; after the last has ended the country is unknown."""
    record = rules.read_destination(as_bytes({"country": " xx ", "periods": PERIODS}))
    assert groups("XX", day, rules.Destinations.of({"XX": record}, "test")) == expected


@pytest.mark.parametrize("country", sorted({row["iso2"] for row in rows("country_changes")}))
def test_the_last_period_agrees_with_the_present_groups(country: str) -> None:
    """What country_changes.csv says last of a country is what country_groups.csv says of it."""
    (row,) = [row for row in rows("country_groups") if row["iso2"] == country]
    (last,) = [record.periods[-1] for record in rules.packaged_destinations() if record.country == country]
    assert (last.groups, last.ns1, last.ns2) == (
        tuple(row["groups"].split()),
        bool(row["ns1"]),
        bool(row["ns2"]),
    )


@pytest.mark.parametrize(
    ("country", "day", "before", "since"),
    [
        ("NI", "2024-03-15", {"B"}, {"D:1", "D:5"}),
        ("AU", "2024-04-19", {"ns1"}, set()),
        ("GB", "2024-04-19", {"ns1"}, set()),
        ("CY", "2024-05-30", {"D:5", "A:6"}, {"A:6"}),
        ("KH", "2026-02-03", {"D:1", "D:5"}, {"D:1"}),
        ("AE", "2026-07-23", {"D:3", "D:4"}, {"review"}),
    ],
)
def test_a_change_is_in_force_from_its_day(country: str, day: str, before: set[str], since: set[str]) -> None:
    """On the day of a change the new groups, marks and review hold, and on the day before the old ones."""
    changed, first = before ^ since, date.fromisoformat(day)
    assert facts(country, first - timedelta(days=1)) & changed == before - since
    assert facts(country, first) & changed == since - before


def test_hong_kong_is_read_as_china() -> None:
    """HK has the groups of CN and no record of its own."""
    assert "HK" not in PACKAGED
    assert groups("HK", "2026-11-24") == groups("CN", "2026-11-24")


def test_liechtenstein_takes_the_chart_marks_of_switzerland() -> None:
    """LI is marked as CH is, whatever its own record says; without a record of CH it is marked."""
    own = rules.read_destination(
        as_bytes({"country": "LI", "periods": [{"from": "2022-05-26", "groups": []}]})
    )
    day = date(2026, 11, 24)
    beside = rules.Destinations.of({"LI": own, "CH": PACKAGED["CH"]}, "test").standing("LI", day)
    alone = rules.Destinations.of({"LI": own}, "test").standing("LI", day)
    assert beside is not None
    assert alone is not None
    assert (beside.ns2, alone.ns2) == (False, True)


def test_domestic_places_are_in_no_group() -> None:
    """The United States and its territories are known and in no group, whatever a record says."""
    us = rules.read_destination(
        as_bytes({"country": "US", "periods": [{"from": "2022-05-26", "groups": ["E:1"]}]})
    )
    assert groups("US", "2026-11-24", rules.Destinations.of({"US": us}, "test")) == set()
    assert groups("PR", "2026-11-24") == set()


def test_every_changed_country_has_its_history_from_the_start():
    """A first period that began later would count for the past too, and release what was restricted then."""
    starts = {each.country: each.periods[0].since for each in rules.packaged_destinations()}
    assert set(starts.values()) == {date(2022, 5, 26)}


def test_a_group_with_a_line_break_behind_it_does_not_validate() -> None:
    """What is not exactly a group is an error, never a country in no group."""
    periods = [{"from": "2022-05-26", "groups": ["D:1\n"], "ns1": True, "ns2": True}]
    with pytest.raises(rules.InvalidRecord):
        rules.read_destination(msgspec.json.encode({"country": "ZZ", "periods": periods}))


def test_a_packaged_period_ends_on_the_day_before_the_next_begins() -> None:
    """A country's periods leave no gap, the last is open, and its record has a name and a source."""
    for record in rules.packaged_destinations():
        ends = [period.to for period in record.periods]
        assert ends == [*(period.since - timedelta(days=1) for period in record.periods[1:]), None]
        assert record.name
        assert record.source
    (cyprus,) = [record for record in rules.packaged_destinations() if record.country == "CY"]
    assert cyprus.source == "supplement no. 1 to part 740 as of 2022; 89 FR 40369"


def test_a_snapshot_says_which_version_it_is() -> None:
    """Decisions name the version of the destinations that they were made with."""
    assert destinations().version == "test"
