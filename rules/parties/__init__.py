"""The parties to a transaction: whether they are screened here for restricted parties (parts 740.2, 744 and
764), and against what.
"""

from __future__ import annotations

from msgspec import Struct


class Parties(Struct, frozen=True):
    """What parties are screened against.

    `version` names the list; `is_loaded` is False where one is required and there is none.
    """

    version: str | None = None
    is_loaded: bool = True


ELSEWHERE = Parties()
"""Parties are screened by another system: nothing is tested here."""

NOT_LOADED = Parties(is_loaded=False)
"""A list is required and none was loaded: everything is held."""
