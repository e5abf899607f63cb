"""Whole produced batches: as aiokafka hands them out, none of an aborted transaction, unpacked when read."""

import asyncio
import struct
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import pytest
from aiokafka.consumer.fetcher import READ_COMMITTED
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

import rules
from streams.holds import Holds
from streams.lane import Batch
from streams.outbox import Outbox
from streams.raw_record import PartitionRecords, ProducedBatch, packed, raw
from streams.screening import Screening

TP = TopicPartition("orders", 0)
ABORT, COMMIT = b"\0\0\0\0", b"\0\0\0\1"
ATTRIBUTES_AT, CONTROL = 22, 0x20


def _batch(first: int, keys: Iterable[bytes], producer: int = -1) -> bytearray:
    """The bytes of a produced batch whose first record has an offset, in a transaction of its producer's."""
    in_transaction = int(producer >= 0)
    builder = DefaultRecordBatchBuilder(2, 0, in_transaction, producer, 0, 0, 1 << 20)
    for number, key in enumerate(keys):
        builder.append(number, 1000 + first + number, key, b"{}", [])
    built = bytearray(builder.build())
    struct.pack_into(">q", built, 0, first)
    return built


def _mark(offset: int, producer: int, kind: bytes) -> bytearray:
    """The bytes of a mark that ends a transaction."""
    built = _batch(offset, [kind], producer)
    built[ATTRIBUTES_AT] |= CONTROL
    return built


def _fetched(
    data: bytes, begin: int, form=packed, aborted: Iterable[tuple[int, int]] = ()
) -> PartitionRecords:
    """What a consumer makes of fetched bytes when it asked for offsets from `begin` on."""
    return PartitionRecords(TP, MemoryRecords(data), list(aborted), begin, form, None, False, READ_COMMITTED)


def _offsets(batches: Iterable[ProducedBatch]) -> Iterator[list[int]]:
    return ([record.offset for record in batch] for batch in batches)


def test_a_batch_is_handed_out_whole_and_says_where_it_lies():
    """Its offsets and its first record's time are known before any record is unpacked."""
    [first, second] = _fetched(bytes(_batch(10, [b"a", b"b"]) + _batch(12, [b"c"])), 10)
    assert (first.begin, first.next_offset, first.timestamp) == (10, 12, 1010)
    assert [(record.offset, record.key) for record in first] == [(10, b"a"), (11, b"b")]
    assert (second.begin, second.next_offset, list(_offsets([second]))) == (12, 13, [[12]])


def test_what_lies_before_the_offset_that_was_asked_for_is_left_out():
    """Kafka sends the whole batch that holds the offset; what was decided before is not decided again."""
    fetched = _fetched(bytes(_batch(10, [b"a", b"b", b"c", b"d"]) + _batch(14, [b"e"])), 12)
    batches = list(fetched)
    assert [batch.begin for batch in batches] == [12, 14]
    assert list(_offsets(batches)) == [[12, 13], [14]]
    assert fetched.next_fetch_offset == 15


def test_nothing_of_an_aborted_transaction_is_handed_out():
    """Nor a mark; what was committed around it is."""
    data = _batch(0, [b"a"], 7) + _batch(1, [b"b"], 8) + _mark(2, 7, ABORT) + _mark(3, 8, COMMIT)
    data += _batch(4, [b"c"], 7) + _mark(5, 7, COMMIT)
    fetched = _fetched(bytes(data), 0, aborted=[(7, 0)])
    assert list(_offsets(fetched)) == [[1], [4]]
    assert fetched.next_fetch_offset == 6


def test_a_consumer_that_takes_records_is_given_records():
    """Tables read one record at a time, as before."""
    records = _fetched(bytes(_batch(10, [b"a", b"b", b"c"])), 11, raw)
    assert [record.key for record in records] == [b"b", b"c"]


def test_a_batch_that_cannot_be_unpacked_is_named():
    """Nothing of its transaction is committed, and whoever reads the log knows which offsets to look at."""
    data = _batch(10, [b"a", b"b"])
    data[-1] = 0x7F  # of the last record: so many headers, and none is there
    [produced] = _fetched(bytes(data), 10)
    reference = SimpleNamespace(
        destinations=SimpleNamespace(snapshot=lambda: rules.Destinations.of({}, "v")), parties=rules.ELSEWHERE
    )
    screening = Screening(0, "exportgate", Holds(), reference, None, None)
    screening._one = lambda *arguments: None
    with pytest.raises(RuntimeError, match="orders-0, offsets 10 to 11, cannot be decided"):
        asyncio.run(screening.decide(Batch(TP, [produced]), Outbox(None)))
