"""murmur2 as Kafka's default partitioner uses it: which partition a key belongs to."""

import struct
from functools import lru_cache

_SEED = 0x9747B28C
_MIX = 0x5BD1E995
_UINT32 = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """Give Kafka's 32-bit hash of `key`, unsigned."""
    digest = _SEED ^ len(key)
    words = len(key) // 4
    for word in struct.unpack_from(f"<{words}I", key):
        mixed = word * _MIX & _UINT32
        digest = digest * _MIX & _UINT32 ^ (mixed ^ mixed >> 24) * _MIX & _UINT32
    if rest := key[words * 4 :]:
        digest = (digest ^ int.from_bytes(rest, "little")) * _MIX & _UINT32
    digest = (digest ^ digest >> 13) * _MIX & _UINT32
    return digest ^ digest >> 15


@lru_cache(maxsize=65_536)
def partition_of(key: bytes, partitions: int) -> int:
    """Give the partition, of so many, where Kafka's default partitioner puts `key`."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
