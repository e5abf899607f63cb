"""Who the end user is to 740.22(b)(3) to (5): favorable, a government end user, neither, or not known.

A claim that helps needs a record; a claim that hurts counts. The record is believed; what an event says
inline is a claim.
"""

from __future__ import annotations

from msgspec import Struct

from rules.models import EndUser, present, raised, unresolved
from rules.tables import rows

GOVERNMENT_SHARE = 25
INTERGOVERNMENTAL = "intergovernmental_organization"
UNKNOWN = "unknown"
US_SUBSIDIARY = "us_subsidiary"

CATEGORIES = {row["category"]: row for row in rows("end_user_categories")}
FAVORABLE = frozenset(name for name, row in CATEGORIES.items() if row["counts_as"] == "favorable")
GOVERNMENT = frozenset(name for name, row in CATEGORIES.items() if row["counts_as"] == "government")
GOVERNMENT_IF_OWNED = frozenset(
    name for name, row in CATEGORIES.items() if row["counts_as"] == "government_owned"
)
CLAIMED_AS = {name: row["claimed"] for name, row in CATEGORIES.items() if row["claimed"]}


class Profile(Struct, frozen=True):
    """All of an end user that can matter to a rule, as written: never a name."""

    category: str | None
    country: str | None
    region: str | None
    government_of: str | None
    government_owned: bool
    acts_for_government: bool
    us_subsidiary_evidence: bool
    has_red_flag: bool


class EndUserFacts(Struct, frozen=True):
    """What the rules make of an end user.

    `governments`: the countries whose government it is part of or acts for.
    """

    category: str
    is_favorable: bool
    is_government: bool
    is_unknown: bool
    government_of: str | None
    governments: tuple[str, ...]

    @property
    def is_intergovernmental(self) -> bool:
        """An organization of several governments, 740.22(b)(4)(i)."""
        return self.category == INTERGOVERNMENTAL


NOBODY = EndUserFacts(UNKNOWN, False, False, True, None, ())


def read_country(text: str | None) -> str | None:
    """A country code as a person would mean it: trimmed, in upper case; None where blank.

    What is not ASCII is no code, and upper case would make one of it: of `ﬁ`, FI.
    """
    code = text.strip() if text else ""
    return (code.upper() if code.isascii() else code) or None


def read_region(country: str | None, text: str | None) -> str | None:
    """A region code as a person would mean it: with its country before it, as in UA-43; None where blank."""
    code = read_country(text)
    if code is None or country is None:
        return code
    code = code.replace("_", "-")
    return code if "-" in code else f"{country}-{code}"


def profile_of_record(end_user: EndUser) -> Profile:
    """The profile of a record of the end-user table."""
    return Profile(
        end_user.category,
        end_user.country,
        end_user.region,
        end_user.government_of,
        is_government_owned(end_user),
        end_user.acts_for_government is True,
        end_user.us_subsidiary_evidence is True,
        end_user.red_flags is not None and unresolved(end_user.red_flags),
    )


def profile_of_claim(end_user: EndUser) -> Profile:
    """The profile of an inline end user, of which ownership and evidence are not known and every red flag is
    open.
    """
    return Profile(
        end_user.category,
        end_user.country,
        end_user.region,
        end_user.government_of,
        True,
        end_user.acts_for_government is True,
        False,
        end_user.red_flags is not None and raised(end_user.red_flags),
    )


def is_government_owned(end_user: EndUser) -> bool:
    """Whether a government owns 25 percent or more, or appoints the board majority, or its share is not
    known: 740.22(b)(5). Less than nothing is no share, so it is not known.
    """
    share = end_user.government_ownership_percent
    return (
        share is None
        or not 0 <= share < GOVERNMENT_SHARE
        or end_user.government_appoints_board_majority is True
    )


def facts_of(record: Profile | None, claim: Profile | None) -> EndUserFacts:
    """What the rules make of the end user: by the record, else by the claim, else of nobody."""
    if record is not None:
        return judged(record, category_of(record), governments_of_record(record))
    if claim is not None:
        category = category_of(claim)
        return judged(claim, CLAIMED_AS.get(category, category), governments_of_claim(claim))
    return NOBODY


def category_of(profile: Profile) -> str:
    """The category; `unknown` for one that is missing or not in the list."""
    category = present(profile.category) or UNKNOWN
    return category if category in CATEGORIES else UNKNOWN


def judged(profile: Profile, category: str, governments: tuple[str, ...]) -> EndUserFacts:
    """Favorable, government or unknown: 740.22(b)(3) and (4), by a category that is believed."""
    is_favorable = category in FAVORABLE and (category != US_SUBSIDIARY or profile.us_subsidiary_evidence)
    return EndUserFacts(
        category=category,
        is_favorable=is_favorable,
        is_government=not is_favorable and is_of_government(profile, category),
        is_unknown=category == UNKNOWN and not profile.acts_for_government,
        government_of=read_country(profile.government_of),
        governments=governments,
    )


def is_of_government(profile: Profile, category: str) -> bool:
    """Whether a government end user by category, by whom it acts for, or by who owns it: 740.22(b)(4)."""
    return (
        category in GOVERNMENT
        or profile.acts_for_government
        or (category in GOVERNMENT_IF_OWNED and profile.government_owned)
    )


def governments_of_record(record: Profile) -> tuple[str, ...]:
    """`government_of`, else the country."""
    government = read_country(record.government_of) or read_country(record.country)
    return (government,) if government else ()


def governments_of_claim(claim: Profile) -> tuple[str, ...]:
    """Both `government_of` and the country: which of the two is the government's is not believed."""
    both = (read_country(claim.government_of), read_country(claim.country))
    return tuple(dict.fromkeys(country for country in both if country))
