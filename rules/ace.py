"""License Exception ACE: the restrictions of 15 CFR 740.22(c)(1) to (5), a function a paragraph, in order."""

from __future__ import annotations

from rules.end_users import FAVORABLE
from rules.facts import Case, Place, is_us_person, listed
from rules.paragraph import (
    Finding,
    clear,
    cybersecurity_item,
    excepted,
    license_required,
    not_tested,
    paragraph,
    restricted,
)

PROSECUTION = frozenset({"investigation", "prosecution"})
RESPONSE = PROSECUTION | {"response"}


@paragraph("ACE_C1", cybersecurity_item)
def embargoed_destination(case: Case) -> Finding:
    """740.22(c)(1): no ACE to a destination in Country Group E:1 or E:2.

    Nor for a release of technology to a national of such a country, wherever that person is.
    """
    embargoed = [place for place in case.places if place.in_e]
    if embargoed:
        return restricted(
            f"{listed(embargoed)} is in Country Group E: ACE is not available. Only a licence clears it.",
            embargoed[0],
        )
    recipient = embargoed_recipient(case)
    if recipient is not None:
        return restricted(
            f"Technology would be released to a national of {recipient.country}, in Country Group E. "
            "Only a licence clears it.",
            recipient,
        )
    return clear("no place and no recipient of technology in E:1 or E:2")


def embargoed_recipient(case: Case) -> Place | None:
    """The nationality of a recipient of technology abroad who is no US person, where it is in E."""
    recipient = case.recipient
    if recipient is None or case.is_deemed_export or is_us_person(case.circumstances):
        return None
    return recipient if recipient.in_e else None


@paragraph("ACE_C2", license_required)
def government_end_user_of_d(case: Case) -> Finding:
    """740.22(c)(2): no ACE to a government end user of a country in D:1, D:2, D:3, D:4 or D:5.

    Except, in D countries that are also in A:6, (i) digital artifacts to police or judicial bodies that
    investigate or prosecute an incident on a favorable end user's systems; (ii) to national CSIRTs to respond
    to, disclose, investigate or prosecute.
    """
    if case.end_user_unknown_in_d:
        return not_tested("the end user is not known")
    in_d = [government for government in case.governments if government.in_d]
    if not case.end_user.is_government:
        return clear("not a government end user")
    if not in_d:
        return clear("a government end user, of no country in D")
    if in_d_and_a6_throughout(case):
        if is_police_with_artifacts(case):
            return excepted(
                "(i)", "digital artifacts for police or judicial bodies of a country in D and A:6"
            )
        if is_csirt_responding(case):
            return excepted("(ii)", "a national CSIRT of a country in D and A:6 that responds to an incident")
    return restricted(
        f"The end user is a government end user of {in_d[0].country}, in Country Group D. "
        "A licence clears it, or a record that shows otherwise: category, ownership, whose government"
        f"{exceptions_of_c2(case)}.",
        in_d[0],
    )


def exceptions_of_c2(case: Case) -> str:
    """What else may clear a restriction of 740.22(c)(2), where its exceptions can apply."""
    if not in_d_and_a6_throughout(case):
        return ""
    return (
        "; for police or judicial bodies, digital_artifacts with incident.victim_category and "
        "incident.purpose; for a national CSIRT, an incident that it responds to"
    )


def in_d_and_a6_throughout(case: Case) -> bool:
    """Whether the government's country and every foreign place are in D and in A:6."""
    return all(place.in_d_and_a6 for place in (*case.governments, *case.foreign))


def is_police_with_artifacts(case: Case) -> bool:
    """740.22(c)(2)(i): the end user, the activity, whose systems were affected, and what for."""
    circumstances = case.circumstances
    return (
        case.end_user.category == "police_or_judicial"
        and circumstances.activity == "digital_artifacts"
        and circumstances.victim_category in FAVORABLE
        and circumstances.purpose in PROSECUTION
    )


def is_csirt_responding(case: Case) -> bool:
    """740.22(c)(2)(ii): the end user, and an activity or purpose that it names."""
    if case.end_user.category != "national_csirt":
        return False
    artifacts = case.circumstances.activity == "digital_artifacts"
    return case.is_remediation or (artifacts and case.circumstances.purpose in RESPONSE)


@paragraph("ACE_C3", license_required)
def remediation_does_not_lift_c1_and_c2(case: Case) -> Finding:
    """740.22(c)(3): (c)(1) and (c)(2) bind vulnerability disclosure and cyber incident response too."""
    if not case.is_remediation:
        return clear("neither vulnerability disclosure nor incident response")
    if embargoed_destination.restricts(case) or government_end_user_of_d.restricts(case):
        return restricted(
            "Vulnerability disclosure and incident response do not lift (c)(1) or (c)(2). "
            "What clears those clears this.",
            activity=case.circumstances.activity,
        )
    return clear("neither (c)(1) nor (c)(2) restricts")


@paragraph("ACE_C4", license_required)
def private_end_user_in_d1_or_d5(case: Case) -> Finding:
    """740.22(c)(4): no ACE to a non-government end user located in D:1 or D:5.

    Except (i) a favorable end user, for an item of family 4; (ii) vulnerability disclosure and cyber incident
    response; (iii) deemed exports.
    """
    if case.end_user_unknown_in_d:
        return not_tested("the end user is not known")
    located = [place for place in case.foreign if place.in_d1_or_d5]
    if case.end_user.is_government:
        return clear("a government end user")
    if not located:
        return clear("no place in D:1 or D:5")
    return exception_to_c4(case) or restricted(
        f"A private end user located in D:1 or D:5: {listed(located)}. A licence clears it, or an exception "
        "of (c)(4): a favorable end user on record for an item of family 4; the activity "
        "vulnerability_disclosure or cyber_incident_response with incident.case_id and incident.approved_by.",
        located[0],
    )


def exception_to_c4(case: Case) -> Finding | None:
    """The first exception of 740.22(c)(4) that is relied on."""
    row = case.classification.row
    if case.end_user.is_favorable and row is not None and row.family == "4":
        return excepted("(i)", f"a favorable end user ({case.end_user.category}) and an item of family 4")
    if case.is_remediation:
        return excepted("(ii)", "vulnerability disclosure or cyber incident response")
    if case.is_deemed_export:
        return excepted("(iii)", "a deemed export")
    return None


@paragraph("ACE_C5", cybersecurity_item)
def knowledge_of_unauthorized_use(case: Case) -> Finding:
    """740.22(c)(5): no ACE where it is known that the item will be used against information systems without
    authorization.
    """
    if case.circumstances.knowledge:
        return restricted(
            "The event says that unauthorized use is known. Inquire; nothing is released while it says so.",
            field="knowledge_of_unauthorized_use",
        )
    return clear("no knowledge of unauthorized use")
