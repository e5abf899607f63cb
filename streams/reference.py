"""Loading reference records into their topics."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from streams import list_files, party_load, topics
from streams.errors import UserError
from streams.reference_files import DESTINATIONS, Kind, files_of, packaged_destinations, read_files
from streams.settings import Settings
from streams.transaction import publish


def load(settings: Settings, paths: Iterable[Path] = (), *, accept_shrinkage: bool = False) -> list[str]:
    """Load reference files, and folders of them; without a path the packaged destinations.

    All files are read before anything is loaded; then each topic's records go in one transaction. A record
    replaces the one of its key; one that the file no longer has stays: it is deleted by a null value, not
    by leaving it out. A restricted-party list is the exception, since it is always loaded whole. Gives a line
    for a person for each topic. Raises UserError, with nothing of that topic loaded.
    """
    files = [file for path in paths for file in files_of(path)]
    lists = [file for file in files if list_files.is_list(file)]
    if len(lists) > 1:
        raise UserError(f"{lists[1]}: there is a second restricted-party list; load one")
    records = [file for file in files if file not in lists]
    found = read_files(records).found if files else {DESTINATIONS: packaged_destinations()}
    topics.check(settings)
    loaded = [_load(settings, kind, records.values_as_given) for kind, records in found.items()]
    return loaded + [party_load.load(settings, path, accept_shrinkage=accept_shrinkage) for path in lists]


def _load(settings: Settings, kind: Kind, values: Mapping[str, bytes]) -> str:
    publish(settings, kind.topic, values)
    return f"{kind.topic}: {len(values):,} records loaded"
