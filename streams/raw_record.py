"""A record as aiokafka's compiled code reads it, for consumers that take many.

A dataclass made of each would cost a tenth of a worker's throughput and of what a table takes to be read.
This leans on a private name of aiokafka, which is pinned exactly; `tests/streams/test_transport.py` fails
with a clear message when it is gone.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from aiokafka.consumer import fetcher
from aiokafka.structs import TopicPartition


class RawRecord(Protocol):
    """One record; whose partition it is, whoever fetched it knows. `timestamp` is in milliseconds."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


def raw(data: bytes | None) -> bytes | None:
    """As a key deserializer, the mark of a consumer that takes records as they come."""
    return data


_dataclass_record = fetcher.PartitionRecords._consumer_record


def _consumer_record(self: Any, tp: TopicPartition, record: Any) -> Any:
    return record if self._key_deserializer is raw else _dataclass_record(self, tp, record)


fetcher.PartitionRecords._consumer_record = _consumer_record
