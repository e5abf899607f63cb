"""The cases that counsel can read, each decided and compared with what it expects."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

import rules
from rules.explain import explain
from rules.paragraph import Result
from rules.parties import Policy, RestrictedParties, decode_entry
from tests.rules.transactions import PACKAGED, as_bytes

FILES = sorted(Path(__file__).parent.joinpath("cases").glob("*.yaml"))
DEFAULTS = {"event_id": "evt-1", "occurred_at": "2026-11-24T10:00:00Z"}


def load() -> list[Any]:
    found = []
    for path in FILES:
        text = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [pytest.param(case, id=f"{path.stem}: {case['name']}") for case in text["cases"]]
    return found


CASES = load()


def readable(read: Callable[[bytes], Any], record: dict[str, Any]) -> Any:
    try:
        return read(as_bytes(record))
    except rules.InvalidRecord:
        return rules.UNREADABLE


def read_records(case: dict[str, Any]) -> tuple[Any, Any, Any]:
    own = {
        record["country"]: readable(rules.read_destination, record) for record in case.get("destinations", [])
    }
    items = case.get("item", [])
    listed = items if isinstance(items, list) else [items]
    end_user = case.get("end_user")
    return (
        rules.Destinations.of(PACKAGED | own, "test"),
        {item["sku"]: readable(rules.read_item, item) for item in listed},
        None if end_user is None else readable(rules.read_end_user, {"end_user_id": "eu-1"} | end_user),
    )


def read_event(case: dict[str, Any]) -> Any:
    subject = {"order_id": "ord-1"} if "lines" in case["event"] else {"request_id": "dl-1"}
    named = {"end_user_id": "eu-1"} if "end_user" in case else {}
    return rules.read_event(as_bytes(DEFAULTS | subject | named | case["event"]))


def parties_of(case: dict[str, Any]) -> rules.Parties:
    if "parties" not in case:
        return rules.ELSEWHERE
    entries = [
        decode_entry(as_bytes({"entry_id": f"e-{number}"} | entry))
        for number, entry in enumerate(case["parties"], start=1)
    ]
    made = case.get("list_made", (DEFAULTS | case["event"])["occurred_at"][:10])
    off_from = case.get("affiliates_rule_off_from")
    policy = Policy(affiliates_rule_off_from=off_from and date.fromisoformat(off_from))
    return RestrictedParties.of(entries, date.fromisoformat(made), policy)


def decide(case: dict[str, Any]) -> rules.Outcome:
    try:
        event = read_event(case)
    except rules.InvalidEvent as error:
        return rules.invalid(error)
    destinations, items, end_user = read_records(case)
    return rules.screen(event, destinations, items, end_user, parties_of(case))


@pytest.mark.parametrize("case", CASES)
def test_the_case_is_decided_as_counsel_expects(case: dict[str, Any]) -> None:
    """Decision, hold type, basis, authority and codes are those that the case names."""
    outcome = decide(case)
    expected = case["expect"]
    for name in ("decision", "hold_type", "basis", "authority"):
        if name in expected:
            assert getattr(outcome, name) == expected[name], name
    assert set(outcome.codes) == set(expected.get("codes", []))
    if "lines" in expected:
        assert {line.line_id: set(line.codes) for line in outcome.lines} == {
            line_id: set(codes) for line_id, codes in expected["lines"].items()
        }
    for line in outcome.lines:
        assert line.decision == ("hold" if line.codes else "release")
        assert (line.basis is None, line.authority is None) == (bool(line.codes), line.basis != "ace")
    reasons = {reason.code: reason for reason in outcome.reasons}
    for code, detail in expected.get("detail", {}).items():
        assert reasons[code].detail == reasons[code].detail | detail
    for code, words in expected.get("says", {}).items():
        assert words in reasons[code].message


def test_every_paragraph_says_what_decided_it() -> None:
    """In each case every paragraph tells the fact by which it found what it did, and every reason its own."""
    for case in [parameters.values[0] for parameters in CASES]:
        with suppress(rules.InvalidEvent):
            explanation = explain(read_event(case), *read_records(case))
            tests = [test for line in explanation.lines for test in line.tests]
            told = [test.fact for test in tests] + [reason.message for reason in explanation.outcome.reasons]
            assert all(isinstance(text, str) and text for text in told), case["name"]
            assert {test.result for test in tests} <= set(get_args(Result)), case["name"]
