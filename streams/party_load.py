"""Loading a restricted-party list: the whole of it as a new version, in one transaction."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from rules.parties import Entry, encode_entry, version_of
from streams import topics
from streams.errors import UserError
from streams.list_files import read_entries
from streams.party_records import MANIFEST, Manifest, PartyRecords, read_entry
from streams.settings import Settings
from streams.transaction import publish

SHRINKAGE = 0.05
"""A list that loses more than this of its entries is looked at by a person before it is believed."""


def load(settings: Settings, path: Path, *, accept_shrinkage: bool) -> str:
    """Load the list of a publisher's file, with the military-intelligence end users that it lacks.

    Entries that are gone are deleted, changed ones replaced, unchanged ones not sent again; the manifest
    comes last. Gives a line for a person. Raises UserError, with nothing loaded, for a file that does not
    parse whole and, unless it is accepted, for one that was made before the list that is there, or that
    shrinks a list by more than 5 percent or empties one.
    """
    entries, made = read_entries(path)
    values = {entry.entry_id: encode_entry(entry) for entry in entries}
    records = asyncio.run(PartyRecords(settings, lambda *_: None).read_once())
    present = records.values
    if not accept_shrinkage:
        refuse_older(records.manifest, made)
        refuse_shrinkage(_counts(map(read_entry, present.values())), _counts(entries))
    changes: dict[str, bytes | None] = {
        key: value for key, value in values.items() if present.get(key) != value
    }
    gone = present.keys() - values.keys()
    now = datetime.now(UTC)
    manifest = Manifest(version_of(entries), _counts(entries), made, now)
    publish(
        settings,
        topics.RESTRICTED_PARTIES,
        changes | dict.fromkeys(gone) | {MANIFEST: msgspec.json.encode(manifest)},
    )
    return (
        f"{topics.RESTRICTED_PARTIES}: {len(values):,} entries of {manifest.made}, "
        f"{len(changes):,} new or changed, {len(gone):,} gone, version {manifest.version}"
    )


def refuse_older(present: Manifest | None, made: date) -> None:
    """Raise UserError where a list was made before the one that is there: who came since would be let go."""
    if present is not None and made < present.made:
        raise UserError(
            f"the file is of {made}, the list that is there of {present.made}: nothing was loaded, since who "
            "was listed in between would be let go; `--accept-shrinkage` loads it"
        )


def refuse_shrinkage(present: Mapping[str, int], coming: Mapping[str, int]) -> None:
    """Raise UserError where a list would lose more than 5 percent of its entries: a file may be cut off."""
    shrunk = [
        f"{code} from {count:,} to {coming.get(code, 0):,}"
        for code, count in sorted(present.items())
        if coming.get(code, 0) < count * (1 - SHRINKAGE)
    ]
    if shrunk:
        raise UserError(
            f"the file shrinks {', '.join(shrunk)} entries: nothing was loaded. See whether it is whole; "
            "`--accept-shrinkage` loads it"
        )


def _counts(entries: Iterable[Entry]) -> dict[str, int]:
    return dict(Counter(entry.list for entry in entries))
