"""Writes asyncapi.yaml: topics as created, records as the structs say, the words of messages.yaml."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

import rules
from rules.models import Destination, DownloadRequest, EndUser, Item, Order
from rules.outcome import LineOutcome
from rules.parties import Entry
from rules.reasons import Reason
from streams.alerts import Alert
from streams.party_records import Manifest
from streams.settings import Settings
from streams.topics import TOPICS, Topic

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER / "asyncapi.yaml"
WORDS = FOLDER / "messages.yaml"

HEAD = "# Written by `make docs` from the code and messages.yaml: change those.\n"
SCHEMA = "#/components/schemas/{name}"

Json = dict[str, Any]


class Versions(rules.Versions, frozen=True, kw_only=True):
    """The versions that a decision is made with: of the rules and of the tables."""

    rules: str


class DecisionRecord(rules.DecisionRecord, frozen=True):
    """A decision: of the event, of each of its lines, and of how its subject stands after it.

    `basis` is what a release relies on, and `authority` the paragraph where that is License Exception ACE;
    both are null for a hold. `supersedes` is the decision that this one replaces: a hold, or in a
    re-screening any.
    """

    reasons: tuple[Reason, ...]
    lines: tuple[LineOutcome, ...]
    versions: Versions


RECORDS = (Order, DownloadRequest, Destination, Item, EndUser, Entry, Manifest, DecisionRecord, Alert)


def document() -> Json:
    """The whole AsyncAPI 3 document."""
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    topics, headers = words["topics"], words["headers"]
    return {
        "asyncapi": "3.0.0",
        "info": words["info"],
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, topics[topic.name]) for topic in TOPICS},
        "operations": dict(_operations(topics)),
        "components": {
            "messages": {
                name: _message(name, said, headers)
                for topic in topics.values()
                for name, said in topic["messages"].items()
            },
            "schemas": _schemas(),
        },
    }


def _channel(topic: Topic, said: Json) -> Json:
    settings = Settings()
    config = topic.config(settings) | {"cleanup.policy": [topic.config(settings)["cleanup.policy"]]}
    return {
        "address": topic.name,
        "description": said["description"],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in said["messages"]},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions(settings),
                "topicConfiguration": {name: _number(value) for name, value in config.items()},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _operations(topics: Json) -> Iterator[tuple[str, Json]]:
    """What the gate itself does with each topic."""
    for topic, said in topics.items():
        for action in ("receive", "send") if said["gate"] == "both" else (said["gate"],):
            name = re.sub(r"\W(\w)", lambda match: match[1].upper(), f"{action}.{topic}")
            yield name, {"action": action, "channel": {"$ref": f"#/channels/{topic}"}}


def _message(name: str, said: Json, headers: Json) -> Json:
    example = {"name": name} | {
        part: said["example"][part] for part in ("headers", "payload") if part in said["example"]
    }
    tombstone = f" A null value {said['tombstone']}." if "tombstone" in said else ""
    message = {
        "name": name,
        "description": f"Key: {said['key']}.{tombstone}",
        "payload": {"$ref": SCHEMA.format(name=said["record"])} if "record" in said else {"type": "string"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": said["key"], "examples": [said["example"]["key"]]},
                "bindingVersion": "0.5.0",
            }
        },
        "examples": [example],
    }
    if "contentType" in said:
        message["contentType"] = said["contentType"]
    if "headers" in said:
        message["headers"] = _headers({k: v for group in said["headers"] for k, v in headers[group].items()})
    return message


def _headers(said: Json) -> Json:
    return {
        "type": "object",
        "properties": {
            name.rstrip("?"): {"type": "string"} | (what if isinstance(what, dict) else {"description": what})
            for name, what in said.items()
        },
        "required": [name for name in said if not name.endswith("?")],
    }


def _schemas() -> Json:
    """The JSON Schemas of the records and of what they are made of."""
    _, schemas = msgspec.json.schema_components(RECORDS, ref_template=SCHEMA)
    return dict(sorted(schemas.items()))


def written() -> str:
    """The document as the text of a file."""
    text: str = yaml.dump(document(), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    return HEAD + text


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice twice, so that a reader need not look it up."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


if __name__ == "__main__":
    DOCUMENT.write_text(written(), encoding="utf-8")
