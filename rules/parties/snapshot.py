"""A restricted-party list as it was at one moment, ready to be matched against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from msgspec import Struct

from rules.models import DownloadRequest, EndUser, Order
from rules.parties.clean import clean
from rules.parties.entries import Entry, digest
from rules.parties.facts import CLEAN, PartyFacts
from rules.parties.index import Hit, Index
from rules.parties.match import Band, Match, weighed
from rules.parties.named import facts_of, is_unlisted, others_of
from rules.parties.parties import Parties

FACTS_REMEMBERED, NAMES_REMEMBERED = 200_000, 500_000
"""Some 300 bytes each, 100 of who is unlisted; a name that is asked for again and was forgotten costs a
quarter of a millisecond.
"""

Asked = tuple[str, str | None, str | None, bool]
"""A name, with the country and the kind that are known of the party; whether the country is claimed."""

DIGEST_BITS = 128

NEARLY = 0.95
"""What agrees beside the name may bring so much of a threshold up to it."""


class Policy(Struct, frozen=True):
    """What of matching is the user's to say: thresholds, the greatest age of a list in days, and from when
    the Affiliates Rule is not applied.
    """

    possible: float = 0.75
    strong: float = 0.90
    max_age_days: int = 7
    affiliates_rule_off_from: date | None = None


DEFAULT_POLICY = Policy()


class Delta(NamedTuple):
    """What a list has and an earlier one had not: `changed` as they are now, `went` as they were."""

    came: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    went: tuple[Entry, ...]


class RestrictedParties(Parties):
    """A list with its index, never changed; what was found is remembered by name.

    To build one takes seconds and no event loop; it can be built in another thread and swapped in whole.
    """

    version: str

    def __init__(self, entries: Mapping[str, Entry], made: date, policy: Policy) -> None:
        self.entries = entries
        self.made = made
        self.policy = policy
        self.version = version_of(entries.values())
        self._last_day = date.fromordinal(min(made.toordinal() + policy.max_age_days, date.max.toordinal()))
        self._numbered = tuple(entries.values())
        self._index = Index(
            (n, name) for n, entry in enumerate(self._numbered) for name in entry.screened_names
        )
        self._matches: dict[Asked, tuple[Match, ...]] = {}
        self._facts: dict[object, PartyFacts] = {}
        self._unlisted: set[EndUser] = set()
        """End users of whom the list says nothing, whatever the day."""
        self._clean_names: set[str] = set()
        """Names that are like none of the list, whatever else is known of who has them."""

    @classmethod
    def of(cls, entries: Iterable[Entry], made: date, policy: Policy = DEFAULT_POLICY) -> RestrictedParties:
        """A snapshot of the entries of a list that was made on a day."""
        return cls({entry.entry_id: entry for entry in entries}, made, policy)

    def unavailable(self, day: date) -> str | None:
        """Why nothing may be decided by this list on a day: it is too old; else None."""
        if day <= self._last_day:
            return None
        age = (day - self.made).days
        return (
            f"the restricted-party list of {self.made} was {age} days old on {day}, and may be "
            f"{self.policy.max_age_days}; load a newer one"
        )

    def facts(self, event: Order | DownloadRequest, end_user: EndUser | None) -> PartyFacts:
        """What the list says of the parties to an event."""
        if self._is_unlisted(event, end_user):
            return CLEAN
        claim = event.end_user if end_user is None else None
        key = (event.occurred_at.date(), others_of(event), end_user, claim)
        found = self._facts.get(key)
        if found is None:
            found = facts_of(event, end_user, self, self.policy.affiliates_rule_off_from)
            if found is CLEAN and end_user is not None and is_unlisted(end_user, self):
                make_room(self._unlisted, NAMES_REMEMBERED)
                self._unlisted.add(end_user)
            if not self._is_unlisted(event, end_user):
                make_room(self._facts, FACTS_REMEMBERED)
                self._facts[key] = found
        return found

    def _is_unlisted(self, event: Order | DownloadRequest, end_user: EndUser | None) -> bool:
        """Whether of every party to an event it is known that the list says nothing."""
        if end_user not in self._unlisted:
            return False
        if isinstance(event, DownloadRequest):
            recipient = event.recipient
            return recipient is None or recipient.name is None or recipient.name in self._clean_names
        return all(each.name is None or each.name in self._clean_names for each in event.intermediaries or ())

    def matches(
        self, name: str, country: str | None = None, kind: str | None = None, *, is_claimed: bool = False
    ) -> tuple[Match, ...]:
        """The entries that a name may be of, the best first, on any date; remembered.

        `country` and `kind` (`entity`, `person`) are what else is known of the party, or `is_claimed` of its
        country.
        """
        asked = (name, country, kind, is_claimed)
        found = self.remembered(asked)
        if found is None:
            hits = self._hits(name, kind)
            found = self._best(hits, *asked)
            if not hits and kind is None:
                make_room(self._clean_names, NAMES_REMEMBERED)
                self._clean_names.add(name)
            else:
                make_room(self._matches, NAMES_REMEMBERED)
                self._matches[asked] = found
        return found

    def remembered(self, asked: Asked) -> tuple[Match, ...] | None:
        """What `matches` has found already; None where it has not, or has forgotten."""
        name, _, kind, _ = asked
        return () if kind is None and name in self._clean_names else self._matches.get(asked)

    def since(self, earlier: RestrictedParties) -> Delta:
        """What came, changed and went since an earlier list."""
        now, then = self.entries, earlier.entries
        return Delta(
            tuple(entry for key, entry in now.items() if key not in then),
            tuple(entry for key, entry in now.items() if key in then and then[key] != entry),
            tuple(entry for key, entry in then.items() if key not in now),
        )

    def unlike(self, earlier: RestrictedParties) -> tuple[RestrictedParties, RestrictedParties]:
        """Two small lists: what is here and was not so earlier, and what was there and is not so here."""
        here = (entry for key, entry in self.entries.items() if earlier.entries.get(key) != entry)
        there = (entry for key, entry in earlier.entries.items() if self.entries.get(key) != entry)
        return self.of(here, self.made, self.policy), self.of(there, self.made, self.policy)

    @property
    def forgetful(self) -> Forgetful:
        """The same list for many names, most of which nobody will ask for again."""
        return Forgetful(self)

    def look_up(
        self, name: str, country: str | None, kind: str | None, is_claimed: bool = False
    ) -> tuple[Match, ...]:
        """Like `matches`, for names that nobody will ask for again: not remembered."""
        return self._best(self._hits(name, kind), name, country, kind, is_claimed)

    def _hits(self, name: str, kind: str | None) -> list[Hit]:
        """The listed names that a name may be of, with what else may be known of the party."""
        return self._index.search(name, self.policy.possible * NEARLY, person=kind == "person")

    def _best(
        self, hits: list[Hit], name: str, country: str | None, kind: str | None, is_claimed: bool
    ) -> tuple[Match, ...]:
        """The entries that were hit, with what is known of the party, the best first."""
        if hits and kind is None and clean(name).form is not None:
            kind = "entity"
        best: dict[str, Match] = {}
        for hit in hits:
            match = self._match(name, hit, country, kind, is_claimed)
            known = best.get(match.entry.entry_id)
            if match.score >= self.policy.possible and (known is None or known.score < match.score):
                best[match.entry.entry_id] = match
        return tuple(sorted(best.values(), key=lambda match: (-match.score, match.entry.entry_id)))

    def _match(self, name: str, hit: Hit, country: str | None, kind: str | None, is_claimed: bool) -> Match:
        """What a listed name that was found says of a name, with the evidence that there is."""
        entry = self._numbered[hit.listed.entry]
        score, evidence = weighed(hit, entry, country, kind, is_claimed)
        band: Band = "strong" if score >= self.policy.strong else "possible"
        pairs = hit.alignment.pairs
        return Match(entry, name, hit.listed.written, score, band, pairs, tuple(evidence))


class Forgetful(NamedTuple):
    """A list that remembers nothing more of what it is asked."""

    listing: RestrictedParties

    def matches(
        self, name: str, country: str | None = None, kind: str | None = None, *, is_claimed: bool = False
    ) -> tuple[Match, ...]:
        """The entries that a name may be of."""
        asked = (name, country, kind, is_claimed)
        found = self.listing.remembered(asked)
        return self.listing.look_up(*asked) if found is None else found


def make_room(known: set[Any] | dict[Any, Any], most: int) -> None:
    """Forget all of what is remembered, where it is as much as it may be."""
    if len(known) >= most:
        known.clear()


def version_of(entries: Iterable[Entry]) -> str:
    """A digest of the content of a list, whatever its order."""
    return f"{sum(map(digest, entries)) % 2**DIGEST_BITS:032x}"
