"""What leaves: decisions with their CloudEvents headers, holds, forwarded events and dead letters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from streams import topics
from streams.origin import Origin, trace_of
from streams.outbox import Header, Outbox
from streams.rescreening import rescreening_of

LARGEST_VALUE = topics.LARGEST_RECORD - 64 * 1024
"""Room is left for the key, the headers and the batch around a record."""

REPLAYED_FROM = "replayed_from"
"""The header of an event that was a dead letter, and was sent on again: which one."""

_FIXED: tuple[Header, ...] = (("ce_specversion", b"1.0"), ("content-type", b"application/json"))
_TYPES: dict[str, Header] = {
    "hold": ("ce_type", b"exportgate.hold"),
    "release": ("ce_type", b"exportgate.release"),
}
_STANDINGS: dict[str, Header] = {
    "held": ("standing", b"held"),
    "released": ("standing", b"released"),
}


class DecisionHeaders:
    """The headers of decisions made at one time: CloudEvents (binary mode), the event, the standing."""

    def __init__(self, group: str, decided_at: datetime) -> None:
        self._common = (
            *_FIXED,
            ("ce_source", f"/exportgate/{group}".encode()),
            ("ce_time", _time(decided_at)),
        )
        self._of_partition: dict[tuple[str, int], tuple[Header, ...]] = {}

    def of(
        self, origin: Origin, subject: bytes, decision_id: str, decision: str, standing: str, record: Any
    ) -> list[Header]:
        """The headers of one decision on the event of `record`."""
        came_from = (origin.topic, origin.partition)
        common = self._of_partition.get(came_from)
        if common is None:
            common = (*self._common, *origin.partition_headers("event"))
            self._of_partition[came_from] = common
        headers: list[Header] = [
            *common,
            ("event_offset", b"%d" % origin.offset),
            _TYPES[decision],
            _STANDINGS[standing],
            ("ce_id", decision_id.encode()),
            ("ce_subject", subject),
        ]
        if record.headers:
            headers += trace_of(record.headers)
        return headers


def forward(outbox: Outbox, record: Any, origin: Origin, end_user_id: str, home: int) -> None:
    """Send an event on to the partition of its end user."""
    rescreening = rescreening_of(record.headers)
    headers = [
        *origin.forward_headers(),
        *trace_of(record.headers),
        *(rescreening.headers() if rescreening else []),
    ]
    outbox.put(topics.REPARTITION, home, end_user_id.encode(), record.value, headers)


def dead_letter(
    outbox: Outbox,
    partition: int,
    origin: Origin,
    key: bytes | None,
    value: bytes | None,
    reason: str,
    detail: str,
    came_with: Sequence[Header] = (),
) -> str:
    """Put aside what could not be read, byte for byte; gives the reason, `too_large` where it is.

    Of the headers that the record came with, the mark of a replay stays.
    """
    if value is not None and len(value) + len(key or b"") > LARGEST_VALUE:
        reason, detail, value = "too_large", f"{reason}: {detail}; {len(value)} bytes", None
    headers: list[Header] = [
        ("dead_reason", reason.encode()),
        ("dead_detail", detail[:2000].encode(errors="replace")),
        *origin.headers("dead"),
        ("dead_at", _time(datetime.now(UTC))),
        *(header for header in came_with if header[0] == REPLAYED_FROM),
    ]
    outbox.put(topics.DEAD_LETTERS, partition, key, value, headers)
    return reason


def fits(value: bytes) -> bool:
    """Whether a record with this value fits into the topics of `screening.*`."""
    return len(value) <= LARGEST_VALUE


def _time(moment: datetime) -> bytes:
    """A moment in UTC, as RFC 3339 writes it."""
    return moment.isoformat().replace("+00:00", "Z").encode()
