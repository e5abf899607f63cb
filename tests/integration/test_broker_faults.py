"""What workers do when the brokers go, come back, or are not as they should be; on a Kafka of its own."""

import json
import signal
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from kafka.admin import KafkaAdminClient

from streams import topics
from tests.integration.conftest import eventually, exportgate

EVENTS = 6_000


def _request(number: int) -> dict:
    return {
        "event_id": f"evt-{number}",
        "request_id": f"dl-{number}",
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": f"eu-{number % 97}",
        "end_user": {"name": "Acme GmbH", "country": "DE", "category": "private_company"},
        "eccn": "4D004",
        "declared_country": "DE",
        "ip_country": "DE",
    }


@pytest.mark.timeout(300)
def test_the_broker_stopped_and_started_again_under_load(own_broker, own_gate):
    """Workers wait for a broker that went, go on when it is back, and decide every event once."""
    gate = own_gate
    workers = [gate.worker().ready(), gate.worker().ready()]

    for number in range(EVENTS):
        gate.send(topics.DOWNLOAD_REQUESTS, _request(number), f"eu-{number % 97}")
        if number == EVENTS // 2:
            gate.flush()
            own_broker.stop()
            assert all(worker.page("/healthz") for worker in workers), "a broker's absence is no standstill"
            own_broker.start()
    gate.flush()
    decided = gate.decisions([f"download:dl-{number}" for number in range(EVENTS)], within=120)
    for _ in range(10):
        gate.read()

    places = [
        (one.headers["event_partition"], one.headers["event_offset"])
        for decisions in decided.values()
        for one in decisions
    ]
    assert len(places) == len(set(places)) == EVENTS
    assert [worker.stop() for worker in workers] == [0, 0]


def _logged(worker) -> list[dict]:
    """The log of a worker, of which every line is JSON."""
    return [json.loads(line) for line in worker.log.read_text().splitlines()]


def _assert_quiet(worker) -> None:
    """What went wrong is said, and not said again and again; no traceback, nothing lost."""
    lines = _logged(worker)
    assert len(lines) < 40
    assert not any("exception" in line or "never retrieved" in line["event"] for line in lines)
    assert not any(line["event"].startswith("Unclosed") for line in lines)


def test_a_worker_stops_where_the_broker_is_down(own_broker, own_gate):
    """SIGTERM and Ctrl-C end a worker within seconds also without its broker; the log is short and clear."""
    told, interrupted = own_gate.worker().ready(), own_gate.worker().ready()
    own_broker.stop()
    for worker in (told, interrupted):
        eventually(lambda w=worker: w.page("/readyz") is None, "a worker without its broker is not ready")
        eventually(lambda w=worker: "Kafka does not answer" in w.log.read_text(), "the worker says so")

    told.signal(signal.SIGTERM)
    interrupted.signal(signal.SIGINT)

    assert {told.process.wait(15), interrupted.process.wait(15)} <= {0, 1}
    for worker in (told, interrupted):
        _assert_quiet(worker)


def test_a_worker_stops_where_the_broker_answers_nothing(own_broker, own_gate):
    """SIGTERM ends a worker within seconds also where the broker holds its connections and is silent."""
    worker = own_gate.worker().ready()
    own_broker.freeze()
    try:
        eventually(lambda: worker.page("/readyz") is None, "a worker whose broker is silent is not ready")
        worker.signal(signal.SIGTERM)
        assert worker.process.wait(15) in (0, 1)
    finally:
        own_broker.thaw()
    _assert_quiet(worker)


@pytest.mark.timeout(300)
def test_a_table_that_cannot_be_read_makes_events_wait_and_health_say_so(own_gate):
    """Without its items a worker decides nothing; after half a minute of standstill /healthz is 503."""
    gate = own_gate
    worker = gate.worker().ready()
    with KafkaAdminClient(bootstrap_servers=gate.settings.brokers) as admin:
        admin.delete_topics([topics.ITEMS])
    eventually(lambda: worker.page("/readyz") is None, "a worker without its items is not ready")
    sent_at = time.time()
    gate.send(topics.DOWNLOAD_REQUESTS, _request(1), "eu-1")
    gate.flush()

    def standstill() -> bool:
        try:
            urlopen(f"http://127.0.0.1:{worker.settings.web_port}/healthz", timeout=5).close()
        except HTTPError as error:
            return error.code == 503 and json.load(error) == {"making_progress": False}
        return False

    eventually(standstill, "/healthz says that no progress is made", within=90)
    waited = time.time() - sent_at
    ages = [
        float(line.rpartition(" ")[2])
        for line in worker.page("/metrics").splitlines()
        if line.startswith("exportgate_oldest_undecided_seconds{")
    ]
    assert max(ages) == pytest.approx(waited, abs=10)
    gate.read()
    assert gate.decided == set()
    _assert_quiet(worker)


@pytest.mark.timeout(240)
def test_partitions_that_are_added_to_one_topic_end_a_worker(own_gate):
    """A running worker notices partitions that only `orders` was given, says so and ends with status 1."""
    worker = own_gate.worker().ready()
    with KafkaAdminClient(bootstrap_servers=own_gate.settings.brokers) as admin:
        admin.create_partitions({topics.ORDERS: 6})

    assert worker.process.wait(90) == 1
    assert "assigned different partitions of topics that go together" in worker.said()
    assert "Traceback" not in worker.said()


def test_partition_counts_that_differ_are_one_line_and_status_1(own_gate):
    """A worker that finds topics that go together with different numbers of partitions does not start."""
    with KafkaAdminClient(bootstrap_servers=own_gate.settings.brokers) as admin:
        admin.create_partitions({topics.ORDERS: 6})
    ended = exportgate(own_gate.settings, "worker")
    assert ended.returncode == 1
    (line,) = ended.stderr.strip().splitlines()
    assert "orders" in line
    assert "6" in line
