"""docs/asyncapi.yaml: it is what the code says, and its examples are what it says."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

import rules
from docs import asyncapi
from rules.parties import Entry
from streams import publish
from streams.alerts import Alert
from streams.origin import Origin
from streams.party_records import Manifest
from streams.rescreening import Rescreening
from streams.topics import TOPICS

DOCUMENT = yaml.safe_load(asyncapi.DOCUMENT.read_text(encoding="utf-8"))
MESSAGES = DOCUMENT["components"]["messages"]


def validator(schema: dict) -> Draft202012Validator:
    """What validates by a schema of the document; its references are the document's."""
    return Draft202012Validator(schema | {"components": DOCUMENT["components"]})


def example(message: str, part: str = "payload") -> dict:
    return MESSAGES[message]["examples"][0][part]


def header_names(message: str) -> set[str]:
    return set(MESSAGES[message]["headers"]["properties"])


def _references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    for each in part if isinstance(part, list) else []:
        yield from _references(each)


def test_the_committed_document_is_what_the_code_says():
    """A struct, a topic or a word was changed and the document was not: `make docs` writes it."""
    assert asyncapi.DOCUMENT.read_text(encoding="utf-8") == asyncapi.written()


def test_every_topic_is_there():
    """Each topic that is created is a channel with messages and an operation, and no other is."""
    assert set(DOCUMENT["channels"]) == {topic.name for topic in TOPICS}
    assert all(channel["messages"] for channel in DOCUMENT["channels"].values())
    spoken_of = {operation["channel"]["$ref"] for operation in DOCUMENT["operations"].values()}
    assert spoken_of == {f"#/channels/{topic.name}" for topic in TOPICS}


def test_no_reference_leads_nowhere():
    """Every $ref of the document names a part of it."""
    for reference in _references(DOCUMENT):
        part = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]


@pytest.mark.parametrize("message", MESSAGES)
def test_an_example_is_valid_by_its_schema(message):
    """Key, headers and value of every example are what the document says of them."""
    said = MESSAGES[message]

    validator(said["payload"]).validate(example(message))
    if "headers" in said:
        validator(said["headers"]).validate(said["examples"][0].get("headers", {}))
    assert said["bindings"]["kafka"]["key"]["examples"]


@pytest.mark.parametrize("schema", DOCUMENT["components"]["schemas"])
def test_a_schema_is_one(schema):
    """Every schema is valid JSON Schema."""
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][schema])


def test_the_examples_of_records_are_read():
    """The gate takes each example for what it is said to be."""
    raw = {name: json.dumps(example(name)).encode() for name in MESSAGES}

    assert rules.read_event(raw["order"]).subject == "order:ord-1"
    assert rules.read_event(raw["downloadRequest"]).subject == "download:dl-1"
    assert rules.read_event(raw["forwardedOrder"]).subject == "order:ord-1"
    assert rules.read_destination(raw["destination"]).country == "VN"
    assert rules.read_item(raw["item"]).sku == "PT-PRO"
    assert rules.read_end_user(raw["endUser"]).end_user_id == "eu-1"
    assert msgspec.json.decode(raw["entry"], type=Entry).entry_id == "EL-1"
    assert msgspec.json.decode(raw["manifest"], type=Manifest).counts == {"EL": 1}
    assert msgspec.json.decode(raw["alert"], type=Alert).superseded == 3


def test_the_example_of_a_decision_is_the_one_on_the_example_order():
    """The reasons and lines that a reader sees are those that the rules give."""
    raw = {name: json.dumps(example(name)).encode() for name in ("order", "endUser", "item")}
    item = rules.read_item(raw["item"])

    outcome = rules.screen(
        rules.read_event(raw["order"]),
        rules.Destinations.of({each.country: each for each in rules.packaged_destinations()}, "packaged"),
        {item.sku: item},
        rules.read_end_user(raw["endUser"]),
        rules.ELSEWHERE,
    )

    said = example("decision")
    assert json.loads(bytes(outcome.reasons_json)) == said["reasons"]
    assert json.loads(bytes(outcome.lines_json)) == said["lines"]
    assert (outcome.decision, outcome.hold_type) == (said["decision"], said["hold_type"])


def test_the_headers_are_those_that_the_gate_writes():
    """No header that is written is missing, and none is made up."""
    origin = Origin("orders", 3, 41, 1_795_514_400_000)
    dead = [name for name, _ in origin.headers("dead")]
    again = [name for name, _ in Rescreening("id", "hold", "A. Counsel", "why").headers()]
    forwarded = [name for name, _ in origin.forward_headers()]
    of = publish.DecisionHeaders("exportgate", datetime.now(UTC)).of
    event = SimpleNamespace(headers=[("traceparent", b"00-..."), ("other", b"")])
    decision = [name for name, _ in of(origin, b"order:ord-1", "id", "hold", "held", event)]

    assert header_names("decision") == set(decision)
    assert header_names("deadLetter") == {
        "dead_reason",
        "dead_detail",
        *dead,
        "dead_at",
        publish.REPLAYED_FROM,
    }
    assert header_names("order") == {*again, "traceparent", publish.REPLAYED_FROM}
    assert header_names("forwardedOrder") == {*again, "traceparent", *forwarded}
