"""The whole reasoning of a decision, for a person: every paragraph, what it found, and the fact that decided
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.destinations import Destinations
from rules.facts import Case
from rules.models import DownloadRequest, EndUser, Item, Order
from rules.outcome import LineOutcome, Outcome
from rules.paragraph import Result
from rules.parties.parties import ELSEWHERE, Parties
from rules.records import UnreadableRecord
from rules.screening import SECTIONS, facts_of_event, screen


@dataclass(frozen=True)
class Test:
    """One paragraph and what it found.

    `text` is the rule in our own words; `exception` the one relied on, if any.
    """

    section: str
    code: str
    citation: str
    result: Result
    exception: str | None
    fact: str
    text: str


@dataclass(frozen=True)
class LineExplanation:
    """Every paragraph on one line, in order, and what was decided of the line."""

    line_id: str
    sku: str | None
    tests: tuple[Test, ...]
    outcome: LineOutcome


@dataclass(frozen=True)
class Explanation:
    """The lines with their paragraphs, none where the event was held as a whole, and the outcome that
    `screen` gives.
    """

    lines: tuple[LineExplanation, ...]
    outcome: Outcome


def explain(
    event: Order | DownloadRequest,
    destinations: Destinations,
    items: Mapping[str, Item | UnreadableRecord],
    end_user: EndUser | UnreadableRecord | None,
    parties: Parties = ELSEWHERE,
) -> Explanation:
    """The reasoning behind the outcome that `screen` gives the same event and records."""
    outcome = screen(event, destinations, items, end_user, parties)
    if not outcome.lines or isinstance(end_user, UnreadableRecord):
        return Explanation((), outcome)
    circumstances, lines = facts_of_event(event, items, end_user, parties)
    return Explanation(
        tuple(
            LineExplanation(
                line.line_id, line.sku, tests_of(Case(circumstances, line, destinations)), decided
            )
            for line, decided in zip(lines, outcome.lines, strict=True)
        ),
        outcome,
    )


def tests_of(case: Case) -> tuple[Test, ...]:
    """Every paragraph, tested on the case."""
    return tuple(
        Test(
            section,
            paragraph.code,
            finding.citation or paragraph.citation,
            finding.result,
            finding.exception,
            finding.fact,
            paragraph.text,
        )
        for section, paragraphs in SECTIONS
        for paragraph, finding in ((paragraph, paragraph(case)) for paragraph in paragraphs)
    )
