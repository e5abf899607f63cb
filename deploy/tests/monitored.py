"""The gate as it runs somewhere: two workers under load, a Prometheus, an Alertmanager and who it tells."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from deploy.tests import load
from streams.broker import free_port, running_broker
from tests.integration.conftest import Gate, Worker, eventually

ROOT = Path(__file__).parents[2]

Json = dict[str, Any]


class Prometheus:
    """A Prometheus with the committed configuration, its pace and its targets excepted."""

    def __init__(self, folder: Path, workers: list[Worker], alertmanager: int) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        shutil.copytree(ROOT / "deploy" / "prometheus" / "rules", folder / "rules")
        config = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        (scrape,) = config["scrape_configs"]
        del scrape["dns_sd_configs"]
        scrape["static_configs"] = _targets(*(worker.settings.web_port for worker in workers))
        config["alerting"]["alertmanagers"] = [{"static_configs": _targets(alertmanager)}]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        self.process = _start(
            folder / "prometheus.log",
            *("prometheus", f"--config.file={folder / 'prometheus.yml'}"),
            *(f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={self.url[7:]}"),
        )

    def ask(self, path: str, **arguments: Any) -> Any:
        """What the API says to a question; None where it does not answer."""
        try:
            with urlopen(f"{self.url}/api/v1/{path}?{urlencode(arguments)}", timeout=10) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None

    def series(self, query: str) -> list[Json]:
        """The series that a query gives now, without those that are no number."""
        found = (self.ask("query", query=query) or {"result": []})["result"]
        return [each for each in found if each["value"][1] != "NaN"]


class Webhook:
    """Who is told: keeps the alerts that it is sent, with the path on which they came."""

    def __init__(self) -> None:
        self.alerts: list[tuple[str, Json]] = []
        told = self.alerts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                told.extend((self.path, alert) for alert in body["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()


@dataclass
class Monitored:
    """What runs: the gate, its two workers, and who watches them."""

    gate: Gate
    workers: list[Worker]
    prometheus: Prometheus
    webhook: Webhook


@contextmanager
def monitored(folder: Path) -> Iterator[Monitored]:
    """The gate under watch, after a load that made a hold of every kind; all of it ends with the context."""
    with ExitStack() as stack:
        brokers = stack.enter_context(running_broker())
        gate = Gate(load.prepared(brokers, folder), folder)
        stack.callback(gate.close)
        webhook = Webhook()
        stack.callback(webhook.server.shutdown)
        port, alertmanager = _alertmanager(folder, webhook)
        stack.callback(_end, alertmanager)
        workers = [gate.worker(), gate.worker()]
        prometheus = Prometheus(folder, workers, port)
        stack.callback(_end, prometheus.process)
        for worker in workers:
            worker.ready()
        sent = load.send(gate)
        eventually(lambda: _decisions(prometheus) >= sent, "Prometheus has seen every decision", 60)
        # Lanes that opened before the first scrape have no rate: with one more worker they open anew.
        assert gate.worker().ready().stop() == 0
        opened = "sum(increase(exportgate_lane_open_seconds_count[5m])) > 0"
        eventually(lambda: prometheus.series(opened), "Prometheus has seen lanes open", 60)
        yield Monitored(gate, workers, prometheus, webhook)


def _decisions(prometheus: Prometheus) -> float:
    counted = prometheus.series("sum(exportgate_decisions_total)")
    return float(counted[0]["value"][1]) if counted else 0.0


def _alertmanager(folder: Path, webhook: Webhook) -> tuple[int, subprocess.Popen[bytes]]:
    """An Alertmanager with the committed routes, to the webhook and without waiting for more."""
    text = (ROOT / "deploy" / "alertmanager" / "alertmanager.yml").read_text()
    text = text.replace("localhost:9095", f"127.0.0.1:{webhook.server.server_port}")
    config = folder / "alertmanager.yml"
    config.write_text(
        re.sub("group_wait: .*", "group_wait: 1s", re.sub("group_interval: .*", "group_interval: 1s", text))
    )
    port = free_port()
    process = _start(
        folder / "alertmanager.log",
        *("prometheus-alertmanager", f"--config.file={config}", f"--storage.path={folder / 'alerts'}"),
        *(f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="),
    )
    return port, process


def _targets(*ports: int) -> list[Json]:
    return [{"targets": [f"127.0.0.1:{port}" for port in ports]}]


def _start(log: Path, *command: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)
