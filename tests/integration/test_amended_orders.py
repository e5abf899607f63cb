"""An order that is sent again: what lifts its hold, and what does not."""

import pytest

from streams import topics

DAY = {"older": "2026-11-23T10:00:00Z", "first": "2026-11-24T10:00:00Z", "later": "2026-11-24T11:00:00Z"}


def _order(order_id: str, at: str, country: str, **changes: object) -> dict:
    return {
        "event_id": f"evt-{order_id}-{at}",
        "order_id": order_id,
        "occurred_at": DAY[at],
        "end_user_id": "eu-amended",
        "end_user": {"name": "Acme GmbH", "country": "DE", "category": "private_company"},
        "ship_to": {"country": country},
        "bill_to": {"country": "DE"},
        "lines": [{"line_id": "1", "sku": "PT", "eccn": "4D004", "quantity": 1}],
    } | changes


def _send(gate, event: dict) -> None:
    gate.send(topics.ORDERS, event, event["end_user_id"])
    gate.flush()


def _nth(gate, order_id: str, count: int):
    decisions = gate.decisions([f"order:{order_id}"], count)[f"order:{order_id}"]
    assert len(decisions) == count
    return decisions[-1]


def _held(gate, order_id: str):
    _send(gate, _order(order_id, "first", "CU"))
    held = _nth(gate, order_id, 1)
    assert (held.content["decision"], held.content["standing"]) == ("hold", "held")
    assert held.headers["standing"] == "held"
    assert held.content["supersedes"] is None
    return held


@pytest.mark.parametrize("restart", ["no", "sigterm", "sigkill"])
def test_an_amended_order_lifts_its_hold(gate, restart):
    """A later event that is released lifts the hold and names it, also where another worker decides it."""
    order_id = f"ord-amended-{restart}"
    worker = gate.worker().ready()
    held = _held(gate, order_id)

    if restart == "sigterm":
        assert worker.stop() == 0
    elif restart == "sigkill":
        worker.process.kill()
        worker.process.wait()
    if restart != "no":
        gate.worker().ready()
    _send(gate, _order(order_id, "later", "DE"))

    lifted = _nth(gate, order_id, 2)
    assert (lifted.content["decision"], lifted.content["standing"]) == ("release", "released")
    assert lifted.headers["standing"] == "released"
    assert lifted.content["supersedes"] == held.content["decision_id"]
    assert lifted.partition == held.partition


@pytest.mark.parametrize("restart", [False, True])
def test_an_older_event_that_arrives_late_lifts_nothing(gate, restart):
    """An event from before the held one is decided and the hold stays, until a later one lifts it."""
    order_id = f"ord-older-{restart}"
    worker = gate.worker().ready()
    held = _held(gate, order_id)

    if restart:
        assert worker.stop() == 0
        gate.worker().ready()
    _send(gate, _order(order_id, "older", "DE"))

    late = _nth(gate, order_id, 2)
    assert (late.content["decision"], late.content["standing"]) == ("release", "held")
    assert late.headers["standing"] == "held"
    assert late.content["supersedes"] is None
    _send(gate, _order(order_id, "later", "DE"))
    assert _nth(gate, order_id, 3).content["supersedes"] == held.content["decision_id"]
