"""The Consolidated Screening List as its publishers issue it: bytes in, entries out.

Read are `consolidated.json`, also in the condensed form that leaves fields out, and `consolidated.csv` in any
layout whose header names its columns; gzip or not. JSON and CSV of one list give equal entries.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from rules.parties.entries import Entry, Kind

SEPARATOR = "; "
GZIP = b"\x1f\x8b"
LIST_CODE = re.compile(r"\(([A-Z][A-Z-]+)(?: List)?\)")
US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
ADDRESS_PARTS = ("address", "city", "state", "postal_code", "country")
COUNTRY_FIELDS = ("citizenships", "nationalities")
KINDS: dict[str, Kind] = {
    "entity": "entity",
    "individual": "person",
    "vessel": "vessel",
    "aircraft": "aircraft",
}

Row = Mapping[str, Any]


class InvalidList(ValueError):
    """A list that cannot be read whole; the message says which row and why. Nothing of it may be used."""


class PublishedList(NamedTuple):
    """The entries of one file and the day on which it was made, where the file says so."""

    entries: tuple[Entry, ...]
    made: date | None


def read_list(data: bytes) -> PublishedList:
    """The list that a publisher's file holds; raises InvalidList for a row that does not parse."""
    text = decoded(unpacked(data))
    if text.lstrip()[:1] in ("{", "["):
        rows, made = json_rows(text)
    else:
        rows, made = csv_rows(text), None
    return PublishedList(tuple(entries_of(rows)), made)


def unpacked(data: bytes) -> bytes:
    """The content of a file that may be gzipped."""
    if not data.startswith(GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidList(f"the file is cut off or not gzip: {error}") from None


def decoded(data: bytes) -> str:
    """The content as text."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidList(f"not UTF-8 at byte {error.start}") from None


def json_rows(text: str) -> tuple[Iterable[Any], date | None]:
    """The rows of a `consolidated.json` and the day on which it was made."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidList(f"the file is cut off or not JSON: {error}") from None
    results = content.get("results") if isinstance(content, dict) else content
    if not isinstance(results, list) or not results:
        raise InvalidList("no `results`: this is no consolidated screening list")
    return results, made_on(content)


def made_on(content: Any) -> date | None:
    """The day that `search_performed_at` names."""
    stated = content.get("search_performed_at") if isinstance(content, dict) else None
    if stated is None:
        return None
    try:
        return datetime.fromisoformat(stated).date()
    except (TypeError, ValueError):
        raise InvalidList(f"`search_performed_at` is {stated!r}, which is no time") from None


def csv_rows(text: str) -> Iterator[Row]:
    """The rows of a `consolidated.csv`; every one has as many cells as the header."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [column.strip() for column in next(reader, [])]
    if not {"source", "name"} <= set(header):
        raise InvalidList("the header names no `source` and `name`: this is no consolidated screening list")
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) != len(header):
                raise InvalidList(f"row {number} has {len(cells)} cells, the header {len(header)}")
            yield dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise InvalidList(f"row {number + 1} does not parse: {error}") from None
    if number == 0:
        raise InvalidList("the list has no rows")


def entries_of(rows: Iterable[Any]) -> Iterator[Entry]:
    """The entry of each row; raises InvalidList, with the row's number, for one that does not parse."""
    seen: set[str] = set()
    derived: Counter[str] = Counter()
    for number, row in enumerate(rows, start=1):
        try:
            entry = entry_of(row, derived)
        except (ValueError, TypeError, AttributeError) as error:
            raise error if isinstance(error, InvalidList) else InvalidList(f"row {number}: {error}") from None
        if entry.entry_id in seen:
            raise InvalidList(f"row {number}: a second row with the id {entry.entry_id!r}")
        seen.add(entry.entry_id)
        yield entry


def entry_of(row: Row, derived: Counter[str]) -> Entry:
    """The entry of one row; raises ValueError. `derived` counts the ids that were made here."""
    source, name = text_of(row, "source"), text_of(row, "name")
    if source is None or name is None:
        raise ValueError("no `source`" if source is None else "no `name`")
    addresses = tuple(addresses_of(row.get("addresses")))
    return Entry(
        entry_id=text_of(row, "id") or text_of(row, "_id") or derived_id(row, source, name, derived),
        list=list_code(source),
        name=name,
        aliases=tuple(dict.fromkeys(many(row.get("alt_names")))),
        kind=KINDS.get((text_of(row, "type") or "").lower()),
        countries=tuple(dict.fromkeys(countries_of(row, addresses))),
        addresses=tuple(address for address in addresses if len(address) > len("CN")),
        programs=tuple(many(row.get("programs"))),
        start=day_of(row, "start_date"),
        end=day_of(row, "end_date"),
        citation=text_of(row, "federal_register_notice"),
        license_requirement=text_of(row, "license_requirement"),
        license_policy=text_of(row, "license_policy"),
        source=text_of(row, "source_list_url"),
    )


def derived_id(row: Row, source: str, name: str, derived: Counter[str]) -> str:
    """An id for a row of a layout that has none: the same for the same party as long as its name stands."""
    code, party = list_code(source), f"{source}\n{text_of(row, 'entity_number')}\n{name}"
    plain = f"{code}-{blake2b(party.encode(), digest_size=8).hexdigest()}"
    derived[plain] += 1
    return plain if derived[plain] == 1 else f"{plain}-{derived[plain]}"


def list_code(source: str) -> str:
    """The code of the list that a source names in parentheses, `EL`; else the source as written."""
    found = LIST_CODE.search(source)
    return found[1] if found else source


def text_of(row: Row, field: str) -> str | None:
    """A field's text, None where it is missing or blank; raises ValueError where it is no text."""
    value = row.get(field)
    if value is None:
        return None
    if not isinstance(value, str | int):
        raise ValueError(f"`{field}` is {value!r}")
    return str(value).strip() or None


def many(value: Any) -> Iterator[str]:
    """The texts of a field that holds several: an array, or one text with separators."""
    for each in value if isinstance(value, list) else [value]:
        if each is not None:
            yield from (part.strip() for part in each.split(SEPARATOR) if part.strip())


def addresses_of(value: Any) -> Iterator[str]:
    """Addresses as one line each, the country's code at the end."""
    if not isinstance(value, list):
        yield from many(value)
        return
    for each in value:
        parts = [str(each[part]).strip() for part in ADDRESS_PARTS if each.get(part)]
        yield from many(", ".join(part for part in parts if part))


def countries_of(row: Row, addresses: Iterable[str]) -> Iterator[str]:
    """The countries of the addresses, then those of which a person is a citizen or national."""
    named = [address.rpartition(",")[2].strip() for address in addresses]
    for field in COUNTRY_FIELDS:
        named += many(row.get(field))
    yield from (code for code in named if len(code) == 2 and code.isalpha() and code.isupper())


def day_of(row: Row, field: str) -> date | None:
    """A field's date, ISO or as in the United States; raises ValueError for anything else."""
    text = text_of(row, field)
    if text is None:
        return None
    american = US_DATE.fullmatch(text)
    try:
        if american:
            return date(int(american[3]), int(american[1]), int(american[2]))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"`{field}` is {text!r}, which is no date") from None
