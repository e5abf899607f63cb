"""Every event is decided once, in order, while workers are killed, frozen and replaced."""

import signal
import time
from collections import Counter, defaultdict

import pytest
from kafka import KafkaConsumer, TopicPartition

from streams import topics
from tests.integration.conftest import eventually

EVENTS = 20_000
STEP = 500
"""So many events are sent between two looks at what is to be done to the workers."""
SECONDS = 30.0
"""The events are spread over so long: the session of a frozen worker ends while they are sent."""
FROZEN_SECONDS = 15.0
"""Longer than a worker's session, which is 8 s."""


def _request(number: int) -> dict:
    return {
        "event_id": f"evt-once-{number}",
        "request_id": f"dl-once-{number}",
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": f"eu-once-{number % 997}",
        "end_user": {"name": "Acme GmbH", "country": "DE", "category": "private_company"},
        "sku": "PT",
        "eccn": "4D004",
        "declared_country": "DE",
        "ip_country": "DE",
    }


def _ends(gate) -> dict[int, int]:
    consumer = KafkaConsumer(bootstrap_servers=gate.settings.brokers)
    try:
        partitions = [TopicPartition(topics.DOWNLOAD_REQUESTS, n) for n in range(gate.settings.partitions)]
        return {tp.partition: end for tp, end in consumer.end_offsets(partitions).items()}
    finally:
        consumer.close()


class _Faults:
    """What is done to the workers, each at its time since the first event; `read` between."""

    def __init__(self, gate) -> None:
        self.gate = gate
        self.doomed, self.frozen, self.leaving = (gate.worker() for _ in range(3))
        for worker in (self.doomed, self.frozen, self.leaving):
            worker.ready()
        self.began = time.monotonic()
        self.left: int | None = None
        self._due = [
            (3.0, self._kill),
            (6.0, self._freeze),
            (6.0 + FROZEN_SECONDS, self._thaw),
            (SECONDS - 6.0, self._replace),
        ]

    @property
    def done(self) -> bool:
        return not self._due

    def run(self, until: float) -> None:
        """Do what is due, and take in decisions, until so long after the first event."""
        while (now := time.monotonic() - self.began) < until:
            if self._due and now >= self._due[0][0]:
                self._due.pop(0)[1]()
            self.gate.read()

    def _kill(self) -> None:
        self.doomed.signal(signal.SIGKILL)

    def _freeze(self) -> None:
        self.frozen.signal(signal.SIGSTOP)

    def _thaw(self) -> None:
        self.frozen.signal(signal.SIGCONT)

    def _replace(self) -> None:
        self.gate.worker().ready()
        self.left = self.leaving.stop()


@pytest.mark.timeout(240)
def test_every_event_is_decided_once_and_in_order(gate):
    """Killed, frozen past its session and replaced, the workers decide every event once, in order."""
    start = _ends(gate)
    faults = _Faults(gate)

    for first in range(0, EVENTS, STEP):
        for number in range(first, first + STEP):
            gate.send(topics.DOWNLOAD_REQUESTS, _request(number), f"eu-once-{number % 997}")
        gate.flush()
        faults.run(until=(first + STEP) / EVENTS * SECONDS)
    end = _ends(gate)
    decided = gate.decisions([f"download:dl-once-{number}" for number in range(EVENTS)], within=120)
    eventually(lambda: faults.frozen.page("/readyz"), "the worker that was frozen is one of the group again")
    for _ in range(10):
        gate.read()

    assert faults.done
    assert faults.left == 0
    assert "never retrieved" not in faults.frozen.log.read_text()
    decisions = [decision for of_one in decided.values() for decision in of_one]
    assert {decision.headers["event_topic"] for decision in decisions} == {topics.DOWNLOAD_REQUESTS}
    places = Counter(
        (int(decision.headers["event_partition"]), int(decision.headers["event_offset"]))
        for decision in decisions
    )
    twice = {place: count for place, count in places.items() if count > 1}
    assert twice == {}
    assert set(places) == {(n, offset) for n in start for offset in range(start[n], end[n])}
    by_partition: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for decision in decisions:
        assert decision.partition == int(decision.headers["event_partition"])
        by_partition[decision.partition].append((decision.offset, int(decision.headers["event_offset"])))
    for partition, pairs in by_partition.items():
        event_offsets = [event_offset for _, event_offset in sorted(pairs)]
        assert event_offsets == sorted(event_offsets), f"partition {partition} was not decided in order"
