"""What a lane decided since its last commit: it becomes metrics and log lines only once it is committed."""

import time
from collections import Counter
from collections.abc import Sequence

from rules import Outcome
from streams.hold_log import HoldLog
from streams.metrics import Metrics

Held = tuple[str, str, Outcome]
"""The subject, the decision's id and what was decided."""


class Tally:
    """Counts of one lane, kept as plain lists on the hot path and added up at the commit."""

    def __init__(self, metrics: Metrics, hold_log: HoldLog) -> None:
        self._metrics, self._hold_log = metrics, hold_log
        self._begin()

    def _begin(self) -> None:
        self._timestamps: dict[str, list[int]] = {"order": [], "download": []}
        self._holds: dict[str, list[Held]] = {"order": [], "download": []}
        self._dead: Counter[str] = Counter()
        self._forwarded: Counter[str] = Counter()
        self._batches: list[tuple[str, int, float]] = []

    def decided(
        self, subject: str, subject_type: str, decision_id: str, outcome: Outcome, timestamp: int
    ) -> None:
        """Count one decision on an event of that Kafka timestamp (milliseconds)."""
        self._timestamps[subject_type].append(timestamp)
        if outcome.hold_type is not None:
            self._holds[subject_type].append((subject, decision_id, outcome))

    def dead(self, reason: str) -> None:
        """Count one dead letter."""
        self._dead[reason] += 1

    def forwarded(self, topic: str) -> None:
        """Count one event that was sent on."""
        self._forwarded[topic] += 1

    def batch(self, topic: str, records: int, seconds: float) -> None:
        """Count one batch that was decided in so many seconds."""
        self._batches.append((topic, records, seconds))

    def commit(self) -> None:
        """Make metrics and log lines of all that was counted."""
        for subject_type, holds in self._holds.items():
            if self._timestamps[subject_type]:
                self._count(subject_type, [outcome for _, _, outcome in holds])
                self._hold_log.write(holds)
        self._observe_latency()
        for topic, records, seconds in self._batches:
            self._metrics.events.labels(topic).inc(records)
            self._metrics.batch_records.observe(topic, records)
            self._metrics.screening.observe("batch", seconds)
            self._metrics.screening.observe("event", seconds / records, records)
        for reason, times in self._dead.items():
            self._metrics.dead_letters.labels(reason).inc(times)
        for topic, times in self._forwarded.items():
            self._metrics.repartitioned.labels(topic).inc(times)
        self._begin()

    def _count(self, subject_type: str, held: Sequence[Outcome]) -> None:
        metrics = self._metrics
        releases = len(self._timestamps[subject_type]) - len(held)
        metrics.decisions.labels("release", "", subject_type).inc(releases)
        for hold_type, times in Counter(outcome.hold_type for outcome in held).items():
            metrics.decisions.labels("hold", hold_type, subject_type).inc(times)
        transfers = Counter(
            (outcome.hold_type, outcome.destination_group, outcome.item_family) for outcome in held
        )
        for labels, times in transfers.items():
            metrics.blocked_transfers.labels(*labels).inc(times)
        for code, times in Counter(code for outcome in held for code in outcome.codes).items():
            metrics.hold_reasons.labels(code).inc(times)

    def _observe_latency(self) -> None:
        now = time.time()
        for subject_type, timestamps in self._timestamps.items():
            for timestamp, times in Counter(timestamps).items():
                self._metrics.latency.observe(subject_type, max(0.0, now - timestamp / 1000), times)
