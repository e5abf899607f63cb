"""How far this worker's events are decided, asked of the brokers once a second: lag, age, standstill."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition
from faust.exceptions import ConsumerNotStarted
from mode import Service

from streams import peek
from streams.lane import Lane
from streams.lanes import Lanes
from streams.partition_reader import PartitionReader
from streams.settings import Settings
from streams.topics import SOURCES

log = structlog.get_logger(__name__)

ASK_SECONDS = 1.0
ANSWER_SECONDS = 5.0
IDLE_SECONDS = 5.0
STANDSTILL_SECONDS = 30.0
"""So long without a decision while there are events to decide is a standstill."""


@dataclass(slots=True)
class PartitionProgress:
    """Of one source partition: its first undecided offset, the lag behind it, and since when it is there.

    Of the lag, `readable` is what lies before the first transaction that is open.
    """

    position: int
    lag: int
    readable: int
    moved: float = field(default_factory=time.monotonic)
    since: float = field(default_factory=time.monotonic)
    """Since when the position has been this, whether or not there is a lag."""
    arrived: float | None = None
    """When the oldest undecided event was written (seconds since the epoch), None where there is none."""
    sure: bool = True
    """False where the event was not seen yet: then it was written at that time or before it."""


class Progress(Service):  # type: ignore[misc]  # mode comes untyped
    """Follows every source partition that is assigned to this worker."""

    mundane_level = "debug"

    def __init__(self, settings: Settings, lanes: Lanes) -> None:
        self._settings, self._lanes = settings, lanes
        self._partitions: dict[TopicPartition, PartitionProgress] = {}
        self._answered = time.monotonic()
        self.brokers_answer = True
        """Whether they did when they were asked last."""
        super().__init__()

    @property
    def partitions(self) -> Mapping[TopicPartition, PartitionProgress]:
        """What the last answer said, by source partition."""
        return self._partitions

    @property
    def moving(self) -> bool:
        """False when events wait that can be read and none was decided for half a minute.

        As far as brokers can be asked: without them, or behind a transaction that somebody left open, a
        restart would bring nothing.
        """
        if time.monotonic() - self._answered > STANDSTILL_SECONDS:
            return True
        return not any(
            partition.readable and time.monotonic() - partition.moved > STANDSTILL_SECONDS
            for partition in self._partitions.values()
        )

    async def on_start(self) -> None:
        """Begin to ask."""
        self.add_future(self._ask())

    async def _ask(self) -> None:
        while not self.should_stop:
            await self.sleep(ASK_SECONDS)
            try:
                async with PartitionReader(self._settings, uncommitted=True) as logs:
                    while not self.should_stop:
                        await self._take_stock(logs)
                        await self.sleep(ASK_SECONDS)
            except (KafkaError, TimeoutError) as error:
                self._take_note(False, repr(error))
            except (LookupError, ConsumerNotStarted) as error:
                log.debug("the partitions are not this worker's", error=repr(error))

    async def _take_stock(self, logs: PartitionReader) -> None:
        lanes = dict(self._lanes.open)
        # A worker without a lane asks too: it says whether the brokers answer.
        partitions = [TopicPartition(topic, number) for number in lanes or (0,) for topic in SOURCES]
        stands = await self._lanes.ends(partitions)
        async with asyncio.timeout(ANSWER_SECONDS):
            ends = await logs.ends(partitions)
        self._take_note(True)
        self._partitions = {
            tp: self._partition(lanes[tp.partition], tp, *stands[tp], ends[tp])
            for tp in partitions
            if tp in stands and tp.partition in lanes
        }
        await self._look_up()
        await self._pass_marks()

    def _take_note(self, answered: bool, error: str | None = None) -> None:
        if answered:
            self._answered = time.monotonic()
        if answered and not self.brokers_answer:
            log.info("Kafka answers again")
        if not answered and self.brokers_answer:
            log.warning("Kafka does not answer", brokers=self._settings.brokers, error=error)
        self.brokers_answer = answered

    def _partition(
        self, lane: Lane, tp: TopicPartition, fetched: int, readable: int, end: int
    ) -> PartitionProgress:
        arrived = lane.undecided_since(tp)
        decided = lane.position.get(tp, fetched)
        position = decided if arrived is not None else max(decided, fetched)
        lag = max(0, end - position)
        partition = PartitionProgress(position, lag, max(0, readable - position), arrived=arrived)
        before = self._partitions.get(tp)
        if before is not None and before.position == position:
            partition.since = before.since
        stayed = before if before is not None and before.lag and before.position == position else None
        if stayed is not None:
            partition.moved = stayed.moved
        if partition.lag and arrived is None:
            noticed = None if stayed is None else stayed.arrived
            partition.arrived = noticed or time.time()
            partition.sure = noticed is not None and stayed is not None and stayed.sure
        return partition

    async def _pass_marks(self) -> None:
        """Have lanes commit behind marks of transactions that nothing follows.

        Else retention would one day take them, and it would seem that events are gone undecided.
        """
        lanes, idle = self._lanes.open, time.monotonic() - IDLE_SECONDS
        behind = [
            (lane, tp, lane.position[tp], partition.position)
            for tp, partition in self._partitions.items()
            if (lane := lanes.get(tp.partition)) is not None
            and lane.ready
            and not partition.lag
            and lane.position[tp] < partition.position
            and partition.since < idle
        ]
        if not behind:
            return
        async with PartitionReader(self._settings) as reader:
            for lane, tp, decided, position in behind:
                if not [record async for record in reader.between(tp, decided, position)]:
                    lane.passed(tp, position)

    async def _look_up(self) -> None:
        """Read when the events were written that wait since the last look and were not fetched."""
        lately = time.monotonic() - ASK_SECONDS / 2
        waiting = {
            tp: partition.position
            for tp, partition in self._partitions.items()
            if partition.readable and not partition.sure and partition.moved < lately
        }
        if not waiting:
            return
        try:
            for tp, at in (await peek.written(self._settings, waiting)).items():
                self._partitions[tp].arrived, self._partitions[tp].sure = at, True
        except (KafkaError, OSError) as error:
            log.debug("cannot look up when events were written", error=repr(error))
