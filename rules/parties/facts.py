"""What the lists say of the parties to a transaction: all of it that can matter to a rule."""

from __future__ import annotations

from msgspec import Struct

from rules.parties.match import Match


class PartyMatch(Struct, frozen=True):
    """A match of a party to the transaction; `field` is where the party is named."""

    field: str
    match: Match


class ListedOwner(Struct, frozen=True):
    """An owner of the end user that is listed; `percent` is None where its share is not known.

    `lists` are those that it is on for certain, none where it is a possible match only.
    """

    percent: float | None
    lists: frozenset[str]
    match: Match


class PartyFacts(Struct, frozen=True, cache_hash=True):
    """The matches of a transaction's parties that nobody cleared, on its date."""

    listed: tuple[PartyMatch, ...] = ()
    possible: tuple[PartyMatch, ...] = ()
    owners: tuple[ListedOwner, ...] = ()
    affiliates_rule: bool = False
    is_unnamed: bool = False


CLEAN = PartyFacts()
UNNAMED = PartyFacts(is_unnamed=True)
