"""An absent end user is believed absent only where records lie where murmur2 puts them."""

import random
import zlib
from collections.abc import Iterable
from itertools import count, islice

from streams.murmur2 import partition_of
from streams.placement import JUDGED_WHOLE, Placement

PARTITIONS = 8


def filled(partition: int, keys: Iterable[str]) -> tuple[Placement, list[str]]:
    placement, present = Placement(partition, PARTITIONS), list(keys)
    for key in present:
        placement.arrived(key.encode())
    return placement, present


def is_right(placement: Placement, keys: list[str]) -> bool:
    return placement.is_right(keys, len(keys))


def keys_of(partition: int, amount: int) -> list[str]:
    keys = (f"eu-{n}" for n in count())
    return list(islice((key for key in keys if partition_of(key.encode(), PARTITIONS) == partition), amount))


def keys_by_crc32(partition: int, amount: int) -> list[str]:
    keys = (f"eu-{n}" for n in count())
    return list(islice((key for key in keys if zlib.crc32(key.encode()) % PARTITIONS == partition), amount))


def test_an_empty_partition_is_well_placed() -> None:
    """Where there is nothing, nothing lies wrong."""
    assert is_right(*filled(3, []))


def test_records_placed_by_murmur2_are_well_placed() -> None:
    """Few records and many, each where it belongs."""
    for amount in (1, 100, JUDGED_WHOLE + 1000):
        assert is_right(*filled(3, keys_of(3, amount)))


def test_records_placed_by_another_hash_are_not() -> None:
    """A producer that partitions by CRC32, as librdkafka does by default, is noticed in every partition."""
    for partition in range(PARTITIONS):
        for amount in (20, JUDGED_WHOLE + 1000):
            assert not is_right(*filled(partition, keys_by_crc32(partition, amount)))


def test_one_misplaced_record_among_few_is_noticed() -> None:
    """A small partition is judged whole."""
    assert not is_right(*filled(3, [*keys_of(3, 50), *keys_of(4, 1)]))


def test_deleting_what_lay_wrong_puts_it_right() -> None:
    """The judgement is of what is there now, not of what has been."""
    right, wrong = keys_of(3, JUDGED_WHOLE + 1000), keys_of(4, 1000)
    placement, keys = filled(3, [*right, *wrong])
    assert not is_right(placement, keys)
    for key in wrong:
        placement.left(key.encode())
    assert is_right(placement, right)


def test_the_order_of_arrival_changes_nothing() -> None:
    """Two workers that read the same records judge them alike."""
    keys = [*keys_of(3, JUDGED_WHOLE + 1000), *keys_of(4, 64)]
    verdicts = {is_right(*filled(3, random.Random(seed).sample(keys, len(keys)))) for seed in range(3)}
    assert len(verdicts) == 1
