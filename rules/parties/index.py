"""The listed names by their words, so that a name is compared with the few that it may be.

A word is found also with a letter wrong, left out, added or swapped (by the words with one letter left out),
and joined with its neighbour or split from it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rules.parties.align import Alignment, aligned
from rules.parties.alike import LEAST_ALIKE, folded, likeness
from rules.parties.clean import Name, clean, readings
from rules.parties.unvowelled import Vocabulary
from rules.parties.weigh import names_of_party, weight

BEGINNING = 8
"""The letters of a word that are compared to find it with a slip."""

CANDIDATES = 24
WORDS_REMEMBERED = 100_000
FEW = 500
"""After so many names were touched, a word of many names counts only for those."""

PROMISING, LEAST_SHARE = 0.55, 0.33

NEAR = 0.55
"""So alike two spellings must be that they are looked at as one word."""


Having = list[tuple[float, "array[int]"]]
"""Listed names by what their having a word weighs."""

first = itemgetter(0)


class Listed(NamedTuple):
    """One name of an entry: the number of the entry, the name as written, and its words."""

    entry: int
    written: str
    name: Name


class Hit(NamedTuple):
    """A listed name that a name may be, and how alike they are."""

    listed: Listed
    alignment: Alignment


class Index:
    """All the names of a list, to be searched; never changed once it is built."""

    def __init__(self, names: Iterable[tuple[int, str]]) -> None:
        """Takes the number of an entry with one of its names, for all of them."""
        self.listed = [
            Listed(entry, written, name)
            for entry, written in names
            for reading in readings(written)
            if (name := clean(reading)).words
        ]
        self._weights = array("f", (spelled_out(each.name.words) for each in self.listed))
        self._words: dict[str, array[int]] = {}
        self._joined: dict[str, array[int]] = {}
        self._same: dict[frozenset[str], array[int]] = {}
        for number, each in enumerate(self.listed):
            put(self._words, number, set(each.name.words))
            put(self._joined, number, {folded(word) for word in joined(each.name.words)})
            put(self._same, number, {frozenset(each.name.words)})
        self._slips: dict[str, list[str]] = {}
        for word in self._words:
            for key in keys(word):
                self._slips.setdefault(key, []).append(word)
        self._vocabulary = Vocabulary(self._words)
        self._by_word: dict[str, Having] = {}
        self._by_written: dict[str, Having] = {}
        """What was found by a word, and by one without vowels; remembered."""

    def __len__(self) -> int:
        return len(self.listed)

    def search(self, text: str, least: float, *, person: bool = False) -> list[Hit]:
        """The listed names that score `least` or more, for every name that the text holds."""
        hits = (hit for name, most in names_of_party(text) for hit in self._hits(name, person, most))
        return [hit for hit in hits if hit.alignment.score >= least]

    def _hits(self, name: Name, person: bool, most: float) -> Iterator[Hit]:
        for number in self._candidates(name):
            listed = self.listed[number]
            yield Hit(listed, aligned(name, listed.name, person=person, most=most))

    def _candidates(self, name: Name) -> set[int]:
        """The listed names that the name may be, by the weight of the words that they share."""
        whole = spelled_out(name.words)
        least = LEAST_SHARE * whole
        shared = self._shared(name, least)
        promise = {
            number: self._promise(whole, number, paired)
            for number, paired in shared.items()
            if paired >= least
        }
        promising = [number for number, score in promise.items() if score >= PROMISING]
        if len(promising) > CANDIDATES:
            wanted = CANDIDATES if min(map(len, name.words)) > 1 else 4 * CANDIDATES
            promising = nlargest(wanted, promising, key=promise.__getitem__)
        best = set(promising)
        best.update(self._same.get(frozenset(name.words), ())[:CANDIDATES])
        return best

    def _promise(self, whole: float, number: int, paired: float) -> float:
        """What the score would be if nothing more were alike."""
        less, more = whole - paired, self._weights[number] - paired
        if less > more:
            less, more = more, less
        if less < 0.0:
            less, more = 0.0, max(0.0, more)
        return paired / (paired + 1.75 * less + 0.25 * more)

    def _shared(self, name: Name, least: float) -> dict[int, float]:
        """The listed names that have a word like one of these, with the weight of what they share.

        A name that has none of the words before can share no more than what is left weighs: below `least` it
        is not looked at.
        """
        shared: dict[int, float] = {}
        rarest_first = list(self._having(name.words))
        if name.is_unvowelled:
            rarest_first += self._having_heard(name.words)
        rarest_first.sort(key=count)
        rest = sum(having[0][0] for having in rarest_first)
        for having in rarest_first:
            known_only = rest < least or len(shared) >= FEW
            rest -= having[0][0]
            counted: set[int] = set()
            for heavy, names in having:
                fresh = shared.keys() & names if known_only else set(names)
                fresh -= counted
                counted |= fresh
                for number in fresh:
                    shared[number] = shared.get(number, 0.0) + heavy
        return shared

    def _having(self, words: Sequence[str]) -> Iterator[Having]:
        """For each word, and for each two joined, the listed names that have it or one like it, and what that
        weighs, the most first; only where there are any.
        """
        for word in set(words):
            having = self._by_word.get(word)
            if having is None:
                having = remembered(self._by_word, word, self._having_word(word))
            if having:
                yield having
        for one, other in pairwise(words):
            if names := self._words.get(one + other):
                yield [(weight(one) + weight(other), names)]

    def _having_heard(self, words: Sequence[str]) -> Iterator[Having]:
        """For each word that was written without vowels, and for each two joined, the listed names that have
        one that it may be.
        """
        for written in {*words, *joined(words)}:
            having = self._by_written.get(written)
            if having is None:
                having = remembered(self._by_written, written, self._having_reading(written))
            if having:
                yield having

    def _having_reading(self, written: str) -> Having:
        """The listed names that have what a word without vowels may be."""
        heard = self._vocabulary.heard(written)
        return sorted(((weight(word), self._words[word]) for word in heard), key=first, reverse=True)

    def _having_word(self, word: str) -> Having:
        """The listed names that have a word, one like it, or it as two words."""
        told = weight(word)
        having = [
            (min(told, weight(near)) * alike if alike < 1 else told, self._words[near])
            for near, alike in self._nearest(word)
        ]
        if names := self._joined.get(folded(word)):
            having.append((told, names))
        return sorted(having, key=first, reverse=True)

    def _nearest(self, word: str) -> Iterator[tuple[str, float]]:
        """The listed words that are alike to a word, with how alike."""
        spelled = {other for key in keys(word) for other in self._slips.get(key, ())}
        close = process.extract(
            word, spelled, scorer=OSA.normalized_similarity, score_cutoff=NEAR, limit=None
        )
        alike = ((other, likeness(word, other)) for other, _, _ in close)
        return ((other, score) for other, score in alike if score >= LEAST_ALIKE)


def remembered(known: dict[str, Having], word: str, having: Having) -> Having:
    """What was found by a word, as it is now remembered."""
    if len(known) > WORDS_REMEMBERED:
        known.clear()
    known[word] = having
    return having


def count(having: Having) -> int:
    """How many listed names have a word."""
    return sum(len(names) for _, names in having)


def spelled_out(words: Sequence[str]) -> float:
    """What the words weigh, without initials, which may stand for any."""
    return sum(weight(word) for word in words if len(word) > 1)


def put(table: dict[Any, array[int]], number: int, found: Iterable[Any]) -> None:
    """Adds a listed name to the names of each thing that it has."""
    for each in found:
        table.setdefault(each, array("I")).append(number)


def keys(word: str) -> set[str]:
    """What two spellings of a word have in common where one letter is wrong in one of them."""
    read = folded(word)
    return slips(word) if read == word else slips(word) | slips(read)


def slips(word: str) -> set[str]:
    """The beginning of a word, and what is left of it with one letter left out."""
    beginning = word[:BEGINNING]
    if len(beginning) < 3:
        return {beginning}
    return {beginning} | {beginning[:at] + beginning[at + 1 :] for at in range(len(beginning))}


def joined(words: Sequence[str]) -> list[str]:
    """Each word joined with the one after it."""
    return [one + other for one, other in pairwise(words)]
