"""How much a word tells: a rare word all, a word of many names little, a legal form next to nothing.

The counts are of one dated list and come with the program, so that a score does not move when the list does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import log

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rules.parties.clean import Name, clean, readings_of_party
from rules.parties.forms import FORMS
from rules.tables import rows

REMEMBERED = 100_000
RARE, COMMON = 4, 1500
LEAST, INITIAL, NUMBER = 0.3, 0.3, 0.6
FORM = 0.1
SAYS_SOMETHING = 0.3
ONE_WORD_ASIDE = 0.89
"""The most that one word in parentheses scores, an acronym mostly: a person must look."""
SHORT = (0.0, INITIAL, 0.7, 0.85)
"""The most that a word of 0 to 3 letters weighs."""

PLACES = frozenset(word for row in rows("generic_words") if row["place"] for word in row["words"].split())
FIXED = {
    word: float(row["weight"])
    for table in ("personal_names", "generic_words", "particles")
    for row in rows(table)
    for word in row["words"].split()
}
DISTINCT = frozenset(
    word for row in rows("personal_names") if row["distinct"] for word in row["words"].split()
)
"""Names of persons of which two that are alike are two, not one misspelt."""

GIVEN = frozenset(word for row in rows("personal_names") for word in row["words"].split() if len(word) > 3)
"""Names that very many persons have."""
FORM_WORDS = frozenset(word for written in FORMS for word in written if len(word) > 1)
LONG_FORM_WORDS = tuple(word for word in FORM_WORDS if len(word) > 5)
COUNTS = {row["word"]: int(row["names"]) for row in rows("common_words")}


@lru_cache(REMEMBERED)
def weight(word: str) -> float:
    """What the word weighs, above 0 and up to 1."""
    if word in FIXED:
        return FIXED[word]
    if word in FORM_WORDS or is_slip_of_form(word):
        return FORM
    if word.isdigit():
        return NUMBER
    by_rarity = rarity(COUNTS.get(word, 0))
    return min(by_rarity, SHORT[len(word)]) if len(word) < len(SHORT) else by_rarity


def telling(words: Iterable[str]) -> int:
    """How many of the words tell something."""
    return sum(weight(word) > SAYS_SOMETHING for word in words)


def names_of_party(text: str) -> Iterator[tuple[Name, float]]:
    """The names that a party may give in one field, each with the most that it may score.

    What stands in parentheses, beside another name, must tell something that is no place.
    """
    for reading, is_aside in readings_of_party(text).items():
        name = clean(reading)
        told = telling(word for word in name.words if word not in PLACES) if is_aside else len(name.words)
        if told:
            yield name, ONE_WORD_ASIDE if is_aside and told == 1 else 1.0


def is_common(words: Sequence[str]) -> bool:
    """Whether a name is one that very many people have."""
    return len(words) < 3 and DISTINCT.issuperset(words)


def rarity(names: int) -> float:
    """From 1 for a word that few names have down to `LEAST`."""
    if names <= RARE:
        return 1.0
    return max(LEAST, 1.0 - (1.0 - LEAST) * log(names / RARE) / log(COMMON / RARE))


def is_slip_of_form(word: str) -> bool:
    """Whether a word is one of a legal form with a letter or two wrong."""
    wrong = 1 if len(word) < 10 else 2
    return (
        len(word) > 5
        and process.extractOne(word, LONG_FORM_WORDS, scorer=OSA.distance, score_cutoff=wrong) is not None
    )
