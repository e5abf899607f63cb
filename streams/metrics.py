"""Every metric, named once. The hot path adds to plain numbers; the rest is asked for at the scrape."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Info, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

import rules
from streams import topics

# When a counter began says nothing, and doubles the lines.
disable_created_metrics()  # type: ignore[no-untyped-call]

SUBJECTS = ("order", "download")
HOLD_TYPES = ("license_required", "review")
DEAD_REASONS = ("not_json", "not_an_object", "no_subject", "no_value", "too_large", "reference_invalid")

LATENCY_BUCKETS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
)
SCREENING_BUCKETS = (2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1, 0.5, 1.0)
BATCH_BUCKETS = (1, 2, 5, 10, 50, 100, 500, 1000, 5000, 10000)
OPENING_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0)


class Distribution(Collector):
    """A histogram that takes many equal observations at once, which prometheus_client's does not."""

    def __init__(
        self,
        name: str,
        documentation: str,
        label: str | None,
        values: Iterable[str],
        buckets: Sequence[float],
    ) -> None:
        self._name, self._documentation, self._label = name, documentation, label
        self._bounds = tuple(buckets)
        self._counts = {value: [0] * (len(self._bounds) + 1) for value in values}
        self._sums = dict.fromkeys(self._counts, 0.0)

    def observe(self, label: str, value: float, times: int = 1) -> None:
        """Count an observation, or several equal ones."""
        self._counts[label][bisect_left(self._bounds, value)] += times
        self._sums[label] += value * times

    def collect(self) -> Iterable[Metric]:
        """The counts as they are now, as prometheus_client asks for them."""
        names = [str(bound) for bound in self._bounds] + ["+Inf"]
        family = HistogramMetricFamily(
            self._name, self._documentation, labels=[self._label] if self._label else []
        )
        for label, counts in self._counts.items():
            total, buckets = 0, []
            for name, count in zip(names, counts, strict=True):
                total += count
                buckets.append((name, total))
            family.add_metric([label] if self._label else [], buckets, self._sums[label])
        yield family


class Asked(Collector):
    """A gauge whose values are asked for at the scrape: by label values, in the order of the labels."""

    def __init__(
        self,
        name: str,
        documentation: str,
        labels: Sequence[str],
        ask: Callable[[], Mapping[tuple[str, ...], float]],
    ) -> None:
        self._name, self._documentation, self._labels, self._ask = name, documentation, labels, ask

    def collect(self) -> Iterable[Metric]:
        """What the question is answered with now."""
        family = GaugeMetricFamily(self._name, self._documentation, labels=self._labels)
        for labels, value in self._ask().items():
            family.add_metric(labels, value)
        yield family


class Metrics:
    """The metrics of one worker, in their own registry; label values known beforehand stand at 0."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = self._counter(
            "exportgate_events",
            "Events read, by topic; one that is sent on counts again where it arrives",
            topic=topics.SOURCES,
        )
        self.decisions = self._counter(
            "exportgate_decisions", "Decisions", "decision", "hold_type", "subject"
        )
        for subject in SUBJECTS:
            self.decisions.labels("release", "", subject)
            for hold_type in HOLD_TYPES:
                self.decisions.labels("hold", hold_type, subject)
        self.hold_reasons = self._counter(
            "exportgate_hold_reasons", "Blocked transfers, by reason code", code=rules.REASON_CODES
        )
        self.blocked_transfers = self._counter(
            "exportgate_blocked_transfers",
            "Blocked transfers",
            "hold_type",
            "destination_group",
            "item_family",
        )
        for hold_type in HOLD_TYPES:
            for group in rules.DESTINATION_GROUPS:
                for family in rules.ITEM_FAMILIES:
                    self.blocked_transfers.labels(hold_type, group, family)
        self.dead_letters = self._counter(
            "exportgate_dead_letters", "What could not be read, by reason", reason=DEAD_REASONS
        )
        self.repartitioned = self._counter(
            "exportgate_repartitioned",
            "Events sent on to the partition of their end user, by the topic that they came from",
            topic=(topics.ORDERS, topics.DOWNLOAD_REQUESTS),
        )
        self.latency = self._distribution(
            "exportgate_decision_latency_seconds",
            "From the event's Kafka timestamp to the acknowledgement of its decision",
            "subject",
            SUBJECTS,
            LATENCY_BUCKETS,
        )
        self.screening = self._distribution(
            "exportgate_screening_seconds",
            "Reading, joining, deciding and encoding: of a batch, and of an event in it",
            "of",
            ("batch", "event"),
            SCREENING_BUCKETS,
        )
        self.batch_records = self._distribution(
            "exportgate_batch_records", "Records of a fetched batch", "topic", topics.SOURCES, BATCH_BUCKETS
        )
        self.lane_open = self._distribution(
            "exportgate_lane_open_seconds",
            "From the assignment of a lane to its first fetch: the takeover",
            None,
            ("",),
            OPENING_BUCKETS,
        )
        Info("exportgate_build", "What runs here", registry=self.registry).info(
            {"version": version("exportgate"), "rules": rules.VERSION}
        )
        ProcessCollector(registry=self.registry)

    def ask(
        self,
        name: str,
        documentation: str,
        labels: Sequence[str],
        ask: Callable[[], Mapping[tuple[str, ...], float]],
    ) -> None:
        """Add a gauge whose values `ask` gives at each scrape."""
        self.registry.register(Asked(name, documentation, labels, ask))

    def _counter(self, name: str, documentation: str, *labels: str, **values: Iterable[str]) -> Counter:
        counter = Counter(name, documentation, [*labels, *values], registry=self.registry)
        for known in values.values():
            for value in known:
                counter.labels(value)
        return counter

    def _distribution(
        self,
        name: str,
        documentation: str,
        label: str | None,
        values: Iterable[str],
        buckets: Sequence[float],
    ) -> Distribution:
        distribution = Distribution(name, documentation, label, values, buckets)
        self.registry.register(distribution)
        return distribution
