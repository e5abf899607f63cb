"""The demo's orders: scenarios of a small table, each repeated over its countries and its items."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import product
from typing import Any

import orjson

from streams.demo_data import FOLDER, Event, Record, run_name, timestamp
from streams.topics import ORDERS


@dataclass(frozen=True)
class Scenario:
    """What one paragraph does, in a sentence, and the orders that show it.

    `skus`: each text names an order's items; `end_user`: the record, or None where there is none; `order` and
    `line` are laid over each order and its lines, `amended` over a second version of the order.
    """

    says: str
    countries: list[str]
    skus: list[str]
    end_user: Record | None
    expect: dict[str, Any]
    order: Record = field(default_factory=dict)
    line: Record = field(default_factory=dict)
    amended: Record | None = None


@dataclass(frozen=True)
class Order:
    """One order of a scenario: its number, its destination (`VN`, `UA-43`) and its items."""

    scenario: Scenario
    number: int
    place: str
    skus: str

    @property
    def end_user_id(self) -> str:
        """Each order has a customer of its own."""
        return f"customer-{self.number:03}"

    @property
    def end_user(self) -> Record | None:
        """The customer's record, or None where the scenario has none."""
        if self.scenario.end_user is None:
            return None
        made_up = {"end_user_id": self.end_user_id, "name": f"Made-up customer {self.number:03}"}
        return made_up | _place(self.place) | self.scenario.end_user

    def events(self, now: datetime) -> Iterator[Event]:
        """The order, and then its amended version where the scenario has one."""
        order_id = f"ord-{run_name(now)}-{self.number:03}"
        order = {
            "event_id": f"evt-{order_id}",
            "order_id": order_id,
            "occurred_at": timestamp(now),
            "end_user_id": self.end_user_id,
            "ship_to": _place(self.place),
            "lines": [self._line(position, sku) for position, sku in enumerate(self.skus.split(), 1)],
        } | self.scenario.order
        yield Event.of(ORDERS, order)
        if self.scenario.amended is not None:
            amended = {"event_id": f"evt-{order_id}-amended"} | self.scenario.amended
            yield Event.of(ORDERS, order | amended)

    def _line(self, position: int, sku: str) -> Record:
        return {"line_id": str(position), "sku": sku, "quantity": 1} | self.scenario.line


def _place(code: str) -> Record:
    return {"country": code[:2], "region": code if len(code) > 2 else None}


@cache
def orders() -> tuple[Order, ...]:
    """Every order of every scenario."""
    lines = (FOLDER / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    variations = (
        (scenario, place, skus)
        for scenario in (Scenario(**orjson.loads(line)) for line in lines)
        for place, skus in product(scenario.countries, scenario.skus)
    )
    return tuple(Order(scenario, number, *rest) for number, (scenario, *rest) in enumerate(variations, 1))


def customer_records() -> list[Record]:
    """The end-user records of the customers who have one."""
    return [record for order in orders() if (record := order.end_user)]


def order_events(now: datetime) -> Iterator[Event]:
    """The events of every order, as they happen at `now`."""
    for order in orders():
        yield from order.events(now)
