"""What a party or an event says hides nobody: words around a name, a claimed country, claimed shares."""

from __future__ import annotations

from datetime import date

import pytest

import rules
from rules.parties import Entry, RestrictedParties
from tests.rules.transactions import destinations, download, end_user

DAY = date(2026, 11, 24)
BEFORE_THE_RULE_RETURNS = "2026-10-01T10:00:00Z"
OPTRONIKA = Entry("sdn-1", "SDN", "Vostok Optronika", countries=("RU",))
GRANIT = Entry("el-1", "EL", "Granit Elektrolux")
ADDRESS = Entry("el-2", "EL", "Address 05", addresses=("Room 1201, 18 Hennevik Kwongtsin Road, Wanchai, HK",))


def outcome(value: bytes, record: rules.EndUser | None, *entries: Entry) -> rules.Outcome:
    parties = RestrictedParties.of(entries, DAY)
    return rules.screen(rules.read_event(value), destinations(), {}, record, parties)


@pytest.mark.parametrize(
    "name",
    [
        "CNV (National Institute Vostok Optronika)",
        "Acme Blumen (Vostok Optronika national office)",
        "Acme Blumen (Vostok Optronika)",
        "Acme Blumen and its operating company Vostok Optronika (RU)",
        "Acme Blumen Handelsgesellschaft Berlin and its subsidiary Vostok Optronika LLC",
        "Vostok Optronika, affiliated entity: Acme Blumen Handel GmbH [Berlin]",
    ],
)
def test_words_around_a_listed_name_do_not_hide_it(name: str) -> None:
    """What is cut off as prose where a publisher writes it is read where a party does."""
    assert set(outcome(download(), end_user(name=name), OPTRONIKA).codes) & {
        "PARTY_LISTED",
        "PARTY_POSSIBLE_MATCH",
    }


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("Kestrel Institute of Measurement (KIM)", "Kestrel Institute of Measurement"),
        (
            "Halvard Science and Technology Organization (HESTO)",
            "Halvard Science and Technology Organization",
        ),
        ("OOO Granittekh (Granittex)", "OOO Granittekh"),
        ("EuroGranit and any successor, sub-unit, or subsidiary thereof", "EuroGranit"),
        ("Vivid Equipment, and its sub-units and successors", "Vivid Equipment"),
    ],
)
def test_what_a_publisher_writes_beside_a_name_is_no_part_of_it(listed: str, name: str) -> None:
    """A party is found under its own name, without the acronym or the prose that the list has."""
    found = outcome(download(), end_user(name=name), Entry("el-9", "EL", listed))
    assert found.codes == ("PARTY_LISTED",)


def test_a_claimed_country_does_not_make_a_party_another_one() -> None:
    """Only a record can say that the end user is not where the listed party is."""
    name = "Vostol Optonika Brlin"
    claimed = [
        outcome(download(end_user_id=None, end_user={"name": name, "country": country}), None, OPTRONIKA)
        for country in (None, "DE")
    ]
    assert ["PARTY_POSSIBLE_MATCH" in each.codes for each in claimed] == [True, True]
    received = [
        outcome(download(recipient={"name": name, "nationality": each}), end_user(name="Acme"), OPTRONIKA)
        for each in (None, "DE")
    ]
    assert ["PARTY_POSSIBLE_MATCH" in each.codes for each in received] == [True, True]


def test_another_claimed_owner_does_not_make_the_first_ones_share_known() -> None:
    """Where the rule is not in force, shares on other lists add nothing to those on the SDN List."""
    owners = [{"name": OPTRONIKA.name, "percent": 30}, {"name": GRANIT.name, "percent": 30}]
    for claimed in (owners[:1], owners):
        value = download(
            occurred_at=BEFORE_THE_RULE_RETURNS,
            end_user_id=None,
            end_user={"name": "Acme Blumen", "country": "DE", "owners": claimed},
        )
        assert "PARTY_AFFILIATE_UNRESOLVED" in outcome(value, None, OPTRONIKA, GRANIT).codes


def test_exactly_half_is_half() -> None:
    """Shares are added as they are written: their floating-point sum falls short of 50."""
    shares = (7.6, 11.7, 18.0, 8.3, 4.4)
    assert sum(shares) < 50
    owners = [{"name": OPTRONIKA.name, "percent": share} for share in shares]
    assert outcome(download(), end_user(name="Acme", owners=owners), OPTRONIKA).codes == ("PARTY_AFFILIATE",)


def test_every_match_is_in_the_reason() -> None:
    """A person clears all of them at once."""
    entries = [Entry(f"sdn-{number}", "SDN", "Vostok Optronika") for number in range(8)]
    [reason] = outcome(download(), end_user(name="Vostok Optronika"), *entries).reasons
    assert len(reason.detail["matches"]) == 8


def test_the_reason_says_only_what_can_clear_it() -> None:
    """Nobody keeps a record of recipients, so nothing can be cleared there."""
    value = download(recipient={"name": "Vostok Optronika", "nationality": None})
    [reason] = outcome(value, end_user(name="Acme"), OPTRONIKA).reasons
    assert reason.message.endswith("A licence clears it.")


def test_an_owner_on_two_lists_is_named_with_the_one_that_counts() -> None:
    """Where the Affiliates Rule is not in force that is the SDN List."""
    both = (Entry("el-1", "EL", "Vostok Optronika"), OPTRONIKA)
    record = end_user(name="Acme", owners=[{"name": "Vostok Optronika", "percent": 60}])
    reasons = outcome(download(occurred_at=BEFORE_THE_RULE_RETURNS), record, *both).reasons
    assert (reasons[0].code, reasons[0].detail["owners"][0]["list"]) == ("PARTY_AFFILIATE", "SDN")


def test_a_party_that_is_an_address_is_cleared_by_it() -> None:
    """The name that the reason gives as matched is one that clears."""
    (address,) = ADDRESS.addresses
    cleared = {"entry_id": "el-2", "name": address, "listed_name": address}
    assert outcome(download(), end_user(name=address), ADDRESS).codes == ("PARTY_LISTED",)
    record = end_user(name=address, cleared_matches=[cleared])
    assert outcome(download(), record, ADDRESS).decision == "release"


def test_a_name_that_begins_like_an_address_is_a_name() -> None:
    """Only a number makes `Address` stand for one."""
    entry = Entry("el-3", "EL", "Address Elektronika Vostok", addresses=("Somewhere 5, RU",))
    assert outcome(download(), end_user(name=entry.name), entry).codes == ("PARTY_LISTED",)
