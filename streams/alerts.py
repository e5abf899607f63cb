"""Alerts: an end user became listed, or ceased to be; and who is known as listed by those that were given."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Literal

import msgspec
import structlog
from msgspec import Struct

from rules.models import Moment
from rules.parties import Match
from streams import topics
from streams.followed_topic import FollowedTopic
from streams.raw_record import RawRecord
from streams.settings import Settings

log = structlog.get_logger(__name__)

Type = Literal["listed", "delisted"]
Cause = Literal["list", "end_user"]


class Alert(Struct, frozen=True):
    """The alert record of the contract."""

    alert_id: str
    type: Type
    end_user_id: str
    entry_id: str
    list: str
    name: str
    matched_name: str
    score: float
    band: str
    cause: Cause
    list_version: str
    superseded: int
    at: Moment


encode = msgspec.json.Encoder().encode


def listed(end_user_id: str, match: Match, cause: Cause, list_version: str) -> Alert:
    """The alert that an end user became listed; the same one where the same is found again."""
    return Alert(
        _id("listed", end_user_id, match.entry.entry_id, list_version),
        "listed",
        end_user_id,
        match.entry.entry_id,
        match.entry.list,
        match.entry.name,
        match.matched_name,
        match.score,
        match.band,
        cause,
        list_version,
        0,
        datetime.now(UTC),
    )


def delisted(before: Alert, cause: Cause, list_version: str) -> Alert:
    """The alert that what an earlier one said has ceased."""
    return msgspec.structs.replace(
        before,
        alert_id=_id("delisted", before.end_user_id, before.entry_id, list_version),
        type="delisted",
        cause=cause,
        list_version=list_version,
        superseded=0,
        at=datetime.now(UTC),
    )


def with_superseded(alert: Alert, count: int) -> Alert:
    """The alert with how many releases were superseded because of it."""
    return msgspec.structs.replace(alert, superseded=count)


def _id(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def take_in(known: dict[str, dict[str, Alert]], alert: Alert) -> None:
    """Bring who is known as listed, by end user and entry, up to an alert."""
    of_end_user = known.setdefault(alert.end_user_id, {})
    if alert.type == "listed":
        of_end_user[alert.entry_id] = alert
    else:
        of_end_user.pop(alert.entry_id, None)
        if not of_end_user:
            del known[alert.end_user_id]


class KnownListed(FollowedTopic):
    """One reading of one partition of `screening.alerts`: who is known as listed, and by which entries."""

    def __init__(self, settings: Settings, partition: int) -> None:
        self.alerts: dict[str, dict[str, Alert]] = {}
        """By end user and entry, the alerts that stand."""
        super().__init__(topics.ALERTS, settings, {partition})

    def begin(self, partition: int) -> None:
        """Start with nobody known."""
        self.alerts = {}

    def fold(self, partition: int, record: RawRecord, live: bool) -> None:
        """Take in one alert; what is none is left where it is."""
        try:
            alert = msgspec.json.decode(record.value or b"", type=Alert)
        except msgspec.MsgspecError as error:
            log.warning("not an alert", offset=record.offset, error=str(error))
            return
        take_in(self.alerts, alert)

    def forget(self, partition: int) -> None:
        """Nothing follows a reading."""
