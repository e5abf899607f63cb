"""What an item is to License Exception ACE: a cybersecurity item of 740.22(b)(1), a light item, out of scope,
or not classified.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from rules.models import present
from rules.tables import rows

Kind = Literal["cybersecurity", "light", "unclassified", "out_of_scope"]

ECCN = re.compile(r"[0-9][A-E][0-9]{3}(\.[a-z0-9]+)*")
NEEDS_A_PARAGRAPH = frozenset({"4D001", "4E001", "5A001", "5B001", "5D001", "5E001"})
NOTE_TO_4E001 = ("4E001.a", "4E001.c")


class Row(Struct, frozen=True):
    """A row of 740.22(b)(1): an ECCN and what it must control for, its family and its column of the Country
    Chart.
    """

    eccn: str
    controls_for: tuple[str, ...]
    family: str
    column: Literal["ns1", "ns2"]
    excepted: tuple[str, ...]


class Classification(Struct, frozen=True):
    """What an ECCN is to the rules, and the fact that makes it so. A cybersecurity item has its row."""

    kind: Kind
    fact: str
    row: Row | None = None


def cybersecurity_rows() -> dict[str, Row]:
    """The rows of 740.22(b)(1) by ECCN."""
    return {
        row["eccn"]: Row(
            eccn=row["eccn"],
            controls_for=tuple(row["controls_for"].split()),
            family=row["family"],
            column="ns1" if row["column"] == "ns1" else "ns2",
            excepted=tuple(row["except"].split()),
        )
        for row in rows("cybersecurity_items")
    }


def at_only_eccns() -> dict[str, tuple[str, ...]]:
    """The AT-only ECCNs, each with its paragraphs that are not."""
    return {
        row["eccn"]: tuple(f"{row['eccn']}.{paragraph}" for paragraph in row["except"].split())
        for row in rows("at_only_eccns")
    }


CYBERSECURITY_ITEMS = cybersecurity_rows()
AT_ONLY = at_only_eccns()


def read_eccn(text: str | None) -> str | None:
    """An ECCN as a person would mean it: trimmed, five characters in upper case and the rest in lower."""
    if text is None:
        return None
    text = text.strip()
    return text[:5].upper() + text[5:].lower() or None


def read_controls_for(text: str | None) -> str | None:
    """What an item controls for: one ECCN, or several joined with colons where the first itself controls for
    something.
    """
    if present(text) is None or text is None:
        return None
    return ":".join(read_eccn(part) or "" for part in text.split(":"))


def belongs_to(eccn: str, parent: str) -> bool:
    """Whether `eccn` is `parent` or a deeper paragraph of it."""
    return eccn == parent or eccn.startswith(parent + ".")


def is_excepted(eccn: str, paragraphs: tuple[str, ...]) -> bool:
    """Whether `eccn` is one of the paragraphs or below it, also where its point was forgotten, as in .z1."""
    rest = [eccn.removeprefix(each) for each in paragraphs if eccn.startswith(each)]
    return any(not below or below[0] == "." or below[0].isdigit() for below in rest)


def is_of_product_group_e(eccn: str | None) -> bool:
    """Whether the ECCN is one of technology: product group E, its second character."""
    return eccn is not None and eccn[1:2] == "E"


def is_excluded_by_note_to_4e001(eccn: str | None) -> bool:
    """Whether Note 1 to 4E001 speaks of the ECCN."""
    return eccn is not None and any(belongs_to(eccn, parent) for parent in NOTE_TO_4E001)


@lru_cache(maxsize=4096)
def classify(eccn: str | None, controls_for: str | None) -> Classification:
    """What an item of this ECCN is that controls for `controls_for` (both as `read_eccn` and
    `read_controls_for` give them).
    """
    if eccn is None:
        return Classification("unclassified", "neither the item's record nor the event gives an ECCN")
    if eccn == "EAR99":
        return Classification("light", "EAR99")
    if not ECCN.fullmatch(eccn):
        return Classification("unclassified", f"{eccn!r} is not of the form of an ECCN")
    if is_at_only(eccn):
        return Classification("light", f"{eccn} is controlled for anti-terrorism reasons only")
    if eccn in NEEDS_A_PARAGRAPH:
        return Classification("unclassified", f"{eccn} is given without its paragraph")
    return classify_by_row(eccn, controls_for)


def is_at_only(eccn: str) -> bool:
    """Whether the ECCN is controlled for anti-terrorism reasons only."""
    excepted = AT_ONLY.get(eccn[:5])
    return excepted is not None and not is_excepted(eccn, excepted)


def classify_by_row(eccn: str, controls_for: str | None) -> Classification:
    """What a well-formed ECCN is by the rows of 740.22(b)(1)."""
    row = row_of(eccn, CYBERSECURITY_ITEMS)
    if row is None:
        return Classification("out_of_scope", f"{eccn} is no cybersecurity item of 740.22(b)(1)")
    fit = controls_for_fit(row, controls_for)
    if fit == "missing":
        return Classification("unclassified", f"{eccn} does not say to the end what it controls for")
    if fit == "outside":
        return Classification(
            "out_of_scope", f"{eccn} for {controls_for} is no cybersecurity item of 740.22(b)(1)"
        )
    return Classification("cybersecurity", f"{eccn} is a cybersecurity item", row)


def row_of(eccn: str, among: dict[str, Row] | tuple[str, ...]) -> Row | None:
    """The row that the ECCN belongs to, of those named; None for a paragraph that its row excepts."""
    for parent in among:
        if belongs_to(eccn, parent):
            row = CYBERSECURITY_ITEMS[parent]
            return None if is_excepted(eccn, row.excepted) else row
    return None


def controls_for_fit(row: Row, controls_for: str | None) -> Literal["fits", "missing", "outside"]:
    """Whether `controls_for` names an entry of the row, to the end where that is itself of a row that needs
    one.
    """
    if not row.controls_for:
        return "fits"
    first, _, rest = (controls_for or "").partition(":")
    if not first:
        return "missing"
    entry = row_of(first, row.controls_for)
    return "outside" if entry is None else controls_for_fit(entry, rest)
