"""The worker: the one place where everything is put together."""

import asyncio
import gc
import socket
import sys
from datetime import timedelta

import faust
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from rules import Parties, RestrictedParties
from streams import sweep, topics
from streams.agents import add_agents
from streams.connection import connection, credentials
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
from streams.stopping import StoppingWorker
from streams.sweep import Sweeper
from streams.transport import Transport
from streams.web import Web, add_pages, listen

SESSION_SECONDS = 8.0
"""A worker that died has its lanes taken over after so long, and what opening them takes: in 15 s in all."""
HEARTBEAT_SECONDS = 1.0
METADATA_SECONDS = 30.0
"""So long it takes until partitions that were added are noticed."""
TRANSACTION_TIMEOUT_MS = 30_000
COLLECTOR_THRESHOLDS = (50_000, 20, 100)
"""Decisions make many objects and no cycles: Python's collector, left as it is, takes a tenth of the time."""


class Worker:
    """One worker: its tables, lanes, agents and pages around one Faust app."""

    def __init__(self, settings: Settings, listening: socket.socket, *, accept_loss: bool = False) -> None:
        self.settings = settings
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
        self.progress = Progress(settings, self.lanes)
        self.sweeper = Sweeper(self._read_holds, self.lanes)
        self.watch = PartyWatch(settings, self.lanes, self.reference)
        self.app = self._faust_app(listening)
        self._hold_log = HoldLog()
        self._expiry = Expiry(
            timedelta(days=settings.download_hold_days), timedelta(days=settings.lifted_hold_days)
        )
        self._services: StoppingWorker

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; raises what made going on unsafe."""
        worker = self._services = StoppingWorker(
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
            if worker.fatal is None and exit_.code:
                raise UserError("the worker failed; the log says why") from None
        if isinstance(worker.fatal, KafkaError):
            raise UserError(f"Kafka at {self.settings.brokers} refused: {worker.fatal!r}") from worker.fatal
        if worker.fatal is not None:
            raise worker.fatal

    def stop_with(self, error: BaseException) -> None:
        """Stop the worker with exit status 1, since going on would be unsafe."""
        self._services.stop_with(error)

    def _faust_app(self, listening: socket.socket) -> faust.App:
        settings = self.settings
        app = faust.App(
            settings.group,
            broker=";".join(f"kafka://{broker}" for broker in settings.brokers.split(",")),
            broker_credentials=credentials(settings),
            datadir=settings.data_dir / "faust",
            broker_session_timeout=SESSION_SECONDS,
            broker_heartbeat_interval=HEARTBEAT_SECONDS,
            consumer_metadata_max_age_ms=int(METADATA_SECONDS * 1000),
            consumer_auto_offset_reset="earliest",
            stream_wait_empty=False,
            stream_buffer_maxsize=64,
            topic_disable_leader=True,
            web_tables_enabled=False,
            web_router_enabled=False,
            web_stats_enabled=False,
            web_graph_enabled=False,
            web_metrics_enabled=False,
        )
        app.lanes = self.lanes
        app.transport = Transport(app.conf.broker, app, loop=None)
        app.web = Web(app, listening)
        add_agents(app, self.lanes)
        add_pages(app, self.metrics, self.lanes, self.progress, self.reference)
        add_gauges(self.metrics, settings, self.reference, self.lanes, self.progress)
        return app

    def _producer(self, number: int) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **connection(self.settings),
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
        return await HoldsReader(self.settings, number, self._expiry).read_once()

    def _opened(self, seconds: float) -> None:
        self.metrics.lane_open.observe("", seconds)
        # What was loaded stays: the cyclic collector need not walk it again.
        gc.freeze()

    def _list_taken(self, before: Parties, now: RestrictedParties) -> None:
        gc.freeze()
        self.watch.taken(before)

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
            assert lane.work is not None
            lane.work.put_aside(outbox, origin, key, value, "reference_invalid", detail)

        lane.also(letter)


def run(settings: Settings, *, accept_loss: bool = False) -> None:
    """Run one worker until it is told to stop.

    Raises UserError where the broker is down or refuses, a topic is missing or of another shape, the web port
    is taken, EXPORTGATE_DATA_DIR is no folder, or events were lost to retention; any other error that made
    going on unsafe, as it is.
    """
    topics.check(settings)
    listening = listen(settings)
    settings.folder()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    if sys.platform != "win32":
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    Worker(settings, listening, accept_loss=accept_loss).run()
