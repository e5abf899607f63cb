"""Whether and against what the parties to a transaction are screened here."""

from __future__ import annotations

from datetime import date

from rules.models import DownloadRequest, EndUser, Order
from rules.parties.facts import PartyFacts


class Parties:
    """What parties are screened against; `version` names the list that decisions are made with."""

    version: str | None = None

    def unavailable(self, day: date) -> str | None:
        """Why nothing may be decided on a day; None where it may."""
        return None

    def facts(self, event: Order | DownloadRequest, end_user: EndUser | None) -> PartyFacts | None:
        """What the list says of the parties to an event; None where parties are not screened here."""
        return None


class NotLoaded(Parties):
    """A list is required and none was loaded."""

    def unavailable(self, day: date) -> str:
        """Nothing may be decided on any day."""
        return "no restricted-party list was loaded; load one"


ELSEWHERE = Parties()
"""Parties are screened by another system: nothing is tested here."""

NOT_LOADED = NotLoaded()
"""A list is required and none was loaded: everything is held."""
