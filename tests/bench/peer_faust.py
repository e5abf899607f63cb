"""Stock Faust: an agent a topic, one event at a time, `topic.send`, its Table; the same rules.

python -m tests.bench.peer_faust BROKERS GROUP OUTPUT
"""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import mkdtemp

import faust

from streams.origin import Origin
from streams.topics import DOWNLOAD_REQUESTS, END_USERS, ORDERS
from tests.bench.same_rules import SameRules


def app(brokers: str, group: str, output: str) -> faust.App:
    """The app: Faust recovers its table from the end users' topic, then the agent decides."""
    rules = SameRules.of(brokers, group)
    app = faust.App(
        group,
        broker=f"kafka://{brokers}",
        datadir=Path(mkdtemp(prefix="bench-faust-")),
        key_serializer="raw",
        value_serializer="raw",
        store="memory://",
        topic_partitions=_partitions(brokers),
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=False,
        web_enabled=False,
    )
    changelog = app.topic(END_USERS, key_type=bytes, value_type=bytes, compacting=True)
    end_users = app.Table("end-users", key_type=bytes, value_type=bytes, changelog_topic=changelog)
    decisions = app.topic(output, key_type=bytes, value_type=bytes)

    @app.agent(app.topic(ORDERS, DOWNLOAD_REQUESTS, key_type=bytes, value_type=bytes))
    async def decide(stream: AsyncIterator) -> None:
        async for event in stream.events():
            message = event.message
            origin = Origin(message.topic, message.partition, message.offset, int(message.timestamp * 1000))
            on_record = end_users.get(event.key)
            key, value, headers = rules.decide(origin, message, event.value, on_record, rules.lately())
            await decisions.send(key=key, value=value, headers=headers)

    return app


def _partitions(brokers: str) -> int:
    from confluent_kafka.admin import AdminClient

    topics = AdminClient({"bootstrap.servers": brokers}).list_topics(timeout=10).topics
    return len(topics[ORDERS].partitions)


if __name__ == "__main__":
    faust.Worker(app(*sys.argv[1:]), loglevel="WARN").execute_from_commandline()
