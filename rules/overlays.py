"""What stands beside 740.22: embargoes and sanctions (part 746), red flags (part 732), documents (740.2),
releases (part 734).
"""

from __future__ import annotations

from rules.facts import EMBARGO_746_8, Case, Place, listed
from rules.paragraph import (
    Finding,
    any_transaction,
    clear,
    cybersecurity_item,
    license_required,
    not_domestic,
    paragraph,
    relying_on_note,
    restricted,
    subject_to_ear,
)

CUBA = "CU"
HONG_KONG = "HK"


def in_russia_or_belarus(place: Place) -> bool:
    """Whether 746.8 speaks of the place."""
    return place.country in EMBARGO_746_8


def is_embargoed(place: Place) -> bool:
    """Whether the place is in E, or in Russia or Belarus."""
    return place.in_e or in_russia_or_belarus(place)


@paragraph("EMBARGOED", subject_to_ear)
def embargoed_for_other_items(case: Case) -> Finding:
    """Part 746: what is no cybersecurity item needs a licence to Country Group E as well.

    A deemed export of EAR99 does not, unless to a national of Cuba (746.2).
    """
    embargoed = [place for place in case.places if place.in_e]
    if case.is_cybersecurity_item:
        return clear("a cybersecurity item: 740.22(c)(1) speaks of it")
    if not embargoed:
        return clear("no place in E:1 or E:2")
    if case.is_deemed_export and case.eccn == "EAR99" and embargoed[0].country != CUBA:
        return clear("a deemed export of EAR99, not to a national of Cuba")
    return restricted(
        f"{listed(embargoed)} is embargoed (Country Group E). Only a licence clears it.", embargoed[0]
    )


@paragraph("RUSSIA_BELARUS", subject_to_ear)
def russia_and_belarus(case: Case) -> Finding:
    """746.8: every item on the Commerce Control List needs a licence to Russia and Belarus, and (c)(2) does
    not name ACE.

    Deemed exports are not meant (746.8(a)(12)), nor is EAR99.
    """
    there = [place for place in case.places if in_russia_or_belarus(place)]
    if not there:
        return clear("no place in RU or BY")
    if case.is_deemed_export:
        return clear("a deemed export")
    if case.eccn == "EAR99":
        return clear("EAR99 is not on the Commerce Control List")
    return restricted(f"{listed(there)}: 746.8 requires a licence and no ACE overcomes it.", there[0])


@paragraph("OCCUPIED_REGION", subject_to_ear)
def occupied_regions(case: Case) -> Finding:
    """746.6: the Crimea, so-called Donetsk and Luhansk regions of Ukraine need a licence for any item."""
    there = [place for place in case.places if place.is_occupied]
    if not there:
        return clear("no place in an occupied region of Ukraine")
    return restricted(
        f"{there[0].region} ({there[0].field}) is a region of which 746.6 speaks. A licence clears it; "
        "for UA-14 and UA-09, so does leaving the region out once the postal code is seen to lie outside.",
        there[0],
    )


@paragraph("EMBARGO_REVIEW", not_domestic)
def embargoes_that_may_reach_it(case: Case) -> Finding:
    """Sections 746.5 and 746.10, and 31 CFR chapter V: EAR99 to Russia or Belarus, and what is not subject to
    the EAR to any embargoed place.

    Sanctions may reach what 746.8 and the Country Groups do not: a person must look.
    """
    if not case.item.subject_to_ear:
        found = [place for place in case.places if is_embargoed(place) or place.is_occupied]
    elif case.eccn == "EAR99" and not case.is_deemed_export:
        found = [place for place in case.places if in_russia_or_belarus(place)]
    else:
        return clear("subject to the EAR and not EAR99, or a deemed export")
    if not found:
        return clear("no embargoed place")
    return restricted(
        f"{listed(found)}: sanctions may apply to this item too. Counsel must clear it.", found[0]
    )


@paragraph("TOUCHPOINT_EMBARGOED", any_transaction)
def embargoed_touchpoint(case: Case) -> Finding:
    """Part 746: nobody is billed and nobody stands between in Country Group E, Russia or Belarus."""
    found = [touchpoint for touchpoint in case.touchpoints if is_embargoed(touchpoint)]
    if not found:
        return clear("no touchpoint in E, RU or BY")
    return restricted(
        f"{listed(found)} is embargoed. Find out what part it has in the transaction.", found[0]
    )


@paragraph("RED_FLAG", any_transaction)
def red_flag(case: Case) -> Finding:
    """Supplement 3 to part 732: a red flag that is not resolved must be inquired into; so must knowledge
    where 740.22(c)(5) is not tested.
    """
    sources = red_flags_of(case)
    if not sources:
        return clear("no unresolved red flag")
    what_clears = "; ".join(WHAT_CLEARS_A_RED_FLAG[each] for each in sources)
    return restricted(f"Red flag: {', '.join(sources)}. Inquire; {what_clears}.", fields=sources)


WHAT_CLEARS_A_RED_FLAG = {
    "red_flags": "then give red_flags with the flag resolved, and by whom",
    "end_user record": "then record the end user's flag as resolved, and by whom",
    "end_user": "then record the end user, since what the event says of its own flags is not believed",
    "knowledge_of_unauthorized_use": "nothing is released while the event says that it is known",
}


def red_flags_of(case: Case) -> list[str]:
    """The fields that raise a red flag."""
    circumstances = case.circumstances
    record, claim = circumstances.record, circumstances.claim
    flags = {
        "red_flags": circumstances.has_red_flag,
        "end_user record": record is not None and record.has_red_flag,
        "end_user": claim is not None and claim.has_red_flag,
        "knowledge_of_unauthorized_use": circumstances.knowledge and cybersecurity_item(case) is not None,
    }
    return [field for field, raised in flags.items() if raised]


@paragraph("ECCN_NOTE_REVIEW", relying_on_note)
def note_to_4e001_for_d(case: Case) -> Finding:
    """Note 1 to 4E001: technology for disclosure and response is not 4E001.a or .c; a person looks where a D
    government may get it.
    """
    if case.government_in_d_or_under_review:
        found = [government for government in case.governments if government.in_d_or_under_review]
    elif case.end_user.is_unknown:
        found = [place for place in case.foreign if place.in_d_or_under_review]
    else:
        return clear("the end user is known, and no government of a country in D or under review")
    if not found:
        return clear("no place in D or under review")
    return restricted(
        f"The note is relied on where a government of {found[0].country} may receive the technology. "
        "A person must approve it.",
        found[0],
    )


@paragraph("RECIPIENT_UNKNOWN", license_required)
def unknown_recipient(case: Case) -> Finding:
    """734.13(b): a release of technology in the United States is an export to the recipient's country, so
    that must be known.
    """
    if not case.is_to_unknown_recipient:
        return clear("no release of technology to an unknown recipient")
    return restricted(
        "Technology would be released in the United States to nobody knows whom. "
        "Give recipient.nationality (most recent citizenship or permanent residency) or recipient.us_person.",
        field="recipient",
    )


@paragraph("HONG_KONG_DOCUMENT", license_required)
def hong_kong_document(case: Case) -> Finding:
    """740.2(a)(19): no licence exception to Hong Kong without its import licence or its statement that none
    is needed.
    """
    found = [place for place in case.places if place.country == HONG_KONG]
    if not found:
        return clear("no place in Hong Kong")
    if case.circumstances.has_hong_kong_document:
        return clear("a document of Hong Kong is there")
    return restricted(
        f"{listed(found)}: get Hong Kong's import licence or no-licence statement and add "
        "hk_import_license or hk_no_license_statement to documents.",
        found[0],
    )


@paragraph("GOVERNMENT_DOMAIN", license_required)
def government_domain(case: Case) -> Finding:
    """734.17(c)(1), by analogy: a download to a government's domain is not one to a private end user."""
    host = case.circumstances.government_host
    found = [place for place in case.foreign if place.in_d_or_under_review]
    if host is None:
        return clear("no host name in a government's domain")
    if case.end_user.is_government:
        return clear("a government end user, judged as one")
    if not found:
        return clear("no place in D or under review")
    return restricted(
        f"{host} is a government's domain, the end user is no government, and {listed(found)} is in D "
        "or under review. Find out for whom the download is.",
        found[0],
        host_name=host,
    )
