"""The one door: what is held whole, what is remembered, and what the explanation shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

import rules
from rules import remembered
from rules.explain import explain
from rules.screening import PARAGRAPHS
from tests.rules.transactions import (
    PACKAGED,
    as_bytes,
    decide,
    destinations,
    download,
    end_user,
    end_users,
    events,
    order,
)

WHOLE = ["EVENT_INVALID", "SCREENING_ERROR", "REFERENCE_DATA_UNAVAILABLE"]


def test_every_reason_code_has_its_paragraph() -> None:
    """A code is that of one paragraph, or holds an event as a whole."""
    assert sorted([paragraph.code for paragraph in PARAGRAPHS] + WHOLE) == sorted(rules.REASON_CODES)


def test_an_empty_destination_table_holds_everything() -> None:
    """Nothing is released while the destination table is empty."""
    empty = rules.Destinations.of({}, "test")
    outcome = rules.screen(rules.read_event(download(declared_country="US")), empty, {}, None)
    assert (outcome.decision, outcome.codes, outcome.lines) == ("hold", ("REFERENCE_DATA_UNAVAILABLE",), ())


def test_a_list_that_was_never_loaded_holds_everything() -> None:
    """Where parties are screened here and no list was loaded, nothing is released."""
    outcome = rules.screen(rules.read_event(download()), destinations(), {}, None, rules.NOT_LOADED)
    assert outcome.codes == ("REFERENCE_DATA_UNAVAILABLE",)
    assert "no restricted-party list" in outcome.reasons[0].message


@pytest.mark.parametrize(
    ("fields", "table", "items", "record"),
    [
        ({}, PACKAGED, {}, rules.UNREADABLE),
        ({"sku": "PT"}, PACKAGED, {"PT": rules.UNREADABLE}, None),
        ({"declared_country": "FR"}, PACKAGED | {"FR": rules.UNREADABLE}, {}, None),
        ({"declared_country": "HK"}, PACKAGED | {"CN": rules.UNREADABLE}, {}, None),
        ({"declared_country": "LI"}, PACKAGED | {"CH": rules.UNREADABLE}, {}, None),
        (
            {},
            PACKAGED | {"FR": rules.UNREADABLE},
            {},
            end_user(category="government_agency", government_of="FR"),
        ),
    ],
)
def test_an_unreadable_record_holds_what_joins_with_it(
    fields: dict[str, Any], table: dict[str, Any], items: dict[str, Any], record: Any
) -> None:
    """An event's own end user, item or destination that cannot be read holds it, for that only."""
    found = rules.screen(
        rules.read_event(download(**fields)), rules.Destinations.of(table, "test"), items, record
    )
    assert found.codes == ("REFERENCE_DATA_UNAVAILABLE",)
    assert found.reasons[0].line_id is None


def test_the_reason_names_the_unreadable_record() -> None:
    """The message says which record to correct."""
    table = rules.Destinations.of(PACKAGED | {"CN": rules.UNREADABLE}, "test")
    outcome = rules.screen(rules.read_event(download(declared_country="HK")), table, {}, None)
    assert "'CN'" in outcome.reasons[0].message
    unreadable = rules.screen(rules.read_event(download()), destinations(), {}, rules.UNREADABLE)
    assert "'eu-1'" in unreadable.reasons[0].message
    empty = rules.screen(rules.read_event(download()), rules.Destinations.of({}, "test"), {}, None)
    assert "the destination table is empty" in empty.reasons[0].message


def test_an_event_held_as_a_whole_has_no_lines_and_says_why() -> None:
    """What failed is in the message, for no line in particular."""
    outcome = rules.failed("division by zero")
    assert (outcome.codes, outcome.hold_type, outcome.lines) == (("SCREENING_ERROR",), "review", ())
    assert (outcome.destination_group, outcome.item_family) == ("unknown", "none")
    assert outcome.reasons[0].line_id is None
    assert "division by zero" in outcome.reasons[0].message


def test_an_unreadable_record_of_others_holds_nothing() -> None:
    """An event that does not join with the unreadable record is decided."""
    table = rules.Destinations.of(PACKAGED | {"FR": rules.UNREADABLE}, "test")
    assert (
        rules.screen(rules.read_event(download()), table, {"PT": rules.UNREADABLE}, None).decision
        == "release"
    )


def test_equal_circumstances_share_one_outcome() -> None:
    """Two events that differ in ids, names and time of day only are decided once."""
    table, record = destinations(), end_user(name="Some Co")
    first = rules.screen(rules.read_event(download()), table, {}, record)
    later = download(request_id="dl-2", event_id="evt-9", occurred_at="2026-11-24T23:00:00Z")
    assert rules.screen(rules.read_event(later), table, {}, end_user(name="Another Co")) is first


def test_a_changed_table_decides_afresh() -> None:
    """A new snapshot begins with nothing remembered, so a changed country changes the next decision."""
    event = rules.read_event(download())
    assert rules.screen(event, destinations(), {}, end_user()).decision == "release"
    changed = rules.Destinations.of(PACKAGED | {"DE": PACKAGED["VN"]}, "changed")
    assert rules.screen(event, changed, {}, end_user()).codes == ("ACE_C4",)


def test_no_message_names_a_party() -> None:
    """Names of end users, recipients and intermediaries, and the words of red flags, stay out of reasons."""
    outcome = decide(
        order(
            red_flags=["Mallory asks"],
            intermediaries=[{"name": "Mallory", "country": "IR"}],
            end_user={"name": "Mallory"},
        ),
        end_user(name="Mallory", country="IR"),
    )
    assert len(outcome.reasons) > 3
    assert b"Mallory" not in bytes(outcome.reasons_json)


@pytest.mark.parametrize(
    ("value", "group", "family"),
    [
        (order(), "D:1", "4"),
        (order(ship_to={"country": "IR"}), "E:1", "4"),
        (order(ship_to={"country": "CU"}), "E:2", "4"),
        (order(ship_to={"country": "SD"}), "D:5", "4"),
        (download(ip_country="EG", sku="PT"), "D:2-4", "4"),
        (order(lines=[{"eccn": "EAR99"}, {"eccn": "5A001.j"}]), "D:1", "5"),
        (order(ship_to={"country": "DE"}, lines=[{"eccn": "5A001.j"}, {"eccn": "4D004"}]), "other", "5"),
        (order(ship_to={"country": "US"}, lines=[{"eccn": "5A001.j"}]), "domestic", "5"),
        (order(ship_to={"country": "IL"}, lines=[{"eccn": "EAR99"}]), "D:2-4", "light"),
        (order(ship_to={"country": "GL"}, lines=[{"eccn": "3A001"}]), "unknown", "out_of_scope"),
        (download(eccn=None), "other", "unclassified"),
        (download(declared_country="FR", ip_country="IR"), "E:1", "4"),
        (download(declared_country="EG", ip_country="SD"), "D:5", "4"),
        (download(declared_country=None), "unknown", "4"),
    ],
)
def test_outcomes_carry_the_labels_of_the_metrics(value: bytes, group: str, family: str) -> None:
    """The most restrictive group of the places and the item's family are labels that are known beforehand."""
    outcome = decide(value)
    assert (outcome.destination_group, outcome.item_family) == (group, family)
    assert group in rules.DESTINATION_GROUPS
    assert family in rules.ITEM_FAMILIES


def test_the_explanation_shows_each_line_and_paragraph_by_name() -> None:
    """A line has its id and sku; a paragraph its section, code, citation, text and exception."""
    event = rules.read_event(order(lines=[{"line_id": "a", "sku": "PT", "eccn": "4D004"}, {"eccn": "EAR99"}]))
    record = end_user(category="insurer", country="VN")
    explanation = explain(event, destinations(), {}, record)
    assert explanation.outcome == rules.screen(event, destinations(), {}, record)
    assert [(line.line_id, line.sku) for line in explanation.lines] == [("a", "PT"), ("2", None)]
    assert tuple(line.outcome for line in explanation.lines) == explanation.outcome.lines
    tests = explanation.lines[0].tests
    assert [(test.code, test.citation) for test in tests] == [
        (paragraph.code, paragraph.citation) for paragraph in PARAGRAPHS
    ]
    (relied_on,) = [test for test in tests if test.exception]
    assert (relied_on.section, relied_on.code, relied_on.exception) == (
        "Cybersecurity items",
        "ACE_C4",
        "(i)",
    )
    assert relied_on.text.startswith("740.22(c)(4)")


def test_the_explanation_of_an_event_held_for_a_missing_list_has_no_lines() -> None:
    """Where nothing was tested nothing is shown but the outcome."""
    found = explain(rules.read_event(order()), destinations(), {}, None, rules.NOT_LOADED)
    assert (found.lines, found.outcome.codes) == ((), ("REFERENCE_DATA_UNAVAILABLE",))


@given(events, end_users)
def test_the_explanation_agrees_with_the_decision(
    event: dict[str, Any], record: rules.EndUser | None
) -> None:
    """Every paragraph is shown for every line, and those that restrict are the line's codes."""
    read = rules.read_event(as_bytes(event))
    explanation = explain(read, destinations(), {}, record)
    assert explanation.outcome == decide(as_bytes(event), record)
    for line in explanation.lines:
        assert len(line.tests) == len(PARAGRAPHS)
        assert tuple(test.code for test in line.tests if test.result == "restricted") == line.outcome.codes
        assert all(test.fact and test.text and test.citation for test in line.tests)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that has met too many circumstances forgets them, and decides as one that never met any."""
    monkeypatch.setattr(remembered, "MOST", 3)
    table = destinations()
    for country in ("DE", "VN", "CN", "IR", "US", "VN", "DE"):
        for eccn in ("4D004", "EAR99"):
            event, record = rules.read_event(download(ip_country=country, eccn=eccn)), end_user()
            assert rules.screen(event, table, {}, record) == rules.screen(event, destinations(), {}, record)
            assert sum(map(len, table.outcomes._by_circumstances.values())) <= 3
