"""From the bytes of a reference record to the record, or to the reason why not."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from rules.models import Destination, EndUser, Item, present

Record = TypeVar("Record", Destination, EndUser, Item)

destinations = msgspec.json.Decoder(Destination)
items = msgspec.json.Decoder(Item)
end_users = msgspec.json.Decoder(EndUser)


class InvalidRecord(ValueError):
    """A reference record that does not validate; the message says where and why."""


class UnreadableRecord:
    """Stands in a table for a record that did not validate: what joins with it is held."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE = UnreadableRecord()


def read_destination(value: bytes) -> Destination:
    """The destination record that `value` holds, its country in upper case; raises InvalidRecord."""
    record = read(destinations, value)
    country = named("country", record.country).strip().upper()
    return msgspec.structs.replace(record, country=country)


def read_item(value: bytes) -> Item:
    """The item record that `value` holds; raises InvalidRecord."""
    record = read(items, value)
    named("sku", record.sku)
    return record


def read_end_user(value: bytes) -> EndUser:
    """The end-user record that `value` holds; raises InvalidRecord."""
    record = read(end_users, value)
    named("end_user_id", record.end_user_id)
    return record


def read(decoder: msgspec.json.Decoder[Record], value: bytes) -> Record:
    """Decodes one record; every way in which that can fail is an InvalidRecord."""
    try:
        if not value.isascii():
            value.decode()
        return decoder.decode(value)
    except (ValueError, RecursionError) as error:
        raise InvalidRecord(str(error)) from None


def named(field: str, key: str | None) -> str:
    """The record's key; raises InvalidRecord where it is missing."""
    if present(key) is None or key is None:
        raise InvalidRecord(f"Object missing required field `{field}`")
    return key
