"""A list at work: what a reason says of a match, what is remembered, and what evidence does."""

from __future__ import annotations

from datetime import date

import pytest

import rules
from rules.explain import explain
from rules.parties import Entry, Policy, RestrictedParties
from tests.rules.transactions import destinations, download, end_user, order

DAY = date(2026, 11, 24)
OPTRONIKA = Entry(
    "el-1",
    "EL",
    "Vostok Optronika",
    ("Institute 17",),
    countries=("RU",),
    citation="89 FR 1",
    license_policy="denial",
)
SMITH = Entry("dpl-1", "DPL", "James Smith", countries=("US",))


def listed(*entries: Entry, policy: Policy = Policy()) -> RestrictedParties:  # noqa: B008
    return RestrictedParties.of(entries, DAY, policy)


def screened(value: bytes, record: rules.EndUser | None, parties: rules.Parties) -> rules.Outcome:
    return rules.screen(rules.read_event(value), destinations(), {}, record, parties)


def test_a_reason_says_all_that_a_reviewer_needs() -> None:
    """Entry, list, both names, score, what matched, the law and what would clear it are in the reason."""
    outcome = screened(download(), end_user(name="Vostok Optronica AG", country="DE"), listed(OPTRONIKA))
    [reason] = outcome.reasons
    assert (reason.code, reason.citation) == ("PARTY_LISTED", "15 CFR 744.11 and 744.16")
    assert reason.detail["entry_id"] == "el-1"
    assert reason.detail["list"] == "EL"
    assert reason.detail["party"] == "Vostok Optronica AG"
    assert reason.detail["matched_name"] == "Vostok Optronika"
    assert 0.9 <= reason.detail["score"] < 1.0
    assert reason.detail["license_policy"] == "denial"
    assert "optronica for optronika" in reason.message
    assert "country DE is none of RU" in reason.message
    assert "cleared_matches" in reason.message


def test_a_reason_on_several_lists_cites_each() -> None:
    """A party on two lists is one reason with both entries and both citations."""
    sdn = Entry("sdn-1", "SDN", "Vostok Optronika")
    [reason] = screened(download(), end_user(name="Vostok Optronika"), listed(OPTRONIKA, sdn)).reasons
    assert {match["entry_id"] for match in reason.detail["matches"]} == {"el-1", "sdn-1"}
    assert "744.11" in reason.citation
    assert "744.8" in reason.citation


def test_clean_parties_share_one_outcome() -> None:
    """Two clean end users of equal circumstances are decided once, whatever their names."""
    table, parties = destinations(), listed(OPTRONIKA)
    event = rules.read_event(download())
    first = rules.screen(event, table, {}, end_user(name="Some Co"), parties)
    assert rules.screen(event, table, {}, end_user(name="Another Co"), parties) is first


def test_what_is_remembered_changes_no_outcome() -> None:
    """Who comes after clean parties, or with them, is screened as by a list that was never asked."""
    clean, bad, unnamed = end_user(name="Acme"), end_user(name="Vostok Optronika"), end_user(name=None)
    owned = end_user(name="Acme", owners=[{"name": "Vostok Optronika", "percent": 60}])
    harmless, listed_one = {"name": "J. Doe", "nationality": "DE"}, {"name": "Vostok Optronika"}
    values = [download(), download(recipient=harmless), download(recipient=listed_one)]
    values += [order(), order(intermediaries=[harmless]), order(intermediaries=[harmless, listed_one])]
    values += [download(end_user={"name": "Vostok Optronika"}), download(end_user={"name": "Acme"})]
    asked_before = listed(OPTRONIKA)
    for record in (clean, None, bad, unnamed, owned, clean):
        for value in values:
            expected = screened(value, record, listed(OPTRONIKA))
            assert screened(value, record, asked_before) == expected


def test_a_name_that_was_clean_with_one_country_is_looked_up_with_another() -> None:
    """What is remembered of a name whose score the country decides is remembered with the country."""
    asked_before = listed(OPTRONIKA, policy=Policy(possible=0.74))
    near = {"name": "Vostok Optronika Mars Beta Gamma"}
    elsewhere, there = (download(recipient=near | {"nationality": country}) for country in ("DE", "RU"))
    clean = end_user(name="Acme")
    assert screened(elsewhere, clean, asked_before).decision == "release"
    assert "PARTY_POSSIBLE_MATCH" in screened(there, clean, asked_before).codes
    assert screened(elsewhere, clean, asked_before).decision == "release"


def test_another_list_decides_afresh() -> None:
    """An end user that was clean by one list is held by the next that names it."""
    table, record, event = destinations(), end_user(name="Vostok Optronika"), rules.read_event(download())
    assert rules.screen(event, table, {}, record, listed(SMITH)).decision == "release"
    assert rules.screen(event, table, {}, record, listed(SMITH, OPTRONIKA)).codes == ("PARTY_LISTED",)


def test_thresholds_are_the_users_to_say() -> None:
    """The same name is a strong match, a possible one or none by the thresholds."""
    record = end_user(name="Vastok Optronyca")
    by_policy = [
        screened(download(), record, listed(OPTRONIKA, policy=Policy(possible, strong))).codes
        for possible, strong in ((0.5, 0.6), (0.75, 0.95), (0.97, 0.99))
    ]
    assert by_policy == [("PARTY_LISTED",), ("PARTY_POSSIBLE_MATCH",), ()]


def test_country_and_kind_move_the_score() -> None:
    """The country of the entry speaks for a match; another country, or another kind of party, against it."""
    parties = listed(OPTRONIKA, Entry("sdn-2", "SDN", "Zhukova", kind="person"))
    agreeing, silent, other = (
        parties.matches("Vostok Optronica", country)[0].score for country in ("RU", None, "DE")
    )
    assert agreeing > silent > other
    assert parties.matches("Zhukova", None, "person")[0].is_strong
    assert not parties.matches("Zhukova", None, "entity")[0].is_strong


def test_a_firm_by_its_legal_form_is_no_person_and_nobody_is_a_vessel() -> None:
    """A listed person's or vessel's name alone makes a person look, and no licence required."""
    parties = listed(
        Entry("sdn-3", "SDN", "Pradama", kind="person"), Entry("sdn-4", "SDN", "Trevanion", kind="vessel")
    )
    assert parties.matches("Pradama")[0].is_strong
    assert [parties.matches(name)[0].band for name in ("Pradama S.p.A.", "Trevanion", "Trevanion plc")] == [
        "possible",
        "possible",
        "possible",
    ]


def test_a_name_that_very_many_have_is_never_a_strong_match() -> None:
    """A person must look at it before anybody of the name is told that a licence is required."""
    [match] = listed(SMITH).matches("James Smith", "US", "person")
    assert (match.band, match.evidence[-1]) == ("possible", "very many people have this name")


def test_a_party_that_is_an_address_is_found_by_it() -> None:
    """An Entity List row `Address 01` restricts the address, not whoever is called so."""
    row = Entry("el-2", "EL", "Address 01", addresses=("Suite 9, Lockhart Centre, Wan Chai, HK",))
    parties = listed(row)
    assert parties.matches("Suite 9, Lockhart Centre, Wan Chai")[0].entry == row
    assert parties.matches("Address 01") == ()


def test_a_name_in_arabic_letters_finds_the_listed_name_in_latin_ones() -> None:
    """Whoever writes his name in his own script is found too."""
    row = Entry("sdn-5", "SDN", "SOLEIMANI, Qasem", kind="person")
    parties = listed(row, OPTRONIKA)
    assert [match.entry for match in parties.matches("قاسم سلیمانی")] == [row]
    assert parties.matches("محمد سعیدی") == ()


@pytest.mark.parametrize("value", [order(ship_to={"country": "DE"}), download()])
def test_the_explanation_shows_the_parties(value: bytes) -> None:
    """Where parties are screened here each paragraph on them is tested; elsewhere none is."""
    event, record = rules.read_event(value), end_user(name="Vostok Optronika", country="DE")
    here = explain(event, destinations(), {}, record, listed(OPTRONIKA))
    away = explain(event, destinations(), {}, record)
    results = {test.code: test.result for test in here.lines[0].tests if test.section == "The parties"}
    assert results["PARTY_LISTED"] == "restricted"
    assert "not_tested" not in results.values()
    assert {test.result for test in away.lines[0].tests if test.section == "The parties"} == {"not_tested"}
