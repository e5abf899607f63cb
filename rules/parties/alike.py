"""How alike two words are, by their spelling, by how they are heard, and as one short for the other."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from rules.parties.weigh import DISTINCT, GIVEN, PLACES, SAYS_SOMETHING, weight
from rules.tables import rows

REMEMBERED = 100_000
LEAST_ALIKE = 0.6
SPELT_OTHERWISE, VOWELS_CHANGED, VOWELS_LOST, VOICED = 0.97, 0.94, 0.88, 0.88
COMMON = 0.5
"""So little a word weighs that many names have."""
OF_A_PLACE, STEM = 0.95, 4
"""`russian` for `russia`."""
FIRST_LETTER, SHORTER, ALONE, SHORT_ALONE, LONG_ALONE = 0.02, 0.08, 0.045, 0.8, 7

SPELLINGS = tuple((row["written"], row["read"]) for row in rows("spellings"))
VARIANTS = {variant: row["name"] for row in rows("given_names") for variant in row["variants"].split()}
NICKNAMES = {
    nickname: VARIANTS.get(row["name"], row["name"])
    for row in rows("nicknames")
    for nickname in row["nicknames"].split()
}
GIVEN_AS = VARIANTS | NICKNAMES
"""Given names with the one that they are, in another language or in everyday life."""
DOUBLED = re.compile(r"(.)\1+")
KOREAN = frozenset(word for row in rows("korean_syllables") for word in row["syllables"].split())
UNVOICED = {"g": "k", "d": "t", "b": "p", "j": "ch"}
FIRST_CONSONANT = re.compile("^[gdbj]")
MASCULINE = GIVEN.union(VARIANTS.values())
FEMININE = frozenset(["a", "e", "ia", "ie", "ina", "ine", "ella", "elle", "ette", "etta"])
FAMILIES = ("ov", "ev")
"""Ends of family names, of which the feminine is written or not."""
LETTERS = re.compile(r"[a-z]+")
VOWELS = str.maketrans("eu", "io")
CONSONANTS = re.compile(r"[aeiouh]+")


@lru_cache(REMEMBERED)
def folded(word: str) -> str:
    """The word as one of its spellings in Latin letters: `khaled` and `haled`, `uladzimir` and `vladimir`."""
    word = GIVEN_AS.get(word, word)
    for written, read in SPELLINGS:
        word = word.replace(written, read)
    return DOUBLED.sub(r"\1", word)


@lru_cache(REMEMBERED)
def likeness(one: str, other: str) -> float:
    """How alike two words are, from 0 to 1; below `LEAST_ALIKE` is 0."""
    if one == other:
        return 1.0
    if not (one.isalpha() and other.isalpha()):
        return numbered(one, other)
    if one in DISTINCT and other in DISTINCT and GIVEN_AS.get(one, one) != GIVEN_AS.get(other, other):
        return 0.0
    if one[:3] == other[:3]:
        if is_feminine(one, other):
            return 0.0
        if one[:STEM] == other[:STEM] and one in PLACES and other in PLACES:
            return OF_A_PLACE
    read, heard = folded(one), folded(other)
    short = SHORTER * (min(len(one), len(other)) < 4)
    if read == heard:
        return SPELT_OTHERWISE - short
    if len(read) == len(heard) and read.translate(VOWELS) == heard.translate(VOWELS):
        return VOWELS_CHANGED - 2 * short
    if is_one_syllable(one, other):
        return VOICED
    return edited(one, other, read, heard)


def is_feminine(one: str, other: str) -> bool:
    """Whether one of two words is the feminine of the other, a common name: `stefanie` of `stefan`."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    if short.endswith(FAMILIES):
        return False
    return any(
        long.startswith(name) and long[len(name) :] in FEMININE and name in MASCULINE
        for name in (short, GIVEN_AS.get(short, short))
    )


def is_one_syllable(one: str, other: str) -> bool:
    """Whether two words are a syllable of a Korean name, its first consonant written in two ways."""
    return (one in KOREAN or other in KOREAN) and unvoiced(one) == unvoiced(other)


def unvoiced(word: str) -> str:
    """A syllable as it is written where its first consonant is heard without voice."""
    return FIRST_CONSONANT.sub(lambda found: UNVOICED[found[0]], word).translate(VOWELS)


def numbered(one: str, other: str) -> float:
    """How alike words with digits are: not at all where the digits differ."""
    if LETTERS.sub("", one) != LETTERS.sub("", other) or min(len(one), len(other)) < 4:
        return 0.0
    return edited(one, other, one, other)


def edited(one: str, other: str, read: str, heard: str) -> float:
    """How alike words are by the letters that were changed, on the spelling or on the folded one.

    Two letters swapped, or one doubled, are a slip; another letter may make another word.
    """
    letters = max(len(one), len(other))
    changed = min(OSA.distance(one, other), OSA.distance(read, heard) + 0.25)
    is_slip = changed == 1 and (sorted(one) == sorted(other) or set(one) == set(other))
    alike = 1.0 - changed * (0.8 if is_slip else 1.3 if letters < 5 else 1.0) / letters
    if (
        letters > 4
        and changed <= (2.25 if letters > 6 else 1.25)
        and consonants(read) == consonants(heard)
        and len(consonants(read)) > 1
    ):
        alike = max(alike, VOWELS_LOST - 0.05 * (changed > 1.25))
    if one[0] != other[0] and read[0] != heard[0]:
        alike -= FIRST_LETTER
    return alike if alike >= LEAST_ALIKE else 0.0


@lru_cache(REMEMBERED)
def consonants(word: str) -> str:
    """The word without its vowels."""
    return CONSONANTS.sub("", word)


def standing_alone(one: str, other: str) -> float:
    """The most that a name of one word scores against another."""
    if one == other or weight(one) <= SAYS_SOMETHING or " " in one or " " in other:
        return 1.0
    letters = max(len(one), len(other))
    if folded(one) == folded(other):
        return VOWELS_LOST if letters > 5 else SHORT_ALONE if letters == 5 else 0.0
    if letters > LONG_ALONE and folded(one).translate(VOWELS) == folded(other).translate(VOWELS):
        return VOWELS_LOST
    changed = OSA.distance(one, other)
    if changed == 1 and (sorted(one) == sorted(other) or set(one) == set(other)):
        return 1.0 - 0.8 / letters if letters > 3 else 0.0
    is_other = len(one) == len(other) and letters < 6
    return 1.0 - changed / letters - ALONE * (1 + is_other)


def credit(alike: float) -> float:
    """What a likeness counts: less and less below .78."""
    return alike if alike >= 0.78 else max(0.0, alike - 1.5 * (0.78 - alike))


def stands_for(word: str, other: str, person: bool) -> bool:
    """Whether one of two words is the other's initial or abbreviation."""
    short, long = sorted((word, other), key=len)
    if len(short) == 1:
        return long[0] == short and short.isalpha() and len(long) > 1
    if person or short in DISTINCT or len(short) < 3 or not short.isalpha() or len(long) - len(short) < 2:
        return False
    return long.startswith(short) and weight(long) <= COMMON
