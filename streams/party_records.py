"""The records of a restricted-party list in their topic: an entry each, and the manifest that ends a load."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import structlog

from rules import InvalidRecord
from rules.models import Moment
from rules.parties import Entry, decode_entry
from streams import topics
from streams.raw_record import RawRecord
from streams.settings import Settings
from streams.tables import OnUnreadable, ReferenceTable

log = structlog.get_logger(__name__)

MANIFEST = "#manifest"


class Manifest(msgspec.Struct, frozen=True):
    """A whole list: the version of its content, its entries by list, when it was made and when loaded."""

    version: str
    counts: dict[str, int]
    made: date
    loaded_at: Moment


def read_entry(value: bytes) -> Entry:
    """The entry that a record holds; raises InvalidRecord."""
    try:
        return decode_entry(value)
    except ValueError as error:
        raise InvalidRecord(str(error)) from None


class PartyRecords(ReferenceTable[Entry]):
    """The topic in memory, as it stands: between two manifests, half of one list and half of another."""

    def __init__(self, settings: Settings, on_unreadable: OnUnreadable, **service: Any) -> None:
        self.manifest: Manifest | None = None
        """That of the last load."""
        super().__init__(
            topics.RESTRICTED_PARTIES,
            read_entry,
            "entry_id",
            settings,
            on_unreadable,
            partitions={0},
            **service,
        )

    @property
    def values(self) -> Mapping[str, bytes]:
        """The entries as they were loaded, by id."""
        return self._contents[0].values_as_given

    def begin(self, partition: int) -> None:
        """Start with an empty topic."""
        self.manifest = None
        super().begin(partition)

    def fold(self, partition: int, record: RawRecord, live: bool) -> None:
        """Take in one record."""
        if record.key == MANIFEST.encode():
            self.end(record)
        else:
            super().fold(partition, record, live)

    def end(self, record: RawRecord) -> None:
        """Take in a manifest; one that cannot be read ends nothing."""
        try:
            self.manifest = msgspec.json.decode(record.value or b"", type=Manifest)
        except msgspec.MsgspecError as error:
            log.error("no manifest of a restricted-party list", offset=record.offset, error=str(error))
