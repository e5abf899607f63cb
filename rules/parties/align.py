"""How alike two words are, and two names: words are paired in any order, then what is left is judged.

What is left over on both sides contradicts; what is left on one side is an omission and costs little.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from rules.parties.clean import Name
from rules.parties.weigh import DISTINCT, PLACES, SAYS_SOMETHING, telling, weight
from rules.tables import rows

REMEMBERED = 100_000
LEAST_ALIKE = 0.6
SPELT_OTHERWISE, VOWELS_CHANGED, VOWELS_LOST = 0.97, 0.94, 0.88
FIRST_LETTER, SHORTER, ALONE, SHORT_ALONE = 0.02, 0.08, 0.045, 0.8
CONTRADICTION, OMISSION, OMISSION_OF_ONE_WORD = 2.0, 0.25, 0.7
PLACE_LEFT = 0.5
ONE_WORD_ONLY, COMMON_ONLY, COMMON = 0.6, 0.85, 0.5
OTHER_FORM, OTHER_SCRIPT, ABBREVIATED, JOINED = 0.06, 0.97, 0.93, 0.96
RARE_WORD = 0.8

SPELLINGS = tuple((row["written"], row["read"]) for row in rows("spellings"))
DOUBLED = re.compile(r"(.)\1+")
LETTERS = re.compile(r"[a-z]+")
VOWELS = str.maketrans("eu", "io")
CONSONANTS = re.compile(r"[aeiouh]+")


class Alignment(NamedTuple):
    """How alike two names are, from 0 to 1, and the pairs of words that are."""

    score: float
    pairs: tuple[tuple[str, str], ...]


@lru_cache(REMEMBERED)
def folded(word: str) -> str:
    """The word as one of its spellings in Latin letters: `khaled` and `haled`, `hussein` and `husein`."""
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
    if one in DISTINCT and other in DISTINCT:
        return 0.0
    read, heard = folded(one), folded(other)
    short = SHORTER * (min(len(one), len(other)) < 4)
    if read == heard:
        return SPELT_OTHERWISE - short
    if read.translate(VOWELS) == heard.translate(VOWELS):
        return VOWELS_CHANGED - 2 * short
    return edited(one, other, read, heard)


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
        and changed <= 2.25
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


def aligned(name: Name, listed: Name, *, person: bool = False, most: float = 1.0) -> Alignment:
    """How alike two names are, the second a listed one, up to `most`. `person`: either is a person's."""
    pairing = Pairing(name.words, listed.words)
    pairing.equal_words()
    if pairing.left and pairing.listed:
        foreign = name.is_foreign or listed.is_foreign
        pairing.like_words(foreign, VOWELS_LOST)
        pairing.joined_words(person)
        pairing.like_words(foreign, LEAST_ALIKE)
        pairing.short_words(person)
        if pairing.heaviest > COMMON:
            pairing.initials()
    score = pairing.score(person)
    if name.form and listed.form and name.form != listed.form:
        score -= OTHER_FORM
    if name.is_foreign != listed.is_foreign:
        score *= OTHER_SCRIPT
    return Alignment(max(min(score, most), 0.0), tuple(pairing.pairs))


class Pairing:
    """The words of two names as they are paired: what is left of each, and what the pairs weigh."""

    def __init__(self, words: Sequence[str], listed: Sequence[str]) -> None:
        self.words, self.all_listed = words, listed
        self.left, self.listed = list(words), list(listed)
        self.pairs: list[tuple[str, str]] = []
        self.alike = self.paired = self.heaviest = 0.0

    def pair(self, words: Sequence[str], listed: Sequence[str], likeness: float, share: float = 1.0) -> None:
        """Takes words out of both names as alike; `share` of their weight counts."""
        heavy = share * min(sum(map(weight, words)), sum(map(weight, listed)))
        self.alike += heavy * likeness
        self.paired += heavy
        self.heaviest = max(self.heaviest, heavy)
        self.pairs.append((" ".join(words), " ".join(listed)))
        for word in words:
            self.left.remove(word)
        for word in listed:
            self.listed.remove(word)

    def equal_words(self) -> None:
        """Pairs the words that are the same."""
        for word in self.words:
            if word in self.listed:
                self.pair((word,), (word,), 1.0)

    def like_words(self, foreign: bool, least: float) -> None:
        """Pairs words that are alike by `least`, the most alike first."""
        found = [
            (likeness_of(word, other, foreign), word, other) for word in self.left for other in self.listed
        ]
        for alike, word, other in sorted((each for each in found if each[0] >= least), reverse=True):
            if word in self.left and other in self.listed:
                self.pair((word,), (other,), credit(alike))

    def short_words(self, person: bool) -> None:
        """Pairs initials with words, and in names that are no person's abbreviations with words."""
        for word in list(self.left):
            other = next((each for each in self.listed if stands_for(word, each, person)), None)
            if other is None:
                continue
            if min(len(word), len(other)) > 1:
                self.pair((word,), (other,), ABBREVIATED)
            elif self.is_told(person) and not self.is_spelled_out(word, other):
                self.pair((word,), (other,), 0.9)

    def initials(self) -> None:
        """Pairs a short word with the words whose initials it is: `jc` with `jean claude`."""
        for words, others in ((self.left, self.listed), (self.listed, self.left)):
            for word in [each for each in words if len(each) in (2, 3) and each.isalpha()]:
                meant = next((run for run in runs(others) if "".join(each[0] for each in run) == word), None)
                if meant is not None and len(meant) == len(word):
                    own, listed = ((word,), meant) if words is self.left else (meant, (word,))
                    self.pair(own, listed, 0.9)

    def is_told(self, person: bool) -> bool:
        """Whether what was paired tells enough for an initial to be believed: no number, and of a firm more
        than one word or a rare one.
        """
        told = [
            weight(word) for word, _ in self.pairs if not word.isdigit() and weight(word) > SAYS_SOMETHING
        ]
        if not person and len(told) == 1 and told[0] < RARE_WORD:
            return False
        return max(self.heaviest, self.paired / 1.5) > COMMON and bool(told)

    def is_spelled_out(self, word: str, other: str) -> bool:
        """Whether the name with the initial has another word left that the other may mean."""
        of_initial = self.left if len(word) == 1 else self.listed
        return any(len(each) > 1 and weight(each) > SAYS_SOMETHING for each in of_initial)

    def joined_words(self, person: bool) -> None:
        """Pairs words with what is one word, or otherwise split, in the other name; where nothing else of a
        person's name is alike, only with the same letters.
        """
        if not self.left or not self.listed or len(self.left) + len(self.listed) < 3:
            return
        whole = Joined.best(self.left, self.listed)
        if whole is not None and (self.pairs or not person or whole.likeness == 1.0):
            self.pair(whole.words, whole.listed, whole.likeness * JOINED)

    def score(self, person: bool) -> float:
        """How alike the names are by what was paired and what is left; a person may be called as a place."""
        place = PLACE_LEFT if self.heaviest > COMMON and not person else 1.0
        left = weight_left(self.left, self.words, place)
        listed = weight_left(self.listed, self.all_listed, place)
        told, told_listed = telling(self.words), telling(self.all_listed)
        contradiction, omission = min(left, listed), abs(left - listed)
        omitted = OMISSION_OF_ONE_WORD if told < 2 else OMISSION
        whole = self.paired + CONTRADICTION * contradiction + omitted * omission
        score = self.alike / whole if whole else 0.0
        if told_listed < 2 and left >= SAYS_SOMETHING:
            score *= ONE_WORD_ONLY
        if self.heaviest <= COMMON and left + listed >= SAYS_SOMETHING:
            score *= COMMON_ONLY
        return score if told > 1 or told_listed > 1 else min(score, self.alone())

    def alone(self) -> float:
        """The most that names of one telling word may score: such a word must be nearly the same."""
        return min((standing_alone(one, other) for one, other in self.pairs), default=0.0)


def weight_left(left: Sequence[str], words: Sequence[str], place: float) -> float:
    """What the words that are left weigh: one that the name has twice nothing, a place its share."""
    return sum(weight(word) * (place if word in PLACES else 1.0) for word in left if words.count(word) < 2)


def standing_alone(one: str, other: str) -> float:
    """The most that a name of one word scores against another."""
    if one == other or weight(one) <= SAYS_SOMETHING or " " in one or " " in other:
        return 1.0
    letters = max(len(one), len(other))
    if folded(one) == folded(other):
        return VOWELS_LOST if letters > 5 else SHORT_ALONE if letters == 5 else 0.0
    changed = OSA.distance(one, other)
    if changed == 1 and (sorted(one) == sorted(other) or set(one) == set(other)):
        return 1.0 - 0.8 / letters if letters > 3 else 0.0
    is_other = len(one) == len(other) and letters < 6
    return 1.0 - changed / letters - ALONE * (1 + is_other)


class Joined(NamedTuple):
    """Words of one name that, joined, are alike to those of the other."""

    words: tuple[str, ...]
    listed: tuple[str, ...]
    likeness: float

    @classmethod
    def best(cls, words: Sequence[str], listed: Sequence[str]) -> Joined | None:
        """The most alike of the runs of neighbours, None where none is."""
        found = [
            cls(one, other, alike)
            for one in runs(words)
            for other in runs(listed)
            if len(one) + len(other) > 2 and (alike := joined_likeness("".join(one), "".join(other))) >= 0.9
        ]
        return max(found, key=lambda each: (each.likeness, len(each.words)), default=None)


def joined_likeness(one: str, other: str) -> float:
    """How alike joined words are; those of another length or beginning are not."""
    return likeness(one, other) if abs(len(one) - len(other)) < 3 and one[0] == other[0] else 0.0


def runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Every run of up to three neighbours."""
    return [tuple(words[at : at + length]) for length in (1, 2, 3) for at in range(len(words) - length + 1)]


def likeness_of(word: str, other: str, foreign: bool) -> float:
    """How alike two words are, also by consonants alone where a script wrote no vowels."""
    alike = likeness(word, other)
    if foreign and alike < VOWELS_LOST and len(word) > 2 and word.isalpha() and other.isalpha():
        written, heard = consonants(folded(word)), consonants(folded(other))
        if len(written) > 1 and written == heard:
            return VOWELS_LOST
    return alike


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
