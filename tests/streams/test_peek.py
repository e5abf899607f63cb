"""When the next record of a partition was written."""

import asyncio

from aiokafka.structs import TopicPartition
from kafka import KafkaProducer

from streams import peek
from streams.settings import Settings
from tests.streams.own_topics import new_topic


def test_the_time_of_the_next_record_is_the_records_own(broker):
    """From each position on, the first record's timestamp; a partition with none is left out."""
    topic = new_topic(broker, policy="delete")
    with KafkaProducer(bootstrap_servers=broker) as producer:
        for number in range(3):
            producer.send(topic, b"x", partition=1, timestamp_ms=1_700_000_000_000 + 1000 * number)
    positions = {TopicPartition(topic, 0): 0, TopicPartition(topic, 1): 1}
    found = asyncio.run(peek.written(Settings(brokers=broker), positions))
    assert found == {TopicPartition(topic, 1): 1_700_000_001.0}
