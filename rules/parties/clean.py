"""From a name as written to its words: one alphabet, one case, nothing invisible, the legal form apart.

The same name in another script, with accents, look-alike letters, dots or another legal form gives the same
words, or nearly.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from html import unescape

from anyascii import anyascii
from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from rules.tables import rows

REMEMBERED = 100_000

LOOKALIKES = {ord(letter): row["latin"] for row in rows("lookalikes") for letter in row["letters"]}
NUMBERS = {word: row["number"] for row in rows("numbers") for word in row["words"].split()}
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
LETTERS_WRONG = 2
AS_LONG = {
    letters: tuple(long for long in LONG_FORMS if abs(len(long) - letters) <= LETTERS_WRONG)
    for letters in range(max(map(len, LONG_FORMS)) + LETTERS_WRONG + 1)
}
"""The long forms that so many letters may be, some of them wrong."""
ALSO_NAMES = frozenset(word for row in rows("legal_forms") for word in row["also_names"].split())
"""Forms that are words of names too, and are taken for forms at the end of a name only."""

LEET = str.maketrans("0134579", "oieastg")
FORM_ATTACHED = re.compile(
    r"(?<=[a-z])(?=(?:AG|SA|SAL|AO|OOO|LLC|GmbH|Ltd|LTD|Limited|Inc|Corp|Company|Co)\b)"
)
FORM_JOINED = re.compile(
    r"(?<=[a-z]{3})(?=(?:limited|company|corporation|gmbh|[opc]?jsc|llc|ltd|sarl|ooo)\b)"
    r"|(?<=\bcompany)(?=[a-z]{4})|(?<=\blimited)(?=[a-z]{3})|(?<=\bobshchestvo)(?=[a-z]{4})"
    r"|(?<=\botvetstvennostyu)(?=[a-z]{3})|(?<=\b[oz]ao)(?=[a-z]{5})|(?<=\booo)(?=[a-z]{4})|(?<=\bjsc)(?=[a-z]{4})"
)
SYLLABLE = re.compile(r"([\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3])")
APOSTROPHE = re.compile(r"['’‘`´ʻʼ\"“”]|(?<=[a-z])\?(?=[a-z])")
DOTTED = re.compile(r"\b[a-z](?:\.[a-z]){2,}\b\.?")
APART = re.compile(r"[^a-z0-9]+")
DIGIT_INSIDE = re.compile(r"[a-z]+[0134579]+[a-z][a-z0134579]*")

AKA = re.compile(
    r"[\s,;(\[]+(?:a\.?k\.?a\.?|f\.?k\.?a\.?|n\.?k\.?a\.?|[afn]/k/a|formerly|also known as)[\s:.]+", re.I
)
PROSE = re.compile(
    r"[,;\s]+(?:and|including)\s+(?:any|its|all|the armed)\b.*?(?:success|sub-?unit|subsid|operating).*",
    re.I | re.S,
)
PROSE_BEGINS = re.compile(r"^.*?(?:success\w*|sub-?units?|subsid\w*|operating(?:\s+\w+)?)\s*", re.I | re.S)
AFFILIATED = re.compile(r"^.*\baffiliated entity:\s*", re.I | re.S)
NOTE = re.compile(r"[(\[][^()\[\]]*\b(?:individual|entity|national)\b[^()\[\]]*[)\]]", re.I)
CUT = (PROSE, AFFILIATED, NOTE)
"""What is cut off a listed field, since publishers write it there and no name is in it."""
HTML_LETTER = re.compile(r"&#?\w{2,8};")
PARENTHESES = re.compile(r"[(\[][^()\[\]]*[)\]]")
ACRONYM = re.compile(r"\(\s*[\"“]?([A-Z][A-Za-z&-]{2,9})[\"”]?\s*\)")


class Name(Struct, frozen=True, gc=False):
    """The words of a name in lower-case ASCII, without its legal form; `is_foreign`: of another script."""

    words: tuple[str, ...]
    form: str | None = None
    is_foreign: bool = False


def clean(text: str) -> Name:
    """The words of a name; none where it has no letter and no digit."""
    latin, is_foreign = latinized(text)
    spelled = APART.split(DOTTED.sub(undotted, APOSTROPHE.sub("", latin)))
    words, form = without_form([part for word in spelled for part in parted(word)])
    read = [NUMBERS.get(word) or unleet(word) for word in words]
    return Name(tuple(read), form, is_foreign)


def latinized(text: str) -> tuple[str, bool]:
    """A text in lower-case ASCII, and whether it was of another script."""
    text = FORM_ATTACHED.sub(" ", text)
    if text.isascii():
        return text.lower(), False
    visible = "".join(map(visible_letter, unicodedata.normalize("NFKC", text)))
    plain = without_accents(without_lookalikes(visible))
    if plain.isascii():
        return plain.lower(), False
    is_foreign = any(letter.isalpha() and not is_latin(letter) for letter in plain)
    return anyascii(SYLLABLE.sub(r" \1 ", plain)).lower(), is_foreign


@cache
def visible_letter(letter: str) -> str:
    """The letter; nothing where it cannot be seen, and a blank for what ends a line."""
    category = unicodedata.category(letter)
    if category == "Cf" or letter in "\u034f\u115f\u1160\u3164\uffa0" or "\ufe00" <= letter <= "\ufe0f":
        return ""
    return " " if category == "Cc" else letter


def without_accents(text: str) -> str:
    """The text without marks above and below its Latin letters."""
    apart = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not is_accent(letter)))


@cache
def is_accent(letter: str) -> bool:
    """Whether the letter is a mark on the Latin, Greek or Cyrillic letter before it."""
    return "\u0300" <= letter <= "\u036f" and letter != "\u0306"


@cache
def is_latin(letter: str) -> bool:
    """Whether the letter is of the Latin alphabet."""
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")


def without_lookalikes(text: str) -> str:
    """The text with look-alikes of Latin letters read as these, in words that mix scripts, and where the
    rest of the name is Latin in words of look-alikes alone.
    """
    words = text.split(" ")
    has_latin = any(is_latin(letter) for letter in text if letter.isalpha())
    return " ".join(read_lookalikes(word) if has_latin and is_disguised(word) else word for word in words)


def read_lookalikes(word: str) -> str:
    """The word with its look-alikes as the Latin letters that they look like."""
    return word.translate(LOOKALIKES)


def is_disguised(word: str) -> bool:
    """Whether a word of other letters is meant to be read as a Latin one."""
    letters = [letter for letter in word if letter.isalpha()]
    strange = [letter for letter in letters if not is_latin(letter)]
    return bool(strange) and (
        len(strange) < len(letters) or all(ord(letter) in LOOKALIKES for letter in strange)
    )


@lru_cache(REMEMBERED)
def parted(word: str) -> tuple[str, ...]:
    """A word without a legal form that was written on to it, and the form; nothing for no letters."""
    return tuple(FORM_JOINED.sub(" ", word).split())


def undotted(found: re.Match[str]) -> str:
    """`a.b.c.` as one word."""
    return found[0].replace(".", "")


def unleet(word: str) -> str:
    """A word with digits among its letters, with the letters that these stand for."""
    return word.translate(LEET) if not word.isalpha() and DIGIT_INSIDE.fullmatch(word) else word


def without_form(words: list[str]) -> tuple[list[str], str | None]:
    """The words without the legal form, and the form; all the words where nothing else would be left."""
    kept: list[str] = []
    form, at = None, 0
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


def without_misspelt_form(words: list[str]) -> tuple[list[str], str | None]:
    """The words without a long legal form that has a letter wrong or a word split, and the form."""
    for at in range(len(words)):
        for length in range(2, min(LONGEST_FORM, len(words) - at) + 1):
            written = " ".join(words[at : at + length])
            meant = AS_LONG.get(len(written))
            if not meant or length == len(words):
                continue
            found = process.extractOne(written, meant, scorer=OSA.distance, score_cutoff=LETTERS_WRONG)
            if found is not None and written not in LONG_FORMS:
                return words[:at] + words[at + length :], LONG_FORMS[found[0]]
    return words, None


def form_length(words: list[str], at: int) -> int:
    """How many words from `at` are a legal form: the longest, 0 for none."""
    for length in range(min(LONGEST_FORM, len(words) - at), 0, -1):
        if tuple(words[at : at + length]) in FORMS:
            is_name = length == 1 and words[at] in ALSO_NAMES
            is_last = at >= 2 and all(word in FORM_WORDS for word in words[at:])
            return 0 if is_name and not is_last else length
    return 0


def readings(text: str) -> tuple[str, ...]:
    """The names that a field of a list holds: prose cut off, a.k.a.s and what is behind semicolons apart; a
    name with an acronym in parentheses also without it, and the acronym where it stands for the name.
    """
    text = unescaped(text)
    if not needs_reading(text):
        return (text,)
    affiliated = AFFILIATED.sub("", PROSE.sub("", NOTE.sub(" ", text)))
    parts = [trimmed(part) for each in affiliated.split(";") for part in AKA.split(each)]
    acronyms = [found[1] for part in parts for found in ACRONYM.finditer(part) if is_acronym(found[1], part)]
    spelled = [trimmed(ACRONYM.sub(" ", part)) for part in parts]
    return tuple(dict.fromkeys(part for part in (*parts, *spelled, *acronyms) if part)) or (text,)


def readings_of_party(text: str) -> dict[str, bool]:
    """The names that a party may give in one field: those that a list's field would hold, the whole of it,
    and each piece, since whoever is screened chose the words. Of each whether it stands in parentheses.
    """
    text = unescaped(text)
    if not needs_reading(text):
        return {text: False}
    pieces = [PROSE_BEGINS.sub("", found[0], 1) for cut in CUT for found in cut.finditer(text)]
    outside = piece_of(PARENTHESES.sub(" ", text))
    asides = [piece_of(found[0]) for found in PARENTHESES.finditer(text)]
    named = (*readings(text), text, *map(piece_of, pieces), outside, *asides)
    return {each: each in asides and each != outside for each in named if each}


def unescaped(text: str) -> str:
    """The text without HTML's way of writing letters: `&` for `&amp;`."""
    return HTML_LETTER.sub(lambda found: unescape(found[0]), text)


def piece_of(text: str) -> str:
    """A piece of a field without what set it apart."""
    return trimmed(text).strip("() ")


def trimmed(part: str) -> str:
    """A part of a field without what separated it from the rest."""
    part = part.strip(" ,;[]")
    return part.strip("() ") if part.count("(") != part.count(")") else part


def needs_reading(text: str) -> bool:
    """Whether a field may hold more than one name."""
    return any(mark in text for mark in "(;[") or any(
        found.search(text) for found in (AKA, PROSE, AFFILIATED)
    )


def is_acronym(short: str, whole: str) -> bool:
    """Whether the short form stands for the whole: its letters begin the words, or it is one of them."""
    words = [word for word in APART.split(ACRONYM.sub(" ", whole).lower()) if word]
    initials = "".join(word[0] for word in words)
    letters = [letter for letter in short.lower() if letter.isalpha()]
    return short.lower() == words[0] if words and not short.isupper() else "".join(letters[:3]) in initials
