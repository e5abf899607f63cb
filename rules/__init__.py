"""Export rules, pure: an event and the records that it joins with go in, a hold or a release with its
paragraphs comes out.

15 CFR 740.22, License Exception ACE, is in `ace`; what stands beside it in `overlays` and `review`; who is
listed in `restricted_parties`; the order in `screening`.
"""

from rules.decision import DecisionRecord, Standing, Versions, compact, decision_id, encode, record_of
from rules.destinations import Destinations, packaged_destinations
from rules.events import InvalidEvent, Unreadable, read_event
from rules.models import Destination, DownloadRequest, EndUser, Item, Order
from rules.outcome import DESTINATION_GROUPS, ITEM_FAMILIES, LineOutcome, Outcome
from rules.parties import ELSEWHERE, NOT_LOADED, Parties, RestrictedParties
from rules.reasons import REASON_CODES, Reason
from rules.records import (
    UNREADABLE,
    InvalidRecord,
    UnreadableRecord,
    read_destination,
    read_end_user,
    read_item,
)
from rules.screening import failed, invalid, screen, unavailable
from rules.version import VERSION

__all__ = [
    "DESTINATION_GROUPS",
    "ELSEWHERE",
    "ITEM_FAMILIES",
    "NOT_LOADED",
    "REASON_CODES",
    "UNREADABLE",
    "VERSION",
    "DecisionRecord",
    "Destination",
    "Destinations",
    "DownloadRequest",
    "EndUser",
    "InvalidEvent",
    "InvalidRecord",
    "Item",
    "LineOutcome",
    "Order",
    "Outcome",
    "Parties",
    "Reason",
    "RestrictedParties",
    "Standing",
    "Unreadable",
    "UnreadableRecord",
    "Versions",
    "compact",
    "decision_id",
    "encode",
    "failed",
    "invalid",
    "packaged_destinations",
    "read_destination",
    "read_end_user",
    "read_event",
    "read_item",
    "record_of",
    "screen",
    "unavailable",
]
