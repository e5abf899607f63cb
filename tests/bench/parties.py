"""Restricted parties alone, without Kafka: the index, a name it has not met, a list that changes."""

import gc
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

import rules
from rules.parties import RestrictedParties, matches_of
from streams.list_files import read_entries
from tests.bench import events
from tests.bench.listing import list_of_bench

CHANGED = 100
NEW_NAMES = 5_000


@dataclass(frozen=True)
class PartyFigures:
    """Seconds and bytes of the index; milliseconds that a new name takes; seconds that a change takes."""

    entries: int
    index_seconds: float
    index_bytes: int
    name_p50: float
    name_p99: float
    end_users: int
    delta_seconds: float


def measure(end_users: int) -> list[PartyFigures]:
    """The figures of one list, against so many end users."""
    with TemporaryDirectory(prefix="exportgate-bench-") as folder:
        entries, made = read_entries(list_of_bench(Path(folder)))
    gc.collect()
    before, started = psutil.Process().memory_info().rss, time.perf_counter()
    parties = RestrictedParties.of(entries, made)
    seconds, taken = time.perf_counter() - started, psutil.Process().memory_info().rss - before
    p50, p99 = np.percentile(list(_look_ups(parties)), (50, 99)).tolist()
    earlier = RestrictedParties.of(entries[CHANGED:], made)
    delta = _delta_seconds(parties, earlier, end_users)
    return [PartyFigures(len(entries), seconds, taken, p50, p99, end_users, delta)]


def _look_ups(parties: RestrictedParties) -> Iterator[float]:
    """The milliseconds that each of many new names takes."""
    listed = [name.split() for entry in parties.entries.values() for name in entry.names if name.split()]
    for name in islice(_of_listed_words(listed), NEW_NAMES):
        started = time.perf_counter()
        parties.look_up(name, None, None)
        yield (time.perf_counter() - started) * 1e3


def _of_listed_words(listed: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names without end, as long as listed ones and of words of many: the words that a list is full of are
    the dearest to look up.
    """
    chance = random.Random(2)
    while True:
        yield " ".join(chance.choice(chance.choice(listed)) for _ in chance.choice(listed))


def _delta_seconds(parties: RestrictedParties, earlier: RestrictedParties, count: int) -> float:
    """The seconds it takes to find whom the entries that came may concern, without the rests in between."""
    today, lists = datetime.now(UTC).date(), parties.unlike(earlier)
    started = time.perf_counter()
    for _, value in events.end_users(count):
        end_user = rules.read_end_user(value)
        for listing in lists:
            if listing.entries:
                matches_of(end_user, listing.forgetful, today)
    return time.perf_counter() - started
