"""What the workers' /metrics say, taken together: now, and over the time between two looks."""

import time
from collections.abc import Container, Iterable, Mapping
from http.client import HTTPException
from itertools import pairwise
from typing import NamedTuple
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

LATENCY = "exportgate_decision_latency_seconds_bucket"
DECISIONS = "exportgate_decisions_total"


class Figures(NamedTuple):
    """The samples of each worker that answered, and when (monotonic seconds)."""

    workers: Mapping[str, list[Sample]]
    at: float

    def of(self, workers: Container[str]) -> "Figures":
        """The same of these workers alone."""
        return Figures({name: each for name, each in self.workers.items() if name in workers}, self.at)

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
        return (
            each
            for samples in self.workers.values()
            for each in samples
            if each.name == name and labels.items() <= each.labels.items()
        )


class Span(NamedTuple):
    """Two looks; what rose between them is that of the workers that answered both times."""

    before: Figures
    now: Figures

    def rise(self, name: str, **labels: str) -> float:
        """How much a counter rose; 0 where a worker that was started anew made the sum smaller."""
        before, now = self._of_the_same
        return max(0.0, now.total(name, **labels) - before.total(name, **labels))

    @property
    def _of_the_same(self) -> "Span":
        return Span(self.before.of(self.now.workers), self.now.of(self.before.workers))

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
        before, now = (look.buckets(LATENCY) for look in self._of_the_same)
        return quantile(share, {bound: at - before.get(bound, 0) for bound, at in now.items()})


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
    found = {worker: samples for worker in workers if (samples := _samples(worker)) is not None}
    return Figures(found, time.monotonic())


def _samples(worker: str) -> list[Sample] | None:
    try:
        with urlopen(f"http://{worker}/metrics", timeout=2) as answer:
            page = answer.read().decode()
        return [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    except (OSError, HTTPException, ValueError):  # nobody answers, or something else than a worker does
        return None
