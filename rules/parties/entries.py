"""An entry of a restricted-party list: a party with its names, its dates, and the law that lists it."""

from __future__ import annotations

import re
from datetime import date
from hashlib import blake2b
from typing import Literal

import msgspec
from msgspec import Struct

from rules.tables import rows

Kind = Literal["entity", "person", "vessel", "aircraft"]

CITATIONS = {row["list"]: row["citation"] for row in rows("restricted_party_lists")}
MILITARY_INTELLIGENCE = "MIEU"
ADDRESS_ONLY = re.compile(r"Address \d")


class Entry(Struct, frozen=True, gc=False, omit_defaults=True):
    """One row of a list, as its publisher wrote it; `list` is the list's code, `EL`.

    `kind` is None where the publisher gives none; `citation` is the Federal Register's.
    """

    entry_id: str
    list: str
    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind | None = None
    countries: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    citation: str | None = None
    license_requirement: str | None = None
    license_policy: str | None = None
    source: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The name and the aliases."""
        return (self.name, *self.aliases)

    @property
    def screened_names(self) -> tuple[str, ...]:
        """The names under which the party is found; of one that is an address, that."""
        return self.addresses if self.addresses and ADDRESS_ONLY.match(self.name) else self.names

    def is_in_force(self, day: date) -> bool:
        """Whether the entry counts on a day: an order does to the end of its last day."""
        return self.end is None or day <= self.end


encoder = msgspec.json.Encoder()
decoder = msgspec.json.Decoder(Entry)


def encode_entry(entry: Entry) -> bytes:
    """The entry as JSON: the same bytes for the same content."""
    return encoder.encode(entry)


def decode_entry(value: bytes) -> Entry:
    """The entry that `encode_entry` made `value` of; raises ValueError for anything else."""
    return decoder.decode(value)


def digest(entry: Entry) -> int:
    """A number for the content of an entry; those of a list are added up to the list's version."""
    return int.from_bytes(blake2b(encode_entry(entry), digest_size=16).digest(), "big")


def citation_of(list_code: str) -> str:
    """The law under which a party of the list is restricted; of a list that is not known, its code."""
    return CITATIONS.get(list_code, f"{list_code} list")


def packaged_entries() -> tuple[Entry, ...]:
    """The military-intelligence end users that 744.22(f)(2) names, which the publishers' files lack."""
    return tuple(
        Entry(
            entry_id=row["entry_id"],
            list=MILITARY_INTELLIGENCE,
            name=row["name"],
            aliases=tuple(filter(None, row["aliases"].split("; "))),
            kind="entity",
            countries=(row["country"],),
            start=date.fromisoformat(row["from"]),
            citation=row["citation"],
            license_requirement="For all items subject to the EAR (15 CFR 744.22)",
            source="15 CFR 744.22(f)(2)",
        )
        for row in rows("military_intelligence_end_users")
    )
