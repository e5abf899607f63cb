"""The bare loop: aiokafka's getmany and send_batch around the same rules, at least once.

    python -m tests.bench.peer_aiokafka BROKERS GROUP OUTPUT

What Python can do on one core when nothing stands between it and the client.
"""

import gc
import sys

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from streams.origin import Origin
from streams.outbox import BATCH_BYTES, Outbox
from streams.topics import DOWNLOAD_REQUESTS, ORDERS
from tests.bench.same_rules import SameRules

RECORDS = 5_000
"""Of one fetch."""


async def run(brokers: str, group: str, output: str) -> None:
    """Decide the events of both topics until the process is ended."""
    rules = SameRules.of(brokers, group)
    gc.collect()
    gc.freeze()
    gc.disable()
    consumer = AIOKafkaConsumer(
        ORDERS,
        DOWNLOAD_REQUESTS,
        bootstrap_servers=brokers,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all", max_batch_size=BATCH_BYTES)
    async with producer, consumer:
        while True:
            fetched = await consumer.getmany(timeout_ms=100, max_records=RECORDS)
            outbox = Outbox(producer)
            for tp, records in fetched.items():
                _decide(rules, tp, records, output, outbox)
                await outbox.send()
            await outbox.flush()
            await outbox.delivered()
            if fetched:
                await consumer.commit()


def _decide(rules: SameRules, tp: TopicPartition, records: list, output: str, outbox: Outbox) -> None:
    moment, end_users = rules.now(), rules.end_users
    for record in records:
        origin = Origin(tp.topic, tp.partition, record.offset, record.timestamp)
        on_record = end_users.get(record.key)
        key, value, headers = rules.decide(origin, record, record.value, on_record, moment)
        outbox.put(output, tp.partition, key, value, headers)


if __name__ == "__main__":
    uvloop.run(run(*sys.argv[1:]))
