"""`screening.holds` kept small: what no longer matters there is deleted, when a lane opens and once a day."""

from collections.abc import Awaitable, Callable, Collection

from mode import Service

from streams import topics
from streams.holds_reader import HoldsReader
from streams.lane import Lane
from streams.lanes import Lanes
from streams.outbox import Outbox
from streams.screening import Screening

SWEEP_SECONDS = 86_400.0


class Sweeper(Service):  # type: ignore[misc]  # mode comes untyped
    """Reads what is held in the open lanes once a day, beside their work, and has the expired deleted."""

    mundane_level = "debug"

    def __init__(self, read: Callable[[int], Awaitable[HoldsReader]], lanes: Lanes) -> None:
        self._read, self._lanes = read, lanes
        super().__init__()

    async def on_start(self) -> None:
        """Begin to wait for the first day's end: an opening lane is swept in any case."""
        self.add_future(self._daily())

    async def _daily(self) -> None:
        while not self.should_stop:
            await self.sleep(SWEEP_SECONDS)
            await self.sweep()

    async def sweep(self) -> None:
        """Sweep every lane that is open now."""
        for lane in list(self._lanes.open.values()):
            screening = lane.work
            if isinstance(screening, Screening):
                screening.written = set()
                delete(lane, screening, (await self._read(lane.number)).expired)


def delete(lane: Lane, screening: Screening, expired: Collection[bytes]) -> None:
    """Delete these keys in the lane's next transaction, but for those that it wrote since they were read."""

    def tombstones(outbox: Outbox) -> None:
        if lane.work is not screening:
            return  # opened anew, and swept anew
        written, screening.written = screening.written or (), None
        for key in expired:
            if key not in written:
                outbox.put(topics.HOLDS, lane.number, key, None, [])

    if expired:
        lane.also(tombstones)
    else:
        screening.written = None
