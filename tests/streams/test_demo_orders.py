from datetime import UTC, datetime

import orjson
import pytest

import rules
from streams import demo_data, demo_orders

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)

ITEMS = {item["sku"]: rules.read_item(orjson.dumps(item)) for item in demo_data.items()}
DESTINATIONS = rules.Destinations.of({each.country: each for each in rules.packaged_destinations()}, "demo")


def screened(event: demo_data.Event, end_user: dict | None) -> rules.Outcome:
    try:
        read = rules.read_event(event.value)
    except rules.InvalidEvent as error:
        return rules.invalid(error)
    record = rules.read_end_user(orjson.dumps(end_user)) if end_user else None
    return rules.screen(read, DESTINATIONS, ITEMS, record)


@pytest.mark.parametrize(
    "order", demo_orders.orders(), ids=lambda order: f"{order.number} {order.place} {order.skus}"
)
def test_an_order_shows_what_its_scenario_says(order):
    """Each order is decided as its scenario expects: held for exactly those reasons, or released so."""
    outcome = screened(next(order.events(NOW)), order.end_user)
    expected = order.scenario.expect
    if "codes" in expected:
        assert outcome.decision == "hold"
        assert sorted(set(outcome.codes)) == sorted(expected["codes"])
    else:
        assert list(outcome.codes) == []
        assert (outcome.basis, outcome.authority) == (expected["basis"], expected["authority"])


def test_an_amended_order_is_released():
    """The second version of an order puts right what held the first."""
    amended = [order for order in demo_orders.orders() if order.scenario.amended]
    assert amended
    for order in amended:
        first, second = order.events(NOW)
        assert screened(first, order.end_user).decision == "hold"
        assert screened(second, order.end_user).decision == "release"


def test_there_are_a_few_hundred_orders():
    """The orders are a few hundred, each with an id and a customer of its own."""
    orders = demo_orders.orders()
    assert 200 <= len(orders) <= 500
    assert len({order.end_user_id for order in orders}) == len(orders)


def test_most_downloads_are_released_and_holds_are_of_many_paragraphs():
    """The made-up catalogue is plausible: few downloads are held, for many different reasons."""
    end_users = {
        record["end_user_id"]: rules.read_end_user(orjson.dumps(record))
        for record in demo_data.visitor_records()
    }
    codes: set[str] = set()
    held = 0
    for event in demo_data.downloads(NOW):
        outcome = rules.screen(
            rules.read_event(event.value), DESTINATIONS, ITEMS, end_users[event.key.decode()]
        )
        held += outcome.decision == "hold"
        codes.update(outcome.codes)
    assert 0.01 < held / 51_420 < 0.10
    assert len(codes) >= 15
