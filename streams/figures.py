"""What the workers' /metrics say, taken together: now, and over the time between two looks."""

import time
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

LATENCY = "exportgate_decision_latency_seconds_bucket"
DECISIONS = "exportgate_decisions_total"


class Figures(NamedTuple):
    """All samples of the workers that answered, how many these were, and when (monotonic seconds)."""

    samples: list[Sample]
    answered: int
    at: float

    def total(self, name: str, **labels: str) -> float:
        """The sum of a metric over the workers, where it has these labels."""
        return sum(each.value for each in self._of(name, labels))

    def highest(self, name: str) -> float:
        """The highest value of a metric among the workers, 0 where there is none."""
        return max((each.value for each in self._of(name, {})), default=0.0)

    def buckets(self, name: str) -> dict[float, float]:
        """How many observations of a histogram are at each bound or below it, in order."""
        bounds = {float(each.labels["le"]) for each in self._of(name, {})}
        found = dict.fromkeys(sorted(bounds), 0.0)
        for each in self._of(name, {}):
            found[float(each.labels["le"])] += each.value
        return found

    def _of(self, name: str, labels: Mapping[str, str]) -> Iterable[Sample]:
        return (each for each in self.samples if each.name == name and labels.items() <= each.labels.items())


class Span(NamedTuple):
    """Two looks at the same workers."""

    before: Figures
    now: Figures

    def rise(self, name: str, **labels: str) -> float:
        """How much a counter rose; 0 where a worker that ended made the sum smaller."""
        return max(0.0, self.now.total(name, **labels) - self.before.total(name, **labels))

    @property
    def decisions_a_second(self) -> float:
        """Decisions a second of all workers; 0 while there was one look only."""
        seconds = self.now.at - self.before.at
        return self.rise(DECISIONS) / seconds if seconds else 0.0

    @property
    def share_of_holds(self) -> float | None:
        """The share of the decisions that were holds; None where there was none."""
        decisions = self.rise(DECISIONS)
        return self.rise(DECISIONS, decision="hold") / decisions if decisions else None

    def latency(self, share: float) -> float | None:
        """The seconds within which this share of the decisions was made; None where there was none."""
        before = self.before.buckets(LATENCY)
        return quantile(
            share, {bound: at - before.get(bound, 0) for bound, at in self.now.buckets(LATENCY).items()}
        )


def quantile(share: float, buckets: Mapping[float, float]) -> float | None:
    """A quantile of a cumulative histogram, even within a bucket, as Prometheus has it; None of nothing.

    In the last bucket, which has no bound, it is the bound before.
    """
    total = max(buckets.values(), default=0)
    if total <= 0:
        return None
    wanted = share * total
    for (low, below), (bound, within) in pairwise([(0.0, 0.0), *buckets.items()]):
        if within >= wanted:
            return low if bound == float("inf") else low + (bound - low) * (wanted - below) / (within - below)
    return None


def look(workers: Iterable[str]) -> Figures:
    """Ask each worker (`host:port`) for its metrics; one that does not answer is left out."""
    pages = [page for worker in workers if (page := _page(worker)) is not None]
    samples = [
        sample
        for page in pages
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    ]
    return Figures(samples, len(pages), time.monotonic())


def _page(worker: str) -> str | None:
    try:
        with urlopen(f"http://{worker}/metrics", timeout=2) as answer:
            return str(answer.read().decode())
    except OSError:
        return None
