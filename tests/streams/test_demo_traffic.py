import asyncio
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams import topics
from streams.demo_data import Event
from streams.demo_traffic import Decided, check_exactly_once, refuse_in_use, traffic
from streams.errors import UserError
from streams.murmur2 import partition_of
from streams.settings import Settings

FIRST, SECOND = ("orders", 0, 7), ("orders", 0, 8)


def decided(*positions) -> list[Decided]:
    return [Decided(position, 0.0, b"{}") for position in positions]


def test_a_decision_for_each_event_is_right():
    """Nothing is raised where each event has its decision, in whatever order they came."""
    check_exactly_once([FIRST, SECOND], decided(SECOND, FIRST))


@pytest.mark.parametrize(
    ("decisions", "words"),
    [
        (decided(FIRST), "1 have no decision and 0 more than one"),
        (decided(FIRST, SECOND, SECOND), "0 have no decision and 1 more than one"),
        (decided(FIRST, SECOND, ("orders", 1, 0)), "1 decisions are of no event"),
    ],
)
def test_a_missing_or_repeated_decision_is_an_error(decisions, words):
    """One line says how many events have none, several, or were never sent."""
    with pytest.raises(UserError, match=words):
        check_exactly_once([FIRST, SECOND], decisions)


@pytest.fixture
def settings(broker: str) -> Settings:
    settings = replace(Settings(), brokers=broker, group="demo-traffic")
    topics.create(settings)
    return settings


async def _read(settings: Settings, positions) -> dict:
    found = {}
    async with AIOKafkaConsumer(bootstrap_servers=settings.brokers) as consumer:
        for topic, partition, offset in positions:
            lane = TopicPartition(topic, partition)
            consumer.assign([lane])
            consumer.seek(lane, offset)
            record = await consumer.getone()
            found[topic, partition, offset] = (record.key, record.value)
    return found


def test_what_is_sent_lies_where_the_sender_says(settings):
    """Sent at once or one by one, each event lies at its noted offset, on its key's partition."""
    events = [Event("orders", f"customer-{number}".encode(), b"%d" % number) for number in range(12)]

    async def send():
        async with traffic(settings, "none") as (sender, _):
            await sender.at_once(events[:8])
            await sender.paced(events[8:], 1000)
        return await _read(settings, sender.taken)

    found = asyncio.run(send())
    assert sorted(found.values()) == sorted((event.key, event.value) for event in events)
    assert all(partition_of(key, 8) == place[1] for place, (key, _) in found.items())


def test_a_kafka_in_use_is_refused(settings):
    """Where others sent events, the line says of which topic, and how the demo gets a Kafka of its own."""

    async def send_and_ask() -> None:
        async with traffic(settings, "none") as (sender, _):
            await sender.at_once([Event("download-requests", b"customer-1", b"{}")])
        await refuse_in_use(settings)

    with pytest.raises(UserError, match=r"(orders|download-requests) at .* unset EXPORTGATE_BROKERS"):
        asyncio.run(send_and_ask())
