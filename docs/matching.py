"""The figures of docs/matching.md, and the packaged counts of words, from a consolidated screening list.

python docs/matching.py curve LIST       the curve as a Markdown table and docs/matching.svg
python docs/matching.py words LIST       rules/data/common_words.csv
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from rules.parties import Entry, read_list
from rules.parties.clean import clean, readings
from rules.parties.index import Index
from rules.tables import rows

THRESHOLDS = tuple(each / 100 for each in range(60, 100, 5))
EACH = 600
"""So many names of each kind are asked for."""

LETTERS = "abcdefghijklmnoprstuvyz"
LOOKALIKE = str.maketrans("aceopxy", "асеорху")
COLOURS = ("#1b6e3c", "#5aa469", "#b3541e", "#d9a441")

Change = Callable[[random.Random, str], str]


def letter(chance: random.Random, name: str) -> int:
    """The place of a letter inside a word of five letters or more."""
    word = chance.choice(list(re.finditer(r"[A-Za-z]{5,}", name)))
    return chance.randrange(word.start() + 1, word.end() - 1)


def swapped(chance: random.Random, name: str) -> str:
    """Two letters swapped."""
    at = letter(chance, name)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def left_out(chance: random.Random, name: str) -> str:
    """A letter left out."""
    at = letter(chance, name)
    return name[:at] + name[at + 1 :]


def doubled(chance: random.Random, name: str) -> str:
    """A letter written twice."""
    at = letter(chance, name)
    return name[:at] + name[at] + name[at:]


def wrong(chance: random.Random, name: str) -> str:
    """A wrong letter."""
    at = letter(chance, name)
    return name[:at] + chance.choice(LETTERS) + name[at + 1 :]


def wrong_first(chance: random.Random, name: str) -> str:
    """A wrong letter at the beginning of a word."""
    word = chance.choice(list(re.finditer(r"[A-Za-z]{5,}", name)))
    return name[: word.start()] + chance.choice(LETTERS) + name[word.start() + 1 :]


def joined(chance: random.Random, name: str) -> str:
    """Two words written as one."""
    return re.sub(r"(?<=[a-zA-Z]) (?=[a-zA-Z])", "", name, count=1)


def split(chance: random.Random, name: str) -> str:
    """A word written as two."""
    at = letter(chance, name)
    return f"{name[:at]} {name[at:]}"


def turned(chance: random.Random, name: str) -> str:
    """The last word first, as a person's name is written otherwise."""
    first, comma, rest = name.partition(",")
    return f"{rest.strip()} {first}" if comma else " ".join([*name.split()[1:], name.split()[0]])


def disguised(chance: random.Random, name: str) -> str:
    """Letters that look alike, and one that cannot be seen."""
    at = letter(chance, name)
    return name[:at] + "\u200b" + name[at:].translate(LOOKALIKE)


def plain(chance: random.Random, name: str) -> str:
    """Other case, no punctuation."""
    return re.sub(r"[,.\"()-]+", " ", name).title()


OTHERWISE: tuple[Change, ...] = (turned, disguised, plain)
SLIPS: tuple[Change, ...] = (swapped, left_out, doubled, wrong, wrong_first, joined, split)


def best(index: Index, name: str, entry: int | None = None) -> float:
    """The best score of a name, with one entry or with any."""
    hits = index.search(name, min(THRESHOLDS))
    return max((hit.alignment.score for hit in hits if entry in (None, hit.listed.entry)), default=0.0)


def changed(index: Index, pool: list[tuple[int, str]], changes: tuple[Change, ...]) -> Iterator[float]:
    """The scores of listed names with one change each, with the entries that they are of."""
    chance = random.Random(1)
    for change in changes:
        for entry, name in chance.sample(pool, EACH):
            yield best(index, change(chance, name), entry)


def clean_persons() -> Iterator[str]:
    """Names that very many people have, given and family names at random."""
    chance = random.Random(2)
    tables = [row["words"].split() for row in rows("personal_names") if row["distinct"]]
    yield from (" ".join(chance.choice(table) for table in tables).title() for _ in range(3 * EACH))


def strangers(pool: list[tuple[int, str]]) -> Iterator[str]:
    """The first word of one listed name of two with the second of another: hard ones that are nobody's."""
    chance = random.Random(3)
    names = [name.split() for _, name in pool if len(name.split()) == 2]
    yield from (f"{chance.choice(names)[0]} {chance.choice(names)[1]}" for _ in range(3 * EACH))


def curve(entries: tuple[Entry, ...]) -> dict[str, list[float]]:
    """The share of each kind of name that scores each threshold or more, in percent."""
    names = [(number, name) for number, entry in enumerate(entries) for name in entry.screened_names]
    pool = [(entry, name) for entry, name in names if re.search(r"[A-Za-z]{5,}", name)]
    index = Index(names)
    scores = {
        "listed, otherwise written": list(changed(index, pool, OTHERWISE)),
        "listed, with a slip": list(changed(index, pool, SLIPS)),
        "halves of two listed names": [best(index, name) for name in strangers(pool)],
        "common names of persons": [best(index, name) for name in clean_persons()],
    }
    return {
        kind: [100 * sum(score >= least for score in found) / len(found) for least in THRESHOLDS]
        for kind, found in scores.items()
    }


def as_table(found: dict[str, list[float]]) -> str:
    """The curve as a Markdown table."""
    lines = [f"| score from | {' | '.join(found)} |", "| --- |" + " --- |" * len(found)]
    for at, least in enumerate(THRESHOLDS):
        lines.append(
            f"| {least:.2f} | " + " | ".join(f"{share[at]:.1f} %" for share in found.values()) + " |"
        )
    return "\n".join(lines)


def as_svg(found: dict[str, list[float]]) -> str:
    """The curve as a picture: the threshold to the right, the share upwards."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 330"',
        'font-family="sans-serif" font-size="12">',
    ]
    for at, least in enumerate(THRESHOLDS):
        parts.append(f'<text x="{50 + 60 * at}" y="290" text-anchor="middle">{least:.2f}</text>')
    for share in (0, 25, 50, 75, 100):
        parts.append(f'<text x="36" y="{264 - 2.4 * share}" text-anchor="end">{share} %</text>')
        parts.append(f'<path d="M45 {260 - 2.4 * share}H480" stroke="#ddd"/>')
    for least in (0.75, 0.90):
        x = 50 + 1200 * (least - THRESHOLDS[0])
        parts.append(f'<path d="M{x:.0f} 20V260" stroke="#888" stroke-dasharray="4"/>')
    for number, (kind, shares) in enumerate(found.items()):
        points = " ".join(f"{50 + 60 * at},{260 - 2.4 * share:.1f}" for at, share in enumerate(shares))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[number]}" stroke-width="2"/>')
        parts.append(f'<text x="485" y="{60 + 20 * number}" fill="{COLOURS[number]}">{kind}</text>')
    return "\n".join([*parts, '<text x="265" y="315" text-anchor="middle">score from</text></svg>\n'])


def words(entries: tuple[Entry, ...], made: object) -> str:
    """The packaged counts of words."""
    counts: Counter[str] = Counter()
    for entry in entries:
        counts.update({word for name in entry.names for each in readings(name) for word in clean(each).words})
    told = [(word, names) for word, names in counts.items() if names > 5 and word.isalpha() and len(word) > 1]
    table = "".join(f"{word},{names}\n" for word, names in sorted(told, key=lambda row: (-row[1], row[0])))
    return (
        "# Words that more than five parties have in their names, and how many; docs/matching.py makes it.\n"
        f"# Source: Consolidated Screening List of {made}.\nword,names\n{table}"
    )


def main() -> None:
    """Do what the first argument says with the list that the second names."""
    what, path = sys.argv[1:]
    published = read_list(Path(path).read_bytes())
    here = Path(__file__).parent
    if what == "words":
        table = here.parent / "rules" / "data" / "common_words.csv"
        table.write_text(words(published.entries, published.made), encoding="utf-8")
        return
    found = curve(published.entries)
    (here / "matching.svg").write_text(as_svg(found), encoding="utf-8")
    print(as_table(found))


if __name__ == "__main__":
    main()
