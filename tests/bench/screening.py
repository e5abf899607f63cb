"""`rules.screen` alone, without Kafka: an outcome that is remembered, and one that is not."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

import rules
from streams.topics import DOWNLOAD_REQUESTS, ORDERS
from tests.bench import events
from tests.bench.same_rules import SameRules

EVENTS = 5_000
END_USERS = 1_000


@dataclass(frozen=True)
class Screening:
    """Microseconds that `rules.screen` takes for one kind of event, the best of the rounds."""

    kind: str
    remembered: float
    not_remembered: float


def measure(rounds: int = 5) -> list[Screening]:
    """Downloads, and orders of five lines."""
    return [_kind("download", DOWNLOAD_REQUESTS, rounds), _kind("order of five lines", ORDERS, rounds)]


def _kind(kind: str, topic: str, rounds: int) -> Screening:
    same = SameRules("bench", dict(events.items()), dict(events.end_users(END_USERS)))
    counts = (EVENTS, 0) if topic == DOWNLOAD_REQUESTS else (0, EVENTS)
    made = list(events.events(*counts, END_USERS))
    pairs = [(rules.read_event(value), rules.read_end_user(same.end_users[key])) for _, key, value in made]

    def remembered() -> None:
        for event, end_user in pairs:
            rules.screen(event, same.destinations, same.items, end_user)

    def not_remembered() -> None:
        for event, end_user in pairs:
            same.destinations.outcomes.clear()
            rules.screen(event, same.destinations, same.items, end_user)

    return Screening(kind, _best(remembered, rounds), _best(not_remembered, rounds))


def _best(work: Callable[[], None], rounds: int) -> float:
    """Microseconds an event of the best round, the collector quiet."""
    work()
    gc.collect()
    gc.disable()
    try:
        return min(_timed(work) for _ in range(rounds)) * 1e6 / EVENTS
    finally:
        gc.enable()


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
