"""Names screened alone, and events screened with the list of their folder."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

LIST = {
    "search_performed_at": "2026-11-23T13:15:00+00:00",
    "results": [
        {
            "id": "a1",
            "source": "Entity List (EL) - Bureau of Industry and Security",
            "name": "Vostok Optronika",
            "alt_names": ["Institute of Optics 17"],
            "addresses": [{"country": "RU"}],
        },
        {
            "id": "a2",
            "source": "Denied Persons List (DPL) - Bureau of Industry and Security",
            "name": "Arkadij Brunnikow",
            "end_date": "2020-01-31",
        },
    ],
}
EVENT = {
    "event_id": "evt-1",
    "request_id": "dl-1",
    "occurred_at": "2026-11-24T10:00:00Z",
    "end_user_id": "eu-1",
    "declared_country": "DE",
    "eccn": "4D004",
}
END_USER = {
    "end_user_id": "eu-1",
    "name": "Vostok Optronika AG",
    "country": "DE",
    "category": "private_company",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a list of two parties and one end user."""
    (tmp_path / "consolidated.json.gz").write_bytes(gzip.compress(json.dumps(LIST).encode()))
    (tmp_path / "end_users.jsonl").write_text(json.dumps(END_USER) + "\n")
    return tmp_path


def _run(*arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "streams.cli", *arguments]
    return subprocess.run(command, input=stdin, text=True, capture_output=True, check=False, timeout=60)


def _match(folder: Path, *queries: dict, threshold: str | None = None) -> list[dict]:
    options = ["--threshold", threshold] if threshold else []
    lines = "".join(json.dumps(query) + "\n" for query in queries)
    shown = _run("match", "--list", str(folder / "consolidated.json.gz"), *options, "-", stdin=lines)
    assert shown.returncode == 0, shown.stderr
    return [json.loads(line) for line in shown.stdout.splitlines()]


def test_names_are_matched_in_their_order(folder):
    """Each name has its matches, in the order of the input, as the contract writes them."""
    first, second = _match(
        folder,
        {"id": "q1", "name": "Schwarzwald Uhren"},
        {"id": "q2", "name": "VOSTOK OPTRONIKA LLC", "country": "RU"},
    )

    assert first == {"id": "q1", "matches": []}
    assert second == {
        "id": "q2",
        "matches": [
            {
                "entry_id": "a1",
                "list": "EL",
                "name": "Vostok Optronika",
                "matched_name": "Vostok Optronika",
                "score": 1.0,
                "band": "strong",
            }
        ],
    }


def test_an_alias_on_either_side_is_matched(folder):
    """A party's alias finds an entry by one of the entry's."""
    (found,) = _match(folder, {"id": "q", "name": "Schwarzwald Uhren", "aliases": ["Institute of Optics 17"]})

    assert [match["matched_name"] for match in found["matches"]] == ["Institute of Optics 17"]


def test_an_order_that_ended_does_not_match(folder):
    """A denied person whose order ended is nobody's match."""
    assert _match(folder, {"id": "q", "name": "Arkadij Brunnikow"}) == [{"id": "q", "matches": []}]


def test_the_threshold_is_that_of_the_possible_band(folder):
    """A lower threshold shows what is further away, as possible; a higher one hides it."""
    query = {"id": "q", "name": "Vastok Optrolyka"}
    low, high = (_match(folder, query, threshold=each)[0]["matches"] for each in ("0.6", "0.99"))

    assert [match["band"] for match in low] == ["possible"]
    assert high == []


@pytest.mark.parametrize("line", ["{", '{"id": "q", "kind": "ship"}', '["q"]', '{"name": 1}'])
def test_a_line_that_is_no_name_is_one_clear_error(folder, line):
    """The error names the line, and nothing else is said."""
    shown = _run("match", "--list", str(folder), "-", stdin=line + "\n")

    assert shown.returncode == 1
    assert shown.stderr.startswith("exportgate: -:1: ")
    assert shown.stderr.count("\n") == 1


def test_a_list_that_is_cut_off_is_refused(folder):
    """Nobody is matched against half of a list."""
    path = folder / "consolidated.json.gz"
    path.write_bytes(path.read_bytes()[:-30])
    shown = _run("match", "--list", str(path), "-")

    assert shown.returncode == 1
    assert "nothing of this file was used" in shown.stderr


def test_events_are_screened_with_the_list_of_the_folder(folder):
    """An end user on the list is held, and the decision names the list's version."""
    shown = _run("screen", "--reference", str(folder), "-", stdin=json.dumps(EVENT) + "\n")
    decision = json.loads(shown.stdout)

    assert [reason["code"] for reason in decision["reasons"]] == ["PARTY_LISTED"]
    assert decision["reasons"][0]["citation"] == "15 CFR 744.11 and 744.16"
    assert len(decision["versions"]["restricted_parties"]) == 32


def test_a_folder_with_two_lists_is_refused(folder):
    """Which of two lists counts is not guessed."""
    (folder / "consolidated.csv").write_text("source,name\n")
    shown = _run("screen", "--reference", str(folder), "-", stdin=json.dumps(EVENT) + "\n")

    assert shown.returncode == 1
    assert "keep one of them" in shown.stderr
