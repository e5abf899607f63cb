"""The worker: the one place where everything is put together."""

import asyncio
import gc
import os
import socket
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import faust
import structlog
from aiokafka import AIOKafkaProducer

from rules import Parties, RestrictedParties
from streams import publish, sweep, topics
from streams.agents import add_agents
from streams.errors import UserError
from streams.gauges import add_gauges
from streams.hold_log import HoldLog
from streams.holds import Expiry
from streams.holds_reader import HoldsReader
from streams.lane import Lane
from streams.lanes import Lanes
from streams.metrics import Metrics
from streams.origin import Origin
from streams.outbox import BATCH_BYTES, Outbox
from streams.party_watch import PartyWatch
from streams.progress import Progress
from streams.reference_data import ReferenceData
from streams.screening import Screening
from streams.settings import Settings
from streams.sweep import Sweeper
from streams.transport import Transport
from streams.web import add_pages

log = structlog.get_logger(__name__)

SESSION_SECONDS = 10.0
HEARTBEAT_SECONDS = 2.0
TRANSACTION_TIMEOUT_MS = 30_000
LONGEST_STOP_SECONDS = 15.0
COLLECTOR_THRESHOLDS = (50_000, 20, 100)
"""Decisions make many objects and no cycles: Python's collector, left as it is, takes a tenth of the time."""


class Worker:
    """One worker: its tables, lanes, agents and pages around one Faust app."""

    def __init__(self, settings: Settings, *, accept_loss: bool = False) -> None:
        self.settings = settings
        self.fatal: BaseException | None = None
        self.metrics = Metrics()
        self.reference = ReferenceData(settings, self._unreadable, self._list_taken)
        self.lanes = Lanes(
            settings.group,
            self._producer,
            self.reference,
            self._screening,
            self.stop_with,
            self._opened,
            accept_loss=accept_loss,
            session_seconds=SESSION_SECONDS,
        )
        self.progress = Progress(settings.brokers, self.lanes)
        self.sweeper = Sweeper(self._read_holds, self.lanes)
        self.watch = PartyWatch(settings, self.lanes, self.reference)
        self.app = self._faust_app()
        self._hold_log = HoldLog()
        self._expiry = Expiry(
            timedelta(days=settings.download_hold_days), timedelta(days=settings.lifted_hold_days)
        )
        self._faust_worker: Any = None

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; raises what made going on unsafe."""
        worker = self._faust_worker = faust.Worker(
            self.app,
            self.reference,
            self.progress,
            self.sweeper,
            self.watch,
            override_logging=False,
            redirect_stdouts=False,
            quiet=True,
        )
        worker.spinner = None
        try:
            worker.execute_from_commandline()
        except SystemExit as exit_:
            if self.fatal is None and exit_.code:
                raise UserError("the worker failed; the log says why") from None
        if self.fatal is not None:
            raise self.fatal

    def stop_with(self, error: BaseException) -> None:
        """Stop the worker with exit status 1, since going on would be unsafe."""
        if self.fatal is None:
            self.fatal = error
            threading.Thread(target=_insist, args=(error,), daemon=True).start()
            asyncio.get_running_loop().create_task(self._faust_worker.stop())

    def _faust_app(self) -> faust.App:
        settings = self.settings
        app = faust.App(
            settings.group,
            broker=";".join(f"kafka://{broker}" for broker in settings.brokers.split(",")),
            datadir=settings.data_dir / "faust",
            broker_session_timeout=SESSION_SECONDS,
            broker_heartbeat_interval=HEARTBEAT_SECONDS,
            consumer_auto_offset_reset="earliest",
            stream_wait_empty=False,
            stream_buffer_maxsize=64,
            topic_disable_leader=True,
            web_host=settings.web_host,
            web_bind=settings.web_host,
            web_port=settings.web_port,
            web_tables_enabled=False,
            web_router_enabled=False,
            web_stats_enabled=False,
            web_graph_enabled=False,
            web_metrics_enabled=False,
        )
        app.lanes = self.lanes
        app.transport = Transport(app.conf.broker, app, loop=None)
        add_agents(app, self.lanes)
        add_pages(app, self.metrics, self.lanes, self.progress, self.reference)
        add_gauges(self.metrics, settings, self.reference, self.lanes, self.progress)
        return app

    def _producer(self, number: int) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self.settings.brokers,
            client_id=f"exportgate-lane-{number}",
            transactional_id=f"{self.settings.group}-{number}",
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            acks="all",
            max_batch_size=BATCH_BYTES,
            max_request_size=topics.LARGEST_RECORD,
            retry_backoff_ms=5,
        )

    async def _screening(self, lane: Lane) -> Screening:
        """What a lane does, with what is held in its partition."""
        reader = await self._read_holds(lane.number)
        screening = Screening(
            lane.number,
            self.settings.group,
            reader.holds,
            self.reference,
            self.metrics,
            self._hold_log,
        )
        sweep.delete(lane, screening, reader.expired)
        return screening

    async def _read_holds(self, number: int) -> HoldsReader:
        reader = HoldsReader(self.settings.brokers, number, self._expiry)
        await reader.read()
        return reader

    def _opened(self, seconds: float) -> None:
        self.metrics.lane_open.observe("", seconds)
        # What was loaded stays: the cyclic collector need not walk it again.
        gc.freeze()

    def _list_taken(self, before: Parties, now: RestrictedParties) -> None:
        gc.freeze()
        self.watch.taken(before, now)

    def _unreadable(
        self, topic: str, partition: int, offset: int, key: bytes | None, value: bytes | None, detail: str
    ) -> None:
        """Put aside a reference record that does not validate; the worker that owns its lane does it."""
        number = partition if topic == topics.END_USERS else 0
        lane = self.lanes.open.get(number)
        if lane is None:
            return
        origin = Origin(topic, partition, offset, 0)

        def letter(outbox: Outbox) -> None:
            publish.dead_letter(outbox, number, origin, key, value, "reference_invalid", detail)

        lane.also(letter)
        self.metrics.dead_letters.labels("reference_invalid").inc()


def run(settings: Settings, *, accept_loss: bool = False) -> None:
    """Run one worker until it is told to stop.

    Raises UserError where the broker is down, a topic is missing or of another shape, the web port is
    taken, or events were lost to retention; any other error that made going on unsafe, as it is.
    """
    topics.check(settings)
    _refuse_taken_port(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    if sys.platform != "win32":
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    Worker(settings, accept_loss=accept_loss).run()


def _refuse_taken_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.web_host, settings.web_port))
        except OSError as error:
            raise UserError(
                f"cannot listen on {settings.web_host}:{settings.web_port} ({error.strerror}): "
                "set EXPORTGATE_WEB_HOST or EXPORTGATE_WEB_PORT"
            ) from error


def _insist(error: BaseException) -> None:
    """End the process if stopping it takes too long: what must not go on does not."""
    time.sleep(LONGEST_STOP_SECONDS)
    log.error("stopping took too long", error=repr(error))
    os._exit(1)
