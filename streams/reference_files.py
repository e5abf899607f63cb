"""Reference records as files: JSON Lines, each file known by its name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import orjson

import rules
from rules import Destination, Destinations, EndUser, InvalidRecord, Item
from streams import topics
from streams.errors import UserError
from streams.keyed_records import KeyedRecords, version_of
from streams.list_files import list_file


@dataclass(frozen=True)
class Kind:
    """One kind of reference record: its file, its topic, how a row is read and which field is its key."""

    file: str
    topic: str
    read: Callable[[bytes], Any]
    key_field: str

    def nothing(self) -> KeyedRecords[Any]:
        """Records of this kind: none yet."""
        return KeyedRecords(self.read, self.key_field)


DESTINATIONS = Kind("destinations.jsonl", topics.DESTINATIONS, rules.read_destination, "country")
ITEMS = Kind("items.jsonl", topics.ITEMS, rules.read_item, "sku")
END_USERS = Kind("end_users.jsonl", topics.END_USERS, rules.read_end_user, "end_user_id")
KINDS = {kind.file: kind for kind in (DESTINATIONS, ITEMS, END_USERS)}


@dataclass
class ReferenceFiles:
    """The records that were read, by kind; a kind of which there was no file is not in `found`."""

    found: dict[Kind, KeyedRecords[Any]] = field(default_factory=dict)

    @property
    def destinations(self) -> KeyedRecords[Destination]:
        """The destinations by country: the packaged ones where no file gave any."""
        if DESTINATIONS not in self.found:
            self.found[DESTINATIONS] = packaged_destinations()
        return self.found[DESTINATIONS]

    @property
    def items(self) -> KeyedRecords[Item]:
        """The items by sku."""
        return self.found.get(ITEMS) or ITEMS.nothing()

    @property
    def end_users(self) -> KeyedRecords[EndUser]:
        """The end users by end_user_id."""
        return self.found.get(END_USERS) or END_USERS.nothing()

    def snapshot(self) -> Destinations:
        """The destinations as decisions are made with them."""
        return Destinations.of(dict(self.destinations), version_of(self.destinations))


def read_folder(folder: Path) -> ReferenceFiles:
    """Read the reference files of a folder, which holds any of them and may hold other files too.

    Raises UserError where there is no such folder and for a row that is invalid.
    """
    if not folder.is_dir():
        raise UserError(f"no folder {folder}")
    return read_files(_known(folder))


def files_of(path: Path) -> list[Path]:
    """The reference files that a path means; raises UserError for a folder that has none."""
    if not path.is_dir():
        return [path]
    found = list_file(path)
    files = [*_known(path), *([] if found is None else [found])]
    if not files:
        raise UserError(f"{path}: no reference file here; those are called {', '.join(KINDS)}")
    return files


def read_files(paths: Iterable[Path]) -> ReferenceFiles:
    """Read reference files, each known by its name.

    Raises UserError for a file of another name, one that cannot be read, two of one kind, and a row that is
    invalid, with its line.
    """
    files = ReferenceFiles()
    for path in paths:
        kind = _kind(path)
        if kind in files.found:
            raise UserError(f"{path}: there is a second {path.name}; load one after the other")
        files.found[kind] = _read(path, kind)
    return files


def packaged_destinations() -> KeyedRecords[Destination]:
    """The destinations that come with this version of the rules."""
    records: KeyedRecords[Destination] = DESTINATIONS.nothing()
    for destination in rules.packaged_destinations():
        row = msgspec.to_builtins(destination, str_keys=True)
        records.put(destination.country.encode(), _canonical(row))
    return records


def _known(folder: Path) -> list[Path]:
    return [folder / name for name in KINDS if (folder / name).exists()]


def _kind(path: Path) -> Kind:
    if path.name not in KINDS:
        raise UserError(f"{path}: not a reference file; those are called {', '.join(KINDS)}")
    return KINDS[path.name]


def _read(path: Path, kind: Kind) -> KeyedRecords[Any]:
    records = kind.nothing()
    try:
        for number, row in _rows(path):
            if wrong := _take(records, kind, row):
                raise UserError(f"{path}:{number}: {wrong}; nothing of this file was loaded")
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    return records


def _rows(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, numbered from 1."""
    with path.open("rb") as lines:
        yield from ((number, row) for number, line in enumerate(lines, start=1) if (row := line.strip()))


def _take(records: KeyedRecords[Any], kind: Kind, row: bytes) -> str | None:
    """Take in one row; give what is wrong with it."""
    try:
        value = _canonical(orjson.loads(row))
        key = getattr(kind.read(value), kind.key_field)
    except orjson.JSONDecodeError as error:
        return f"not JSON: {error}"
    except orjson.JSONEncodeError:
        return "nested too deeply"
    except InvalidRecord as error:
        return str(error)
    if key in records:
        return f"a second row for {kind.key_field} {key!r}"
    return records.put(key.encode(), value)


def _canonical(row: Any) -> bytes:
    """One form for one content, whatever the spaces and the order of fields."""
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
