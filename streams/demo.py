"""The main job end to end on this machine: 51,420 real downloads and a few hundred orders are screened."""

import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from streams import demo_report, reference, topics
from streams.broker import running_broker
from streams.demo_data import Record, downloads, items, run_name, visitor_records
from streams.demo_orders import customer_records, order_events
from streams.demo_traffic import Sender, Watcher, check_exactly_once, refuse_in_use, traffic
from streams.demo_workers import Worker, blocked_by_group, two_workers
from streams.settings import Settings

ORDERS_A_SECOND = 50
WIDTH_OF_A_FILE = 110


def run(settings: Settings) -> None:
    """Run the demo on a broker of its own, or on EXPORTGATE_BROKERS where it is set; stop what it started.

    Raises UserError where that Kafka holds events already, something does not start, or an event has not
    exactly one decision.
    """
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE, highlight=False)
    # A new broker's coordinators are not there at once; the clients retry, and raise where that fails.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with (
            tempfile.TemporaryDirectory(prefix="exportgate-demo-") as folder,
            _broker(settings, console) as brokers,
        ):
            now = datetime.now(UTC).replace(microsecond=0)
            group = f"exportgate-demo-{run_name(now)}"
            here = replace(settings, brokers=brokers, group=group)
            _prepare(here, Path(folder), console)
            asyncio.run(_screen(here, now, Path(folder), console))
    except KeyboardInterrupt:
        console.print("Interrupted: what the demo started is stopped.")
        raise SystemExit(130) from None


@contextmanager
def _broker(settings: Settings, console: Console) -> Iterator[str]:
    if os.environ.get("EXPORTGATE_BROKERS", "").strip():
        console.print(
            f"On the broker {settings.brokers} this creates the topics that are missing and writes:\n"
            "  the packaged destinations, made-up items and made-up end users to reference.*,\n"
            "  events to orders and download-requests, their decisions to screening.*"
        )
        yield settings.brokers
        return
    console.print("Starting a Kafka broker in a temporary folder (the first time it is fetched before)")
    with running_broker() as address:
        yield address


def _prepare(settings: Settings, folder: Path, console: Console) -> None:
    """Create the topics and load destinations, items and end users, where there are no events yet."""
    topics.create(settings)
    asyncio.run(refuse_in_use(settings))
    settings.folder()
    _write(folder / "items.jsonl", items())
    _write(folder / "end_users.jsonl", visitor_records() + customer_records())
    for line in (*reference.load(settings, []), *reference.load(settings, [folder])):
        console.print(line)


def _write(path: Path, records: Iterable[Record]) -> None:
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))


async def _screen(settings: Settings, now: datetime, folder: Path, console: Console) -> None:
    """Start two workers, send everything, follow the decisions, check them and report."""
    async with traffic(settings, run_name(now)) as (sender, watcher):
        console.print("Starting two workers")
        async with two_workers(settings, folder) as workers:
            await _follow(sender, watcher, now, workers, console)
            blocked = await asyncio.to_thread(blocked_by_group, workers)
        await watcher.to_the_end()
    check_exactly_once(sender.taken, watcher.decided)
    console.print(f"Each of the {len(sender.taken):,} events has exactly one decision.")
    demo_report.show(console, demo_report.Result(sender.taken, watcher.decided, blocked), ORDERS_A_SECOND)


async def _follow(
    sender: Sender, watcher: Watcher, now: datetime, workers: list[Worker], console: Console
) -> None:
    """Send the downloads all at once, then the orders at their pace, until all are decided."""
    requests, orders = list(downloads(now)), list(order_events(now))

    def alive() -> None:
        for worker in workers:
            worker.refuse_ended()

    with _progress(console, len(requests) + len(orders)) as show:
        await asyncio.gather(sender.at_once(requests), watcher.until(len(requests), alive, show))
        everything = len(requests) + len(orders)
        await asyncio.gather(sender.paced(orders, ORDERS_A_SECOND), watcher.until(everything, alive, show))


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Decisions", total=total)
        yield lambda done: progress.update(task, completed=done)
