"""Reading events: what is a dead letter, what is invalid, and what an event holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

import rules
from rules.events import InvalidEvent, read_event
from tests.rules.transactions import download, order


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"order_id": "o"} {}', "not_json"),
        (b'{"order_id": "o", "x": NaN}', "not_json"),
        (b'{"order_id": "o", "x": "\xff"}', "not_json"),
        (b'\xef\xbb\xbf{"order_id": "o"}', "not_json"),
        (b'{"order_id": "o", "x": ' + b"[" * 100_000, "not_json"),
        (b'{"order_id": "o", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not_json"),
        (b"[]", "not_an_object"),
        (b'"order_id"', "not_an_object"),
        (b"null", "not_an_object"),
        (b"{}", "no_subject"),
        (b'{"order_id": " ", "request_id": null}', "no_subject"),
        (b'{"order_id": 1}', "no_subject"),
        (b'{"order_id": "\\ud800"}', "no_subject"),
        (b'{"order_id": "\\udfff"}', "no_subject"),
    ],
)
def test_what_is_no_event_is_unreadable(value: bytes, reason: str) -> None:
    """What is no JSON object or names no subject goes to the dead letters, with its reason."""
    with pytest.raises(rules.Unreadable) as error:
        rules.read_event(value)
    assert error.value.reason == reason
    assert error.value.detail


@pytest.mark.parametrize(
    "fields",
    [
        {"event_id": None},
        {"event_id": " "},
        {"occurred_at": "2026-11-24T10:00:00"},
        {"occurred_at": 5},
        {"lines": []},
        {"lines": None},
        {"lines": [{"line_id": 1}]},
        {"lines": [{"line_id": "2"}, {}]},
        {"lines": [{"quantity": True}]},
        {"ship_to": "VN"},
        {"red_flags": [None]},
        {"knowledge_of_unauthorized_use": "yes"},
        {"end_user": {"country": ["VN"]}},
        {"incident": {"case_id": 10**4000}},
        {"activity": "\ud800"},
    ],
)
def test_an_event_that_does_not_validate_is_invalid(fields: dict[str, object]) -> None:
    """A required field that is missing, or a known one of the wrong type, makes the event invalid."""
    with pytest.raises(rules.InvalidEvent) as error:
        rules.read_event(order(**fields))
    assert (error.value.subject_type, error.value.subject_id) == ("order", "ord-1")
    assert error.value.end_user_id == "eu-1"
    assert rules.invalid(error.value).hold_type == "review"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"lines": [{"sku": 7}]}, "$.lines[0].sku"),
        ({"lines": [{"line_id": "2"}, {}]}, "line_id"),
        ({"occurred_at": "2026-11-24 10:00:00Z"}, "occurred_at"),
        ({"occurred_at": "٢026-11-24T10:00:00Z"}, "occurred_at"),
        ({"event_id": " "}, "event_id"),
    ],
)
def test_an_invalid_event_says_which_field(fields: dict[str, object], field: str) -> None:
    """The message of the hold names the field and what was expected of it."""
    with pytest.raises(rules.InvalidEvent) as error:
        rules.read_event(order(**fields))
    assert field in rules.invalid(error.value).reasons[0].message


def test_a_number_of_any_length_is_json() -> None:
    """An event with a number that no program reads is invalid, and no dead letter."""
    value = order(event_id="HUGE").replace(b'"HUGE"', b"9" * 5000)
    with pytest.raises(rules.InvalidEvent):
        rules.read_event(value)


def test_what_can_be_read_of_an_invalid_event_is_kept() -> None:
    """Event, end user and time are taken where they are readable, and missing where they are not."""
    with pytest.raises(rules.InvalidEvent) as error:
        rules.read_event(order(lines=None, occurred_at="soon"))
    assert (error.value.event_id, error.value.occurred_at) == ("evt-1", None)
    with pytest.raises(rules.InvalidEvent) as error:
        rules.read_event(order(lines=None, occurred_at="2026-11-24T10:00:00+02:00", event_id=4))
    assert error.value.occurred_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert (error.value.event_id, error.value.end_user_id) == (None, "eu-1")


def test_an_event_with_both_ids_is_an_order() -> None:
    """An order_id makes an order, whatever stands in the fields of a download."""
    assert rules.read_event(order(request_id="dl-1", sku=7)).subject == "order:ord-1"


@pytest.mark.parametrize("blank", ["", " ", None])
def test_a_blank_order_id_is_none(blank: str | None) -> None:
    """With a blank order_id beside a request_id the event is a download request."""
    assert rules.read_event(download(order_id=blank)).subject == "download:dl-1"


def test_an_escaped_field_name_is_the_same_field() -> None:
    """An order whose order_id is written with an escape in its name is an order."""
    value = order().replace(b'"order_id"', b'"order\\u005fid"')
    assert rules.read_event(value).subject == "order:ord-1"


def test_times_are_in_utc() -> None:
    """A time of another zone is the same moment in UTC; where UTC has no such day, the time as written."""
    event = rules.read_event(order(occurred_at="2026-02-03T01:00:00+05:30"))
    assert event.occurred_at == datetime(2026, 2, 2, 19, 30, tzinfo=UTC)
    assert event.occurred_at.tzinfo is UTC
    first = rules.read_event(order(occurred_at="0001-01-01T00:00:00+05:30"))
    assert first.occurred_at == datetime(1, 1, 1, tzinfo=UTC)


def test_a_blank_end_user_is_missing() -> None:
    """A blank end_user_id names nobody; any other one is kept as written."""
    assert rules.read_event(order(end_user_id=" eu-1")).end_user_id == " eu-1"
    assert rules.read_event(order(end_user_id=" ")).end_user_id is None


@pytest.mark.parametrize(
    "value",
    [
        order(occurred_at="2026-11-24T10:00:00+0100", x={"occurred_at": "2026-11-24T10:00:00Z"}),
        order(occurred_at="2026-11-24T10:00:00+0100", x={"occurred_at": "2026-11-24T10:00:00Z"}).replace(
            b'"occurred_at"', b'"occurred\\u005fat"', 1
        ),
    ],
)
def test_the_time_of_another_field_is_not_the_events(value: bytes) -> None:
    """What has the right form somewhere else does not make up for the wrong one."""
    with pytest.raises(rules.InvalidEvent):
        rules.read_event(value)


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "missing required field `occurred_at`"), ({"occurred_at": "yesterday"}, "is no RFC 3339 time")],
)
def test_a_missing_time_is_not_a_malformed_one(given, said):
    """What is wrong with a time is said as it is: it is missing, or it is none."""
    with pytest.raises(InvalidEvent, match=said):
        read_event(json.dumps({"event_id": "evt-1", "request_id": "dl-1"} | given).encode())
