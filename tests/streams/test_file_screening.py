"""Screening a file of events: decisions in order on one side, dead letters on the other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import rules
from streams.file_screening import FileScreening

END_USER = {"end_user_id": "eu-1", "name": "Example Works", "country": "VN", "category": "private_company"}
ITEM = {"sku": "PT-PRO", "eccn": "4D004"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one end user and one item, and the packaged destinations."""
    (tmp_path / "end_users.jsonl").write_text(json.dumps(END_USER) + "\n")
    (tmp_path / "items.jsonl").write_text(json.dumps(ITEM) + "\n")
    return tmp_path


def _order(country: str = "VN", **changes: object) -> bytes:
    order = {
        "event_id": "evt-1",
        "order_id": "ord-1",
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": "eu-1",
        "ship_to": {"country": country},
        "lines": [{"line_id": "1", "sku": "PT-PRO"}],
    }
    return json.dumps(order | changes).encode()


def _decide(folder: Path, *values: bytes) -> list[dict]:
    screening = FileScreening(folder, parties_elsewhere=True)
    return [json.loads(screening.decide(value)) for value in values]


def _screen(folder: Path, events: bytes, *options: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "streams.cli", "screen", "--reference", str(folder), *options, "-"]
    return subprocess.run(command, input=events, capture_output=True, check=False, timeout=60)


def test_a_decision_names_its_paragraph_and_versions(folder):
    """An order of a private company in Viet Nam is held under (c)(4), with the versions it was decided by."""
    (decision,) = _decide(folder, _order())

    assert (decision["decision"], decision["hold_type"]) == ("hold", "license_required")
    assert [reason["code"] for reason in decision["reasons"]] == ["ACE_C4"]
    assert decision["versions"]["rules"] == rules.VERSION
    assert decision["versions"]["restricted_parties"] is None
    assert len(decision["versions"]["destinations"]) == 32


def test_an_amended_order_supersedes_its_hold(folder):
    """A later event of the same order that is released lifts the hold, and names it."""
    held, released = _decide(
        folder, _order(), _order(red_flags=[], lines=[{"line_id": "1", "eccn": "EAR99"}])
    )

    assert (held["standing"], held["supersedes"]) == ("held", None)
    assert (released["decision"], released["standing"]) == ("release", "released")
    assert released["supersedes"] == held["decision_id"]


def test_an_older_event_lifts_nothing(folder):
    """An event from before the held one is decided, and the hold stays."""
    older = _order(occurred_at="2026-11-23T10:00:00Z", lines=[{"line_id": "1", "eccn": "EAR99"}])

    _, late = _decide(folder, _order(), older)

    assert (late["decision"], late["standing"], late["supersedes"]) == ("release", "held", None)


def test_an_invalid_event_is_held(folder):
    """An event that names its subject but does not validate gives a decision."""
    (decision,) = _decide(folder, b'{"order_id": "ord-1", "lines": 7}')

    assert [reason["code"] for reason in decision["reasons"]] == ["EVENT_INVALID"]
    assert (decision["subject"], decision["standing"]) == ({"type": "order", "id": "ord-1"}, "held")


def test_the_command(folder):
    """Decisions come out in the order of the input, an unreadable line's number on the error."""
    events = b"\n".join([_order(order_id="ord-1"), b"{", b"", _order(order_id="ord-2")]) + b"\n"

    done = _screen(folder, events, "--no-restricted-parties")

    decisions = [json.loads(line) for line in done.stdout.splitlines()]
    letters = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 0
    assert [decision["subject"]["id"] for decision in decisions] == ["ord-1", "ord-2"]
    assert [(letter["line"], letter["dead_reason"]) for letter in letters] == [
        (2, "not_json"),
        (3, "not_json"),
    ]


def test_without_a_list_everything_is_held(folder):
    """Where parties are to be screened and no list is there, even EAR99 to Germany is held."""
    done = _screen(folder, _order("DE", lines=[{"eccn": "EAR99"}]))

    decision = json.loads(done.stdout)
    assert [reason["code"] for reason in decision["reasons"]] == ["REFERENCE_DATA_UNAVAILABLE"]


def test_the_same_events_give_the_same_decisions(folder):
    """Two runs differ in the time of the decision alone."""
    first, again = (_decide(folder, _order(), _order("DE"))[1] for _ in range(2))

    assert first | {"decided_at": None} == again | {"decided_at": None}


def test_a_reader_that_leaves_early(folder):
    """A reader that closes the pipe ends the command without a traceback."""
    command = (
        f"yes '{_order().decode()}' | head -20000 | {sys.executable} -m streams.cli screen "
        f"--reference {folder} --no-restricted-parties - | head -1"
    )
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, timeout=60)

    assert (done.stdout.count(b"\n"), done.stderr) == (1, b"")
