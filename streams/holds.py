"""What is held now, of one partition: which decision holds an order, and what may lift it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from rules import Standing


class HoldRecord(msgspec.Struct):
    """What of a record of `screening.holds` says how its subject stands."""

    decision_id: str
    decision: Literal["hold", "release"]
    decided_at: datetime
    end_user_id: str | None = None
    occurred_at: datetime | None = None
    hold_type: str | None = None


def read_hold_record(value: bytes) -> HoldRecord:
    """The record that a value of `screening.holds` is; raises msgspec.MsgspecError for one that is none."""
    return msgspec.json.decode(value, type=HoldRecord)


@dataclass(frozen=True, slots=True)
class Hold:
    """The decision that holds an order: of whom, when the event occurred and when it was decided."""

    decision_id: str
    end_user_id: str | None
    occurred_at: datetime | None
    hold_type: str
    since: datetime

    def yields_to(self, end_user_id: str | None, occurred_at: datetime | None) -> bool:
        """Whether an event may replace this hold: the same end user's, and not from before it."""
        if end_user_id != self.end_user_id:
            return False
        return self.occurred_at is None or (occurred_at is not None and occurred_at >= self.occurred_at)


class Stand(NamedTuple):
    """How a subject stands after a decision, what that supersedes, and whether it is what now stands."""

    standing: Standing
    supersedes: str | None
    changed: bool


class Holds:
    """The holds that stand on orders, by subject. A download is never amended, so none is kept."""

    def __init__(self) -> None:
        self._standing: dict[str, Hold] = {}

    def __len__(self) -> int:
        return len(self._standing)

    def __contains__(self, subject: str) -> bool:
        return subject in self._standing

    def standing(self) -> Iterable[Hold]:
        """Every hold that stands."""
        return self._standing.values()

    def decide(
        self,
        subject: str,
        end_user_id: str | None,
        occurred_at: datetime | None,
        decision_id: str,
        hold_type: str | None,
    ) -> Stand:
        """How an order stands after a decision, before it is taken in; `hold_type` is None for a release.

        A hold that stands and does not yield to the event goes on standing, whatever was decided.
        """
        held = self._standing.get(subject)
        if held is not None and (
            held.decision_id == decision_id or not held.yields_to(end_user_id, occurred_at)
        ):
            return Stand("held", None, changed=False)
        supersedes = None if held is None else held.decision_id
        if hold_type is None:
            return Stand("released", supersedes, changed=held is not None)
        return Stand("held", supersedes, changed=True)

    def take(self, subject: str, hold: Hold | None) -> None:
        """Have a hold stand on a subject from now on; None: it is lifted."""
        if hold is None:
            self._standing.pop(subject, None)
        else:
            self._standing[subject] = hold

    def read(self, subject: str, record: HoldRecord | None) -> None:
        """Take in one record of `screening.holds`, None for one that was deleted."""
        if record is None or record.decision == "release":
            self.take(subject, None)
        elif subject.startswith("order:"):
            hold = Hold(
                record.decision_id,
                record.end_user_id,
                record.occurred_at,
                record.hold_type or "review",
                record.decided_at,
            )
            self.take(subject, hold)


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long `screening.holds` shows what no longer matters there; the decisions keep it."""

    download_hold: timedelta
    lifted_hold: timedelta

    def has_come(self, subject: str, record: HoldRecord, now: datetime) -> bool:
        """Whether a record of `screening.holds` may be deleted; an order's hold stands until it is lifted."""
        if record.decision == "release":
            return now - record.decided_at > self.lifted_hold
        return subject.startswith("download:") and now - record.decided_at > self.download_hold
