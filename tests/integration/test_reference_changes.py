"""Reference records that change while events come: the next events are decided with what they say now."""

import json
import time

from streams import topics
from streams.murmur2 import partition_of

SEEN_WITHIN = 2.0
"""A reference record that was acknowledged so many seconds before an event is seen by it."""
COUNTRY = "ZZ"
"""No country: only this file's tests have a destination of this code."""
GROUP_E = ["E:1"]


def _order(order_id: str, end_user_id: str, country: str = "DE", **changes: object) -> dict:
    return {
        "event_id": f"evt-{order_id}",
        "order_id": order_id,
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": end_user_id,
        "ship_to": {"country": country},
        "bill_to": {"country": "DE"},
        "lines": [{"line_id": "1", "sku": "PT", "eccn": "4D004", "quantity": 1}],
    } | changes


def _end_user(end_user_id: str, **changes: object) -> dict:
    return {
        "end_user_id": end_user_id,
        "name": "Acme GmbH",
        "country": "DE",
        "category": "private_company",
    } | changes


def _destination(country: str, groups: list[str]) -> dict:
    period = {"from": "2020-01-01", "to": None, "groups": groups, "ns1": False, "ns2": False}
    return {
        "country": country,
        "name": "A made-up country",
        "periods": [period | {"review_government": False}],
        "source": "made up",
    }


def _after_the_bound(gate) -> None:
    """Let the two seconds pass that the contract gives a reference record to be seen; reads meanwhile."""
    until = time.monotonic() + SEEN_WITHIN
    while time.monotonic() < until:
        gate.read()


def _change(gate, topic: str, key: str, value: bytes | dict | None) -> None:
    gate.send(topic, value, key)
    gate.flush()
    _after_the_bound(gate)


def _decide(gate, order: dict, partition: int | None = None):
    gate.send(topics.ORDERS, order, order["end_user_id"], partition)
    gate.flush()
    (decision,) = gate.decisions([f"order:{order['order_id']}"])[f"order:{order['order_id']}"]
    return decision


def _end_users_everywhere(gate, name: str) -> list[str]:
    """End users of every partition."""
    everywhere = [f"eu-{name}-{number}" for number in range(gate.settings.partitions * 4)]
    partitions = {partition_of(each.encode(), gate.settings.partitions) for each in everywhere}
    assert partitions == set(range(gate.settings.partitions))
    return everywhere


def test_a_changed_destination_is_seen_by_every_worker(gate):
    """Two seconds after a destination's change, events of every partition are decided with it, and say so."""
    for worker in [gate.worker(), gate.worker()]:
        worker.ready()
    end_users = _end_users_everywhere(gate, "destination")
    inline = {"end_user": {"name": "Acme GmbH", "country": "DE", "category": "private_company"}}
    _change(gate, topics.DESTINATIONS, COUNTRY, _destination(COUNTRY, ["B"]))
    before = [_decide(gate, _order(f"ord-before-{each}", each, COUNTRY, **inline)) for each in end_users]

    _change(gate, topics.DESTINATIONS, COUNTRY, _destination(COUNTRY, GROUP_E))
    after = [_decide(gate, _order(f"ord-after-{each}", each, COUNTRY, **inline)) for each in end_users]

    assert {decision.content["decision"] for decision in before} == {"release"}
    assert all("ACE_C1" in decision.codes for decision in after)
    (old,) = {decision.content["versions"]["destinations"] for decision in before}
    (new,) = {decision.content["versions"]["destinations"] for decision in after}
    assert old != new


def test_a_changed_end_user_is_seen_by_the_worker_that_has_it(gate):
    """Two seconds after end users of every partition changed, events are decided with what they are now."""
    for worker in [gate.worker(), gate.worker()]:
        worker.ready()
    end_users = _end_users_everywhere(gate, "changed")
    gate.load(end_users=[_end_user(each) for each in end_users])
    _after_the_bound(gate)
    before = [_decide(gate, _order(f"ord-before-{each}", each)) for each in end_users]

    gate.load(end_users=[_end_user(each, country="CU") for each in end_users])
    _after_the_bound(gate)
    after = [_decide(gate, _order(f"ord-after-{each}", each)) for each in end_users]

    assert {decision.content["decision"] for decision in before} == {"release"}
    assert all("ACE_C1" in decision.codes for decision in after)


def test_a_deleted_end_user_is_unknown_to_the_next_event(gate):
    """An event two seconds after an end user's deletion is decided as one of an end user not on record."""
    gate.worker().ready()
    _change(gate, topics.END_USERS, "eu-deleted", _end_user("eu-deleted", country="VN"))
    before = _decide(gate, _order("ord-deleted-before", "eu-deleted", "VN"))

    _change(gate, topics.END_USERS, "eu-deleted", None)
    after = _decide(gate, _order("ord-deleted-after", "eu-deleted", "VN"))

    never = _decide(gate, _order("ord-deleted-never", "eu-never-on-record", "VN"))
    assert before.codes == {"ACE_C4"}
    assert after.codes == never.codes == {"END_USER_UNKNOWN"}


def test_an_end_user_who_does_not_validate_holds_the_next_event(gate, dead_letters):
    """It replaces the record before, holds what joins with it, and is a dead letter once, byte for byte."""
    for worker in [gate.worker(), gate.worker()]:
        worker.ready()
    _change(gate, topics.END_USERS, "eu-unreadable", _end_user("eu-unreadable"))
    before = _decide(gate, _order("ord-unreadable-before", "eu-unreadable"))
    wrong = json.dumps(_end_user("eu-unreadable", category=7)).encode()

    _change(gate, topics.END_USERS, "eu-unreadable", wrong)
    after = _decide(gate, _order("ord-unreadable-after", "eu-unreadable"))

    assert before.content["decision"] == "release"
    assert after.content["decision"] == "hold"
    assert "REFERENCE_DATA_UNAVAILABLE" in after.codes
    letters: list = []
    deadline = time.monotonic() + 30
    while not letters and time.monotonic() < deadline:
        letters += [r for records in dead_letters.poll(timeout_ms=500).values() for r in records]
    _after_the_bound(gate)
    letters += [r for records in dead_letters.poll(timeout_ms=500).values() for r in records]
    (letter,) = letters
    headers = {name: value.decode() for name, value in letter.headers}
    assert (letter.key, letter.value) == (b"eu-unreadable", wrong)
    assert headers["dead_reason"] == "reference_invalid"
    assert headers["dead_topic"] == topics.END_USERS
    assert headers["dead_partition"] == str(partition_of(b"eu-unreadable", gate.settings.partitions))

    _change(gate, topics.END_USERS, "eu-unreadable", _end_user("eu-unreadable"))
    mended = _decide(gate, _order("ord-unreadable-mended", "eu-unreadable"))
    assert mended.content["decision"] == "release"


def test_an_event_on_the_wrong_partition_is_decided_once_where_its_end_user_is(gate):
    """It goes once through the repartition topic, is decided with its end user's record, and says whence."""
    gate.worker().ready()
    _change(gate, topics.END_USERS, "eu-misplaced", _end_user("eu-misplaced"))
    home = partition_of(b"eu-misplaced", gate.settings.partitions)
    wrong = (home + 1) % gate.settings.partitions

    decision = _decide(gate, _order("ord-misplaced", "eu-misplaced"), wrong)
    follower = _decide(gate, _order("ord-misplaced-follower", "eu-misplaced"), home)

    assert decision.content["decision"] == "release"
    assert decision.partition == home == follower.partition
    assert decision.headers["event_topic"] == topics.ORDERS
    assert decision.headers["event_partition"] == str(wrong)
    gate.read()
    assert len(gate.decisions(["order:ord-misplaced"])["order:ord-misplaced"]) == 1
