"""What is screened: made-up end users, items, download requests and orders, of 5,000 distinct facts.

The facts of a download are its end user's profile and its item, those of an order's line the profile, the
item and the line's number: 100 profiles and 25 items make 2,500 of each. End users come at random. The same
numbers give the same events.
"""

import random
from collections.abc import Iterator
from itertools import product

import orjson

from streams.topics import DOWNLOAD_REQUESTS, ORDERS

COUNTRIES = (
    "DE",
    "FR",
    "GB",
    "JP",
    "CA",
    "NL",
    "SE",
    "AU",
    "KR",
    "CH",
    "BR",
    "MX",
    "IT",
    "ES",
    "PL",
    "NO",
    "DK",
    "SA",
    "VN",
    "CN",
)
"""The last three are in group D; the rest are not."""
CATEGORIES = ("private_company", "individual", "bank_or_financial", "insurer", "civil_health")
PROFILES = tuple(product(COUNTRIES, CATEGORIES))

ECCNS = (("4D004", None), ("5D001.c", "5A001.j"), ("4E001.c", None), ("EAR99", None), ("5D992.c", None))
SKUS = tuple(f"PT-{number:02}" for number in range(25))
BASKETS = tuple(SKUS[first : first + 5] for first in range(0, 25, 5))

OCCURRED_AT = "2026-11-24T10:00:00Z"

Record = tuple[str, bytes, bytes]
"""Topic, key and value."""


def items() -> list[tuple[bytes, bytes]]:
    """The catalogue: key and value of each item's record."""
    return [(sku.encode(), orjson.dumps(_item(number, sku))) for number, sku in enumerate(SKUS)]


def end_users(count: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of so many end users' records."""
    templates = [_template(_end_user(*profile)) for profile in PROFILES]
    for number in range(count):
        key = b"eu-%07d" % number
        yield key, templates[number % len(PROFILES)] % (key, number)


def events(downloads: int, orders: int, end_users: int, seed: int = 7) -> Iterator[Record]:
    """Download requests and orders of so many end users, mixed evenly, their ids numbered from 0."""
    chance = random.Random(seed)
    requests, purchases = _downloads(chance, downloads, end_users), _orders(chance, orders, end_users)
    every = max(1, downloads // orders) if orders else downloads
    for number, request in enumerate(requests, 1):
        yield request
        if number % every == 0:
            yield from _up_to_one(purchases)
    yield from purchases


def _up_to_one(records: Iterator[Record]) -> Iterator[Record]:
    record = next(records, None)
    if record is not None:
        yield record


def _downloads(chance: random.Random, count: int, end_users: int) -> Iterator[Record]:
    templates = [[_template(_download(country, sku)) for sku in SKUS] for country, _ in PROFILES]
    for number in range(count):
        buyer, choice = int(chance.random() * end_users), int(chance.random() * len(SKUS))
        value = templates[buyer % len(PROFILES)][choice] % (number, number, buyer)
        yield DOWNLOAD_REQUESTS, b"eu-%07d" % buyer, value


def _orders(chance: random.Random, count: int, end_users: int) -> Iterator[Record]:
    templates = [[_template(_order(country, basket)) for basket in BASKETS] for country, _ in PROFILES]
    for number in range(count):
        buyer, choice = int(chance.random() * end_users), int(chance.random() * len(BASKETS))
        value = templates[buyer % len(PROFILES)][choice] % (number, number, buyer)
        yield ORDERS, b"eu-%07d" % buyer, value


def _template(record: dict[str, object]) -> bytes:
    return orjson.dumps(record)


def _item(number: int, sku: str) -> dict[str, object]:
    eccn, controls_for = ECCNS[number % len(ECCNS)]
    return {
        "sku": sku,
        "name": f"Made-up item {sku}",
        "eccn": eccn,
        "controls_for": controls_for,
        "subject_to_ear": True,
    }


def _end_user(country: str, category: str) -> dict[str, object]:
    return {
        "end_user_id": "%s",
        "name": f"Made-up {category.replace('_', ' ')} of {country} %07d",
        "aliases": [],
        "country": country,
        "region": None,
        "category": category,
        "government_of": None,
        "government_ownership_percent": None,
        "government_appoints_board_majority": None,
        "acts_for_government": False,
        "us_subsidiary_evidence": False,
        "owners": [{"name": "Made-up holding", "percent": 51.0}],
        "red_flags": [],
        "cleared_matches": [],
        "updated_at": OCCURRED_AT,
    }


def _download(country: str, sku: str) -> dict[str, object]:
    return {
        "event_id": "evt-dl-%09d",
        "request_id": "dl-%09d",
        "occurred_at": OCCURRED_AT,
        "end_user_id": "eu-%07d",
        "sku": sku,
        "eccn": None,
        "controls_for": None,
        "release_kind": "object_code",
        "declared_country": country,
        "ip_country": country,
        "ip_region": None,
        "anonymizer": False,
        "host_name": f"vpn.example.{country.lower()}",
        "recipient": {"name": "Made-up recipient", "nationality": country, "us_person": False},
    }


def _order(country: str, basket: tuple[str, ...]) -> dict[str, object]:
    lines = [
        {"line_id": str(position), "sku": sku, "eccn": None, "controls_for": None, "quantity": 1}
        for position, sku in enumerate(basket, 1)
    ]
    return {
        "event_id": "evt-ord-%09d",
        "order_id": "ord-%09d",
        "occurred_at": OCCURRED_AT,
        "end_user_id": "eu-%07d",
        "ship_to": {"country": country, "region": None},
        "bill_to": {"country": country},
        "lines": lines,
        "activity": "sale",
        "red_flags": [],
    }
