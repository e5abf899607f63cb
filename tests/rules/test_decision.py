"""The decision as it is published: its id and its record."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import rules
from tests.rules.transactions import decide, download, end_user, order

NOW = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)


def written(outcome: rules.Outcome) -> rules.DecisionRecord:
    """The record of a decision on some order."""
    versions = rules.Versions(destinations="v1", restricted_parties=None)
    event = rules.read_event(order())
    return rules.record_of(event, outcome, "d-1", "held", None, NOW, versions)


def content(record: rules.DecisionRecord) -> dict[str, object]:
    return json.loads(rules.encode(record))


def test_the_id_follows_subject_event_and_outcome() -> None:
    """The same event and outcome have the same id; another subject, event or outcome has another."""
    held, released = decide(order(), end_user()), decide(download(), end_user())
    ids = [
        rules.decision_id(b"order:1", b"e", held),
        rules.decision_id(b"order:2", b"e", held),
        rules.decision_id(b"order:1", b"f", held),
        rules.decision_id(b"order:1", b"e", released),
        rules.decision_id(b"order:1e", b"", held),
    ]
    assert len(set(ids)) == len(ids)
    assert rules.decision_id(b"order:1", b"e", decide(order(), end_user())) == ids[0]
    assert len(ids[0]) == 32


def test_the_id_follows_why_an_event_is_held_as_a_whole() -> None:
    """An event whose screening failed, and then another reason stood in the way, has two decisions."""
    failed, unavailable = rules.failed("division by zero"), rules.unavailable("no list")
    assert rules.decision_id(b"order:1", b"e", failed) != rules.decision_id(b"order:1", b"e", unavailable)


def test_the_id_follows_the_codes_of_each_line() -> None:
    """Two orders held for the same codes on other lines have outcomes of different ids."""
    first = decide(order(lines=[{"eccn": "4D004"}, {"eccn": "EAR99"}]), end_user())
    second = decide(order(lines=[{"eccn": "EAR99"}, {"eccn": "4D004"}]), end_user())
    assert first.codes == second.codes
    assert rules.decision_id(b"order:1", b"", first) != rules.decision_id(b"order:1", b"", second)


def test_the_record_is_that_of_the_contract() -> None:
    """Every field is there in its order, with the reason's code, type, citation, line and facts."""
    found = content(written(decide(order(lines=[{"sku": "PT", "eccn": "4D004"}]), end_user(country="VN"))))
    assert list(found) == [
        *("decision_id", "event_id", "subject", "end_user_id", "decision", "hold_type", "basis", "authority"),
        *("reasons", "lines", "standing", "supersedes", "rescreened_by", "rescreen_reason"),
        *("occurred_at", "decided_at", "versions"),
    ]
    assert found["decided_at"] == "2026-11-24T10:00:05Z"
    assert found["versions"] == {"rules": rules.VERSION, "destinations": "v1", "restricted_parties": None}
    (reason,) = found["reasons"]
    assert (reason["code"], reason["type"], reason["line_id"]) == ("ACE_C4", "license_required", "1")
    assert reason["citation"] == "15 CFR 740.22(c)(4)"
    assert reason["detail"] == {"country": "VN", "field": "ship_to", "groups": ["D:1", "D:3"]}
    assert found["subject"] == {"type": "order", "id": "ord-1"}
    assert found["lines"] == [
        {
            "line_id": "1",
            "sku": "PT",
            "decision": "hold",
            "basis": None,
            "authority": None,
            "codes": ["ACE_C4"],
        }
    ]


def test_the_record_of_many_lines_is_whole() -> None:
    """The reasons and lines of an order are those of each of its lines, in order."""
    outcome = decide(order(lines=[{"eccn": "4D004"}, {"eccn": "EAR99"}, {"line_id": "x"}]), end_user())
    found = content(written(outcome))
    assert [line["line_id"] for line in found["lines"]] == ["1", "2", "x"]
    assert [(reason["line_id"], reason["code"]) for reason in found["reasons"]] == [
        (reason.line_id, reason.code) for reason in outcome.reasons
    ]


def test_a_compact_record_keeps_its_lines_and_one_reason_a_code() -> None:
    """A decision that would be too large counts the lines of each code and names no line."""
    outcome = decide(order(lines=[{"eccn": "4D004"}] * 3), end_user())
    whole = content(written(outcome))
    compact = content(rules.compact(written(outcome), outcome))
    assert compact["lines"] == whole["lines"]
    assert [(reason["code"], reason["line_id"], reason["detail"]) for reason in compact["reasons"]] == [
        ("ACE_C4", None, {"lines": 3})
    ]
