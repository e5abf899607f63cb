"""A match of a name with an entry of a list, and what else speaks for it or against."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from rules.parties.entries import Entry, citation_of
from rules.parties.index import Hit
from rules.parties.weigh import is_common

Band = Literal["strong", "possible"]
PEOPLE_AND_FIRMS = frozenset({"person", "entity"})
CRAFT = frozenset({"vessel", "aircraft"})
OTHER_KIND, CRAFT_OR_PARTY, OTHER_COUNTRY, SAME_COUNTRY = 0.8, 0.88, 0.98, 0.1
COMMON_NAME = 0.89
"""The most that a name scores which very many people have: a person must look."""


class Match(Struct, frozen=True, cache_hash=True):
    """An entry that a name may be of, the best of its names, and the score with what moved it."""

    entry: Entry
    name: str
    matched_name: str
    score: float
    band: Band
    pairs: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...] = ()

    @property
    def citation(self) -> str:
        """The law under which the entry's list restricts."""
        return citation_of(self.entry.list)

    @property
    def is_strong(self) -> bool:
        """Whether the name counts as the listed party's."""
        return self.band == "strong"


def weighed(
    hit: Hit, entry: Entry, country: str | None, kind: str | None, is_claimed: bool
) -> tuple[float, list[str]]:
    """The score as the kind of party, its country and how common the name is move it, and what they say.

    A country that is only claimed does not lower it.
    """
    score = hit.alignment.score
    evidence = []
    if kind in PEOPLE_AND_FIRMS and entry.kind not in (None, kind):
        score *= OTHER_KIND
        evidence.append(f"listed as {entry.kind}, not {kind}")
    elif kind is None and entry.kind in CRAFT:
        score *= CRAFT_OR_PARTY
        evidence.append(f"listed as {entry.kind}")
    if country and entry.countries:
        if country in entry.countries:
            score += (1 - score) * SAME_COUNTRY
            evidence.append(f"country {country} agrees")
        elif not is_claimed:
            score *= OTHER_COUNTRY
            evidence.append(f"country {country} is none of {', '.join(entry.countries)}")
    if is_common(hit.listed.name.words) and score > COMMON_NAME:
        score = COMMON_NAME
        evidence.append("very many people have this name")
    return round(score, 4), evidence
