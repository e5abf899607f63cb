"""What the demo tells at its end: what was decided, what was blocked and why, how fast."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.demo_traffic import Decided, Position
from streams.topics import DOWNLOAD_REQUESTS, ORDERS

Decision = dict[str, Any]
Words = tuple[str, ...]

SHOWN = ("ACE_C3", "ACE_C4", "END_USER_UNKNOWN")
"""The reasons of which the report shows a hold each: a government, a private company, nobody knows who."""

_BAR = 28


@dataclass(frozen=True)
class Result:
    """What came of a run.

    `taken`: when the broker took each event; `decided`: each decision as it arrived; `blocked`: how many
    holds the workers counted for each destination group.
    """

    taken: Mapping[Position, float]
    decided: list[Decided]
    blocked: Mapping[str, int]

    def decisions(self) -> list[Decision]:
        """The decision records, in the order in which they arrived."""
        return [orjson.loads(each.value) for each in self.decided]

    def latencies(self, topic: str) -> list[float]:
        """The seconds from each event of `topic` to the arrival of its decision, sorted."""
        return sorted(
            each.arrived - self.taken[each.position] for each in self.decided if each.position[0] == topic
        )

    def rate(self, topic: str) -> float:
        """Decisions a second on events of `topic`, from its first event to its last decision."""
        arrived = [each.arrived for each in self.decided if each.position[0] == topic]
        began = min(taken for position, taken in self.taken.items() if position[0] == topic)
        return len(arrived) / (max(arrived) - began)


def show(console: Console, result: Result, per_second: int) -> None:
    """Print the report; orders were sent `per_second`."""
    decisions = result.decisions()
    holds = [decision for decision in decisions if decision["decision"] == "hold"]
    _section(console, "Decisions", outcomes(decisions, console.is_terminal))
    lifted = sum(1 for each in decisions if each["supersedes"] and each["decision"] == "release")
    console.print(f"  {lifted} holds were lifted, since their orders were amended.")
    title = "Blocked transfers, by paragraph (a transfer counts for each that stands in its way)"
    _section(console, title, bars(paragraphs(holds), console.is_terminal))
    groups: dict[Words, int] = {(group,): count for group, count in result.blocked.items() if count}
    _section(console, "Blocked transfers, by destination group", bars(groups, console.is_terminal))
    _section(console, "Speed", speed(result, per_second))
    for code in SHOWN:
        if hold := next((each for each in holds if code in _codes(each)), None):
            _section(console, f"Held: {hold['subject']['type']} {hold['subject']['id']}", reasoning(hold))


def _section(console: Console, title: str, body: RenderableType) -> None:
    console.print()
    console.print(title, style="bold", markup=False, highlight=False)
    console.print(Padding(body, (0, 0, 0, 2), expand=False))


def outcomes(decisions: Iterable[Decision], drawn: bool) -> Table:
    """How many transfers were released on which basis, and held for what."""
    kinds = Counter((each["decision"], each["basis"] or each["hold_type"]) for each in decisions)
    ordered = sorted(kinds.items(), key=lambda kind: (kind[0][0] == "hold", -kind[1]))
    return bars(dict(ordered), drawn)


def paragraphs(holds: Iterable[Decision]) -> dict[Words, int]:
    """How many holds each paragraph stands behind, by code and citation, most first."""
    counts = Counter(
        reason for hold in holds for reason in {(each["code"], each["citation"]) for each in hold["reasons"]}
    )
    return dict(counts.most_common())


def bars(counts: Mapping[Words, int], drawn: bool) -> Table:
    """A line for each count: its words, the number and a bar, of # where it is not drawn on a terminal."""
    table = Table.grid(padding=(0, 2))
    most = max(counts.values(), default=1)
    for words, count in counts.items():
        bar = ("█" if drawn else "#") * max(1, round(_BAR * count / most))
        table.add_row(*words, Text(f"{count:,}", justify="right"), Text(bar, style="cyan"))
    return table


def speed(result: Result, per_second: int) -> Group:
    """The rate of the downloads and both latencies, with what they measure."""
    downloads, orders = result.latencies(DOWNLOAD_REQUESTS), result.latencies(ORDERS)
    rate = result.rate(DOWNLOAD_REQUESTS)
    return Group(
        f"{len(downloads):,} download requests, sent all at once: {rate:,.0f} a second by two workers,",
        "on a machine that meanwhile ran the sender, the reader and (unless it is elsewhere) the broker.",
        f"Latency of these, mostly waiting in line: {_percentiles(downloads)}",
        f"Latency of {len(orders):,} orders, sent {per_second} a second: {_percentiles(orders)}",
        "Latency: from the broker's timestamp of an event until a read_committed consumer has its decision.",
    )


def _percentiles(ordered: list[float]) -> str:
    points = ((50, "p50"), (95, "p95"), (99, "p99"))
    of = {name: ordered[min(len(ordered) - 1, len(ordered) * point // 100)] for point, name in points}
    return ", ".join(f"{name} {1000 * seconds:,.0f} ms" for name, seconds in of.items())


def reasoning(hold: Decision) -> Group:
    """One hold for a person: who asked for what, and each reason."""
    asked = ", ".join(line["sku"] or "an item without a name" for line in hold["lines"])
    parts = [Text(f"{hold['end_user_id']} asked for {asked}: {hold['hold_type'].replace('_', ' ')}")]
    for reason in hold["reasons"]:
        parts.append(Text(f"{reason['code']}, {reason['citation']}", style="yellow"))
        parts.append(Text(f"  {reason['message']}"))
    return Group(*parts)


def _codes(hold: Decision) -> set[str]:
    return {reason["code"] for reason in hold["reasons"]}
