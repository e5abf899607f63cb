"""Dead letters by hand: which there are, what one holds, and what becomes of one that is sent on again."""

import subprocess

from streams import topics
from tests.integration.conftest import eventually, exportgate

POISON = b"{this is no JSON, replayed"


def _listed(gate) -> list[list[str]]:
    done = exportgate(gate.settings, "dead-letters", "list")
    assert done.returncode == 0, done.stderr
    return [line.split("  ") for line in done.stdout.splitlines()]


def _dead(gate) -> list[list[str]]:
    """The letters of this test, by the text in their key."""
    return [letter for letter in _listed(gate) if _bytes(gate, letter[0]) == POISON]


def _bytes(gate, letter_id: str) -> bytes:
    done: subprocess.CompletedProcess = exportgate(gate.settings, "dead-letters", "show", letter_id)
    return done.stdout.encode()


def test_a_letter_is_listed_shown_and_replayed_once(gate):
    """A replay goes to where the record came from; one that dies again says so and is not sent again."""
    gate.worker().ready()
    gate.send(topics.ORDERS, POISON, "eu-replayed", 1)
    gate.flush()
    (letter,) = eventually(lambda: _dead(gate), "the letter is listed", within=60)
    assert letter[2] == "not_json"
    assert letter[3].startswith("orders-1 offset ")

    dry = exportgate(gate.settings, "dead-letters", "replay", letter[0], "--dry-run")
    assert dry.stdout == f"{letter[0]}: would go to orders-1\n"
    done = exportgate(gate.settings, "dead-letters", "replay", letter[0])
    assert done.stdout == f"{letter[0]}: sent to orders-1\n"

    again = eventually(lambda: _dead(gate)[1:], "it is dead again", within=60)[0]
    assert again[4].startswith(f"replayed from {letter[0]}, ")
    refused = exportgate(gate.settings, "dead-letters", "replay", again[0])
    assert refused.returncode == 1
    assert "it was replayed before and died again; nothing was sent" in refused.stderr


def test_a_letter_that_is_not_there_is_one_line(gate):
    """An id that is none says where to look."""
    for letter_id in ("999-0", "0-99999999", "x"):
        done = exportgate(gate.settings, "dead-letters", "show", letter_id)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"exportgate: no dead letter {letter_id}: ")
