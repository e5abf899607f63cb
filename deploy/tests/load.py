"""What the gate is given to do while it is watched: the demo's events, and a hold for each reason."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from streams import reference, topics
from streams.demo_data import Event, downloads, items, visitor_records
from streams.demo_orders import customer_records, order_events
from streams.murmur2 import partition_of
from streams.settings import Settings
from tests.integration.conftest import Gate
from tests.integration.test_restricted_parties import a_list

Json = dict[str, Any]

DOWNLOADS = 4000
"""So many of the demo's downloads are enough to see the workers work."""

SECONDS = 20.0
"""For so long they are sent."""

LISTED = "Vostok Optronika"
OTHER = {"name": "Schwarzwald Uhrenwerk", "country": "DE"}
WHILE_THE_RULE_APPLIED = "2025-10-10T10:00:00Z"
"""A day of the Affiliates Rule."""

END_USERS: dict[str, Json] = {
    "listed": {"name": LISTED, "country": "DE"},
    "nearly-listed": {"name": "Vastok Optronyca GmbH", "country": "DE"},
    "owned": OTHER | {"owners": [{"name": LISTED, "percent": 50}]},
    "perhaps-owned": OTHER | {"owners": [{"name": LISTED, "percent": None}]},
    "american": {"name": "Uhrenwerk Inc.", "country": "US"},
    "saudi": {"name": "Uhrenwerk Ltd.", "country": "SA"},
    "plain": OTHER,
}

AT_HOME = {"declared_country": "DE", "ip_country": "DE"}
REQUESTS: dict[str, Json] = {
    "listed": AT_HOME,
    "nearly-listed": AT_HOME,
    "owned": AT_HOME | {"occurred_at": WHILE_THE_RULE_APPLIED},
    "perhaps-owned": AT_HOME,
    "american": {"declared_country": "US", "release_kind": "source_code"},
    "saudi": {"declared_country": "SA", "host_name": "moi.gov.sa"},
    "plain": AT_HOME | {"anonymizer": True},
}
"""A download request of each of them, which is held for a reason that no order of the demo is held for."""

BROKEN_ITEM = b'{"sku": "PT-BROKEN", "eccn": 7}'
TOO_MANY_LINES = [{}] * 100_000


def prepared(brokers: str, folder: Path) -> Settings:
    """The settings of a gate whose topics are there, and whose reference data is loaded."""
    settings = Settings(brokers=brokers, data_dir=folder, partitions=4)
    topics.create(settings)
    named = [{"end_user_id": key, "category": "private_company"} | rest for key, rest in END_USERS.items()]
    _write(folder / "items.jsonl", items())
    _write(folder / "end_users.jsonl", [*visitor_records(), *customer_records(), *named])
    reference.load(settings)
    reference.load(settings, [folder / "items.jsonl", folder / "end_users.jsonl", a_list(folder, LISTED)])
    return settings


def send(gate: Gate) -> int:
    """Send what the demo sends, and what goes wrong; gives how many events there are to decide."""
    now = datetime.now(UTC).replace(microsecond=0)
    gate.send(topics.ITEMS, BROKEN_ITEM, "PT-BROKEN")
    gate.send(topics.ORDERS, _order("too-large", now, TOO_MANY_LINES), "plain")
    gate.flush()
    gate.decisions(["order:too-large"])
    gate.send(topics.DOWNLOAD_REQUESTS, b"{this is no JSON", "anybody")
    events = [*_mixed(now)]
    for event in _paced(events, SECONDS):
        gate.send(event.topic, event.value, event.key.decode())
    for name, request in REQUESTS.items():
        away = (partition_of(name.encode(), gate.settings.partitions) + 1) % gate.settings.partitions
        gate.send(topics.DOWNLOAD_REQUESTS, _request(name, now) | request, name, partition=away)
    gate.send(topics.ORDERS, _order("broken-item", now, [{"sku": "PT-BROKEN"}]), "plain")
    gate.flush()
    return len(events) + len(REQUESTS) + len(["too-large", "broken-item"])


def _mixed(now: datetime) -> Iterator[Event]:
    """The demo's orders, each after as many downloads as there are of them for one order."""
    orders = list(order_events(now))
    requests = islice(downloads(now), DOWNLOADS)
    for order in orders:
        yield from islice(requests, DOWNLOADS // len(orders))
        yield order


def _paced(events: Sequence[Event], seconds: float) -> Iterator[Event]:
    """The events, spread over so many seconds, so that what is drawn of them has a course."""
    began = time.monotonic()
    for number, event in enumerate(events):
        time.sleep(max(0.0, began + seconds * number / len(events) - time.monotonic()))
        yield event


def _request(name: str, now: datetime) -> Json:
    event = {"event_id": f"evt-{name}", "request_id": name, "occurred_at": now.isoformat()}
    return event | {"end_user_id": name, "eccn": "4D004"}


def _order(name: str, now: datetime, lines: list[Json]) -> Json:
    event = {"event_id": f"evt-{name}", "order_id": name, "occurred_at": now.isoformat()}
    return event | {"end_user_id": "plain", "ship_to": {"country": "DE"}, "lines": lines}


def _write(path: Path, records: list[Json]) -> None:
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
