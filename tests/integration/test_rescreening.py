"""A stored event decided again because a person asked: what lifts a hold, and what the record says of it."""

import json

from streams import topics
from streams.murmur2 import partition_of
from tests.integration.conftest import exportgate


def _end_user(gate, end_user_id: str, category: str) -> None:
    gate.load(end_users=[{"end_user_id": end_user_id, "name": "Acme", "country": "VN", "category": category}])


def _held(gate, topic: str, event: dict, subject: str):
    gate.send(topic, event | {"occurred_at": "2026-11-24T10:00:00Z"}, event["end_user_id"])
    gate.flush()
    (held,) = gate.decisions([subject])[subject]
    assert held.codes == {"ACE_C4"}
    return held


def _foretold(gate, subject: str) -> str:
    """What a dry run says."""
    arguments = ("rescreen", subject, "--by", "A. Counsel", "--reason", "to see", "--dry-run")
    return exportgate(gate.settings, *arguments).stdout


def _again(gate, subject: str):
    done = exportgate(
        gate.settings, "rescreen", subject, "--by", "A. Counsel", "--reason", "category corrected"
    )
    assert (done.returncode, done.stderr) == (0, "")
    return gate.decisions([subject], count=2)[subject][-1]


def _lifts(held, again) -> None:
    assert (again.content["decision"], again.content["standing"]) == ("release", "released")
    assert again.content["supersedes"] == held.content["decision_id"]
    assert again.content["rescreened_by"] == "A. Counsel"
    assert again.content["rescreen_reason"] == "category corrected"
    assert again.content["event_id"] == held.content["event_id"]
    assert again.headers["standing"] == "released"


def test_a_download_is_released_once_its_end_user_was_corrected(gate):
    """The hold stands until a person asks; the release names it, who and why, and lifts it for everybody."""
    gate.worker().ready()
    subject = "download:dl-rescreened"
    _end_user(gate, "eu-rescreened", "private_company")
    event = {
        "event_id": "evt-rescreened",
        "request_id": "dl-rescreened",
        "end_user_id": "eu-rescreened",
        "eccn": "4D004",
        "declared_country": "VN",
        "ip_country": "VN",
    }
    held = _held(gate, topics.DOWNLOAD_REQUESTS, event, subject)
    _end_user(gate, "eu-rescreened", "bank_or_financial")

    assert _foretold(gate, subject) == f"{subject}: hold (ACE_C4) would be release (ace, 740.22(c)(4)(i))\n"
    _lifts(held, _again(gate, subject))
    found = [json.loads(line) for line in exportgate(gate.settings, "find", subject).stdout.splitlines()]
    assert [decision["decision"] for decision in found] == ["hold", "release"]


def test_an_order_is_released_by_a_re_screening_on_another_worker(gate):
    """What holds an order is known to whoever has its partition."""
    first = gate.worker().ready()
    subject = "order:ord-rescreened"
    _end_user(gate, "eu-order-rescreened", "private_company")
    event = {
        "event_id": "evt-order-rescreened",
        "order_id": "ord-rescreened",
        "end_user_id": "eu-order-rescreened",
        "ship_to": {"country": "VN"},
        "lines": [{"eccn": "4D004"}],
    }
    held = _held(gate, topics.ORDERS, event, subject)
    assert first.stop() == 0
    gate.worker().ready()
    _end_user(gate, "eu-order-rescreened", "bank_or_financial")
    _lifts(held, _again(gate, subject))


def test_what_is_said_beforehand_is_what_a_worker_decides_where_nobody_partitions_by_murmur2(gate):
    """An end user's record that lies with its events, wherever that is, is found there."""
    subject, end_user_id = "order:ord-together", "eu-together"
    wrong = (partition_of(end_user_id.encode(), gate.settings.partitions) + 1) % gate.settings.partitions
    record = {"end_user_id": end_user_id, "name": "Acme", "country": "VN", "category": "private_company"}
    event = {
        "event_id": "evt-together",
        "order_id": "ord-together",
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": end_user_id,
        "ship_to": {"country": "VN"},
        "lines": [{"eccn": "4D004"}],
    }
    gate.send(topics.END_USERS, record, end_user_id, wrong)
    gate.flush()
    gate.worker().ready()
    try:
        gate.send(topics.ORDERS, event, end_user_id, wrong)
        gate.flush()
        (held,) = gate.decisions([subject])[subject]
        foretold = _foretold(gate, subject)
    finally:
        gate.send(topics.END_USERS, None, end_user_id, wrong)
        gate.flush()
    assert held.codes == {"ACE_C4"}
    assert foretold == f"{subject}: hold (ACE_C4) would be hold (ACE_C4)\n"


def test_a_subject_without_a_decision_is_one_line_and_status_1(gate):
    """A subject that is not known, or that is not written as one, says how subjects are written."""
    for command in (["find"], ["rescreen", "--by", "A", "--reason", "B"]):
        done = exportgate(gate.settings, *command, "ord-1")
        assert done.returncode == 1
        assert done.stderr == "exportgate: no decision on ord-1: a subject is order:ID or download:ID\n"
