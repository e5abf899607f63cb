"""How alike two names are: words are paired in any order, then what is left is judged.

What is left over on both sides contradicts; what is left on one side is an omission and costs little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rules.parties.alike import COMMON, LEAST_ALIKE, VOWELS_LOST, credit, standing_alone, stands_for
from rules.parties.clean import Name
from rules.parties.unvowelled import likeness_between
from rules.parties.weigh import NUMBER, PLACES, SAYS_SOMETHING, telling, weight

CONTRADICTION, OMISSION, OMISSION_OF_ONE_WORD = 2.0, 0.25, 0.7
PLACE_LEFT, PATRONYMIC_LEFT = 0.5, 0.4
PATRONYMICS = ("ovich", "evich", "ovych", "ovitch", "evitch", "avich", "ovna", "evna", "ivna", "ichna")
ONE_WORD_ONLY, COMMON_ONLY, COMMON_AND_PATRONYMIC, OTHER_NUMBER = 0.6, 0.8, 0.9, 0.8
OTHER_FORM, OTHER_SCRIPT, ABBREVIATED, JOINED = 0.06, 0.97, 0.93, 0.96
RARE_WORD, GENERIC = 0.8, 0.35
PARTICLE = 0.15
JOINED_ALIKE = 0.85
LONG_ASIDE, LONG_ASIDE_ALIKE, SHORT_ASIDE_ALIKE = 6, 0.8, 0.95

Likeness = Callable[[str, str], float]


class Alignment(NamedTuple):
    """How alike two names are, from 0 to 1, and the pairs of words that are."""

    score: float
    pairs: tuple[tuple[str, str], ...]


NOTHING = Alignment(0.0, ())


def aligned(name: Name, listed: Name, *, person: bool = False, most: float = 1.0) -> Alignment:
    """How alike two names are, the second a listed one, up to `most`. `person`: either is a person's."""
    pairing = Pairing(name.words, listed.words, name.is_unvowelled != listed.is_unvowelled)
    pairing.equal_words(PARTICLE)
    if not pairing.is_open():
        pairing.equal_words()
    else:
        likeness = likeness_between(name, listed)
        pairing.like_words(likeness, VOWELS_LOST)
        pairing.joined_words(likeness, person)
        pairing.equal_words()
        pairing.like_words(likeness, LEAST_ALIKE)
        pairing.short_words(person)
        if pairing.heaviest > COMMON:
            pairing.initials()
    score = pairing.score(person)
    if name.form and listed.form and name.form != listed.form:
        score -= OTHER_FORM
    if name.is_foreign != listed.is_foreign:
        score *= OTHER_SCRIPT
    if most < 1.0 and not is_whole(name, listed, score):
        return NOTHING
    return Alignment(max(min(score, most), 0.0), tuple(pairing.pairs))


def is_whole(aside: Name, listed: Name, score: float) -> bool:
    """Whether one word in parentheses is all of a listed name; an acronym to the letter."""
    same = SHORT_ASIDE_ALIKE if max(map(len, aside.words)) < LONG_ASIDE else LONG_ASIDE_ALIKE
    return score >= same and telling(listed.words) < 2


class Pairing:
    """The words of two names as they are paired: what is left of each, and what the pairs weigh."""

    def __init__(self, words: Sequence[str], listed: Sequence[str], is_read: bool = False) -> None:
        """`is_read`: one of the names was written without vowels."""
        self.words, self.all_listed, self.is_read = words, listed, is_read
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

    def is_open(self) -> bool:
        """Whether either name has words left that the other has not."""
        return not (set(self.left) <= set(self.listed) or set(self.listed) <= set(self.left))

    def equal_words(self, more_than: float = 0.0) -> None:
        """Pairs the words that are the same and weigh more than that: particles last, which may be joined."""
        for word in tuple(self.left):
            if word in self.listed and weight(word) > more_than:
                self.pair((word,), (word,), 1.0)

    def like_words(self, likeness: Likeness, least: float) -> None:
        """Pairs words that are alike by `least`, the most alike first."""
        found = [
            (likeness(word, other), word, other)
            for word in self.left
            for other in self.listed
            if word != other
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
            elif (
                max(weight(word), weight(other)) > GENERIC
                and self.is_told(person)
                and not self.is_spelled_out(word, other)
            ):
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

    def joined_words(self, likeness: Likeness, person: bool) -> None:
        """Pairs words with what is one word, or otherwise split, in the other name; where nothing else of a
        person's name is alike, only with the same letters.
        """
        if not self.left or not self.listed or len(self.left) + len(self.listed) < 3:
            return
        whole = Joined.best(self.left, self.listed, likeness)
        if whole is not None and (self.pairs or not person or whole.likeness == 1.0):
            self.pair(whole.words, whole.listed, whole.likeness * JOINED)
            self.joined_words(likeness, person)

    def score(self, person: bool) -> float:
        """How alike the names are by what was paired and what is left; a person may be called as a place."""
        place = PLACE_LEFT if self.heaviest > NUMBER and not person else 1.0
        left = weight_left(self.left, self.words, place)
        listed = weight_left(self.listed, self.all_listed, place)
        told, told_listed = telling(self.words), telling(self.all_listed)
        without_patronymic = told > 1 and told_listed > 1 and is_patronymic(*self.left, *self.listed)
        omission = abs(left - listed) * (OMISSION_OF_ONE_WORD if told < 2 else OMISSION)
        if without_patronymic:
            omission *= PATRONYMIC_LEFT
        whole = self.paired + CONTRADICTION * min(left, listed) + omission
        score = self.alike / whole if whole else 0.0
        if told_listed < 2 and left >= SAYS_SOMETHING:
            score *= ONE_WORD_ONLY
        if self.heaviest <= COMMON and left + listed >= SAYS_SOMETHING:
            score *= COMMON_AND_PATRONYMIC if without_patronymic else COMMON_ONLY
        if has_number(self.left) and has_number(self.listed):
            score *= OTHER_NUMBER
        return score if told > 1 or told_listed > 1 else min(score, self.alone())

    def alone(self) -> float:
        """The most that names of one telling word may score: such a word must be nearly the same."""
        if self.is_read:
            return 1.0 if self.pairs else 0.0
        return min((standing_alone(one, other) for one, other in self.pairs), default=0.0)


def is_patronymic(*left: str) -> bool:
    """Whether all that is left is one patronymic, which names are written with and without."""
    return len(left) == 1 and left[0].endswith(PATRONYMICS)


def has_number(words: Sequence[str]) -> bool:
    """Whether one of the words is a number."""
    return any(word.isdigit() for word in words)


def weight_left(left: Sequence[str], words: Sequence[str], place: float) -> float:
    """What the words that are left weigh: one that the name has twice nothing, a place its share."""
    return sum(weight(word) * (place if word in PLACES else 1.0) for word in left if words.count(word) < 2)


class Joined(NamedTuple):
    """Words of one name that, joined, are alike to those of the other."""

    words: tuple[str, ...]
    listed: tuple[str, ...]
    likeness: float

    @classmethod
    def best(cls, words: Sequence[str], listed: Sequence[str], likeness: Likeness) -> Joined | None:
        """The most alike of the runs of neighbours, None where none is."""
        found = [
            cls(one, other, alike)
            for one in runs(words)
            for other in runs(listed)
            if len(one) + len(other) > 2 and (alike := likeness("".join(one), "".join(other))) >= JOINED_ALIKE
        ]
        return max(found, key=lambda each: (each.likeness, len(each.words)), default=None)


def runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Every run of up to three neighbours."""
    return [tuple(words[at : at + length]) for length in (1, 2, 3) for at in range(len(words) - length + 1)]
