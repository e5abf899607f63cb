"""From an event and its records to their circumstances: all of them that can matter to a rule, and nothing
else.

No ids or times of day are among them, and no names but of a restricted-party match, so that equal
circumstances have equal outcomes, and an outcome can be remembered.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from msgspec import Struct

from rules.end_users import Profile, profile_of_claim, profile_of_record
from rules.models import DownloadRequest, EndUser, Incident, Item, Location, Order, present, unresolved
from rules.parties.facts import PartyFacts

A_SALE = ("sale", None, None)
REMEDIATION = frozenset({"vulnerability_disclosure", "cyber_incident_response"})
ACTIVITIES = REMEDIATION | {"digital_artifacts"}
HONG_KONG_DOCUMENTS = frozenset({"hk_import_license", "hk_no_license_statement"})
GOVERNMENT_HOST = re.compile(r"(?:^|\.)(?:(?:gov|gouv|mil|gob|govt)(?:\.[a-z]{2})?|go\.[a-z]{2})\Z")


class Circumstances(Struct, frozen=True, cache_hash=True):
    """All of an event and its end user, but for its items, that can matter to a rule."""

    day: date
    is_download: bool
    parties: PartyFacts | None
    record: Profile | None
    claim: Profile | None
    activity: str
    victim_category: str | None
    purpose: str | None
    knowledge: bool
    has_red_flag: bool
    has_hong_kong_document: bool
    ship_to: Location | None = None
    touchpoints: tuple[tuple[str, str | None], ...] = ()
    declared_country: str | None = None
    ip_country: str | None = None
    ip_region: str | None = None
    anonymizer: bool = False
    government_host: str | None = None
    release_kind: str | None = None
    nationality: str | None = None
    us_person: bool = False


class ItemFacts(Struct, frozen=True, cache_hash=True):
    """All of a line and its item's record that can matter to a rule."""

    line_id: str
    sku: str | None
    eccn: str | None
    controls_for: str | None
    is_on_record: bool
    record_eccn: str | None
    record_controls_for: str | None
    subject_to_ear: bool


def circumstances_of_order(
    order: Order, end_user: EndUser | None, parties: PartyFacts | None
) -> Circumstances:
    """What of an order and of its end user's record can matter."""
    activity, victim_category, purpose = (
        A_SALE if order.incident is None else activity_of(order.activity, order.incident)
    )
    return Circumstances(
        order.occurred_at.date(),
        False,
        parties,
        None if end_user is None else profile_of_record(end_user),
        None if order.end_user is None else profile_of_claim(order.end_user),
        activity,
        victim_category,
        purpose,
        order.knowledge_of_unauthorized_use is True,
        order.red_flags is not None and unresolved(order.red_flags),
        order.documents is not None and has_hong_kong_document(order.documents),
        order.ship_to,
        touchpoints_of(order),
    )


def circumstances_of_download(
    request: DownloadRequest, end_user: EndUser | None, parties: PartyFacts | None
) -> Circumstances:
    """What of a download request and of its end user's record can matter."""
    activity, victim_category, purpose = (
        A_SALE if request.incident is None else activity_of(request.activity, request.incident)
    )
    recipient = request.recipient
    return Circumstances(
        request.occurred_at.date(),
        True,
        parties,
        None if end_user is None else profile_of_record(end_user),
        None if request.end_user is None else profile_of_claim(request.end_user),
        activity,
        victim_category,
        purpose,
        request.knowledge_of_unauthorized_use is True,
        request.red_flags is not None and unresolved(request.red_flags),
        request.documents is not None and has_hong_kong_document(request.documents),
        None,
        (),
        request.declared_country,
        request.ip_country,
        request.ip_region,
        request.anonymizer is True,
        None if request.host_name is None else government_host(request.host_name),
        request.release_kind,
        None if recipient is None else recipient.nationality,
        recipient is not None and recipient.us_person is True,
    )


def activity_of(activity: str | None, incident: Incident) -> tuple[str, str | None, str | None]:
    """The activity, and of an activity that is no sale the victim's category and the purpose, of which
    740.22(b)(2) and (c)(2) to (4) speak.

    An activity without its evidence, or of another word, is a sale.
    """
    if activity is None or activity not in ACTIVITIES:
        return A_SALE
    if not present(incident.case_id) or not present(incident.approved_by):
        return A_SALE
    return activity, incident.victim_category, incident.purpose


def has_hong_kong_document(documents: tuple[str, ...]) -> bool:
    """Whether a document of 740.2(a)(19) is there."""
    return not HONG_KONG_DOCUMENTS.isdisjoint(documents)


def touchpoints_of(order: Order) -> tuple[tuple[str, str | None], ...]:
    """The countries of `bill_to` and of the intermediaries, each with its field."""
    found: list[tuple[str, str | None]] = []
    if order.bill_to is not None:
        found.append(("bill_to", order.bill_to.country))
    if order.intermediaries is not None:
        found += [("intermediaries", intermediary.country) for intermediary in order.intermediaries]
    return tuple(found)


@lru_cache(4096)
def government_host(host_name: str) -> str | None:
    """The host name, where it is or ends in a government's domain; else None."""
    host = host_name.lower().rstrip(" .").strip()
    return host if GOVERNMENT_HOST.search(host) else None


@lru_cache(65_536)
def item_facts(
    line_id: str, sku: str | None, eccn: str | None, controls_for: str | None, record: Item | None
) -> ItemFacts:
    """What of a line and of its item's record can matter."""
    if record is None:
        return ItemFacts(line_id, sku, eccn, controls_for, False, None, None, True)
    return ItemFacts(
        line_id,
        sku,
        eccn,
        controls_for,
        True,
        record.eccn,
        record.controls_for,
        record.subject_to_ear is not False,
    )
