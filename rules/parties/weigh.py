"""How much a word tells: a rare word all, a word of many names little, a legal form next to nothing.

The counts are of one dated list and come with the program, so that a score does not move when the list does.
"""

from __future__ import annotations

from functools import lru_cache
from math import log

from rules.parties.clean import FORM_WORDS
from rules.tables import rows

REMEMBERED = 200_000
RARE, COMMON = 4, 1500
LEAST, INITIAL, NUMBER = 0.3, 0.3, 0.6
FORM = 0.1
SHORT = (0.0, INITIAL, 0.7, 0.85)
"""The most that a word of 0 to 3 letters weighs."""

FIXED = {
    word: float(row["weight"])
    for table in ("generic_words", "particles")
    for row in rows(table)
    for word in row["words"].split()
}
COUNTS = {row["word"]: int(row["names"]) for row in rows("common_words")}


@lru_cache(REMEMBERED)
def weight(word: str) -> float:
    """What the word weighs, above 0 and up to 1."""
    if word in FIXED:
        return FIXED[word]
    if word in FORM_WORDS:
        return FORM
    if word.isdigit():
        return NUMBER
    by_rarity = rarity(COUNTS.get(word, 0))
    return min(by_rarity, SHORT[len(word)]) if len(word) < len(SHORT) else by_rarity


def rarity(names: int) -> float:
    """From 1 for a word that few names have down to `LEAST`."""
    if names <= RARE:
        return 1.0
    return max(LEAST, 1.0 - (1.0 - LEAST) * log(names / RARE) / log(COMMON / RARE))
