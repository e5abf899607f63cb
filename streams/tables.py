"""The reference tables: destinations and items whole, end users in the partitions of this worker."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from rules import (
    Destination,
    Destinations,
    EndUser,
    Item,
    UnreadableRecord,
    read_destination,
    read_end_user,
    read_item,
)
from streams import topics
from streams.followed_topic import FollowedTopic
from streams.keyed_records import REMEMBERED, KeyedRecords, version_of
from streams.placement import Placement
from streams.raw_record import RawRecord
from streams.settings import Settings

T = TypeVar("T")

OnUnreadable = Callable[[str, int, int, bytes | None, bytes | None, str], None]
"""Called with topic, partition, offset, key, value and what is wrong, for a record that came live."""


class ReferenceTable(FollowedTopic, Generic[T]):
    """A reference topic in memory. A key whose record does not validate is unreadable, never as before."""

    def __init__(
        self,
        topic: str,
        read: Callable[[bytes], T],
        key_field: str,
        settings: Settings,
        on_unreadable: OnUnreadable,
        **service: Any,
    ) -> None:
        self._contents: dict[int, KeyedRecords[T]] = {}
        self._read_value, self._key_field = read, key_field
        self._on_unreadable = on_unreadable
        super().__init__(topic, settings, **service)

    def begin(self, partition: int) -> None:
        """Start with an empty partition."""
        self._contents[partition] = KeyedRecords(
            self._read_value, self._key_field, self._placement(partition), self._most
        )

    def forget(self, partition: int) -> None:
        """Drop the records of a partition."""
        del self._contents[partition]

    def fold(self, partition: int, record: RawRecord, live: bool) -> None:
        """Take in one record; one that does not validate and came live is reported."""
        wrong = self._contents[partition].put(record.key, record.value)
        if wrong is not None and live:
            self._on_unreadable(self.topic, partition, record.offset, record.key, record.value, wrong)

    @property
    def version(self) -> str:
        """A digest of the content: the same for the same content, whatever the order of arrival."""
        return version_of(*self._contents.values())

    @property
    def records(self) -> int:
        """How many keys hold a record."""
        return sum(len(contents) for contents in self._contents.values())

    @property
    def unreadable(self) -> int:
        """How many of the records cannot be read."""
        return sum(len(contents.unreadable) for contents in self._contents.values())

    def _placement(self, partition: int) -> Placement | None:
        return None

    @property
    def _most(self) -> int:
        """How many records of a partition are kept decoded."""
        return REMEMBERED


class DestinationTable(ReferenceTable[Destination]):
    """Every destination, as the one immutable snapshot that a decision is made with."""

    def __init__(self, settings: Settings, on_unreadable: OnUnreadable, **service: Any) -> None:
        super().__init__(
            topics.DESTINATIONS,
            read_destination,
            "country",
            settings,
            on_unreadable,
            partitions={0},
            **service,
        )
        self._snapshot = Destinations.of({}, self.version)

    def snapshot(self) -> Destinations:
        """Give the destinations as they are now; the same object for as long as none has changed."""
        version = self.version
        if version != self._snapshot.version:
            self._snapshot = Destinations.of(dict(self._contents[0]), version)
        return self._snapshot


class ItemTable(ReferenceTable[Item]):
    """Every item of the catalogue."""

    def __init__(self, settings: Settings, on_unreadable: OnUnreadable, **service: Any) -> None:
        super().__init__(topics.ITEMS, read_item, "sku", settings, on_unreadable, partitions={0}, **service)

    @property
    def view(self) -> Mapping[str, Item | UnreadableRecord]:
        """The items by sku, as they are at each look."""
        return self._contents[0]


class EndUserTable(ReferenceTable[EndUser]):
    """The end users of the partitions that this worker is assigned."""

    def __init__(self, settings: Settings, on_unreadable: OnUnreadable, **service: Any) -> None:
        self._co_partitions = settings.partitions
        super().__init__(topics.END_USERS, read_end_user, "end_user_id", settings, on_unreadable, **service)

    def get(self, partition: int, end_user_id: str) -> EndUser | UnreadableRecord | None:
        """Give the end user's record in a partition; raises LookupError for one that is not read here."""
        return self._contents[partition].get(end_user_id)

    def keys(self, partition: int) -> list[str]:
        """The end users of a partition whose records can be read; LookupError for one not read here."""
        return list(self._contents[partition].values_as_given)

    def position(self, partition: int) -> int:
        """The offset up to which a partition was read; LookupError for one not read here."""
        return self._reading(partition).position or 0

    def well_placed(self, partition: int) -> bool:
        """Tell whether an end user who is not found in a partition that is its own can be believed absent."""
        return self._contents[partition].well_placed()

    def _placement(self, partition: int) -> Placement:
        return Placement(partition, self._co_partitions)

    @property
    def _most(self) -> int:
        return max(1, REMEMBERED // self._co_partitions)
