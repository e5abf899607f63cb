"""Memory under load: ten minutes of download requests, and a worker with many orders held."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from streams.topics import ORDERS
from tests.bench.fill import fill
from tests.bench.ground import Ground
from tests.bench.latency import LEAD_SECONDS, sender
from tests.bench.plan import Plan
from tests.bench.running import Running, running, wait_for, worker

EVERY_SECONDS = 5.0


@dataclass(frozen=True)
class Sample:
    """The memory of a worker so many seconds after the load began."""

    seconds: float
    memory: int


@dataclass(frozen=True)
class Held:
    """The memory of a worker that has just been started, with so many orders held."""

    open_holds: int
    memory: int


def under_load(here: Ground, plan: Plan) -> list[Sample]:
    """The memory of one worker every five seconds of the load."""
    with worker(here.settings) as it:
        it.ready()
        begin = time.time() + LEAD_SECONDS
        command = sender(here, plan.soak_rate, plan.soak_seconds, begin)
        with running(command, here.folder / "sender.log") as load:
            return list(_samples(it, load, begin))


def growth_per_hour(samples: list[Sample]) -> float:
    """Bytes an hour, by the line that fits best in the second half: caches and buffers fill before."""
    import numpy as np

    settled = samples[len(samples) // 2 :]
    slope, _ = np.polyfit([each.seconds for each in settled], [each.memory for each in settled], 1)
    return float(slope) * 3600


def with_holds(here: Ground, counts: tuple[int, ...]) -> list[Held]:
    """A worker for each of the counts, which grow: orders are held, then a fresh worker is started."""
    found, there = [], 0
    for count in counts:
        with worker(here.settings) as it:
            it.ready()
            fill(here.brokers, _held_orders(there, count))
            wait_for(lambda it=it, count=count: _open_holds(it) >= count, it, 300)
        there = count
        with worker(here.settings) as it:
            it.ready()
            wait_for(lambda it=it, count=count: _open_holds(it) >= count, it, 60)
            found.append(Held(count, it.memory))
        print(f"{count:,} orders held: {found[-1].memory / 1e6:.0f} MB", flush=True)
    return found


def _samples(it: Running, load: Running, begin: float) -> Iterator[Sample]:
    while load.process.poll() is None:
        yield Sample(time.time() - begin, it.memory)
        time.sleep(EVERY_SECONDS)


def _held_orders(begin: int, end: int) -> Iterator[tuple[str, bytes, bytes]]:
    for number in range(begin, end):
        end_user_id = f"held-{number % 10_000:05}"
        order = {
            "event_id": f"evt-held-{number:09}",
            "order_id": f"held-{number:09}",
            "occurred_at": "2026-11-24T10:00:00Z",
            "end_user_id": end_user_id,
            "ship_to": {"country": "CU"},
            "lines": [{"eccn": "4D004"}],
        }
        yield ORDERS, end_user_id.encode(), orjson.dumps(order)


def _open_holds(it: Running) -> float:
    page = it.page("/metrics") or ""
    lines = (line for line in page.splitlines() if line.startswith("exportgate_open_holds{"))
    return sum(float(line.rpartition(" ")[2]) for line in lines)
