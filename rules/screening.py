"""The one door: an event and its records go in, the outcome comes out; and the order of the paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules import ace, overlays, restricted_parties, review
from rules.circumstances import (
    Circumstances,
    ItemFacts,
    circumstances_of_download,
    circumstances_of_order,
    item_facts,
)
from rules.destinations import Destinations, UnreadableDestination
from rules.events import InvalidEvent
from rules.facts import Case, Place
from rules.models import DownloadRequest, EndUser, Item, Order, present
from rules.outcome import DESTINATION_GROUPS, LineOutcome, Outcome, combined, outcome_of
from rules.paragraph import Finding, Paragraph
from rules.parties.parties import ELSEWHERE, Parties
from rules.reasons import Reason, reason
from rules.records import UnreadableRecord

FEW_LINES = 10
"""Orders of more lines are seldom equal to another; their lines are remembered, one by one."""

SECTIONS: tuple[tuple[str, tuple[Paragraph, ...]], ...] = (
    (
        "The item",
        (
            review.item_conflict,
            review.item_unclassified,
            review.item_out_of_scope,
            overlays.note_to_4e001_for_d,
        ),
    ),
    (
        "The parties",
        (
            restricted_parties.listed_party,
            restricted_parties.possible_match,
            restricted_parties.owned_by_listed_parties,
            restricted_parties.ownership_to_be_resolved,
            restricted_parties.unnamed_end_user,
        ),
    ),
    (
        "The destination",
        (
            review.destination_unknown,
            ace.embargoed_destination,
            overlays.embargoed_for_other_items,
            overlays.russia_and_belarus,
            overlays.occupied_regions,
            overlays.embargoes_that_may_reach_it,
            overlays.embargoed_touchpoint,
        ),
    ),
    (
        "What it will be used for",
        (
            ace.knowledge_of_unauthorized_use,
            overlays.red_flag,
        ),
    ),
    (
        "Cybersecurity items",
        (
            review.before_the_rule,
            review.end_user_unknown,
            review.end_user_conflict,
            overlays.unknown_recipient,
            ace.government_end_user_of_d,
            ace.remediation_does_not_lift_c1_and_c2,
            ace.private_end_user_in_d1_or_d5,
            review.government_abroad,
            review.destination_under_review,
            overlays.hong_kong_document,
            overlays.government_domain,
            review.location_mismatch,
            review.location_anonymized,
        ),
    ),
)
PARAGRAPHS = tuple(paragraph for _, paragraphs in SECTIONS for paragraph in paragraphs)


class Unavailable(Exception):
    """A record that the event joins with cannot be read; the message says which."""


def screen(
    event: Order | DownloadRequest,
    destinations: Destinations,
    items: Mapping[str, Item | UnreadableRecord],
    end_user: EndUser | UnreadableRecord | None,
    parties: Parties = ELSEWHERE,
) -> Outcome:
    """Decides an event by the records that it joins with: a pure function of these, which raises nothing.

    `items` are by sku; `end_user` is the record of the event's end user, None where there is none.
    """
    if not destinations.records:
        return unavailable("the destination table is empty; load it")
    if why := parties.unavailable(event.occurred_at.date()):
        return unavailable(why)
    if isinstance(end_user, UnreadableRecord):
        return unavailable(f"the end-user record {event.end_user_id!r} cannot be read; correct and load it")
    try:
        circumstances, lines = facts_of_event(event, items, end_user, parties)
        outcome = destinations.outcomes.get(circumstances, lines)
        return outcome if outcome is not None else remember(destinations, circumstances, lines)
    except Unavailable as error:
        return unavailable(str(error))


def remember(
    destinations: Destinations, circumstances: Circumstances, lines: tuple[ItemFacts, ...]
) -> Outcome:
    """Decides what was not decided before, and keeps it with the table that it was decided by.

    Raises Unavailable.
    """
    if len(lines) == 1:
        outcome = decided_alone(destinations, circumstances, lines[0])
    else:
        outcome = combined([outcome_alone(destinations, circumstances, line) for line in lines])
    if len(lines) <= FEW_LINES:
        destinations.outcomes.put(circumstances, lines, outcome)
    return outcome


def outcome_alone(destinations: Destinations, circumstances: Circumstances, line: ItemFacts) -> Outcome:
    """The outcome of a line as if it were the only one. Raises Unavailable."""
    outcome = destinations.outcomes.get(circumstances, (line,))
    return outcome if outcome is not None else remember(destinations, circumstances, (line,))


def decided_alone(destinations: Destinations, circumstances: Circumstances, line: ItemFacts) -> Outcome:
    """Decides a line as if it were the only one. Raises Unavailable."""
    try:
        return decide(Case(circumstances, line, destinations))
    except UnreadableDestination as error:
        raise Unavailable(
            f"the destination record {error.country!r} cannot be read; correct and load it"
        ) from None


def facts_of_event(
    event: Order | DownloadRequest,
    items: Mapping[str, Item | UnreadableRecord],
    end_user: EndUser | None,
    parties: Parties,
) -> tuple[Circumstances, tuple[ItemFacts, ...]]:
    """All of an event and its records that can matter.

    Raises Unavailable for an item's record that cannot be read.
    """
    if isinstance(event, DownloadRequest):
        line = facts_of_line("1", event.sku, event.eccn, event.controls_for, items)
        return circumstances_of_download(event, end_user, parties.facts(event, end_user)), (line,)
    lines = [
        facts_of_line(line_id, line.sku, line.eccn, line.controls_for, items)
        for line_id, line in zip(event.line_ids, event.lines, strict=True)
    ]
    return circumstances_of_order(event, end_user, parties.facts(event, end_user)), tuple(lines)


def facts_of_line(
    line_id: str,
    sku: str | None,
    eccn: str | None,
    controls_for: str | None,
    items: Mapping[str, Item | UnreadableRecord],
) -> ItemFacts:
    """All of a line and its item's record that can matter. Raises Unavailable."""
    sku = present(sku)
    record = items.get(sku) if sku else None
    if isinstance(record, UnreadableRecord):
        raise Unavailable(f"the item record {sku!r} cannot be read; correct and load it")
    return item_facts(line_id, sku, eccn, controls_for, record)


def walk(case: Case) -> Iterator[tuple[Paragraph, Finding]]:
    """Every paragraph in order, with what it found."""
    return ((paragraph, paragraph(case)) for paragraph in PARAGRAPHS)


def decide(case: Case) -> Outcome:
    """The outcome of a transaction of one line: held where any paragraph stands in the way."""
    item = case.item
    findings = list(walk(case))
    reasons = tuple(
        reason_of(paragraph, finding, item.line_id) for paragraph, finding in findings if is_hold(finding)
    )
    basis = None if reasons else basis_of(case)
    line = LineOutcome(
        line_id=item.line_id,
        sku=item.sku,
        decision="hold" if reasons else "release",
        basis=basis,
        authority=authority_of(findings) if basis == "ace" else None,
        codes=tuple(reason.code for reason in reasons),
    )
    return outcome_of((line,), reasons, destination_group_of(case.places), item_family_of(case))


def is_hold(finding: Finding) -> bool:
    """Whether the finding stands in the way."""
    return finding.result == "restricted"


def reason_of(paragraph: Paragraph, finding: Finding, line_id: str) -> Reason:
    """The reason that a restricting finding gives."""
    return reason(paragraph.code, finding.fact, line_id, finding.detail, finding.citation)


def basis_of(case: Case) -> str:
    """What releases a line on which nothing stands in the way."""
    if case.is_domestic:
        return "domestic"
    if not case.item.subject_to_ear:
        return "not_subject_to_ear"
    if case.is_light:
        return "not_a_cybersecurity_item"
    return "no_license_required" if case.needs_no_license else "ace"


def authority_of(findings: list[tuple[Paragraph, Finding]]) -> str:
    """The lowest exception that was relied on, else 740.22(a)."""
    for paragraph, finding in findings:
        if finding.exception is not None:
            return paragraph.citation.removeprefix("15 CFR ") + finding.exception
    return "740.22(a)"


def destination_group_of(places: tuple[Place, ...]) -> str:
    """The most restrictive group of the places, as a label."""
    return min((label_of(place) for place in places), key=DESTINATION_GROUPS.index, default="unknown")


def label_of(place: Place) -> str:
    """The most restrictive group of one place, as a label."""
    if not place.is_foreign:
        return "domestic"
    if place.standing is None:
        return "unknown"
    listed = next((group for group in ("E:1", "E:2", "D:5", "D:1") if group in place.standing.groups), None)
    return listed or ("D:2-4" if place.in_d else "other")


def item_family_of(case: Case) -> str:
    """The item's family or kind, as a label."""
    row = case.classification.row
    if case.is_light:
        return "light"
    return row.family if row is not None else case.classification.kind


def invalid(error: InvalidEvent) -> Outcome:
    """The outcome of an event that does not validate."""
    return whole_event_held(
        "EVENT_INVALID", f"The event does not validate: {error.detail}. Correct it and send it again."
    )


def failed(detail: str) -> Outcome:
    """The outcome of an event whose screening failed unexpectedly."""
    return whole_event_held(
        "SCREENING_ERROR", f"Screening failed: {detail}. Report it; then screen the event again."
    )


def unavailable(what: str) -> Outcome:
    """The outcome of an event for which reference data is missing; `what` says which record or table."""
    return whole_event_held("REFERENCE_DATA_UNAVAILABLE", f"Reference data is not available: {what}.")


def whole_event_held(code: str, message: str) -> Outcome:
    """A hold of the whole event, for one reason that concerns no line in particular."""
    return outcome_of((), (reason(code, message, None),), "unknown", "none")
