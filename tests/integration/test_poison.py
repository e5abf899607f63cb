"""Records that cannot be read: put aside byte for byte, while what lies around them is decided."""

import json

import pytest
from kafka import KafkaConsumer

from streams import topics

PARTITION = 3
REQUEST = {
    "occurred_at": "2026-11-24T10:00:00Z",
    "end_user_id": "eu-poison",
    "end_user": {"name": "Acme GmbH", "country": "DE", "category": "private_company"},
    "sku": "PT",
    "eccn": "4D004",
    "declared_country": "DE",
    "ip_country": "DE",
}
POISON = {
    "not-json": ("not_json", b"{this is no JSON"),
    "not-utf-8": ("not_json", b'{"request_id": "\xff\xfe"}'),
    "not-an-object": ("not_an_object", b'["request_id", "dl-1"]'),
    "nesting-bomb": ("not_json", b"[" * 100_000),
    "nesting-bomb-in-a-subject": ("not_json", b'{"request_id": "dl-bomb", "x": ' + b'{"a":' * 100_000),
    "empty": ("not_json", b""),
    "null": ("no_value", None),
    "1-MB": ("not_json", b"\x00x" * 500_000),
    "no-subject": ("no_subject", b'{"event_id": "e", "occurred_at": "2026-11-24T10:00:00Z", "sku": "PT"}'),
}


def _request(request_id: str, **changes: object) -> dict:
    return REQUEST | {"event_id": f"evt-{request_id}", "request_id": request_id} | changes


def _letters(consumer: KafkaConsumer) -> list:
    polled = consumer.poll(timeout_ms=500)
    return [record for records in polled.values() for record in records]


def _headers(record) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


@pytest.mark.parametrize("name", POISON)
def test_poison_is_put_aside_and_the_records_around_it_are_decided(gate, dead_letters, name):
    """What cannot be read becomes one dead letter, byte for byte, that names its reason and its place."""
    reason, value = POISON[name]
    before, after = f"dl-before-{name}", f"dl-after-{name}"
    gate.worker().ready()

    gate.send(topics.DOWNLOAD_REQUESTS, _request(before), "eu-poison", PARTITION)
    gate.send(topics.DOWNLOAD_REQUESTS, value, f"key-{name}", PARTITION)
    gate.send(topics.DOWNLOAD_REQUESTS, _request(after), "eu-poison", PARTITION)
    gate.flush()

    decided = gate.decisions([f"download:{before}", f"download:{after}"])
    (first,), (last,) = decided.values()
    # Committed with or before `after`, so it can be read now; both were forwarded, or neither.
    letters: list = []
    while not letters:
        letters += _letters(dead_letters)
    letters += _letters(dead_letters)
    (letter,) = letters
    headers = _headers(letter)
    assert letter.value == value
    assert letter.key == f"key-{name}".encode()
    assert headers["dead_reason"] == reason
    assert headers["dead_topic"] == topics.DOWNLOAD_REQUESTS
    assert headers["dead_partition"] == str(PARTITION)
    assert int(headers["dead_offset"]) == int(first.headers["event_offset"]) + 1
    assert int(headers["dead_offset"]) == int(last.headers["event_offset"]) - 1


def test_an_event_of_a_wrong_type_is_held(gate, dead_letters):
    """An event that names its subject but does not validate is held as EVENT_INVALID, and no dead letter."""
    gate.worker().ready()
    names = ["dl-type-before", "dl-type-wrong", "dl-type-after"]

    gate.send(topics.DOWNLOAD_REQUESTS, _request(names[0]), "eu-poison", PARTITION)
    gate.send(topics.DOWNLOAD_REQUESTS, _request(names[1], sku=7), "eu-poison", PARTITION)
    gate.send(topics.DOWNLOAD_REQUESTS, _request(names[2]), "eu-poison", PARTITION)
    gate.flush()

    before, wrong, after = (only for (only,) in gate.decisions([f"download:{n}" for n in names]).values())
    assert [before.content["decision"], after.content["decision"]] == ["release", "release"]
    assert (wrong.content["decision"], wrong.codes) == ("hold", {"EVENT_INVALID"})
    assert _letters(dead_letters) == []


def test_an_event_of_one_megabyte_is_decided(gate):
    """A readable event of 1 MB is decided like any other."""
    gate.worker().ready()
    request = _request("dl-1-MB-readable", padding="x" * 1_000_000)
    assert len(json.dumps(request)) > 1_000_000

    gate.send(topics.DOWNLOAD_REQUESTS, request, "eu-poison", PARTITION)
    gate.flush()

    (decision,) = gate.decisions(["download:dl-1-MB-readable"])["download:dl-1-MB-readable"]
    assert decision.content["decision"] == "release"
