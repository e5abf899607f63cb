"""The publishers' files: the same list as JSON, as CSV, condensed and zipped; and none that is not whole."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import date
from typing import Any

import pytest

from rules.parties import InvalidList, RestrictedParties, packaged_entries, read_list

SOURCE = "Entity List (EL) - Bureau of Industry and Security"
COLUMNS = next(
    csv.reader(
        [
            "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,"
            "standard_order,license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,"
            "gross_registered_tonnage,vessel_flag,vessel_owner,remarks,source_list_url,alt_names,citizenships,"
            "dates_of_birth,nationalities,places_of_birth,source_information_url,ids"
        ]
    )
)
ROWS: list[dict[str, Any]] = [
    {
        "id": "a1",
        "source": SOURCE,
        "name": "Vostok Optronika",
        "type": "Entity",
        "alt_names": ["VO; and any successor", "Восток"],
        "programs": ["EAR", "X"],
        "addresses": [{"address": "Komitas 26/114", "city": "Yerevan, Armenia", "country": "AM"}],
        "federal_register_notice": "89 FR 1",
        "start_date": "2024-03-15",
        "license_requirement": "For all items",
    },
    {
        "id": "a2",
        "source": "Denied Persons List (DPL) - Bureau of Industry and Security",
        "name": 'Muster, Max "Maxi"',
        "end_date": "2026-01-31",
        "nationalities": ["DE"],
        "addresses": [{"country": "CH"}],
    },
]


def as_json(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps({"search_performed_at": "2026-11-23T13:15:00+00:00", "results": rows}).encode()


def cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(
            ", ".join(part for part in each.values() if part) if isinstance(each, dict) else each
            for each in value
        )
    return value or ""


def as_csv(rows: list[dict[str, Any]], columns: list[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(
        [cell(row.get("id" if column == "_id" else column)) for column in columns] for row in rows
    )
    return text.getvalue().encode()


def test_every_field_that_a_reviewer_needs_is_kept() -> None:
    """List, kind, dates, countries, addresses, citation and licence text come out as they went in."""
    published = read_list(as_json(ROWS))
    first, second = published.entries
    assert published.made == date(2026, 11, 23)
    assert (first.entry_id, first.list, first.kind, first.citation) == ("a1", "EL", "entity", "89 FR 1")
    assert (first.start, second.end) == (date(2024, 3, 15), date(2026, 1, 31))
    assert first.countries == ("AM",)
    assert first.addresses == ("Komitas 26/114, Yerevan, Armenia, AM",)
    assert (second.countries, second.addresses, second.kind) == (("CH", "DE"), (), None)
    assert first.license_requirement == "For all items"


def test_json_and_csv_of_one_list_are_the_same() -> None:
    """Both formats, zipped or not, give equal entries and so one version."""
    entries = read_list(as_json(ROWS)).entries
    assert read_list(as_csv(ROWS, COLUMNS)).entries == entries
    assert read_list(gzip.compress(as_json(ROWS))).entries == entries
    assert read_list(gzip.compress(as_csv(ROWS, COLUMNS))).entries == entries


def test_a_layout_without_ids_gives_each_party_one_that_stays() -> None:
    """The older CSV has no ids: the same party has the same id whatever row it stands in."""
    older = as_csv(ROWS, COLUMNS[1:28])
    turned = as_csv(ROWS[::-1], COLUMNS[1:28])
    ids = {entry.name: entry.entry_id for entry in read_list(older).entries}
    assert {entry.name: entry.entry_id for entry in read_list(turned).entries} == ids
    assert len(set(ids.values())) == 2


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (as_json([*ROWS, {"id": "a3", "source": SOURCE}]), "row 3: no `name`"),
        (as_json([*ROWS, {"id": "a3", "name": "X"}]), "row 3: no `source`"),
        (as_json([ROWS[0], ROWS[0]]), "row 2: a second row with the id 'a1'"),
        (as_json([ROWS[0] | {"end_date": "soon"}]), "row 1: `end_date` is 'soon'"),
        (as_json([]), "no `results`"),
        (as_json(ROWS)[:-20], "cut off"),
        (gzip.compress(as_json(ROWS))[:-20], "cut off"),
        (as_csv(ROWS, COLUMNS)[:-30], "row 2"),
        (b"a,b\n1,2\n", "the header names no"),
        (as_csv([], COLUMNS), "no rows"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"", "the header names no"),
    ],
)
def test_a_list_that_is_not_whole_is_refused(data: bytes, why: str) -> None:
    """One row that does not parse, or a file cut off, refuses the whole list and says where."""
    with pytest.raises(InvalidList, match=why):
        read_list(data)


def test_the_military_intelligence_end_users_come_with_the_program() -> None:
    """744.22(f)(2) names thirteen, each with its country, date and Federal Register citation."""
    entries = packaged_entries()
    assert len(entries) == 13
    assert all(entry.countries and entry.start and entry.citation for entry in entries)


def test_two_dated_lists_give_exactly_what_came_changed_and_went() -> None:
    """Unchanged entries are in no part of the delta, whatever their order."""
    day = date(2026, 11, 24)
    first, second = read_list(as_json(ROWS)).entries
    third, fourth = read_list(as_json([ROWS[0] | {"name": "Other"}, ROWS[1] | {"id": "a4"}])).entries
    before = RestrictedParties.of([first, second], day)
    after = RestrictedParties.of([fourth, third], day)
    came, changed, went = after.since(before)
    assert (came, changed, went) == ((fourth,), (third,), (second,))


def test_a_version_is_of_the_content_in_whatever_order() -> None:
    """The same entries have one version, others another."""
    day = date(2026, 11, 24)
    first, second = read_list(as_json(ROWS)).entries
    version = RestrictedParties.of([first, second], day).version
    assert RestrictedParties.of([second, first], day).version == version
    assert RestrictedParties.of([first], day).version != version
