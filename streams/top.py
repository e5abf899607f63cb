"""A live view of the workers in the terminal: rate, share of holds, latency, lag, and the last holds."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaConnectionError
from aiokafka.structs import TopicPartition
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from streams import topics
from streams.connection import connection, unreachable
from streams.decision_view import in_short
from streams.errors import UserError
from streams.figures import Figures, Span, look
from streams.metrics import HOLD_TYPES
from streams.settings import Settings

SPAN_SECONDS = 10
"""Rates are of the last so many seconds; a look is taken every second."""

SHOWN_HOLDS = 12
LOOK_BACK = 500
"""So many offsets of each partition are looked through for the last holds at the start."""


def run(settings: Settings, workers: Sequence[str]) -> None:
    """Show the workers (`host:port`; none: the one of the settings' web port) until Ctrl-C.

    Raises UserError where standard output is no terminal, a worker is not HOST:PORT, a topic is missing or
    Kafka does not answer.
    """
    console = Console()
    if not console.is_terminal:
        raise UserError("top draws on a terminal: run it in one, or read the workers' /metrics")
    for worker in workers:
        if not worker.rpartition(":")[2].isdecimal():
            raise UserError(f"{worker!r} is no worker's web port: say HOST:PORT")
    topics.check(settings)
    asked = list(dict.fromkeys(workers)) or [f"{settings.web_host}:{settings.web_port}"]
    try:
        asyncio.run(_show(settings, asked, console))
    except KafkaConnectionError as error:
        raise unreachable(settings) from error
    except KeyboardInterrupt:
        return


async def _show(settings: Settings, workers: Sequence[str], console: Console) -> None:
    looks: deque[Figures] = deque(maxlen=SPAN_SECONDS + 1)
    holds: list[dict[str, Any]] = []
    consumer = AIOKafkaConsumer(
        **connection(settings),
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_partition_fetch_bytes=topics.LARGEST_RECORD,
    )
    async with consumer:
        await _go_back(consumer, settings.partitions)
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                looks.append(await asyncio.to_thread(look, workers))
                for records in (await consumer.getmany(timeout_ms=1000)).values():
                    holds = newest([*holds, *held(records)])
                live.update(screen(Span(looks[0], looks[-1]), holds, workers), refresh=True)
                await asyncio.sleep(max(0.0, 1 - (asyncio.get_running_loop().time() - looks[-1].at)))


async def _go_back(consumer: AIOKafkaConsumer, count: int) -> None:
    """Stand a little before the end of each partition of the decisions."""
    partitions = [TopicPartition(topics.DECISIONS, number) for number in range(count)]
    consumer.assign(partitions)
    first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    for tp in partitions:
        consumer.seek(tp, max(first[tp], ends[tp] - LOOK_BACK))


def held(records: Sequence[ConsumerRecord]) -> list[dict[str, Any]]:
    """The last holds among the decisions of a partition: as many as are shown."""
    holds = [record for record in records if ("ce_type", b"exportgate.hold") in record.headers]
    return [orjson.loads(record.value) for record in holds[-SHOWN_HOLDS:]]


def newest(holds: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The holds that are shown, the newest first."""
    return sorted(holds, key=lambda hold: str(hold["decided_at"]), reverse=True)[:SHOWN_HOLDS]


def screen(span: Span, holds: Iterable[dict[str, Any]], workers: Sequence[str]) -> Group:
    """Everything that is shown at one moment."""
    answer = len(span.now.workers)
    title = f"exportgate: {answer} of {len(workers)} workers answer, {datetime.now(UTC):%H:%M:%S} UTC"
    style = "bold" if answer == len(workers) else "bold red"
    return Group(Text(title, style), "", figures(span), "", Text("Last holds", "bold"), last(holds))


def figures(span: Span) -> Table:
    """The figures of the last seconds, a line each."""
    table = Table.grid(padding=(0, 3))
    now = span.now
    share = span.share_of_holds
    open_holds = {
        hold_type: now.total("exportgate_open_holds", hold_type=hold_type) for hold_type in HOLD_TYPES
    }
    table.add_row("Decisions a second", f"{span.decisions_a_second:,.1f}")
    table.add_row("Held", "-" if share is None else f"{share:.1%}")
    table.add_row(
        "Latency", f"p50 {_milliseconds(span.latency(0.5))}, p99 {_milliseconds(span.latency(0.99))}"
    )
    table.add_row(
        "Lag",
        f"{now.total('exportgate_consumer_lag_records'):,.0f} events, "
        f"the oldest {now.highest('exportgate_oldest_undecided_seconds'):,.1f} s old",
    )
    table.add_row("Open holds", ", ".join(f"{count:,.0f} {kind}" for kind, count in open_holds.items()))
    return table


def last(holds: Iterable[dict[str, Any]]) -> Table:
    """The last holds: when, on what, whose, and by which paragraphs."""
    table = Table.grid(padding=(0, 3))
    for hold in holds:
        subject = f"{hold['subject']['type']}:{hold['subject']['id']}"
        table.add_row(
            hold["decided_at"][11:19],
            _as_written(subject),
            _as_written(hold["end_user_id"] or "-"),
            Text(in_short(hold), "red"),
        )
    return table


def _as_written(text: str) -> Text:
    """A text that a shop chose: no markup, and nothing that a terminal would obey."""
    return Text("".join(letter if letter.isprintable() else "?" for letter in text))


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{1000 * seconds:,.0f} ms"
