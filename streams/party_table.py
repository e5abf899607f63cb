"""The restricted-party list that decisions are made with: the last one that was whole, with its index.

Each load of a list ends with its manifest. A list is taken when the records are what the manifest says, all
at once.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog

from rules import NOT_LOADED, Parties, RestrictedParties
from rules.parties import Policy, decode_entry, version_of
from streams.party_records import Manifest, PartyRecords
from streams.raw_record import RawRecord
from streams.settings import Settings
from streams.tables import OnUnreadable

log = structlog.get_logger(__name__)

Taken = Callable[[Parties, RestrictedParties], None]
"""Called with the list before, and the one that has taken its place."""


class PartyTable(PartyRecords):
    """`parties` is the last whole list, NOT_LOADED before there was one.

    Its index is built in a thread beside the work, and takes the place of the one before when it is done.
    """

    def __init__(
        self, settings: Settings, on_unreadable: OnUnreadable, policy: Policy, taken: Taken, **service: Any
    ) -> None:
        self.parties: Parties = NOT_LOADED
        self._policy, self._taken = policy, taken
        self._tried: Manifest | None = None
        self._arrived, self._done = asyncio.Event(), asyncio.Event()
        super().__init__(settings, on_unreadable, **service)

    @property
    def version(self) -> str:
        """The version of the list that decisions are made with; empty while there is none."""
        return self.parties.version or ""

    def end(self, record: RawRecord) -> None:
        """Take in a manifest: the list that it ends may be taken."""
        super().end(record)
        self._arrived.set()

    async def caught_up(self, partitions: Iterable[int]) -> None:
        """Wait until all that there was is read, and until a first list is taken where there is one."""
        await super().caught_up(partitions)
        while self.parties is NOT_LOADED and self.manifest is not self._tried:
            self._done.clear()
            await self._done.wait()

    async def on_start(self) -> None:
        """Begin to read, and to take the lists that come."""
        await super().on_start()
        self.add_future(self._take_lists())

    async def _take_lists(self) -> None:
        while not self.should_stop:
            await self._arrived.wait()
            self._arrived.clear()
            await super().caught_up([0])
            await self._take_list()

    async def _take_list(self) -> None:
        manifest, values = self.manifest, dict(self.values)
        if manifest is not None and manifest != self._tried:
            whole = await asyncio.to_thread(self._build, manifest, values)
            if whole is not None:
                before, self.parties = self.parties, whole
                log.info("restricted-party list taken", version=whole.version, made=str(whole.made))
                self._taken(before, whole)
        self._tried = manifest
        self._done.set()

    def _build(self, manifest: Manifest, values: Mapping[str, bytes]) -> RestrictedParties | None:
        """The list of a manifest where these are its records; in another thread."""
        entries = tuple(map(decode_entry, values.values()))
        if version_of(entries) != manifest.version:
            log.warning("a restricted-party list is not whole", version=manifest.version)
            return None
        return RestrictedParties.of(entries, manifest.made, self._policy)
