"""What the demo sends: a real log of downloads, re-dated, with made-up items and end users around it."""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import orjson

from streams.topics import DOWNLOAD_REQUESTS

FOLDER: Traversable = files("streams") / "data" / "demo"
LOG = "download_log_2012-12-26_27.csv.gz"
LOG_ENDS = datetime(2012, 12, 28, tzinfo=UTC)

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is sent: its topic, its key and its bytes."""

    topic: str
    key: bytes
    value: bytes

    @classmethod
    def of(cls, topic: str, record: Record) -> "Event":
        """The event of `record`, keyed by its end user."""
        return cls(topic, record["end_user_id"].encode(), orjson.dumps(record))


def run_name(now: datetime) -> str:
    """What tells the ids of this run from those of another."""
    return f"{now:%Y%m%d%H%M%S}"


def timestamp(time: datetime) -> str:
    """A time as the contract writes it."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a CSV of the demo's folder; lines that begin with # are notes."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def log() -> tuple[dict[str, str], ...]:
    """The download log, in the order of its time."""
    text = gzip.decompress((FOLDER / LOG).read_bytes()).decode()
    return tuple(csv.DictReader(io.StringIO(text)))


def items() -> list[Record]:
    """An item record for every package of the log and every SKU that is only ordered.

    Eight rows of the log name no package: they stay requests for an item that nobody classified.
    """
    catalogue = {row["sku"]: row for row in rows("catalogue.csv")}
    ordinary = catalogue.pop("*")
    skus = sorted(catalogue.keys() | {row["package"] for row in log() if row["package"]})
    return [_item(sku, catalogue.get(sku, ordinary)) for sku in skus]


def _item(sku: str, row: dict[str, str]) -> Record:
    return {
        "sku": sku,
        "name": row["stands_in_for"],
        "eccn": row["eccn"] or None,
        "controls_for": row["controls_for"] or None,
        "subject_to_ear": row["subject_to_ear"] == "true",
    }


@dataclass(frozen=True)
class Visitor:
    """One visitor of the log's one day, and what is made up about them."""

    day: str
    number: str
    country: str

    @property
    def end_user_id(self) -> str:
        """The end user whom this visitor stands for."""
        return f"visitor-{self.day[-2:]}-{self.number}"

    @property
    def end_user(self) -> Record:
        """The end-user record: the log's country, a made-up kind."""
        kind = self._one_of("end_users.csv")
        record = {key: _value(text) for key, text in kind.items() if key != "share"}
        name = f"Made-up {kind['category'].replace('_', ' ')} {self.day[-2:]}-{self.number}"
        return {"end_user_id": self.end_user_id, "name": name, "country": self.country} | record

    @property
    def request(self) -> Record:
        """What each of this visitor's requests says: who receives it, and from where it is asked for."""
        habit = self._one_of("habits.csv")
        host = habit["host_name"].format(country=self.country.lower())
        return {
            "end_user_id": self.end_user_id,
            "declared_country": habit["declared_country"].format(country=self.country),
            "ip_country": self.country,
            "anonymizer": habit["anonymizer"] == "true",
            "host_name": host or None,
            "recipient": self._recipient(),
        }

    def _recipient(self) -> Record | None:
        if self.country != "US":
            return {"nationality": self.country, "us_person": False}
        row = self._one_of("recipients.csv")
        return {key: _value(text) for key, text in row.items() if text and key != "share"} or None

    def _one_of(self, table: str) -> dict[str, str]:
        """A row of `table`, each as often as its share of a thousand says, the same each time."""
        digest = blake2b(f"{table} {self.day} {self.number}".encode(), digest_size=8).digest()
        place = int.from_bytes(digest) % 1000
        for row in rows(table):
            place -= int(row["share"])
            if place < 0:
                return row
        raise ValueError(f"the shares of {table} do not add up to 1000")


def _value(text: str) -> str | float | bool | None:
    if text in ("true", "false"):
        return text == "true"
    return float(text) if text.isdigit() else text or None


@cache
def visitors() -> dict[tuple[str, str], Visitor]:
    """The visitors of the log, by day and number."""
    return {
        (row["day"], row["visitor"]): Visitor(row["day"], row["visitor"], row["country"]) for row in log()
    }


def visitor_records() -> list[Record]:
    """The end-user records of the log's visitors."""
    return [visitor.end_user for visitor in visitors().values()]


def downloads(now: datetime) -> Iterator[Event]:
    """A download request for each row of the log, as if it had ended at `now`."""
    requests = {key: visitor.request for key, visitor in visitors().items()}
    for number, row in enumerate(log(), 1):
        name = f"{run_name(now)}-{number:05}"
        then = datetime.fromisoformat(f"{row['day']}T{row['time']}Z")
        request = {
            "event_id": f"evt-dl-{name}",
            "request_id": f"dl-{name}",
            "occurred_at": timestamp(now - (LOG_ENDS - then)),
            "sku": row["package"],
        }
        yield Event.of(DOWNLOAD_REQUESTS, request | requests[row["day"], row["visitor"]])
