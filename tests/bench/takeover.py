"""Takeover: from kill -9 of one of two workers to the last of its partitions being decided again."""

import os
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from streams.topics import DECISIONS
from tests.bench.ground import Ground
from tests.bench.latency import LEAD_SECONDS, sender
from tests.bench.running import running, worker
from tests.bench.watch import Watch

RATE = 500
SECONDS = 20
"""Events go on after the kill; what is sent to a partition that stands still shows when it goes on."""
KILL_AT = 8.0


@dataclass(frozen=True)
class Takeover:
    """One kill: the seconds until everything was decided again, and how many partitions had stood still."""

    seconds: float
    partitions: int
    load: float


def measure(here: Ground, repetitions: int) -> list[Takeover]:
    """Kill a worker so many times."""
    found = []
    for _ in range(repetitions):
        found.append(_once(here))
        print(f"takeover after {found[-1].seconds:.1f} s, load {found[-1].load:.1f}", flush=True)
    return found


def _once(here: Ground) -> Takeover:
    load = os.getloadavg()[0]
    with worker(here.settings, 1) as stays, worker(here.settings, 2) as doomed:
        stays.ready()
        doomed.ready()
        watch = Watch(here.brokers, DECISIONS, here.settings.partitions)
        begin = time.time() + LEAD_SECONDS
        arrivals, killed = defaultdict(list), 0.0
        with running(sender(here, RATE, SECONDS, begin), here.folder / "sender.log"):
            for _, partition, arrived in watch.arrivals(RATE * SECONDS):
                arrivals[partition].append(arrived)
                if not killed and arrived > begin + KILL_AT:
                    doomed.process.kill()
                    killed = time.time()
        watch.close()
    gaps = [resumed - killed for times in arrivals.values() if (resumed := _resumed(times, killed))]
    return Takeover(max(gaps), len(gaps), load)


def _resumed(times: list[float], killed: float) -> float | None:
    """When a partition was decided again, where it stood still for a second or more after the kill."""
    pairs = pairwise(times)
    return next((after for before, after in pairs if after > killed and after - before > 1), None)
