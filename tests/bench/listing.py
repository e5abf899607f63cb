"""A restricted-party list to measure with: the one that BENCH_LIST names, or a made-up one of that size.

Names are made of syllables; a few words are frequent, most are rare, as in the real list.
"""

import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson

PARTIES = 25_921
"""As many as the US Consolidated Screening List had on 2026-07-31, and 1.2 aliases each."""
ALIASES = (0, 0, 0, 1, 1, 2, 2, 3)
SOURCES = (
    "Entity List (EL) - Bureau of Industry and Security",
    "Specially Designated Nationals (SDN) - Treasury Department",
    "Military End User (MEU) List - Bureau of Industry and Security",
)
CONSONANTS, VOWELS = "bdfghjklmnprstvz", "aeiou"
GENERIC = ("Trading", "Technology", "International", "Institute", "Industries", "Company", "Research")
FORMS = ("Ltd.", "LLC", "GmbH", "Co., Ltd.", "JSC")
COUNTRIES = ("CN", "RU", "IR", "AE", "HK", "TR", "PK", "DE")
WORDS = 12_000


def list_of_bench(folder: Path) -> Path:
    """The file of the list; a made-up one is written into `folder`."""
    if given := os.environ.get("BENCH_LIST"):
        return Path(given)
    path = folder / "consolidated.json"
    if not path.exists():
        made = {"search_performed_at": datetime.now(UTC).isoformat(), "results": list(rows(PARTIES))}
        path.write_bytes(orjson.dumps(made))
    return path


def rows(count: int, seed: int = 1) -> Iterator[dict[str, object]]:
    """So many rows as the publisher writes them; the same seed gives the same."""
    made = names(seed)
    chance = random.Random(seed)
    for number in range(count):
        name, kind = next(made)
        aliases = [next(made)[0] for _ in range(chance.choice(ALIASES))]
        yield {
            "id": f"made-up-{number}",
            "source": chance.choice(SOURCES),
            "name": name,
            "alt_names": aliases,
            "type": kind,
            "addresses": [{"country": chance.choice(COUNTRIES)}],
        }


def names(seed: int) -> Iterator[tuple[str, str]]:
    """Names without end, of the same words whatever the seed; each with its type, as publishers have it."""
    words, chance = _words(), random.Random(seed)
    while True:
        own = [words[int(len(words) * chance.random() ** 2)] for _ in range(chance.randint(2, 3))]
        if chance.random() < 0.5:
            yield " ".join(own), "Individual"
        else:
            yield " ".join((*own, chance.choice(GENERIC), chance.choice(FORMS))), "Entity"


def _words() -> list[str]:
    chance = random.Random(0)
    made: dict[str, None] = {}
    while len(made) < WORDS:
        syllables = (chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(chance.randint(2, 4)))
        made["".join(syllables).capitalize()] = None
    return list(made)
