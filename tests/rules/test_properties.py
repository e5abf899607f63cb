"""What holds of every transaction, however odd."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import rules
from tests.rules.transactions import (
    PACKAGED,
    as_bytes,
    decide,
    destinations,
    end_users,
    events,
    order,
    orders,
)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
json_values = (
    scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=4), scalars, max_size=2)
)


def essence(outcome: rules.Outcome) -> tuple[object, ...]:
    lines = {
        line.line_id: (line.decision, line.basis, line.authority, set(line.codes)) for line in outcome.lines
    }
    return outcome.decision, outcome.hold_type, outcome.basis, lines, set(outcome.codes)


@given(events, end_users)
def test_a_decision_is_a_pure_function(event: dict[str, Any], record: rules.EndUser | None) -> None:
    """The same event and records give the same outcome, also where other events were decided in between."""
    table = destinations()
    first = rules.screen(rules.read_event(as_bytes(event)), table, {}, record)
    rules.screen(rules.read_event(order()), table, {}, None)
    remembered = rules.screen(rules.read_event(as_bytes(event)), table, {}, record)
    assert first == remembered == decide(as_bytes(event), record)


@pytest.mark.parametrize(
    "restriction",
    [
        {"red_flags": ["odd route"]},
        {"knowledge_of_unauthorized_use": True},
        {"ship_to": {"country": "IR"}, "declared_country": "IR"},
        {"bill_to": {"country": "CU"}},
        {"anonymizer": True},
    ],
)
@given(event=events, record=end_users)
def test_a_restriction_never_turns_a_hold_into_a_release(
    restriction: dict[str, Any], event: dict[str, Any], record: rules.EndUser | None
) -> None:
    """What was held is still held with a flag, an embargoed place or touchpoint, or an anonymizer more."""
    if decide(as_bytes(event), record).decision == "hold":
        assert decide(as_bytes(event | restriction), record).decision == "hold"


@given(events, end_users, st.sampled_from(["DE", "VN", "IL", "AU"]))
def test_e1_among_the_groups_never_turns_a_hold_into_a_release(
    event: dict[str, Any], record: rules.EndUser | None, country: str
) -> None:
    """What was held is still held where a place's country is in E:1 too."""
    periods = tuple(replace(period, groups=(*period.groups, "E:1")) for period in PACKAGED[country].periods)
    table = rules.Destinations.of(PACKAGED | {country: replace(PACKAGED[country], periods=periods)}, "E:1")
    if decide(as_bytes(event), record).decision == "hold":
        assert rules.screen(rules.read_event(as_bytes(event)), table, {}, record).decision == "hold"


@given(orders, end_users, st.randoms())
def test_order_changes_nothing(event: dict[str, Any], record: rules.EndUser | None, random: Any) -> None:
    """The order of lines, of intermediaries and of the fields of the JSON is of no account."""
    shuffled = dict(random.sample(list(event.items()), len(event)))
    for field in ("lines", "intermediaries"):
        if field in event:
            shuffled[field] = random.sample(event[field], len(event[field]))
    assert essence(decide(as_bytes(shuffled), record)) == essence(decide(as_bytes(event), record))


@given(events, end_users)
def test_each_line_is_decided_alone(event: dict[str, Any], record: rules.EndUser | None) -> None:
    """A line's decision is that of an order of this line only, and the order is held when any line is."""
    outcome = decide(as_bytes(event), record)
    assert (outcome.decision == "hold") == any(line.decision == "hold" for line in outcome.lines)
    for line, fields in zip(outcome.lines, event.get("lines", []), strict=False):
        assert decide(as_bytes(event | {"lines": [fields]}), record).lines == (line,)


@given(
    st.dictionaries(
        st.sampled_from(["end_user", "ship_to", "lines", "sku", "occurred_at", "red_flags", "x"]), json_values
    )
)
def test_no_event_however_strange_raises(fields: dict[str, Any]) -> None:
    """An event is decided, or is invalid, or is unreadable: nothing else happens."""
    for value in (order(**fields), as_bytes(fields), as_bytes(list(fields))):
        with suppress(rules.InvalidEvent, rules.Unreadable):
            assert decide(value).decision in ("hold", "release")


@given(st.binary())
def test_no_bytes_however_strange_raise(value: bytes) -> None:
    """Whatever the bytes, reading them gives an event or says why not."""
    with pytest.raises((rules.Unreadable, rules.InvalidEvent)):
        rules.read_event(value)
