"""Transactions for tests: plain ones to vary by hand, and strategies for odd ones."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

import rules

PACKAGED = {record.country: record for record in rules.packaged_destinations()}
COUNTRIES = [
    "US",
    "PR",
    "DE",
    "CA",
    "GB",
    "AU",
    "VN",
    "CN",
    "HK",
    "MO",
    "IL",
    "TW",
    "BH",
    "IR",
    "CU",
    "RU",
    "BY",
    "UA",
]
COUNTRIES += ["LI", "AE", "NI", "CY", "KH", "EU", "GL", "", " de "]
CATEGORIES = [
    "private_company",
    "government_agency",
    "police_or_judicial",
    "national_csirt",
    "utility",
    "insurer",
]
CATEGORIES += [
    "bank_or_financial",
    "us_subsidiary",
    "intergovernmental_organization",
    "unknown",
    "bakery",
    " ",
]
ECCNS = [
    "4A005",
    "4A005.z",
    "4D004",
    "4D001.a",
    "4D001",
    "4E001.a",
    "4E001.c",
    "5A001.j.1",
    "5B001.a",
    "5D001.c",
]
ECCNS += ["5E001.a", "EAR99", "5D992", "5D992.z", "3A001.a", "4d004", "nonsense"]
CONTROLS = ["4A005", "4D004", "4D001.a", "4D001.a:4D004", "5A001.j", "5B001.a:5A001.j", "4A005.z", ":"]
DAYS = [
    "2022-05-25",
    "2022-05-26",
    "2024-03-15",
    "2024-04-18",
    "2024-05-30",
    "2026-02-03",
    "2026-07-23",
    "2026-11-24",
]


def as_bytes(record: Any) -> bytes:
    return json.dumps(record).encode()


def destinations() -> rules.Destinations:
    return rules.Destinations.of(PACKAGED, "test")


def order(**fields: Any) -> bytes:
    plain = {
        "event_id": "evt-1",
        "order_id": "ord-1",
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": "eu-1",
    }
    return as_bytes(plain | {"ship_to": {"country": "VN"}, "lines": [{"eccn": "4D004"}]} | fields)


def download(**fields: Any) -> bytes:
    plain = {
        "event_id": "evt-2",
        "request_id": "dl-1",
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": "eu-1",
    }
    return as_bytes(plain | {"eccn": "4D004", "declared_country": "DE"} | fields)


def end_user(**fields: Any) -> rules.EndUser:
    return rules.read_end_user(as_bytes({"end_user_id": "eu-1", "category": "private_company"} | fields))


def decide(value: bytes, record: rules.EndUser | None = None) -> rules.Outcome:
    return rules.screen(rules.read_event(value), destinations(), {}, record)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


country = st.sampled_from(COUNTRIES)
place = st.fixed_dictionaries(
    {}, optional={"country": maybe(country), "region": maybe(st.sampled_from(["UA-43", "DE-BE"]))}
)
red_flags = st.lists(
    st.sampled_from(["odd route", {"flag": "f", "resolved": True}, {"flag": "f"}]), max_size=2
)
profile = {
    "category": maybe(st.sampled_from(CATEGORIES)),
    "country": maybe(country),
    "government_of": maybe(country),
    "government_ownership_percent": maybe(st.sampled_from([0, 24.9, 25, 100])),
    "government_appoints_board_majority": maybe(st.booleans()),
    "acts_for_government": maybe(st.booleans()),
    "us_subsidiary_evidence": maybe(st.booleans()),
    "red_flags": maybe(red_flags),
}
inline_end_users = st.fixed_dictionaries({}, optional=profile)
end_users = st.none() | inline_end_users.map(lambda fields: end_user(**fields))
common = {
    "end_user": maybe(inline_end_users),
    "activity": st.sampled_from(
        ["sale", "vulnerability_disclosure", "cyber_incident_response", "digital_artifacts"]
    ),
    "incident": st.fixed_dictionaries(
        {"case_id": st.just("c-1"), "approved_by": st.sampled_from(["ann", " "])},
        optional={
            "victim_category": st.just("insurer"),
            "purpose": st.sampled_from(["response", "prosecution"]),
        },
    ),
    "knowledge_of_unauthorized_use": maybe(st.booleans()),
    "red_flags": maybe(red_flags),
    "documents": st.just(["hk_import_license"]),
}
item = {"eccn": st.sampled_from(ECCNS), "controls_for": maybe(st.sampled_from(CONTROLS))}
required = {
    "event_id": st.just("evt-1"),
    "occurred_at": st.sampled_from(DAYS).map(lambda day: f"{day}T12:00:00Z"),
}
lines = st.lists(st.fixed_dictionaries({}, optional=item), min_size=1, max_size=3).map(
    lambda found: [line | {"line_id": f"l{number}"} for number, line in enumerate(found)]
)
orders = st.fixed_dictionaries(
    required | {"order_id": st.just("ord-1"), "lines": lines},
    optional=common
    | {
        "ship_to": place,
        "bill_to": place,
        "intermediaries": st.lists(st.fixed_dictionaries({"country": country}), max_size=2),
    },
)
downloads = st.fixed_dictionaries(
    required | {"request_id": st.just("dl-1")},
    optional=common
    | item
    | {
        "declared_country": country,
        "ip_country": country,
        "release_kind": st.sampled_from(["object_code", "source_code", "technology"]),
        "recipient": st.fixed_dictionaries({}, optional={"nationality": country, "us_person": st.booleans()}),
        "host_name": st.sampled_from(["moi.gov.sa", "vpn.example.de"]),
        "anonymizer": st.booleans(),
    },
)
events = orders | downloads
