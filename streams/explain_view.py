"""The whole reasoning about one event, for a person: coloured on a terminal, plain through a pipe."""

import sys
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

import rules
from rules.explain import Explanation, LineExplanation, Test
from rules.explain import explain as explanation_of
from streams.errors import UserError
from streams.file_screening import FileScreening, opened
from streams.settings import Settings

STYLES = {"restricted": "bold red", "excepted": "green", "clear": "green", "not_tested": "dim"}

UNWRAPPED = 1_000_000
"""The width through a pipe, where lines are for programs to search and not to be broken."""


def explain(settings: Settings, folder: Path, path: Path, *, parties_elsewhere: bool) -> None:
    """Print the reasoning about the event in a file (-: standard input).

    Raises UserError where the folder, the file or the event cannot be read.
    """
    records = FileScreening(folder, parties_elsewhere=parties_elsewhere, settings=settings)
    event = _read(path)
    end_user = records.end_users.get(event.end_user_id or "")
    found = explanation_of(event, records.destinations, records.items, end_user, records.parties)
    show(event.subject, found, _console())


def show(subject: str, explanation: Explanation, console: Console) -> None:
    """Print an explanation: what was decided, why, then every paragraph line by line."""
    outcome = explanation.outcome
    console.print(Text(f"{subject}: {_verdict(outcome)}", _style(outcome.decision)))
    for reason in outcome.reasons:
        line = f"line {reason.line_id}: " if reason.line_id else ""
        _write(console, 2, f"{line}{reason.code}, {reason.citation}", "bold")
        _write(console, 4, reason.message)
    for each in explanation.lines:
        _show_line(each, console)


def _read(path: Path) -> rules.Order | rules.DownloadRequest:
    with opened(path) as file:
        value = file.read()
    try:
        return rules.read_event(value.strip())
    except rules.InvalidEvent as invalid:
        raise UserError(f"{path}: {invalid.detail}; such an event is held, EVENT_INVALID") from invalid
    except rules.Unreadable as dead:
        raise UserError(f"{path}: {dead.detail}; such a record is a dead letter, {dead.reason}") from dead


def _console() -> Console:
    width = None if sys.stdout.isatty() else UNWRAPPED
    return Console(width=width, highlight=False)


def _show_line(line: LineExplanation, console: Console) -> None:
    sku = f", {line.sku}" if line.sku else ""
    console.print()
    console.print(Text(f"Line {line.line_id}{sku}: {_verdict(line.outcome)}", _style(line.outcome.decision)))
    for section, tests in groupby(line.tests, key=lambda test: test.section):
        _write(console, 2, section, "bold underline")
        for test in tests:
            _show_test(test, console)


def _show_test(test: Test, console: Console) -> None:
    style = STYLES[test.result]
    result = test.result.replace("_", " ") + (f" {test.exception}" if test.exception else "")
    _write(console, 4, f"{result}: {test.code}, {test.citation}", style)
    label = "Why" if test.result == "not_tested" else "Found"
    _write(console, 6, f"{label}: {test.fact}", "dim" if test.result == "not_tested" else "")
    _write(console, 6, f"Rule: {' '.join(test.text.split())}", "dim")


def _write(console: Console, indent: int, text: str, style: str = "") -> None:
    console.print(Padding(Text(text, style), (0, 0, 0, indent), expand=False))


def _verdict(outcome: rules.Outcome | rules.LineOutcome) -> str:
    if outcome.decision == "release":
        return f"release, {outcome.basis}" + (f", {outcome.authority}" if outcome.authority else "")
    hold_type = getattr(outcome, "hold_type", None)
    return f"hold, {hold_type}" if hold_type else "hold"


def _style(decision: str) -> str:
    return "bold red" if decision == "hold" else "bold green"
