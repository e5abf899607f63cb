"""The records of a reference topic's partition, or of a file, in memory: by key, as the bytes that came.

Bytes and not objects: a million of them take half the memory, and Python's cyclic collector has nothing
to walk. They are validated when they come and decoded when they are asked for.
"""

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from itertools import chain
from typing import TypeVar

from rules import UNREADABLE, InvalidRecord, UnreadableRecord
from streams.placement import Placement

T = TypeVar("T")

REMEMBERED = 131_072
"""So many decoded records of a table are kept."""

_VERSION_BYTES = 16
_VERSIONS = 1 << 8 * _VERSION_BYTES


class KeyedRecords(Mapping[str, T | UnreadableRecord]):
    """What each key holds: its record, decoded when asked for, or UNREADABLE where that does not validate.

    `version` is a sum of digests, so it depends on the content alone and not on the order of arrival.
    """

    def __init__(
        self,
        read: Callable[[bytes], T],
        key_field: str,
        placement: Placement | None = None,
        most: int = REMEMBERED,
    ) -> None:
        """`read` validates a value or raises InvalidRecord; of what it gives, so many at most are kept."""
        self.values_as_given: dict[str, bytes] = {}
        self.unreadable: dict[str, bytes] = {}
        self.version = 0
        self._decoded: dict[str, T] = {}
        self._read, self._key_field, self._most = read, key_field, most
        self._placement = placement

    def __getitem__(self, key: str) -> T | UnreadableRecord:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def get(  # type: ignore[override]  # no other default is asked for
        self, key: str, default: None = None
    ) -> T | UnreadableRecord | None:
        """What the key holds, `default` where it holds nothing."""
        found = self._decoded.get(key)
        if found is not None:
            return found
        value = self.values_as_given.get(key)
        if value is None:
            return UNREADABLE if key in self.unreadable else default
        if len(self._decoded) >= self._most:
            self._decoded.clear()
        found = self._decoded[key] = self._read(value)
        return found

    def __iter__(self) -> Iterator[str]:
        return chain(self.values_as_given, self.unreadable)

    def __len__(self) -> int:
        return len(self.values_as_given) + len(self.unreadable)

    def put(self, raw_key: bytes | None, value: bytes | None) -> str | None:
        """Take in a record, a null value deleting it; give what is wrong with one that does not validate."""
        if raw_key is None:
            return "it has no key"
        key = raw_key.decode(errors="surrogateescape")
        self._remove(key, raw_key)
        if value is None:
            return None
        wrong = self._wrong(key, value)
        (self.values_as_given if wrong is None else self.unreadable)[key] = value
        self.version = (self.version + _digest(raw_key, value)) % _VERSIONS
        if self._placement:
            self._placement.arrived(raw_key)
        return wrong

    def well_placed(self) -> bool:
        """Tell whether the keys lie where murmur2 puts them, as far as they are judged."""
        return self._placement is None or self._placement.is_right(self, len(self))

    def _remove(self, key: str, raw_key: bytes) -> None:
        self._decoded.pop(key, None)
        old = self.values_as_given.pop(key, None)
        if old is None:
            old = self.unreadable.pop(key, None)
        if old is not None:
            self.version = (self.version - _digest(raw_key, old)) % _VERSIONS
            if self._placement:
                self._placement.left(raw_key)

    def _wrong(self, key: str, value: bytes) -> str | None:
        try:
            named = getattr(self._read(value), self._key_field)
        except InvalidRecord as error:
            return str(error)
        return None if key == named else f"its key is {key!r}, its {self._key_field} {named!r}"


def version_of(*parts: KeyedRecords[T]) -> str:
    """Give the version of what several partitions hold together."""
    return f"{sum(part.version for part in parts) % _VERSIONS:0{2 * _VERSION_BYTES}x}"


def _digest(key: bytes, value: bytes) -> int:
    content = b"%d %b%b" % (len(key), key, value)
    return int.from_bytes(blake2b(content, digest_size=_VERSION_BYTES).digest(), "big")
