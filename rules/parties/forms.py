"""Legal forms apart from names: where they are written out or short, misspelt, split, or joined to a name."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rules.tables import rows

REMEMBERED = 100_000

FORMS = {
    tuple(written.split()): row["form"]
    for row in rows("legal_forms")
    for written in row["written"].split("; ")
}
LONGEST_FORM = max(len(written) for written in FORMS)
FORM_BEGINS = frozenset(written[0] for written in FORMS)
FORM_WORDS = frozenset(written[0] for written in FORMS if len(written) == 1)
LONG_FORMS = {" ".join(written): form for written, form in FORMS.items() if sum(map(len, written)) > 14}
OF_LONG_FORMS = frozenset(word for written in LONG_FORMS for word in written.split() if len(word) > 4)
SPLIT_FORMS = frozenset(word for written in FORMS for word in written if len(word) > 5)
FORM_BEGINNINGS = frozenset(word[:at] for word in SPLIT_FORMS for at in range(1, len(word)))
LETTERS_WRONG = 2
AS_LONG = {
    letters: tuple(long for long in LONG_FORMS if abs(len(long) - letters) <= LETTERS_WRONG)
    for letters in range(max(map(len, LONG_FORMS)) + LETTERS_WRONG + 1)
}
"""The long forms that so many letters may be, some of them wrong."""
ALSO_NAMES = frozenset(word for row in rows("legal_forms") for word in row["also_names"].split())
"""Forms that are words of names too, and are taken for forms at the end of a name only."""

FORM_ATTACHED = re.compile(
    r"(?<=[a-z])(?=(?:AG|SA|SAL|AO|OOO|LLC|GmbH|Ltd|LTD|Limited|Inc|Corp|Company|Co)\b)"
)
FORM_JOINED = re.compile(
    r"(?<=[a-z]{3})(?=(?:limited|company|corporation|gmbh|[opc]?jsc|llc|ltd|sarl|ooo)\b)"
    r"|(?<=\bcompany)(?=[a-z]{4})|(?<=\blimited)(?=[a-z]{3})|(?<=\bobshchestvo)(?=[a-z]{4})"
    r"|(?<=\botvetstvennostyu)(?=[a-z]{3})|(?<=\b[oz]ao)(?=[a-z]{5})|(?<=\booo)(?=[a-z]{4})|(?<=\bjsc)(?=[a-z]{4})"
    r"|(?<=\bllc)(?=[a-z]{3})|(?<=\b[opc]jsc)(?=[a-z]{3})|(?<=\baktsionernoe)(?=obshchestvo)"
)


def without_form(words: list[str]) -> tuple[list[str], str | None]:
    """The words without the legal form, and the form; all the words where nothing else would be left."""
    kept: list[str] = []
    form, at = None, 0
    if not FORM_BEGINNINGS.isdisjoint(words):
        words = mended(words)
    if not OF_LONG_FORMS.isdisjoint(words):
        words, form = without_misspelt_form(words)
    while at < len(words):
        length = form_length(words, at) if words[at] in FORM_BEGINS else 0
        if length:
            form = form or FORMS[tuple(words[at : at + length])]
            at += length
        else:
            kept.append(words[at])
            at += 1
    return (kept, form) if kept else (words, None)


def mended(words: list[str]) -> list[str]:
    """The words, with those of legal forms that were split as one: `lim ited`."""
    for at, (one, other) in enumerate(pairwise(words)):
        if one + other in SPLIT_FORMS and len(words) > 2:
            return mended([*words[:at], one + other, *words[at + 2 :]])
    return words


def without_misspelt_form(words: list[str]) -> tuple[list[str], str | None]:
    """The words without a long legal form that has a letter wrong or a word split, and the form; its first
    or its last word is right.
    """
    for at, word in enumerate(words):
        is_right = word in OF_LONG_FORMS
        for end in range(at + 2, min(at + LONGEST_FORM, len(words)) + 1):
            if not is_right and words[end - 1] not in OF_LONG_FORMS:
                continue
            written = " ".join(words[at:end])
            meant = AS_LONG.get(len(written))
            if not meant or end - at == len(words):
                continue
            found = process.extractOne(written, meant, scorer=OSA.distance, score_cutoff=LETTERS_WRONG)
            if found is not None and written not in LONG_FORMS:
                return words[:at] + words[end:], LONG_FORMS[found[0]]
    return words, None


def form_length(words: list[str], at: int) -> int:
    """How many words from `at` are a legal form: the longest, 0 for none."""
    for length in range(min(LONGEST_FORM, len(words) - at), 0, -1):
        if tuple(words[at : at + length]) in FORMS:
            is_name = length == 1 and words[at] in ALSO_NAMES
            is_last = at >= 2 and all(word in FORM_WORDS for word in words[at:])
            return 0 if is_name and not is_last else length
    return 0


@lru_cache(REMEMBERED)
def parted(word: str) -> tuple[str, ...]:
    """A word without a legal form that was written on to it, and the form; nothing for no letters."""
    return tuple(FORM_JOINED.sub(" ", word).split())
