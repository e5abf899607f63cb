"""Reading reference records: what they hold, and what is said of those that do not validate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import rules
from tests.rules.transactions import as_bytes


def test_a_destination_is_filed_under_its_country_in_upper_case() -> None:
    """The country is read as a person would mean it; the periods are kept."""
    record = rules.read_destination(as_bytes({"country": " vn ", "periods": []}))
    assert (record.country, record.periods) == ("VN", ())


@pytest.mark.parametrize(
    ("read", "field", "record"),
    [
        (rules.read_destination, "country", {"country": " ", "periods": []}),
        (rules.read_item, "sku", {"sku": " "}),
        (rules.read_item, "sku", {"name": "Pro"}),
        (rules.read_end_user, "end_user_id", {"category": "individual"}),
        (rules.read_end_user, "end_user_id", {"end_user_id": None}),
    ],
)
def test_a_record_without_its_key_is_invalid(
    read: Callable[[bytes], Any], field: str, record: dict[str, Any]
) -> None:
    """The message names the field that is missing."""
    with pytest.raises(rules.InvalidRecord, match=f"`{field}`"):
        read(as_bytes(record))


@pytest.mark.parametrize(
    ("read", "record"),
    [
        (rules.read_end_user, {"end_user_id": "eu-1", "owners": ["x"]}),
        (rules.read_destination, {"country": "VN"}),
        (rules.read_destination, {"country": "VN", "periods": [{"from": "2022-05-26"}]}),
        (rules.read_destination, {"country": "VN", "periods": [{"from": "2022-05-26", "groups": ["D1"]}]}),
    ],
)
def test_a_record_that_does_not_validate_is_refused(
    read: Callable[[bytes], Any], record: dict[str, Any]
) -> None:
    """A field of the wrong type or form, or a missing one, makes the record invalid."""
    with pytest.raises(rules.InvalidRecord):
        read(as_bytes(record))


@pytest.mark.parametrize(
    "value", [b'{"sku": "\xff"}', b'{"sku": "PT", "x": "\xff"}', b"{", b"[]", b"[" * 100_000]
)
def test_what_is_no_record_is_invalid(value: bytes) -> None:
    """Whatever the bytes, an invalid record says why and nothing else is raised."""
    with pytest.raises(rules.InvalidRecord) as error:
        rules.read_item(value)
    assert str(error.value) not in ("", "None")
