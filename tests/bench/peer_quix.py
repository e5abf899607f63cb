"""Quix Streams: a dataframe a topic, at least once; the same rules.

python -m tests.bench.peer_quix BROKERS GROUP OUTPUT
"""

import gc
import sys
from collections.abc import Callable
from typing import Any

from quixstreams import Application, message_context
from quixstreams.models import BytesDeserializer, SerializationContext, Serializer

from streams.origin import Origin
from streams.topics import DOWNLOAD_REQUESTS, ORDERS
from tests.bench.same_rules import Decision, SameRules
from tests.bench.sizes import NO_HEADERS


class ValueOfDecision(Serializer):
    """Sends the value of a decision's key, value and headers."""

    def __call__(self, value: Decision, ctx: SerializationContext) -> bytes:
        return value[1]


def run(brokers: str, group: str, output: str) -> None:
    """Decide the events of both topics until the process is ended."""
    rules = SameRules.of(brokers, group)
    gc.collect()
    gc.freeze()
    gc.disable()
    app = Application(
        broker_address=brokers,
        consumer_group=group,
        auto_offset_reset="earliest",
        auto_create_topics=False,
        producer_extra_config={"batch.size": 131072, "acks": "all"},
        loglevel="WARNING",
    )
    decisions = app.topic(output, value_serializer=ValueOfDecision(), key_serializer="bytes")
    for name in (ORDERS, DOWNLOAD_REQUESTS):
        topic = app.topic(name, value_deserializer=BytesDeserializer(), key_deserializer="bytes")
        made = app.dataframe(topic).apply(_decider(rules), metadata=True)
        made.set_headers(lambda value, *_: value[2]).to_topic(decisions, key=lambda value: value[0])
    app.run()


def _decider(rules: SameRules) -> Callable[[Any, Any, int, Any], Decision]:
    end_users = rules.end_users

    def decide(value: bytes, key: bytes, timestamp: int, _headers: Any) -> Decision:
        context = message_context()
        origin = Origin(context.topic, context.partition, context.offset, timestamp)
        return rules.decide(origin, NO_HEADERS, value, end_users.get(key), rules.lately())

    return decide


if __name__ == "__main__":
    run(*sys.argv[1:])
