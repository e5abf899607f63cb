"""Records as aiokafka's compiled code reads them, for consumers that take many: one by one, or unpacked only
where they are used.

A dataclass made of each would cost a tenth of a worker's throughput and of what a table takes to be read.
This leans on private names of aiokafka, which is pinned exactly; `tests/streams/test_transport.py` fails
with a clear message when one is gone.
"""

from collections.abc import Iterator, Sequence
from itertools import dropwhile
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


def packed(data: bytes | None) -> bytes | None:
    """As a key deserializer, the mark of a consumer that takes whole `ProducedBatch`es for records."""
    return data


class ProducedBatch:
    """The records that a producer sent at once, from the offset `begin` on; they can be read once.

    They are unpacked as they are read, so that each is still in the processor's cache when it is decided.
    What cannot be unpacked raises then.
    """

    __slots__ = ("_records", "begin", "next_offset", "timestamp")

    def __init__(self, records: Any, begin: int) -> None:
        self._records = records
        self.begin: int = max(begin, records.base_offset)
        self.next_offset: int = records.next_offset
        self.timestamp: int = records.max_timestamp if records.timestamp_type else records.first_timestamp
        """The Kafka timestamp of the first record that was sent, in milliseconds."""

    def __iter__(self) -> Iterator[RawRecord]:
        return dropwhile(lambda record: record.offset < self.begin, self._records)


class _Whole:
    """A produced batch as aiokafka unpacks one, with itself for its only record.

    As such it has the offset of its last one: what lies wholly before the position is skipped.
    """

    __slots__ = (
        "base_offset",
        "is_control_batch",
        "is_transactional",
        "next_offset",
        "offset",
        "producer_id",
        "records",
        "validate_crc",
    )

    def __init__(self, records: Any) -> None:
        self.records = records
        self.base_offset = records.base_offset
        self.next_offset = records.next_offset
        self.offset = records.next_offset - 1
        self.producer_id = records.producer_id
        self.is_control_batch = records.is_control_batch
        self.is_transactional = records.is_transactional
        self.validate_crc = records.validate_crc

    def __iter__(self) -> Iterator["_Whole"]:
        return iter((self,))

    def __next__(self) -> Any:
        return next(self.records)  # of a control batch, its mark


class _WholeBatches:
    """Fetched records, a whole produced batch at a time."""

    def __init__(self, fetched: Any) -> None:
        self.has_next = fetched.has_next
        self._next_batch = fetched.next_batch

    def next_batch(self) -> _Whole:
        return _Whole(self._next_batch())


class PartitionRecords(fetcher.PartitionRecords):  # type: ignore[misc]
    """The records of one fetched partition, in the form that the consumer is marked for."""

    def __init__(self, tp: TopicPartition, records: Any, *others: Any) -> None:
        super().__init__(tp, records, *others)
        if self._key_deserializer is packed:
            self._records = _WholeBatches(records)

    def _consumer_record(self, tp: TopicPartition, record: Any) -> Any:
        if self._key_deserializer is packed:
            return ProducedBatch(record.records, self.next_fetch_offset)
        return record if self._key_deserializer is raw else super()._consumer_record(tp, record)


fetcher.PartitionRecords = PartitionRecords
