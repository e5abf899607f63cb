"""Screening names alone: JSON Lines in, the matches of each as JSON Lines out, in the same order."""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import orjson
from msgspec import Struct
from msgspec.structs import replace

from rules.end_users import read_country
from rules.parties import Match, RestrictedParties
from rules.parties.named import Party, in_force
from streams.errors import UserError
from streams.file_screening import opened
from streams.list_files import list_file, policy_of, read_parties
from streams.settings import Settings


class Query(Struct, frozen=True):
    """A party to be screened by name; `kind` is None where it is not known."""

    id: str | int | None = None
    name: str | None = None
    aliases: tuple[str, ...] | None = None
    country: str | None = None
    kind: Literal["entity", "person"] | None = None


queries = msgspec.json.Decoder(Query)


def match(settings: Settings, path: Path, file: Path, threshold: float | None) -> None:
    """Print the matches of every name in a JSON Lines file (-: standard input) with the list at `path`.

    `threshold` is that of the possible band. Raises UserError where the list, the file or a line cannot be
    read.
    """
    policy = policy_of(settings)
    if threshold is not None:
        policy = replace(policy, possible=threshold, strong=max(threshold, policy.strong))
    found = list_file(path) if path.is_dir() else path
    if found is None:
        raise UserError(f"no restricted-party list in {path}")
    parties, today = read_parties(found, policy), datetime.now(UTC).date()
    for query in read_queries(file):
        matches = [as_row(each) for each in matches_of(query, parties, today)]
        sys.stdout.buffer.write(orjson.dumps({"id": query.id, "matches": matches}) + b"\n")
        sys.stdout.buffer.flush()


def read_queries(file: Path) -> Iterator[Query]:
    """The names of a file; raises UserError for a line that is none."""
    with opened(file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield queries.decode(line)
            except (ValueError, RecursionError) as error:
                raise UserError(f"{file}:{number}: {error}") from None


def matches_of(query: Query, parties: RestrictedParties, day: date) -> list[Match]:
    """The entries that count on a day and that any of the names may be of, the best first."""
    names = tuple(filter(None, (query.name, *(query.aliases or ()))))
    party = Party("name", names, read_country(query.country), query.kind)
    return sorted(in_force(party, parties, day), key=lambda each: (-each.score, each.entry.entry_id))


def as_row(match: Match) -> dict[str, Any]:
    """A match as the contract writes it."""
    return {
        "entry_id": match.entry.entry_id,
        "list": match.entry.list,
        "name": match.entry.name,
        "matched_name": match.matched_name,
        "score": match.score,
        "band": match.band,
    }
