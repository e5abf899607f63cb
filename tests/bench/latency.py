"""Latency end to end: from when an event was due to its decision at a reader of committed records."""

import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from streams.topics import DECISIONS
from tests.bench.ground import Ground
from tests.bench.plan import Plan
from tests.bench.running import Running, running, worker
from tests.bench.watch import Watch

LEAD_SECONDS = 2.0
"""The sender has so long to start."""
WARM_UP_RATE = 2_000
"""Events a second before anything is measured."""


@dataclass(frozen=True)
class Latency:
    """The milliseconds at one rate."""

    rate: int
    repetition: int
    events: int
    p50: float
    p99: float
    p999: float
    highest: float
    load: float


def measure(here: Ground, plan: Plan) -> list[Latency]:
    """One worker at every rate, the rates taking turns."""
    found = []
    with worker(here.settings) as it:
        it.ready()
        at_rate(here, it, WARM_UP_RATE, plan.latency_warm_up_seconds)
        for repetition in range(plan.repetitions):
            for rate in plan.latency_rates:
                load = os.getloadavg()[0]
                times = at_rate(here, it, rate, plan.latency_seconds)
                found.append(_latency(rate, repetition, times, load))
                print(described(found[-1]), flush=True)
    return found


def described(latency: Latency) -> str:
    """A line for who watches."""
    return (
        f"{latency.rate:,} a second: p50 {latency.p50:.1f} ms, p99 {latency.p99:.1f}, "
        f"p99.9 {latency.p999:.1f}, load {latency.load:.1f}"
    )


def at_rate(here: Ground, it: Running, rate: int, seconds: int) -> list[float]:
    """The seconds that each event of an open loop took."""
    watch = Watch(here.brokers, DECISIONS, here.settings.partitions)
    begin = time.time() + LEAD_SECONDS
    with running(sender(here, rate, seconds, begin), here.folder / "sender.log"):
        times = list(_latencies(watch, rate, rate * seconds, begin))
    watch.close()
    it.refuse_ended()
    return times


def sender(here: Ground, rate: int, seconds: int, begin: float) -> tuple[str, ...]:
    """The command line of an open loop that begins at a time."""
    numbers = map(str, (rate, seconds, here.end_users, begin))
    return (sys.executable, "-m", "tests.bench.sender", here.brokers, *numbers)


def _latencies(watch: Watch, rate: int, count: int, begin: float) -> Iterable[float]:
    return (arrived - (begin + number / rate) for number, _, arrived in watch.arrivals(count))


def _latency(rate: int, repetition: int, times: list[float], load: float) -> Latency:
    p50, p99, p999, highest = np.percentile(np.array(times) * 1000, (50, 99, 99.9, 100)).tolist()
    return Latency(rate, repetition, len(times), p50, p99, p999, highest, load)
