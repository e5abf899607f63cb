"""Why an event is decided again: the decision in question, who asks and the reason, as headers of the event.

The event itself is published once more with these, so a worker needs no memory of what it decided before.
"""

from collections.abc import Sequence
from typing import Literal

from aiokafka import ConsumerRecord
from msgspec import Struct

from streams.holds import Stand
from streams.outbox import Header

PREFIX = "rescreen_"
OF, WAS, BY, REASON = (PREFIX + name for name in ("of", "was", "by", "reason"))


class Rescreening(Struct, frozen=True, gc=False):
    """A re-screening of one decision: its id, what it was, and who has it decided again and why."""

    decision_id: str
    was: Literal["hold", "release"]
    by: str
    reason: str

    def headers(self) -> list[Header]:
        """What the event carries, so that `rescreening_of` finds it again."""
        return [
            (OF, self.decision_id.encode()),
            (WAS, self.was.encode()),
            (BY, self.by.encode()),
            (REASON, self.reason.encode()),
        ]

    def stand(self, stand: Stand, subject_type: str, decision_id: str) -> Stand:
        """How the subject stands after the decision, which names the one in question as what it replaces.

        A hold of an order that does not yield goes on standing, and the same decision replaces nothing.
        """
        if decision_id == self.decision_id or (stand.standing == "held" and not stand.changed):
            return stand
        lifted = subject_type == "download" and self.was == "hold"
        return Stand(stand.standing, stand.supersedes or self.decision_id, stand.changed or lifted)


def headers_of(event: ConsumerRecord, rescreening: Rescreening) -> list[Header]:
    """The headers with which an event is published once more: its own, and why."""
    own = [header for header in event.headers if not header[0].startswith(PREFIX)]
    return [*own, *rescreening.headers()]


def rescreening_of(headers: Sequence[Header]) -> Rescreening | None:
    """The re-screening that an event's headers ask for; None for an event that comes for the first time."""
    said = {
        name: (value or b"").decode(errors="replace") for name, value in headers if name.startswith(PREFIX)
    }
    if not said.get(OF):
        return None
    was: Literal["hold", "release"] = "release" if said.get(WAS) == "release" else "hold"
    return Rescreening(said[OF], was, said.get(BY, ""), said.get(REASON, ""))
