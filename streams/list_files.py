"""A restricted-party list as a file, as its publisher issues it."""

from datetime import UTC, date, datetime
from pathlib import Path

from rules.parties import Entry, InvalidList, Policy, RestrictedParties, packaged_entries, read_list
from streams.errors import UserError
from streams.settings import Settings

FILES = ("consolidated.json", "consolidated.json.gz", "consolidated.csv", "consolidated.csv.gz")


def list_file(folder: Path) -> Path | None:
    """The list that a folder holds, None where it has none; raises UserError where it has several."""
    found = [folder / name for name in FILES if (folder / name).exists()]
    if len(found) > 1:
        raise UserError(f"{folder} holds {' and '.join(path.name for path in found)}; keep one of them")
    return found[0] if found else None


def is_list(path: Path) -> bool:
    """Whether a file is a list, by its name: `consolidated.json` or `consolidated.csv`, gzipped or not."""
    return "consolidated" in path.name and path.name.removesuffix(".gz").endswith((".json", ".csv"))


def read_entries(path: Path) -> tuple[tuple[Entry, ...], date]:
    """The entries of a file, with the parties that publishers leave out, and the day on which it was made.

    Where the file does not say that day, it is the day on which it was written. Raises UserError where it
    cannot be read whole.
    """
    try:
        published = read_list(path.read_bytes())
        made = published.made or written_on(path)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except InvalidList as error:
        raise UserError(f"{path}: {error}; nothing of this file was used") from error
    return (*published.entries, *packaged_entries()), made


def read_parties(path: Path, policy: Policy) -> RestrictedParties:
    """The list of a file; raises UserError where it cannot be read whole."""
    entries, made = read_entries(path)
    return RestrictedParties.of(entries, made, policy)


def written_on(path: Path) -> date:
    """The day on which a file was written, in UTC."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def policy_of(settings: Settings) -> Policy:
    """What the settings say of matching."""
    return Policy(
        settings.match_possible,
        settings.match_strong,
        settings.list_max_age_days,
        settings.affiliates_rule_off_from,
    )
