"""Orders of very many lines."""

from streams import topics


def test_order_of_five_thousand_lines_is_one_decision(gate):
    """However many lines, every one is in the one decision."""
    gate.worker().ready()
    order = {
        "event_id": "big-1",
        "order_id": "big",
        "occurred_at": "2026-11-24T10:00:00Z",
        "ship_to": {"country": "VN"},
        "lines": [{"eccn": "4D004"}] * 5000,
    }
    gate.send(topics.ORDERS, order, "big")
    gate.flush()
    (decision,) = gate.decisions(["order:big"])["order:big"]
    assert len(decision.content["lines"]) == 5000
    assert len({line["line_id"] for line in decision.content["lines"]}) == 5000
