"""Whether a partition's records lie where murmur2 puts their keys.

Hashing a million keys at start would cost more than reading them, so a large partition is judged on a
sample. Which keys are in it depends on their digest alone, never on the order of arrival, so that two
workers judge the same content alike. The digest must have nothing to do with how any partitioner
hashes: a CRC32 here would draw its sample from one partition of a producer that partitions by CRC32.
"""

from collections.abc import Iterable
from hashlib import blake2b

from streams.murmur2 import partition_of

JUDGED_WHOLE = 4096
"""Up to so many records every key is judged: a sample of them could be empty."""


class Placement:
    """The sampled keys of one partition that belong to another one."""

    def __init__(self, partition: int, partitions: int) -> None:
        self.partition, self.partitions = partition, partitions
        self._misplaced: set[bytes] = set()

    def arrived(self, key: bytes) -> None:
        """Judge a key that is in the partition from now on, if it is of the sample."""
        if _sampled(key) and self._is_misplaced(key):
            self._misplaced.add(key)

    def left(self, key: bytes) -> None:
        """Forget a key that is no longer in the partition."""
        self._misplaced.discard(key)

    def is_right(self, keys: Iterable[str], count: int) -> bool:
        """Tell whether no judged key lies wrong; `keys` are all of the partition's, `count` of them."""
        if self._misplaced:
            return False
        return count > JUDGED_WHOLE or not any(
            self._is_misplaced(key.encode(errors="surrogateescape")) for key in keys
        )

    def _is_misplaced(self, key: bytes) -> bool:
        return partition_of(key, self.partitions) != self.partition


def _sampled(key: bytes) -> bool:
    """One key in 64."""
    return blake2b(key, digest_size=1).digest()[0] < 4
