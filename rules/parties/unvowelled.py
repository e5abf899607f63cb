"""Words of scripts that write few vowels, read as patterns: `hsn` is `hassan` and `hasan`, not `hussein`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from rules.parties.alike import REMEMBERED, VOWELS_LOST, consonants, folded, likeness
from rules.parties.clean import Name
from rules.tables import rows

READ, READ_SHORT = 0.91, 0.8
HEARD = {row["letter"]: row["heard"] for row in rows("unvowelled")}
WRITTEN = re.compile("[kgstdzc]h|[a-z]")
VOWEL, LAST = "[aeiou]*", "[aeo]*h?"
"""The vowels that are not written; at the end of a word a long one is."""
IS_UNVOWELLED = re.compile("[b-df-hj-np-tv-z]+")
WEAK = re.compile("[hwyv]")
MOST_WEAK, LONGEST = 4, 24
"""So many letters that may be vowels or unheard, in words so long, are read; more take too long."""
SONORANTS = re.compile("[^lmnr]+")
REPEATED = re.compile(r"(.)\1+")


def likeness_between(name: Name, listed: Name) -> Callable[[str, str], float]:
    """How the words of two names are compared, by the scripts in which they were written."""
    if name.is_unvowelled != listed.is_unvowelled:
        return read_likeness if name.is_unvowelled else turned_likeness
    if name.is_foreign or listed.is_foreign:
        return consonants_likeness
    return likeness


def read_likeness(written: str, word: str) -> float:
    """How alike a word of a name without vowels and one with them are; one that has vowels is Latin too."""
    return reading(written, word) if IS_UNVOWELLED.fullmatch(written) else likeness(written, word)


def turned_likeness(word: str, written: str) -> float:
    """How alike a word with vowels and one without them are."""
    return read_likeness(written, word)


def consonants_likeness(word: str, other: str) -> float:
    """How alike two words are, also by consonants alone."""
    alike = likeness(word, other)
    if alike < VOWELS_LOST and len(word) > 2 and word.isalpha() and other.isalpha():
        written, heard = consonants(folded(word)), consonants(folded(other))
        if len(written) > 1 and written == heard:
            return VOWELS_LOST
    return alike


def reading(written: str, word: str) -> float:
    """How well a word may be what was written without vowels; 0 where it may not."""
    if not is_readable(written) or len(word) > LONGEST or not pattern(written).fullmatch(word):
        return 0.0
    told = [letter for letter in WRITTEN.findall(written.removeprefix("l")) if letter != "h"]
    return READ if len(told) > 2 else READ_SHORT


def is_readable(written: str) -> bool:
    """Whether a word without vowels can be read, in ways that are not too many."""
    return IS_UNVOWELLED.fullmatch(written) is not None and len(WEAK.findall(written)) <= MOST_WEAK


@lru_cache(REMEMBERED)
def pattern(written: str) -> re.Pattern[str]:
    """What may be heard of a word without vowels. The article that is written on to it may be apart, and that
    of the next word on to it: `abdul`.
    """
    letters = WRITTEN.findall(REPEATED.sub(r"\1", written) if len(written) > 3 else written)
    article = "(?:[aeu]?l)?" if len(written) > 3 and letters[0] == "l" else ""
    heard = VOWEL.join(f"(?:{HEARD.get(letter, letter)}){{1,2}}" for letter in letters[bool(article) :])
    return re.compile(f"^{article}{VOWEL}{heard}{LAST}(?:[aeou]l)?$", re.MULTILINE)


def sonorants(word: str) -> str:
    """The letters of a word that every spelling of it has, in their order."""
    return REPEATED.sub(r"\1", SONORANTS.sub("", word))


def sounds(written: str) -> set[str]:
    """The `sonorants` of whatever may be heard of a word without vowels."""
    whole = {sonorants(each) for each in (written, written[1:])}
    return whole | {sonorants(each + "l") for each in whole}


class Vocabulary:
    """Words with vowels, to find those that one without may be."""

    def __init__(self, words: Iterable[str]) -> None:
        by_sound: dict[str, list[str]] = {}
        for word in words:
            if len(word) <= LONGEST and word.isalpha():
                by_sound.setdefault(sonorants(word), []).append(word)
        self._lines = {sound: "\n".join(alike) for sound, alike in by_sound.items()}

    def heard(self, written: str) -> list[str]:
        """The words that may be what was written."""
        if not is_readable(written):
            return []
        read = pattern(written)
        return [word for sound in sounds(written) for word in read.findall(self._lines.get(sound, ""))]
