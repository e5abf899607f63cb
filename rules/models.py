"""The records that come in: events, and the reference records that they are joined with.

Fields are those of the contract; null counts as missing, an unknown field is ignored and a known field of
another type is an error. Structs are frozen and sequences are tuples, so that a record can be hashed and
shared.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, ClassVar

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

Number = int | float
Moment = Annotated[datetime, Meta(tz=True)]
Group = Annotated[str, Meta(pattern=r"^(A:[1-9]|B|C|D:[1-5]|E:[12])$(?!\n)")]


def present(text: str | None) -> str | None:
    """The word or identifier as written, None where it is missing or blank."""
    return text if text and not text.isspace() else None


class Location(Struct, frozen=True, gc=False):
    """A country (ISO 3166-1) and a region of it (ISO 3166-2)."""

    country: str | None = None
    region: str | None = None


class RedFlag(Struct, frozen=True, gc=False):
    """A red flag (part 732 Supp. 3) with what became of it."""

    flag: str | None = None
    resolved: bool | None = None
    by: str | None = None


class Owner(Struct, frozen=True, gc=False):
    """An owner of an end user; without a percentage it is not known."""

    name: str | None = None
    percent: Number | None = None


class ClearedMatch(Struct, frozen=True, gc=False):
    """A restricted-party match that a person has cleared."""

    entry_id: str | None = None
    name: str | None = None
    listed_name: str | None = None
    by: str | None = None
    at: str | None = None


class EndUser(Struct, frozen=True, gc=False, cache_hash=True):
    """An end user: a record of the end-user table, or what an event says about its end user inline."""

    end_user_id: str | None = None
    name: str | None = None
    aliases: tuple[str, ...] | None = None
    country: str | None = None
    region: str | None = None
    category: str | None = None
    government_of: str | None = None
    government_ownership_percent: Number | None = None
    government_appoints_board_majority: bool | None = None
    acts_for_government: bool | None = None
    us_subsidiary_evidence: bool | None = None
    owners: tuple[Owner, ...] | None = None
    red_flags: tuple[str | RedFlag, ...] | None = None
    cleared_matches: tuple[ClearedMatch, ...] | None = None
    updated_at: str | None = None


class Item(Struct, frozen=True, gc=False, cache_hash=True):
    """An item of the catalogue, by stock-keeping unit."""

    sku: str
    name: str | None = None
    eccn: str | None = None
    controls_for: str | None = None
    subject_to_ear: bool | None = None


class Period(Struct, frozen=True, gc=False, rename={"since": "from"}):
    """What the Country Groups and the Country Chart say of a country from one day to another, both included.

    A chart mark that is not given counts as a mark.
    """

    since: date
    groups: tuple[Group, ...]
    to: date | None = None
    ns1: bool | None = None
    ns2: bool | None = None
    review_government: bool | None = None


class Destination(Struct, frozen=True, gc=False):
    """A country as the destination table has it."""

    country: str
    periods: tuple[Period, ...]
    name: str | None = None
    source: str | None = None


class Intermediary(Struct, frozen=True, gc=False):
    """Who stands between the seller and the end user."""

    name: str | None = None
    country: str | None = None
    role: str | None = None


class Line(Struct, frozen=True, gc=False):
    """One line of an order."""

    line_id: str | None = None
    sku: str | None = None
    eccn: str | None = None
    controls_for: str | None = None
    quantity: Number | None = None


class Incident(Struct, frozen=True, gc=False):
    """The evidence for an activity other than a sale."""

    case_id: str | None = None
    approved_by: str | None = None
    victim_category: str | None = None
    purpose: str | None = None


class Recipient(Struct, frozen=True, gc=False):
    """The person to whom a download releases technology."""

    name: str | None = None
    nationality: str | None = None
    us_person: bool | None = None


class Event(Struct, frozen=True, gc=False, kw_only=True):
    """What orders and download requests have in common. `occurred_at` is in UTC whatever its zone was."""

    subject_type: ClassVar[str]

    event_id: str
    occurred_at: Moment
    end_user_id: str | None = None
    end_user: EndUser | None = None
    activity: str | None = None
    incident: Incident | None = None
    knowledge_of_unauthorized_use: bool | None = None
    red_flags: tuple[str | RedFlag, ...] | None = None
    documents: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if present(self.event_id) is None:
            raise ValueError("`event_id` is blank")
        if self.occurred_at.tzinfo is not UTC:
            force_setattr(self, "occurred_at", in_utc(self.occurred_at))
        if self.end_user_id is not None and present(self.end_user_id) is None:
            force_setattr(self, "end_user_id", None)


class Order(Event, frozen=True, gc=False, kw_only=True):
    """An order of one or more lines; each line has an id of its own, by default its position."""

    subject_type = "order"

    order_id: str
    lines: Annotated[tuple[Line, ...], Meta(min_length=1)]
    ship_to: Location | None = None
    bill_to: Location | None = None
    intermediaries: tuple[Intermediary, ...] | None = None

    def __post_init__(self) -> None:
        if present(self.order_id) is None:
            raise ValueError("`order_id` is blank")
        Event.__post_init__(self)
        if len(self.lines) > 1 and len(set(self.line_ids)) < len(self.lines):
            raise ValueError("two `lines` have the same `line_id`; give each its own")

    @property
    def subject_id(self) -> str:
        """The order's id."""
        return self.order_id

    @property
    def subject(self) -> str:
        """The key of the order's decisions."""
        return f"order:{self.order_id}"

    @property
    def line_ids(self) -> list[str]:
        """The ids of the lines, in order."""
        return [present(line.line_id) or str(position) for position, line in enumerate(self.lines, 1)]


class DownloadRequest(Event, frozen=True, gc=False, kw_only=True):
    """A request to download one item. `order_id` is there to tell it from an order, and blank or missing."""

    subject_type = "download"

    request_id: str
    order_id: str | None = None
    sku: str | None = None
    eccn: str | None = None
    controls_for: str | None = None
    release_kind: str | None = None
    declared_country: str | None = None
    ip_country: str | None = None
    ip_region: str | None = None
    anonymizer: bool | None = None
    host_name: str | None = None
    recipient: Recipient | None = None

    def __post_init__(self) -> None:
        if present(self.request_id) is None or present(self.order_id) is not None:
            raise ValueError("`request_id` is blank, or there is an `order_id` too")
        Event.__post_init__(self)

    @property
    def subject_id(self) -> str:
        """The request's id."""
        return self.request_id

    @property
    def subject(self) -> str:
        """The key of the request's decisions."""
        return f"download:{self.request_id}"


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; at the ends of the calendar, where UTC has no such day, the time as written."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def unresolved(flags: tuple[str | RedFlag, ...] | None) -> bool:
    """Whether a red flag is raised that nobody has resolved."""
    return bool(flags) and any(flag_is_open(flag) for flag in flags or ())


def flag_is_open(flag: str | RedFlag) -> bool:
    """Whether one red flag counts: a string that says something, or an object that is not resolved."""
    return present(flag) is not None if isinstance(flag, str) else flag.resolved is not True


def raised(flags: tuple[str | RedFlag, ...] | None) -> bool:
    """Whether a red flag is raised at all, resolved or not."""
    return bool(flags) and any(isinstance(flag, RedFlag) or present(flag) for flag in flags or ())
