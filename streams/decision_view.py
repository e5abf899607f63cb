"""The decisions on a subject, for a program as JSON Lines or on a terminal for a person."""

import sys
from collections.abc import Collection
from typing import Any

import orjson
from rich.console import Console
from rich.text import Text

from streams.decision_log import find
from streams.settings import Settings

STYLES = {"hold": "bold red", "release": "green"}


def show(settings: Settings, subjects: Collection[str]) -> None:
    """Print every decision on each subject, oldest first; raises UserError for a subject without any."""
    for subject, decisions in find(settings, subjects).items():
        for decision in decisions:
            if sys.stdout.isatty():
                _print(subject, orjson.loads(decision.value))
            else:
                sys.stdout.buffer.write(decision.value + b"\n")


def in_short(decision: dict[str, Any]) -> str:
    """A decision in a few words: `hold (ACE_C4)`, `release (ace, 740.22(a))`."""
    why = (
        dict.fromkeys(reason["code"] for reason in decision["reasons"])
        if decision["decision"] == "hold"
        else filter(None, (decision["basis"], decision["authority"]))
    )
    return f"{decision['decision']} ({', '.join(why)})"


def _print(subject: str, decision: dict[str, Any]) -> None:
    console = Console(highlight=False)
    console.print(Text(f"{subject}: {in_short(decision)}", STYLES[decision["decision"]]))
    console.print(
        f"  {decision['decided_at']}, {decision['decision_id']}; its subject is {decision['standing']}"
    )
    if decision["supersedes"]:
        console.print(f"  in place of {decision['supersedes']}")
    if decision["rescreened_by"]:
        console.print(Text(f"  decided again for {decision['rescreened_by']}: {decision['rescreen_reason']}"))
    for reason in decision["reasons"]:
        line = f"line {reason['line_id']}: " if reason["line_id"] else ""
        console.print(Text(f"  {line}{reason['code']}, {reason['citation']}: {reason['message']}"))
