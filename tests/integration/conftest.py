"""The gate on a real Kafka: workers that can be killed, stopped and frozen, events in, decisions out."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams import reference, topics
from streams.broker import free_port, running_broker
from streams.connection import connection
from streams.settings import Settings, table


def eventually(condition: Callable[[], Any], what: str, within: float = 30.0) -> Any:
    """The first true value of `condition`; fails with `what` when none comes within that many seconds."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.05)
    return value


class Decision(NamedTuple):
    """A decision as a consumer gets it."""

    subject: str
    partition: int
    offset: int
    headers: dict[str, str]
    content: dict[str, Any]

    @property
    def codes(self) -> set[str]:
        """The codes of its reasons."""
        return {reason["code"] for reason in self.content["reasons"]}


def page(port: int, path: str) -> str | None:
    """A page of a worker's web port, None where it does not answer or says no."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return None


class Worker:
    """One `exportgate worker` process; its log is in `log`."""

    def __init__(self, settings: Settings, log: Path, *options: str) -> None:
        self.settings = replace(settings, web_port=free_port())
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streams.cli", "worker", *options],
                env=environment(self.settings),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def page(self, path: str) -> str | None:
        """A page of the web port, None where it does not answer or says no."""
        return page(self.settings.web_port, path)

    def ready(self, within: float = 60.0) -> "Worker":
        """Wait until the worker says that it is ready."""
        eventually(self._ready, f"worker ready; its log ends with {self.said()}", within)
        return self

    def signal(self, number: int) -> None:
        """Send a signal to the process."""
        self.process.send_signal(number)

    def stop(self, within: float = 30.0) -> int:
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.terminate()
        return self.process.wait(within)

    def said(self) -> str:
        """The end of the log."""
        return self.log.read_text()[-2000:]

    def _ready(self) -> bool:
        assert self.process.poll() is None, f"the worker ended: {self.said()}"
        return self.page("/readyz") is not None


class Gate:
    """A Kafka with its topics and destinations, and what a test does with it."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self._workers: list[Worker] = []
        self._decisions: dict[str, list[Decision]] = defaultdict(list)
        self._producer = KafkaProducer(**connection(settings), linger_ms=5, max_request_size=9_000_000)
        self._consumer = KafkaConsumer(**connection(settings), isolation_level="read_committed")
        self._consumer.assign([TopicPartition(topics.DECISIONS, n) for n in range(settings.partitions)])
        self._consumer.seek_to_beginning()

    def worker(self, *options: str, **changes: Any) -> Worker:
        """Start a worker; it is killed at the end of the session where it still runs."""
        log = self.folder / f"worker-{len(self._workers)}.log"
        self._workers.append(Worker(replace(self.settings, **changes), log, *options))
        return self._workers[-1]

    def load(self, **rows: Iterable[dict[str, Any]]) -> None:
        """Load reference records: `end_users=[...]`, `items=[...]`, `destinations=[...]`."""
        paths = []
        for name, records in rows.items():
            paths.append(self.folder / f"{name}.jsonl")
            paths[-1].write_text("".join(json.dumps(record) + "\n" for record in records))
        reference.load(self.settings, paths)

    def send(
        self,
        topic: str,
        value: bytes | dict[str, Any] | None,
        key: str | None = None,
        partition: int | None = None,
    ) -> None:
        """Publish one record; `flush` waits until all are acknowledged."""
        raw = json.dumps(value).encode() if isinstance(value, dict) else value
        self._producer.send(topic, raw, None if key is None else key.encode(), partition=partition)

    def flush(self) -> None:
        """Wait until everything that was sent is acknowledged."""
        self._producer.flush()

    def decisions(
        self, subjects: Collection[str], count: int = 1, within: float = 60.0
    ) -> dict[str, list[Decision]]:
        """The committed decisions on each subject, once there are `count` or more on each."""

        def all_there() -> bool:
            self.read()
            return all(len(self._decisions[subject]) >= count for subject in subjects)

        eventually(all_there, f"{count} decisions on each of {len(subjects)} subjects", within)
        return {subject: self._decisions[subject] for subject in subjects}

    @property
    def decided(self) -> set[str]:
        """The subjects on which a decision has come."""
        return set(self._decisions)

    def read(self) -> None:
        """Take in the decisions that have come."""
        for records in self._consumer.poll(timeout_ms=200, max_records=10_000).values():
            for record in records:
                headers = {name: value.decode() for name, value in record.headers}
                content = json.loads(record.value)
                decision = Decision(record.key.decode(), record.partition, record.offset, headers, content)
                self._decisions[decision.subject].append(decision)

    def end_workers(self) -> None:
        """Kill what still runs, frozen or not."""
        for worker in self._workers:
            if worker.process.poll() is None:
                worker.process.kill()
                worker.process.wait()

    def close(self) -> None:
        """End the workers and the clients."""
        self.end_workers()
        self._producer.close()
        self._consumer.close()


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a process these settings."""
    return os.environ | variables(settings)


def variables(settings: Settings) -> dict[str, str]:
    """These settings as environment variables; a blank one is not set."""
    values = {setting.variable: getattr(settings, name) for name, setting in table().items()}
    return {variable: "" if value is None else str(value) for variable, value in values.items()}


def exportgate(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with these settings to its end."""
    return subprocess.run(
        [sys.executable, "-m", "streams.cli", *arguments],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def opened(settings: Settings) -> Iterator[Gate]:
    """A gate with its topics and the packaged destinations there, until the context ends."""
    topics.create(settings)
    reference.load(settings)
    gate = Gate(settings, settings.data_dir)
    try:
        yield gate
    finally:
        gate.close()


class Broker:
    """A Kafka that can be stopped and started again on its address and data."""

    def __init__(self, folder) -> None:
        self.address, self.folder = f"127.0.0.1:{free_port()}", folder
        self._running = None
        self.start()

    def start(self) -> None:
        self._running = running_broker(self.folder, self.address)
        self._running.__enter__()

    def freeze(self) -> None:
        """Have Kafka keep its connections and answer nothing."""
        os.kill(self._kafka(), signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._kafka(), signal.SIGCONT)

    def _kafka(self) -> int:
        own = str(self.folder / "broker" / "server.properties").encode()
        (found,) = (
            path.parent.name
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if own in path.read_bytes().split(b"\0")
        )
        return int(found)

    def stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def gate_of_session(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """One gate for the session, its topics and the packaged destinations there."""
    folder = tmp_path_factory.mktemp("gate")
    with opened(Settings(brokers=broker, data_dir=folder, restricted_parties="elsewhere")) as gate:
        yield gate


@pytest.fixture
def gate(gate_of_session: Gate) -> Iterator[Gate]:
    """The gate of the session; the workers of a test end with it."""
    yield gate_of_session
    gate_of_session.end_workers()


@pytest.fixture
def dead_letters(gate: Gate) -> Iterator[KafkaConsumer]:
    """A consumer at the present end of the dead letters, of read_committed."""
    consumer = KafkaConsumer(
        bootstrap_servers=gate.settings.brokers,
        isolation_level="read_committed",
        max_partition_fetch_bytes=9_000_000,
    )
    consumer.assign([TopicPartition(topics.DEAD_LETTERS, n) for n in range(gate.settings.partitions)])
    consumer.seek_to_end()
    for partition in consumer.assignment():
        consumer.position(partition)
    yield consumer
    consumer.close()


@pytest.fixture
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("own-broker"))
    yield broker
    broker.stop()


@pytest.fixture
def own_gate(own_broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """A gate on the broker of the test."""
    folder = tmp_path_factory.mktemp("own-gate")
    settings = Settings(
        brokers=own_broker.address, partitions=4, data_dir=folder, restricted_parties="elsewhere"
    )
    with opened(settings) as gate:
        yield gate
