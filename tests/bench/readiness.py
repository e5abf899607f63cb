"""How long a worker takes to be ready with many end users, and what they take in memory."""

import os
from dataclasses import dataclass

from tests.bench.ground import Ground
from tests.bench.running import worker


@dataclass(frozen=True)
class Readiness:
    """A worker with so many end users: seconds from the start of its process, bytes in memory then."""

    end_users: int
    seconds: float
    memory: int
    load: float


def measure(here: Ground, counts: tuple[int, ...]) -> list[Readiness]:
    """A worker for each of the counts, which grow."""
    found: list[Readiness] = []
    for count in counts:
        here.fill_end_users(count, already=found[-1].end_users if found else 0)
        load = os.getloadavg()[0]
        with worker(here.settings) as it:
            seconds = it.ready()
            found.append(Readiness(count, seconds, it.memory, load))
        print(
            f"{count:,} end users: ready after {seconds:.1f} s, {found[-1].memory / 1e6:.0f} MB", flush=True
        )
    return found


def bytes_each(found: list[Readiness]) -> float:
    """The memory of one end user: what the largest count took above the smallest."""
    least, most = found[0], found[-1]
    return (most.memory - least.memory) / (most.end_users - least.end_users)
