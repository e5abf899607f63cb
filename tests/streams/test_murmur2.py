"""Keys belong to the partitions where Kafka's own clients put them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as kafka_python_murmur2

from streams.murmur2 import murmur2, partition_of


@pytest.mark.parametrize(
    ("key", "hashed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_hashes_as_kafkas_own_tests_say(key: bytes, hashed: int) -> None:
    """The vectors of Apache Kafka's UtilsTest, whose integers are signed."""
    assert murmur2(key) == hashed % 2**32


@given(st.binary(max_size=64))
def test_agrees_with_kafka_python(key: bytes) -> None:
    """Every key hashes as kafka-python hashes it, whatever its length."""
    assert murmur2(key) == kafka_python_murmur2(key) % 2**32


@given(st.binary(max_size=64), st.integers(min_value=1, max_value=64))
def test_gives_a_partition_that_exists(key: bytes, partitions: int) -> None:
    """A key's partition is one of those that there are."""
    assert 0 <= partition_of(key, partitions) < partitions
