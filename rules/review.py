"""What a person must look at because a fact is missing, contradicts another, or the regulation does not speak
of it.
"""

from __future__ import annotations

from rules.destinations import ACE_TOOK_EFFECT
from rules.end_users import UNKNOWN
from rules.facts import Case, listed
from rules.models import present
from rules.paragraph import (
    Finding,
    any_cybersecurity_item,
    clear,
    cybersecurity_item,
    license_required,
    not_domestic,
    paragraph,
    restricted,
    subject_to_ear,
)


@paragraph("ITEM_CONFLICT", not_domestic)
def item_conflict(case: Case) -> Finding:
    """The item's record and the event must not contradict each other on the ECCN or on what the item controls
    for.
    """
    eccns = (case.record_eccn, case.line_eccn)
    controls = (case.record_controls_for, case.line_controls_for)
    for field, (recorded, stated) in (("eccn", eccns), ("controls_for", controls)):
        if recorded and stated and recorded != stated:
            return restricted(
                f"The item's record says {field} {recorded}, the event says {stated}. "
                "Correct the one that is wrong.",
                field=field,
                record=recorded,
                event=stated,
            )
    return clear("record and event agree" if case.item.is_on_record else "the item has no record")


@paragraph("ITEM_UNCLASSIFIED", subject_to_ear)
def item_unclassified(case: Case) -> Finding:
    """740.22(b)(1): an item must be classified down to the paragraph, and to what it controls for where that
    decides.
    """
    if case.classification.kind != "unclassified":
        return clear(case.classification.fact)
    return restricted(
        f"The item is not classified: {case.classification.fact}. Classify it in the item table.",
        eccn=case.eccn,
        controls_for=case.controls_for,
        sku=case.item.sku,
    )


@paragraph("ITEM_OUT_OF_SCOPE", subject_to_ear)
def item_out_of_scope(case: Case) -> Finding:
    """740.22(b)(1): ACE authorizes cybersecurity items alone; for any other on the Control List another rule
    must.
    """
    if case.is_light or case.classification.kind != "out_of_scope":
        return clear("a light item" if case.is_light else case.classification.fact)
    return restricted(
        f"{case.classification.fact}: ACE cannot authorize it. Another licence exception or a licence must.",
        eccn=case.eccn,
        controls_for=case.controls_for,
        sku=case.item.sku,
    )


@paragraph("DESTINATION_UNKNOWN", not_domestic)
def destination_unknown(case: Case) -> Finding:
    """740.22(c): where a transaction goes must be known, and be in the destination table."""
    unknown = [place for place in case.foreign if place.standing is None]
    if not case.places:
        return restricted(
            "Nothing says where this goes. Give a country in the event or in the end user's record."
        )
    if not unknown:
        return clear(f"every place is known: {listed(case.places)}")
    return restricted(
        f"{listed(unknown)} is in no destination record in force. Correct the country, or add its record.",
        unknown[0],
    )


@paragraph("BEFORE_RULE", cybersecurity_item)
def before_the_rule(case: Case) -> Finding:
    """87 FR 31948: 740.22 as it is written here took effect on 2022-05-26."""
    day = case.circumstances.day
    if day >= ACE_TOOK_EFFECT:
        return clear(f"{day} is not before {ACE_TOOK_EFFECT}")
    return restricted(
        f"{day} is before {ACE_TOOK_EFFECT}: another text of the rule was in force.", date=str(day)
    )


@paragraph("END_USER_UNKNOWN", license_required)
def end_user_unknown(case: Case) -> Finding:
    """740.22(c)(2), (4): who the end user is must be known for a country in D, and of a government end user,
    whose government.
    """
    if case.end_user_unknown_in_d:
        found = [place for place in (*case.foreign, case.government_of) if place.in_d_or_under_review]
        return restricted(
            f"{category_that_is_missing(case)}, and {listed(found)} is in D or under review. "
            "Record its category.",
            found[0],
        )
    if case.end_user.is_government and not case.end_user.is_intergovernmental:
        return government_unknown(case)
    return clear("the end user is known, or no place is in D or under review")


def category_that_is_missing(case: Case) -> str:
    """Why it is not known what the end user is."""
    profile = case.circumstances.record or case.circumstances.claim
    given = present(profile.category) if profile else None
    if given in (None, UNKNOWN):
        return "The end user's category is not known"
    return f"The end user's category {given!r} is none of those that the rules know, or not believed"


def government_unknown(case: Case) -> Finding:
    """Whether it is known whose government a government end user is of."""
    unknown = [government for government in case.governments if government.standing is None]
    if case.governments and not unknown:
        return clear(f"the government of {listed(case.governments)}")
    which = f"{unknown[0].country} is in no destination record" if unknown else "no country is given"
    return restricted(
        f"Whose government the end user is of is not known: {which}. Record government_of.",
        field="government_of",
    )


@paragraph("END_USER_CONFLICT", cybersecurity_item)
def end_user_conflict(case: Case) -> Finding:
    """740.22(b): the event and the end user's record must not contradict each other on the category."""
    record, claim = case.circumstances.record, case.circumstances.claim
    recorded = present(record.category) if record else None
    claimed = present(claim.category) if claim else None
    if not recorded or not claimed or recorded == claimed:
        return clear("no two categories that differ")
    return restricted(
        "The event and the end user's record name different categories. Correct the one that is wrong.",
        field="end_user.category",
    )


@paragraph("GOVERNMENT_ABROAD", license_required)
def government_abroad(case: Case) -> Finding:
    """Neither (c)(2) nor (c)(4) speaks of a government end user of another country that is located in D:1 or
    D:5.
    """
    located = [place for place in case.foreign if place.in_d1_or_d5]
    if not case.end_user.is_government:
        return clear("not a government end user")
    if any(government.in_d for government in case.governments):
        return clear("a government of a country in D: (c)(2) speaks of it")
    if case.is_deemed_export or not located:
        return clear("a deemed export" if case.is_deemed_export else "no place in D:1 or D:5")
    return restricted(
        f"A government end user of no D country, located in D:1 or D:5: {listed(located)}. "
        "Counsel must decide.",
        located[0],
    )


@paragraph("DESTINATION_UNDER_REVIEW", license_required)
def destination_under_review(case: Case) -> Finding:
    """The Country Groups of the government's country changed by a rule that could not be cited: a person
    looks.
    """
    found = [place for place in case.governments if place.standing and place.standing.under_review]
    if not case.end_user.is_government or not found:
        return clear("no government end user of a country under review")
    return restricted(
        f"A government end user of {found[0].country}, whose Country Groups are under review. "
        "Counsel must clear it.",
        found[0],
    )


@paragraph("LOCATION_MISMATCH", cybersecurity_item)
def location_mismatch(case: Case) -> Finding:
    """Where the facts name several countries and one is in D or E, or someone in D:1 or D:5 has a part, a
    person looks.
    """
    countries = {place.country for place in case.places if place.country}
    restricting = [place for place in case.places if place.in_d or place.in_e]
    if len(countries) > 1 and restricting:
        return restricted(
            f"The places differ: {listed(case.places)}. Find out which is true and correct the others.",
            restricting[0],
        )
    touching = [touchpoint for touchpoint in case.touchpoints if touchpoint.in_d1_or_d5]
    if touching:
        return restricted(
            f"{listed(touching)} is in D:1 or D:5. Find out what part it has in the transaction.", touching[0]
        )
    return clear("the places do not contradict each other")


@paragraph("LOCATION_ANONYMIZED", any_cybersecurity_item)
def location_anonymized(case: Case) -> Finding:
    """A download through an anonymizer comes from nobody knows where, from the United States too."""
    if not case.circumstances.anonymizer:
        return clear("no anonymizer")
    return restricted(
        "The download comes through an anonymizer. It must be asked for without one.", field="anonymizer"
    )
