"""Orders of very many lines."""

from streams import topics

CYBERSECURITY = {"eccn": "4D004"}


def _decision_on(gate, lines: int, line: dict):
    """The decision on an order to Cuba of so many lines like this one."""
    gate.worker().ready()
    order = {
        "event_id": f"big-{lines}",
        "order_id": f"big-{lines}",
        "occurred_at": "2026-11-24T10:00:00Z",
        "ship_to": {"country": "CU"},
        "lines": [line] * lines,
    }
    gate.send(topics.ORDERS, order, "big")
    gate.flush()
    (decision,) = gate.decisions([f"order:big-{lines}"])[f"order:big-{lines}"]
    return decision


def test_order_of_five_thousand_lines_is_one_decision(gate):
    """However many lines, every one is in the one decision."""
    decision = _decision_on(gate, 5_000, CYBERSECURITY)
    assert len(decision.content["lines"]) == 5_000
    assert len({line["line_id"] for line in decision.content["lines"]}) == 5_000
    assert {reason["line_id"] for reason in decision.content["reasons"]} > {"1", "5000"}


def test_decision_too_large_for_its_topic_keeps_its_lines_and_one_reason_a_code(gate):
    """Beyond 8 MiB the lines stay whole, and a reason says how many of them it concerns."""
    decision = _decision_on(gate, 30_000, CYBERSECURITY)
    assert len(decision.content["lines"]) == 30_000
    codes = [reason["code"] for reason in decision.content["reasons"]]
    assert "ACE_C1" in codes
    assert len(codes) == len(set(codes))
    (embargo,) = [reason for reason in decision.content["reasons"] if reason["code"] == "ACE_C1"]
    assert embargo["line_id"] is None
    assert embargo["detail"]["lines"] == 30_000


def test_decision_too_large_even_so_is_a_hold_that_says_what_to_do(gate):
    """More lines than a decision can name are held, and the reason says to split the order."""
    decision = _decision_on(gate, 100_000, {})
    assert decision.content["standing"] == "held"
    assert decision.codes == {"SCREENING_ERROR"}
    assert "split the order" in decision.content["reasons"][0]["message"]


def test_amendment_too_large_to_be_decided_replaces_the_hold_that_was_published(gate):
    """What was decided and could not be published is no decision: nothing names it as what it replaces."""
    held = _decision_on(gate, 1, CYBERSECURITY)
    amended = {
        "event_id": "amended",
        "order_id": "big-1",
        "occurred_at": "2026-11-24T11:00:00Z",
        "ship_to": {"country": "DE"},
        "lines": [{}] * 100_000,
    }
    gate.send(topics.ORDERS, amended, "big")
    gate.flush()
    decision = gate.decisions(["order:big-1"], count=2)["order:big-1"][1]
    assert decision.codes == {"SCREENING_ERROR"}
    assert decision.content["supersedes"] == held.content["decision_id"]
