"""The rows of 740.22(b)(1), with everything that they might control for."""

from __future__ import annotations

import pytest

from rules.items import classify

FOR = {
    "4A005": set(),
    "4D001.a": {"4A005", "4D004"},
    "4D004": set(),
    "4E001.a": {"4A005", "4D001.a", "4D004"},
    "4E001.c": set(),
    "5A001.j": set(),
    "5B001.a": {"5A001.j"},
    "5D001.a": {"5A001.j"},
    "5D001.c": {"5A001.j", "5B001.a"},
    "5E001.a": {"5A001.j", "5D001.a"},
}


def to_the_end(eccn: str) -> str:
    return ":".join([eccn, *(to_the_end(entry) for entry in sorted(FOR[eccn])[:1])])


@pytest.mark.parametrize("eccn", FOR)
@pytest.mark.parametrize("entry", FOR)
def test_a_row_is_for_its_own_entries_alone(eccn: str, entry: str) -> None:
    """An item is a cybersecurity item when its row needs nothing, or lists what the item controls for."""
    fits = not FOR[eccn] or entry in FOR[eccn]
    assert classify(eccn, to_the_end(entry)).kind == ("cybersecurity" if fits else "out_of_scope")


@pytest.mark.parametrize("eccn", FOR)
def test_a_row_that_needs_an_entry_is_not_classified_without(eccn: str) -> None:
    """Of an item whose row lists entries it must be known which of them it is for."""
    assert classify(eccn, None).kind == ("unclassified" if FOR[eccn] else "cybersecurity")
