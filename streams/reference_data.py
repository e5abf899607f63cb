"""All that an event is joined with: the reference tables of a worker, opened and confirmed together."""

import asyncio
from collections.abc import Iterable
from typing import Any

from mode import Service

from rules import ELSEWHERE, EndUser, Parties, UnreadableRecord
from streams.list_files import policy_of
from streams.murmur2 import partition_of
from streams.party_table import PartyTable, Taken
from streams.settings import Settings
from streams.tables import DestinationTable, EndUserTable, ItemTable, OnUnreadable, ReferenceTable


class ReferenceData(Service):  # type: ignore[misc]  # mode comes untyped
    """Destinations, items, restricted parties and the end users of the assigned partitions."""

    mundane_level = "debug"

    def __init__(
        self,
        settings: Settings,
        on_unreadable: OnUnreadable,
        list_taken: Taken = lambda before, now: None,
    ) -> None:
        self._partitions = settings.partitions
        self.destinations = DestinationTable(settings, on_unreadable)
        self.items = ItemTable(settings, on_unreadable)
        self.end_users = EndUserTable(settings, on_unreadable)
        self._list = (
            None
            if settings.restricted_parties == "elsewhere"
            else PartyTable(settings, on_unreadable, policy_of(settings), list_taken)
        )
        self._whole: tuple[ReferenceTable[Any], ...] = (
            self.destinations,
            self.items,
            *([] if self._list is None else [self._list]),
        )
        self.tables = (*self._whole, self.end_users)
        super().__init__()

    def on_init_dependencies(self) -> Iterable[Service]:
        """The tables start and stop with this service."""
        return self.tables

    @property
    def parties(self) -> Parties:
        """The restricted-party list that decisions are made with."""
        return ELSEWHERE if self._list is None else self._list.parties

    async def assign(self, partitions: Iterable[int]) -> None:
        """Read the end users of exactly these partitions."""
        await self.end_users.assign(partitions)

    def is_current(self, partition: int) -> bool:
        """Whether all that an event of this partition is joined with was confirmed within two seconds."""
        return self.end_users.is_current(partition) and all(table.is_current() for table in self._whole)

    async def caught_up(self, partition: int) -> None:
        """Wait until the tables hold all that was acknowledged before this call.

        Raises LookupError where the partition is no longer this worker's.
        """
        await asyncio.gather(
            self.end_users.caught_up([partition]), *(table.caught_up([0]) for table in self._whole)
        )

    def end_user(self, partition: int, end_user_id: str) -> EndUser | UnreadableRecord | None:
        """The end user's record in a partition of this worker; None where there is none."""
        return self.end_users.get(partition, end_user_id)

    def home(self, end_user_id: str) -> int:
        """The partition where Kafka's default partitioner puts an end user."""
        return partition_of(end_user_id.encode(), self._partitions)

    def believed_absent(self, partition: int) -> bool:
        """Whether an end user who is not found in the partition that is its home can be believed absent."""
        return self.end_users.well_placed(partition)
