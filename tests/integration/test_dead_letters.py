"""Dead letters by hand: which there are, what one holds, and what becomes of one that is sent on again."""

import subprocess
from dataclasses import replace

from kafka import KafkaProducer

from streams import topics
from streams.broker import free_port
from streams.connection import connection
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
    done = exportgate(gate.settings, "dead-letters", "replay", letter[0], letter[0])
    assert done.stdout == f"{letter[0]}: sent to orders-1\n"

    again = eventually(lambda: _dead(gate)[1:], "it is dead again", within=60)[0]
    assert again[4].startswith(f"replayed from {letter[0]}, ")
    refused = exportgate(gate.settings, "dead-letters", "replay", again[0])
    assert refused.returncode == 1
    assert "it was replayed before and died again; nothing was sent" in refused.stderr


def test_a_reference_record_is_never_replayed_over_a_newer_one(gate):
    """What was corrected meanwhile stays: such a letter is refused."""
    bad = b'{"end_user_id": "eu-bad-record", "name": 5}'
    gate.worker().ready()
    gate.send(topics.END_USERS, bad, "eu-bad-record")
    gate.flush()
    try:
        (letter,) = eventually(
            lambda: [each for each in _listed(gate) if _bytes(gate, each[0]) == bad],
            "the letter is listed",
            within=60,
        )
        refused = exportgate(gate.settings, "dead-letters", "replay", letter[0])
    finally:
        gate.send(topics.END_USERS, None, "eu-bad-record")
        gate.flush()
    assert refused.returncode == 1
    assert "it would replace what is on record since" in refused.stderr


def test_what_somebody_else_wrote_there_is_no_letter(gate):
    """A record without a letter's headers is left out of the list, and cannot be shown."""
    before = len(_listed(gate))
    producer = KafkaProducer(**connection(gate.settings))
    offset = producer.send(topics.DEAD_LETTERS, b"foreign", partition=0).get(30).offset
    producer.close()
    assert len(_listed(gate)) == before
    done = exportgate(gate.settings, "dead-letters", "show", f"0-{offset}")
    assert done.stderr.startswith(f"exportgate: no dead letter 0-{offset}: ")


def test_without_a_broker_it_is_one_line(gate):
    """Nothing but what to do is said where Kafka is down."""
    nowhere = replace(gate.settings, brokers=f"127.0.0.1:{free_port()}")
    for arguments in (["list"], ["show", "0-0"], ["replay", "0-0"]):
        done = exportgate(nowhere, "dead-letters", *arguments)
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith("exportgate: no Kafka broker answers")


def test_a_letter_that_is_not_there_is_one_line(gate):
    """An id that is none says where to look."""
    for letter_id in ("999-0", "0-99999999", "x"):
        done = exportgate(gate.settings, "dead-letters", "show", letter_id)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"exportgate: no dead letter {letter_id}: ")
