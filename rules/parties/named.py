"""Who is named in a transaction, and what a list says of each: end user, owners, recipient, intermediaries.

The record's names are those of the end user; without a record, those that the event claims. A person clears
a match on the record; a share that an event claims is believed only where it hurts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple, Protocol

from rules.end_users import read_country
from rules.models import (
    ClearedMatch,
    DownloadRequest,
    EndUser,
    Intermediary,
    Order,
    Owner,
    Recipient,
    present,
)
from rules.parties.affiliates import (
    BY_THE_RULE,
    HALF,
    ON_ANY_DATE,
    is_in_force,
    on_lists_that_count,
    together,
)
from rules.parties.clean import clean
from rules.parties.facts import CLEAN, UNNAMED, ListedOwner, PartyFacts, PartyMatch
from rules.parties.match import Match


class Matching(Protocol):
    """A list that names are matched against."""

    def matches(
        self, name: str, country: str | None = None, kind: str | None = None, *, is_claimed: bool = False
    ) -> tuple[Match, ...]:
        """The entries that a name may be of."""
        ...


class Party(NamedTuple):
    """A party with its names and what else is known of it; `field` is where it is named.

    A country that is only claimed may raise a score and does not lower it.
    """

    field: str
    names: tuple[str, ...]
    country: str | None = None
    kind: str | None = None
    is_claimed: bool = False


def others_of(event: Order | DownloadRequest) -> Recipient | tuple[Intermediary, ...] | None:
    """Who is named in an event beside the end user."""
    return event.intermediaries if isinstance(event, Order) else event.recipient


def facts_of(
    event: Order | DownloadRequest, end_user: EndUser | None, listing: Matching, off_from: date | None
) -> PartyFacts:
    """What a list says on the event's day of the parties to it; what was cleared is left out.

    `off_from` is the day from which the Affiliates Rule is not applied.
    """
    day = event.occurred_at.date()
    who = event.end_user if end_user is None else end_user
    found = [
        PartyMatch(party.field, match)
        for party in parties_of(event, end_user)
        for match in in_force(party, listing, day)
        if not is_cleared(match, end_user)
    ]
    owners = tuple(listed_owners(who, listing, day))
    affiliates_rule = is_in_force(day, off_from)
    if end_user is None:
        owners = doubted(owners, affiliates_rule)
    is_unnamed = who is None or not is_name(who.name)
    if not found and not owners:
        return UNNAMED if is_unnamed else CLEAN
    return PartyFacts(
        tuple(each for each in found if each.match.is_strong),
        tuple(each for each in found if not each.match.is_strong),
        owners,
        bool(owners) and affiliates_rule,
        is_unnamed,
    )


def is_unlisted(end_user: EndUser, listing: Matching) -> bool:
    """Whether a list says nothing of an end user on record and of the owners, whatever the day."""
    return not any(matches_by_name(on_record(end_user), listing)) and not any(
        any(matches_of_owner(owner, listing)) for owner in end_user.owners or ()
    )


def is_name(text: str | None) -> bool:
    """Whether a text is a name that can be screened: it has a letter or a digit."""
    return text is not None and bool(clean(text).words)


def parties_of(event: Order | DownloadRequest, end_user: EndUser | None) -> Iterator[Party]:
    """The end user, then who receives or stands between."""
    if end_user is not None:
        yield on_record(end_user)
    elif event.end_user is not None:
        country = read_country(event.end_user.country)
        yield Party("end_user", names_of(event.end_user), country, is_claimed=True)
    if isinstance(event, DownloadRequest):
        if event.recipient is not None:
            nationality = read_country(event.recipient.nationality)
            yield Party("recipient", named(event.recipient.name), nationality, is_claimed=True)
        return
    for each in event.intermediaries or ():
        yield Party("intermediaries", named(each.name), read_country(each.country), is_claimed=True)


def on_record(end_user: EndUser) -> Party:
    """The end user of a record as a party."""
    kind = "person" if end_user.category == "individual" else None
    return Party("end_user record", names_of(end_user), read_country(end_user.country), kind)


def matches_of(end_user: EndUser, listing: Matching, day: date) -> tuple[Match, ...]:
    """The entries that an end user on record may be of, that count on a day and that nobody cleared."""
    found = in_force(on_record(end_user), listing, day)
    return tuple(match for match in found if not is_cleared(match, end_user))


def named(name: str | None) -> tuple[str, ...]:
    """The name, where there is one."""
    return (name.strip(),) if name is not None and present(name) else ()


def names_of(end_user: EndUser) -> tuple[str, ...]:
    """The name and the aliases of an end user, those that are not blank."""
    return tuple(
        text.strip() for text in (end_user.name, *(end_user.aliases or ())) if text and present(text)
    )


def in_force(party: Party, listing: Matching, day: date) -> Iterable[Match]:
    """The entries that a party may be of and that count on a day, each with the best of the party's names."""
    best: dict[str, Match] = {}
    for match in matches_by_name(party, listing):
        known = best.get(match.entry.entry_id)
        if match.entry.is_in_force(day) and (known is None or known.score < match.score):
            best[match.entry.entry_id] = match
    return best.values()


def matches_by_name(party: Party, listing: Matching) -> Iterator[Match]:
    """The entries that a party may be of by each of its names, whatever the day."""
    for name in party.names:
        yield from listing.matches(name, party.country, party.kind, is_claimed=party.is_claimed)


def matches_of_owner(owner: Owner, listing: Matching) -> Iterator[Match]:
    """The entries that an owner may be of, whatever the day."""
    for name in named(owner.name):
        yield from listing.matches(name)


def is_cleared(match: Match, end_user: EndUser | None) -> bool:
    """Whether a person cleared exactly this entry of the end user, and both still have the names that this
    was done for.
    """
    if end_user is None or not end_user.cleared_matches:
        return False
    own = names_of(end_user)
    return match.name in own and any(clears(each, match, own) for each in end_user.cleared_matches)


def clears(cleared: ClearedMatch, match: Match, own: tuple[str, ...]) -> bool:
    """Whether one clearance is of the match's entry, and stands."""
    return (
        cleared.entry_id == match.entry.entry_id
        and (cleared.name or "").strip() in own
        and (cleared.listed_name or "").strip() in (*match.entry.names, *match.entry.screened_names)
    )


def listed_owners(who: EndUser | None, listing: Matching, day: date) -> Iterator[ListedOwner]:
    """The owners that a list of the Affiliates Rule may name, with their shares."""
    for owner in (who.owners if who is not None else None) or ():
        on = [
            match
            for match in matches_of_owner(owner, listing)
            if match.entry.list in BY_THE_RULE and match.entry.is_in_force(day)
        ]
        if on:
            lists = frozenset(match.entry.list for match in on if match.is_strong)
            best = min(on, key=lambda match: (not match.is_strong, match.entry.list not in ON_ANY_DATE))
            yield ListedOwner(share_of(owner), lists, best)


def share_of(owner: Owner) -> float | None:
    """What an owner holds, in percent; None where it is not known, or no share."""
    return float(owner.percent) if owner.percent is not None and owner.percent >= 0 else None


def doubted(owners: tuple[ListedOwner, ...], rule_in_force: bool) -> tuple[ListedOwner, ...]:
    """Owners as an event claims them: shares are believed where they make an affiliate."""
    if together(on_lists_that_count(owners, rule_in_force)) >= HALF:
        return owners
    return tuple(ListedOwner(None, owner.lists, owner.match) for owner in owners)
