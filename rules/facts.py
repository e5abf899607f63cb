"""A case: one line of a transaction in the words that the paragraphs use.

It is made of its circumstances alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from rules.circumstances import REMEDIATION, Circumstances, ItemFacts
from rules.destinations import DOMESTIC, Destinations, Standing
from rules.end_users import EndUserFacts, facts_of, read_country, read_region
from rules.items import (
    Classification,
    classify,
    is_excluded_by_note_to_4e001,
    is_of_product_group_e,
    read_controls_for,
    read_eccn,
)
from rules.models import present

EMBARGO_746_8 = frozenset({"RU", "BY"})
OCCUPIED_REGIONS = frozenset({"UA-43", "UA-40", "UA-14", "UA-09"})


class Place(Struct, frozen=True):
    """A place of a transaction, the field that it came from and what its country is on the date; None where
    unknown.
    """

    country: str | None
    region: str | None
    field: str
    standing: Standing | None

    @property
    def is_foreign(self) -> bool:
        """Not the United States or a territory of it."""
        return self.country not in DOMESTIC

    @property
    def in_e(self) -> bool:
        """In Country Group E:1 or E:2."""
        return self.standing is not None and self.standing.in_e

    @property
    def in_d(self) -> bool:
        """In any of Country Groups D:1 to D:5."""
        return self.standing is not None and self.standing.in_d

    @property
    def in_d1_or_d5(self) -> bool:
        """In Country Group D:1 or D:5."""
        return self.standing is not None and self.standing.in_d1_or_d5

    @property
    def in_d_or_under_review(self) -> bool:
        """In any of D:1 to D:5, or its record says `review_government`."""
        return self.standing is not None and self.standing.in_d_or_under_review

    @property
    def in_d_and_a6(self) -> bool:
        """In a D group and in A:6 too, as the exceptions of (c)(2) require."""
        return self.standing is not None and self.standing.in_d and "A:6" in self.standing.groups

    @property
    def is_occupied(self) -> bool:
        """In the Crimea, so-called Donetsk or Luhansk regions, 746.6."""
        return self.country in ("UA", "RU") and self.region in OCCUPIED_REGIONS

    def __str__(self) -> str:
        return f"{self.country or 'a region without its country'} ({self.field})"


class Case:
    """One line of a transaction as the paragraphs speak of it.

    `places` are those that count: of a deemed export, the recipient's nationality alone. `foreign` are those
    abroad.
    """

    def __init__(self, circumstances: Circumstances, item: ItemFacts, destinations: Destinations) -> None:
        self.circumstances = circumstances
        self.destinations = destinations
        self.parties = circumstances.parties
        self.item = item
        self._read_item(item)
        self.end_user: EndUserFacts = facts_of(circumstances.record, circumstances.claim)
        self._locate(places_of(circumstances))
        self.foreign = tuple(place for place in self.places if place.is_foreign)
        self.touchpoints = self._touchpoints()
        self.governments = self._governments()
        self.needs_no_license = self.is_cybersecurity_item and self._lacks_marks()

    def _read_item(self, item: ItemFacts) -> None:
        """The item's classification: by its record where that gives an ECCN, else by the line."""
        self.line_eccn, self.record_eccn = read_eccn(item.eccn), read_eccn(item.record_eccn)
        self.line_controls_for = read_controls_for(item.controls_for)
        self.record_controls_for = read_controls_for(item.record_controls_for)
        by_record = self.record_eccn is not None
        self.eccn = self.record_eccn if by_record else self.line_eccn
        self.controls_for = self.record_controls_for if by_record else self.line_controls_for
        self.classification: Classification = classify(self.eccn, self.controls_for)
        self.is_remediation = self.circumstances.activity in REMEDIATION
        self.relies_on_note = (
            item.subject_to_ear and self.is_remediation and is_excluded_by_note_to_4e001(self.eccn)
        )
        self.is_light = not item.subject_to_ear or self.relies_on_note or self.classification.kind == "light"
        self.is_cybersecurity_item = self.classification.kind == "cybersecurity" and not self.is_light

    def _locate(self, named: list[tuple[str | None, str | None, str]]) -> None:
        """The places, and whether they make a domestic transaction, a deemed export, or one to an unknown
        recipient.
        """
        circumstances = self.circumstances
        self.places = tuple(self.place(*place) for place in named)
        self.is_release_of_technology = is_release_of_technology(circumstances, self.eccn)
        self.recipient = self._recipient() if self.is_release_of_technology else None
        at_home = bool(self.places) and not any(place.is_foreign for place in self.places)
        to_stranger = at_home and self.is_release_of_technology and not is_us_person(circumstances)
        self.is_deemed_export = to_stranger and self.recipient is not None
        self.is_to_unknown_recipient = to_stranger and self.recipient is None
        self.is_domestic = at_home and not to_stranger
        if self.is_deemed_export and self.recipient is not None:
            self.places = (self.recipient,)

    def place(self, country: str | None, region: str | None, field: str) -> Place:
        """A place with what its country is on the date of the transaction."""
        standing = self.destinations.standing(country, self.circumstances.day) if country else None
        return Place(country, region, field, standing)

    def _recipient(self) -> Place | None:
        """The nationality of the one to whom technology is released, as a place."""
        nationality = read_country(self.circumstances.nationality)
        return self.place(nationality, None, "recipient.nationality") if nationality else None

    def _touchpoints(self) -> tuple[Place, ...]:
        """Where the order is billed to and whom it passes through."""
        named = ((read_country(country), field) for field, country in self.circumstances.touchpoints)
        return tuple(self.place(country, None, field) for country, field in named if country)

    def _governments(self) -> tuple[Place, ...]:
        """The countries whose government the end user counts as of; of an intergovernmental organization,
        every foreign place too.
        """
        named = self.end_user.government_of
        own = tuple(
            self.place(country, None, "government_of" if country == named else "end user's country")
            for country in self.end_user.governments
        )
        return (*self.foreign, *own) if self.end_user.is_intergovernmental else own

    def _lacks_marks(self) -> bool:
        """Whether no licence is required: every place is known, and none of those abroad has a mark in the
        item's column.
        """
        row = self.classification.row
        return (
            bool(self.foreign) and row is not None and not any(has_mark(p, row.column) for p in self.foreign)
        )

    @property
    def end_user_unknown_in_d(self) -> bool:
        """The end user is not known, and a place abroad or `government_of` is in D or under review."""
        return self.end_user.is_unknown and any(
            place.in_d_or_under_review for place in (*self.foreign, self.government_of)
        )

    @property
    def government_of(self) -> Place:
        """The end user's `government_of` as a place, without a country where it has none."""
        return self.place(self.end_user.government_of, None, "government_of")

    @property
    def government_in_d_or_under_review(self) -> bool:
        """The end user is the government of a country in D or under review."""
        return self.end_user.is_government and any(place.in_d_or_under_review for place in self.governments)


def places_of(circumstances: Circumstances) -> list[tuple[str | None, str | None, str]]:
    """The distinct places that are named, as country and region, each with the first field that names it."""
    distinct: dict[tuple[str | None, str | None], str] = {}
    for country, region, field in named_places(circumstances):
        if country or region:
            code = read_country(country)
            place = (code, read_region(code, region))
            if place != (None, None):
                distinct.setdefault(place, field)
    return [(country, region, field) for (country, region), field in distinct.items()]


def named_places(circumstances: Circumstances) -> Iterable[tuple[str | None, str | None, str]]:
    """Every field that names a place, as written."""
    if circumstances.ship_to is not None:
        yield circumstances.ship_to.country, circumstances.ship_to.region, "ship_to"
    if circumstances.record is not None:
        yield circumstances.record.country, circumstances.record.region, "end_user record"
    if circumstances.claim is not None:
        yield circumstances.claim.country, circumstances.claim.region, "end_user"
    yield circumstances.declared_country, None, "declared_country"
    yield circumstances.ip_country, circumstances.ip_region, "ip_country"


def is_release_of_technology(circumstances: Circumstances, eccn: str | None) -> bool:
    """A download of source code or technology, or of an item of product group E; an order never is one."""
    kind = present(circumstances.release_kind)
    return circumstances.is_download and (kind not in (None, "object_code") or is_of_product_group_e(eccn))


def is_us_person(circumstances: Circumstances) -> bool:
    """Whether the recipient is a US person, or a national of a domestic place."""
    return circumstances.us_person or read_country(circumstances.nationality) in DOMESTIC


def has_mark(place: Place, column: str) -> bool:
    """Whether the Country Chart has a mark for the place in the column; an unknown place counts as having
    one.
    """
    standing = place.standing
    return standing is None or (standing.ns1 if column == "ns1" else standing.ns2)


def listed(places: Iterable[Place]) -> str:
    """Places for a person: `VN (ship_to), CN (ip_country)`."""
    return ", ".join(str(place) for place in places)
