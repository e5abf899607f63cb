"""Reads `screening.holds` of one partition once: what is held there, and what may be deleted."""

from datetime import UTC, datetime

import msgspec
import structlog

from streams import topics
from streams.followed_topic import FollowedTopic
from streams.holds import Expiry, Holds, read_hold_record
from streams.raw_record import RawRecord
from streams.settings import Settings

log = structlog.get_logger(__name__)


class HoldsReader(FollowedTopic):
    """One reading of one partition of `screening.holds`.

    Only the owner of a lane writes to its partition: what was there when it had fenced everybody else, and
    what it has written since, is all that there is. So the topic is read when a lane opens, not followed.
    """

    def __init__(self, settings: Settings, partition: int, expiry: Expiry) -> None:
        self.holds = Holds()
        self._expiry = expiry
        self._now = datetime.now(UTC)
        self._expired: dict[bytes, None] = {}
        super().__init__(topics.HOLDS, settings, {partition})

    @property
    def expired(self) -> list[bytes]:
        """The keys whose records no longer need to be there."""
        return list(self._expired)

    def begin(self, partition: int) -> None:
        """Start with nothing held."""
        self.holds = Holds()
        self._expired = {}

    def fold(self, partition: int, record: RawRecord, live: bool) -> None:
        """Take in one record; one that is none of ours is left where it is."""
        key: bytes = record.key or b""
        subject = key.decode(errors="replace")
        self._expired.pop(key, None)
        try:
            hold = None if record.value is None else read_hold_record(record.value)
        except msgspec.MsgspecError as error:
            log.warning("not a hold", subject=subject, offset=record.offset, error=str(error))
            return
        self.holds.read(subject, hold)
        if hold is not None and self._expiry.has_come(subject, hold, self._now):
            self._expired[key] = None

    def forget(self, partition: int) -> None:
        """Nothing follows a reading."""
