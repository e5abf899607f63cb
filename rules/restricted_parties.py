"""Restricted parties: who is on a list (parts 740, 744 and 764), and who is owned by those who are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from rules.facts import Case
from rules.paragraph import Finding, clear, cybersecurity_item, paragraph, restricted
from rules.parties.affiliates import HALF, RED_FLAG_29, on_lists_that_count, together
from rules.parties.facts import ListedOwner, PartyFacts, PartyMatch
from rules.parties.match import Match

SHOWN = 5
"""So many owners are named in the sentence; the detail has all of them."""
CLEARED = {
    "end_user record": "; where it is another party, so does an entry in cleared_matches of that record",
    "end_user": "; where it is another party, load the end user's record, with an entry in cleared_matches",
}
"""What else clears a match, by where the party is named. Nobody keeps a record of other parties."""


def screened_here(case: Case) -> str | None:
    """Every transaction, where parties are screened here; a domestic one too."""
    return None if case.parties is not None else "parties are screened by another system"


def cybersecurity_item_screened_here(case: Case) -> str | None:
    """A cybersecurity item, not domestic, where parties are screened here."""
    return screened_here(case) or cybersecurity_item(case)


@paragraph("PARTY_LISTED", screened_here)
def listed_party(case: Case) -> Finding:
    """Parts 740, 744 and 764: no end user, recipient or intermediary is on a restricted-party list.

    A strong match counts as one, unless a person cleared exactly this entry.
    """
    listed = facts_of(case).listed
    return matched(listed, "is") if listed else clear("no party is on a list")


@paragraph("PARTY_POSSIBLE_MATCH", screened_here)
def possible_match(case: Case) -> Finding:
    """Parts 740, 744 and 764: a name near to a listed one must be looked at before anything is released."""
    possible = facts_of(case).possible
    return matched(possible, "may be") if possible else clear("no party's name is near to a listed one")


@paragraph("PARTY_AFFILIATE", screened_here)
def owned_by_listed_parties(case: Case) -> Finding:
    """90 FR 47212 and 31 CFR ch.

    V: who is owned 50 percent or more, taken together, by parties on the SDN List is restricted as they are;
    on dates of the Affiliates Rule so is who is owned by those on the Entity, MEU or SDN Lists.
    """
    facts = facts_of(case)
    owners = on_lists_that_count(facts.owners, facts.affiliates_rule)
    share = together(owners)
    if share < HALF:
        return clear("listed parties are not known to own half of the end user")
    return owned(owners, f"own {float(share):g} percent of the end user. A licence for these clears it.")


@paragraph("PARTY_AFFILIATE_UNRESOLVED", screened_here)
def ownership_to_be_resolved(case: Case) -> Finding:
    """Part 732 Supp.

    3, red flag 29: where a listed party has a share that is not known, or half while the Affiliates Rule is
    not in force, or an owner may be listed, a person must find out.
    """
    owners = unresolved(facts_of(case))
    if not owners:
        return clear("no listed owner whose share is to be found out")
    return owned(owners, "may own half of the end user. Find out, and record owners and percentages.")


@paragraph("PARTY_UNSCREENED", cybersecurity_item_screened_here)
def unnamed_end_user(case: Case) -> Finding:
    """Part 744: an end user without a name cannot be screened."""
    if not facts_of(case).is_unnamed:
        return clear("the end user has a name")
    return restricted(
        "The end user has no name to be screened by. Give it on the end user's record.", field="end_user.name"
    )


def facts_of(case: Case) -> PartyFacts:
    """What the lists say of the parties; only of a case whose parties are screened here."""
    assert case.parties is not None
    return case.parties


def unresolved(facts: PartyFacts) -> list[ListedOwner]:
    """The owners because of whom ownership must be found out."""
    in_force = facts.affiliates_rule
    unknown = [owner for owner in facts.owners if owner.lists and owner.percent is None]
    flagged = [owner for owner in facts.owners if owner.lists & RED_FLAG_29 and not in_force]
    half = flagged if together(flagged) >= HALF else []
    uncertain = [owner for owner in facts.owners if not owner.lists]
    may_be = any(owner.percent is None for owner in uncertain) or together(facts.owners) >= HALF
    return list(dict.fromkeys([*unknown, *half, *(uncertain if may_be else [])]))


def matched(found: Sequence[PartyMatch], verb: str) -> Finding:
    """The finding on parties that are, or may be, listed: the best match first."""
    by_score = sorted(found, key=lambda each: -each.match.score)
    first = by_score[0]
    finding = restricted(
        f"{sentence(first, verb)}{more(len(found))} A licence clears it{CLEARED.get(first.field, '')}.",
        field=first.field,
        **details(first.match),
        matches=[{"field": each.field} | details(each.match) for each in by_score],
    )
    return cited(finding, [each.match for each in by_score])


def sentence(found: PartyMatch, verb: str) -> str:
    """What was matched, for a person."""
    match = found.match
    alike = ", ".join(one if one == other else f"{one} for {other}" for one, other in match.pairs)
    evidence = "".join(f"; {each}" for each in match.evidence)
    return (
        f"{match.name!r} ({found.field}) {verb} {match.matched_name!r} of {match.entry.list} entry "
        f"{match.entry.entry_id}: score {match.score:.2f} ({alike}{evidence})."
    )


def more(count: int) -> str:
    """How many matches there are beside the first."""
    return f" {count - 1} more in the detail." if count > 1 else ""


def owned(owners: Sequence[ListedOwner], what: str) -> Finding:
    """The finding on owners, with their matches and shares."""
    named = ", ".join(f"{owner.match.name!r} ({owner.match.entry.list})" for owner in owners[:SHOWN])
    shares = [{"percent": owner.percent} | details(owner.match) for owner in owners]
    return restricted(f"{named} {what}", field="owners", owners=shares)


def details(match: Match) -> dict[str, Any]:
    """A match as the detail of a reason."""
    return {
        "entry_id": match.entry.entry_id,
        "list": match.entry.list,
        "party": match.name,
        "name": match.entry.name,
        "matched_name": match.matched_name,
        "score": match.score,
        "band": match.band,
        "evidence": list(match.evidence),
        "citation": match.citation,
        "federal_register": match.entry.citation,
        "license_requirement": match.entry.license_requirement,
        "license_policy": match.entry.license_policy,
    }


def cited(finding: Finding, matches: Iterable[Match]) -> Finding:
    """The finding with the citations of the lists instead of the paragraph's own."""
    return replace(finding, citation="; ".join(dict.fromkeys(match.citation for match in matches)))
