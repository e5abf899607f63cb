"""What a lane decided since its last commit: it becomes metrics and log lines only once it is committed."""

import time
from collections import Counter
from typing import Any

from rules import Outcome
from streams.hold_log import HoldLog
from streams.metrics import Metrics
from streams.origin import Origin


class Tally:
    """Counts of one lane, kept as plain lists on the hot path and added up at the commit."""

    def __init__(self, metrics: Metrics, hold_log: HoldLog) -> None:
        self._metrics, self._hold_log = metrics, hold_log
        self._begin()

    def _begin(self) -> None:
        self._outcomes: dict[tuple[int, str], list[Any]] = {}
        self._timestamps: dict[str, list[int]] = {"order": [], "download": []}
        self._holds: list[tuple[str, str, Outcome]] = []
        self._dead: Counter[str] = Counter()
        self._forwarded: Counter[str] = Counter()
        self._batches: list[tuple[str, int, float]] = []

    def decided(
        self, subject: str, subject_type: str, decision_id: str, outcome: Outcome, origin: Origin
    ) -> None:
        """Count one decision."""
        entry = self._outcomes.get((id(outcome), subject_type))
        if entry is None:
            self._outcomes[(id(outcome), subject_type)] = [outcome, 1]
        else:
            entry[1] += 1
        self._timestamps[subject_type].append(origin.timestamp)
        if outcome.hold_type is not None:
            self._holds.append((subject, decision_id, outcome))

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
        for (_, subject_type), (outcome, times) in self._outcomes.items():
            self._count(outcome, subject_type, times)
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
        self._hold_log.write(self._holds)
        self._begin()

    def _count(self, outcome: Outcome, subject_type: str, times: int) -> None:
        metrics = self._metrics
        metrics.decisions.labels(outcome.decision, outcome.hold_type or "", subject_type).inc(times)
        if outcome.hold_type is not None:
            metrics.blocked_transfers.labels(
                outcome.hold_type, outcome.destination_group, outcome.item_family
            ).inc(times)
            for code in outcome.codes:
                metrics.hold_reasons.labels(code).inc(times)

    def _observe_latency(self) -> None:
        now = time.time()
        for subject_type, timestamps in self._timestamps.items():
            for timestamp, times in Counter(timestamps).items():
                self._metrics.latency.observe(subject_type, max(0.0, now - timestamp / 1000), times)
