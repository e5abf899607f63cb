"""From a name as written to its words: one alphabet, one case, nothing invisible, the legal form apart.

The same name in another script, with accents, look-alike letters, dots or another legal form gives the same
words, or nearly.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from html import unescape

from anyascii import anyascii
from msgspec import Struct

from rules.parties.forms import FORM_ATTACHED, parted, without_form
from rules.tables import rows

LOOKALIKES = {ord(letter): row["latin"] for row in rows("lookalikes") for letter in row["letters"]}
READ_AS = {word: row["number"] for row in rows("numbers") for word in row["words"].split()} | {
    short: row["word"] for row in rows("abbreviations") for short in row["abbreviations"].split()
}
"""Numbers in words, and abbreviations, with what they stand for."""
KOREAN_FAMILIES = {row["written"]: row["read"] for row in rows("transliterations") if row["family_name"]}
KOREAN_NAME = re.compile("^([\uac00-\ud7a3])( ?[\uac00-\ud7a3]{1,3})$")
TRANSLITERATIONS = {
    row["written"]: row["read"] for row in rows("transliterations") if not row["family_name"]
} | {word: f" {row['english']} " for row in rows("translations") for word in row["chinese"].split()}
"""Letters that passports write in one way, and Chinese words that English names translate."""
TRANSLITERATED = re.compile("|".join(sorted(TRANSLITERATIONS, key=len, reverse=True)))
OWN_NAMES = {name: f" {row['english']} " for row in rows("own_names") for name in row["chinese"].split()}
"""Chinese names of organizations, which their English ones neither spell nor translate, and of places."""
OWN_NAME = re.compile("|".join(sorted(OWN_NAMES, key=len, reverse=True)))

LEET = str.maketrans("0134579", "oieastg")
SYLLABLE = re.compile(r"([\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3])")
UNVOWELLED = re.compile(r"[\u0590-\u06ff\u0750-\u077f\ufb1d-\ufefc]")
"""A letter of the Hebrew or the Arabic script."""
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
    """The words of a name in lower-case ASCII, without its legal form; `is_foreign`: of another script, and
    `is_unvowelled`: of one that writes few vowels.
    """

    words: tuple[str, ...]
    form: str | None = None
    is_foreign: bool = False
    is_unvowelled: bool = False


def clean(text: str) -> Name:
    """The words of a name; none where it has no letter and no digit."""
    latin, is_foreign = latinized(text)
    spelled = APART.split(DOTTED.sub(undotted, APOSTROPHE.sub("", latin)))
    words, form = without_form([part for word in spelled for part in parted(word)])
    read = [READ_AS.get(word) or unleet(word) for word in words]
    return Name(tuple(read), form, is_foreign, is_foreign and UNVOWELLED.search(text) is not None)


def latinized(text: str) -> tuple[str, bool]:
    """A text in lower-case ASCII, and whether it was of another script."""
    text = FORM_ATTACHED.sub(" ", text)
    if text.isascii():
        return text.lower(), False
    plain = without_accents(without_lookalikes(visible(text)))
    if plain.isascii():
        return plain.lower(), False
    is_foreign = any(letter.isalpha() and not is_latin(letter) for letter in plain)
    spelled = KOREAN_NAME.sub(lambda found: KOREAN_FAMILIES.get(found[1], found[1]) + found[2], plain.lower())
    spelled = TRANSLITERATED.sub(lambda found: TRANSLITERATIONS[found[0]], spelled)
    return anyascii(SYLLABLE.sub(r" \1 ", spelled)).lower(), is_foreign


def visible(text: str) -> str:
    """The text as it is seen, in the usual form of each letter."""
    return "".join(map(visible_letter, unicodedata.normalize("NFKC", text)))


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


def undotted(found: re.Match[str]) -> str:
    """`a.b.c.` as one word."""
    return found[0].replace(".", "")


def unleet(word: str) -> str:
    """A word with digits among its letters, with the letters that these stand for."""
    return word.translate(LEET) if not word.isalpha() and DIGIT_INSIDE.fullmatch(word) else word


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
    """The names that a party may give in one field: each piece of it, since whoever is screened chose the
    words, and with the English names of organizations and places too. Of each whether it is in parentheses.
    """
    text = unescaped(text)
    found = pieces_of_party(text)
    if not text.isascii():
        english, replaced = OWN_NAME.subn(lambda name: OWN_NAMES[name[0]], visible(text))
        if replaced:
            found |= pieces_of_party(english)
    return found


def pieces_of_party(text: str) -> dict[str, bool]:
    """The whole of a party's field, what a list's field would hold, and each piece; of each whether it stands
    in parentheses.
    """
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
    if "(" in text or ";" in text or "[" in text:
        return True
    return any((AKA.search(text), PROSE.search(text), AFFILIATED.search(text)))


def is_acronym(short: str, whole: str) -> bool:
    """Whether the short form stands for the whole: its letters begin the words, or it is one of them."""
    words = [word for word in APART.split(ACRONYM.sub(" ", whole).lower()) if word]
    initials = "".join(word[0] for word in words)
    letters = [letter for letter in short.lower() if letter.isalpha()]
    return short.lower() == words[0] if words and not short.isupper() else "".join(letters[:3]) in initials
