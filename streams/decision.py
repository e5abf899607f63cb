"""An event and its outcome made into the decision that leaves, the same for Kafka and for files."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import rules
from rules import DownloadRequest, InvalidEvent, Order, Outcome
from streams.holds import Holds, Stand

Event: TypeAlias = Order | DownloadRequest | InvalidEvent


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of the tables that a decision is made with."""

    destinations: str
    restricted_parties: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on an event, when, and how its subject stands after it."""

    event: Event
    outcome: Outcome
    decision_id: str
    stand: Stand
    decided_at: datetime
    versions: Versions

    def encode(self, outcome: Outcome | None = None) -> bytes:
        """The record of the contract; with another form of the outcome where one is given."""
        event = self.event
        return rules.encode(
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            event_id=event.event_id,
            end_user_id=event.end_user_id,
            occurred_at=event.occurred_at,
            decision_id=self.decision_id,
            outcome=outcome or self.outcome,
            standing=self.stand.standing,
            supersedes=self.stand.supersedes,
            decided_at=self.decided_at,
            destinations=self.versions.destinations,
            restricted_parties=self.versions.restricted_parties,
        )


def decided(
    event: Event, value: bytes, outcome: Outcome, holds: Holds, decided_at: datetime, versions: Versions
) -> Decision:
    """The decision on the event whose bytes are `value`; `holds` takes it in where it is on an order.

    A download is never amended, so nothing of it is kept.
    """
    decision_id = rules.decision_id(event.subject, value, outcome)
    if event.subject_type == "order":
        stand = holds.decide(
            event.subject, event.end_user_id, event.occurred_at, decision_id, outcome.hold_type, decided_at
        )
    else:
        held = outcome.hold_type is not None
        stand = Stand("held" if held else "released", None, changed=held)
    return Decision(event, outcome, decision_id, stand, decided_at, versions)
