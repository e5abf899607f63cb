"""A compacted topic read into memory and followed, against a real Kafka: what is current, and what waits."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient
from structlog.testing import capture_logs

from streams import reading
from streams.broker import free_port, running_broker
from streams.murmur2 import partition_of
from streams.tables import DestinationTable, EndUserTable, ItemTable
from tests.streams.own_topics import (
    PARTITIONS,
    at,
    destination,
    end_user,
    new_topic,
    nobody,
    producing,
    running,
    until,
    within,
)


def test_a_table_holds_what_was_there_and_what_comes(broker: str, topic: str) -> None:
    """Caught up means everything acknowledged before; a later change and a deletion are seen too."""

    async def test() -> None:
        async with producing(broker) as producer, running(ItemTable(at(broker), nobody), topic) as table:
            await producer.send_and_wait(topic, b'{"sku": "a", "eccn": "4D004"}', b"a", partition=0)
            await table.caught_up({0})
            assert table.view["a"].eccn == "4D004"  # type: ignore[union-attr]
            assert table.is_current()
            await producer.send_and_wait(topic, b'{"sku": "a", "eccn": "EAR99"}', b"a", partition=0)
            await table.caught_up({0})
            assert table.view["a"].eccn == "EAR99"  # type: ignore[union-attr]
            await producer.send_and_wait(topic, None, b"a", partition=0)
            await table.caught_up({0})
            assert table.view.get("a") is None
            assert (table.records, table.lag) == (0, 0)

    within(test())


def test_an_empty_topic_is_current(broker: str, topic: str) -> None:
    """There is nothing to read, and that is known."""

    async def test() -> None:
        async with running(ItemTable(at(broker), nobody), topic) as table:
            assert not table.is_current()
            await table.caught_up({0})
            assert table.is_current()

    within(test())


def test_only_what_was_committed_is_read(broker: str, topic: str) -> None:
    """An aborted transaction leaves nothing, a committed one ends beyond its last record."""

    async def test() -> None:
        own = f"test-{topic}"
        async with (
            producing(broker, transactional_id=own) as producer,
            running(DestinationTable(at(broker), nobody), topic) as table,
        ):
            await producer.begin_transaction()
            await producer.send_and_wait(topic, destination("VN"), b"VN", partition=0)
            await producer.abort_transaction()
            await table.caught_up({0})
            assert table.records == 0
            async with producer.transaction():
                for country in ("VN", "SG"):
                    await producer.send(topic, destination(country), country.encode(), partition=0)
            await table.caught_up({0})
            assert set(table.snapshot().records) == {"VN", "SG"}

    within(test())


def test_a_record_behind_an_open_transaction_makes_the_table_wait(broker: str, topic: str) -> None:
    """What was acknowledged and cannot be read yet is not passed over: the table is not current till then."""

    async def test() -> None:
        async with (
            producing(broker, transactional_id=f"test-{topic}") as loading,
            producing(broker) as producer,
            running(ItemTable(at(broker), nobody), topic) as table,
        ):
            await table.caught_up({0})
            await loading.begin_transaction()
            await loading.send_and_wait(topic, b'{"sku": "a"}', b"a", partition=0)
            await producer.send_and_wait(topic, b'{"sku": "b", "eccn": "4D004"}', b"b", partition=0)
            await until(lambda: not table.is_current())
            await loading.abort_transaction()
            await table.caught_up({0})
            assert table.is_current()
            assert set(table.view) == {"b"}

    within(test())


def test_a_transaction_that_is_open_for_long_makes_no_table_stuck_for_good(
    broker: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reading that was given up as stuck goes on once the transaction has ended."""
    monkeypatch.setattr(reading, "STUCK_AFTER", 1.0)

    async def test() -> None:
        async with (
            producing(broker, transactional_id=f"test-{topic}") as loading,
            running(ItemTable(at(broker), nobody), topic) as table,
        ):
            await table.caught_up({0})
            with capture_logs() as said:
                await loading.begin_transaction()
                await loading.send_and_wait(topic, b'{"sku": "a"}', b"a", partition=0)
                await until(lambda: any("nothing came" in line.get("error", "") for line in said))
            await loading.commit_transaction()
            await asyncio.wait_for(table.caught_up({0}), 20)
            assert set(table.view) == {"a"}

    within(test())


def test_partitions_come_and_go(broker: str, topic: str) -> None:
    """A new partition is read from its beginning, one that is gone is forgotten, the rest goes on."""
    names = [f"eu-{n}" for n in range(40)]

    async def test() -> None:
        async with (
            producing(broker) as producer,
            running(EndUserTable(at(broker), nobody), topic) as table,
        ):
            for name in names:
                await producer.send(topic, end_user(name), name.encode())
            await producer.flush()
            for assigned in ({0, 1}, {1, 2, 3}, set[int](), {0, 1, 2, 3}):
                await table.assign(assigned)
                await table.caught_up(assigned)
                here = [name for name in names if partition_of(name.encode(), PARTITIONS) in assigned]
                assert table.records == len(here)
                for name in here:
                    assert table.get(partition_of(name.encode(), PARTITIONS), name)
            assert all(table.well_placed(partition) for partition in range(PARTITIONS))

    within(test())


def test_a_partition_that_goes_on_stays_current(broker: str, topic: str) -> None:
    """Another partition's coming does not make events of this one wait."""

    async def test() -> None:
        async with running(EndUserTable(at(broker), nobody), topic) as table:
            await table.assign({0})
            await table.caught_up({0})
            await table.assign({0, 1})
            assert table.is_current(0)
            assert not table.is_current(1)
            await table.caught_up({0, 1})
            assert table.is_current(1)

    within(test())


def test_who_waits_for_a_partition_that_goes_is_told(broker: str, topic: str) -> None:
    """Nobody waits for what will not come."""

    async def test() -> None:
        async with running(EndUserTable(at(broker), nobody), topic) as table:
            with pytest.raises(LookupError):
                await table.caught_up({0})
            await table.assign({0})
            waiting = asyncio.create_task(table.caught_up({0}))
            await asyncio.sleep(0)
            await table.assign(set())
            with pytest.raises(LookupError):
                await waiting

    within(test())


def test_a_log_that_lost_what_was_to_come_is_read_again(broker: str) -> None:
    """Where the log no longer has the position, what the table held may be gone: it starts over."""
    topic = new_topic(broker, policy="compact,delete")

    def lose(offset: int) -> None:
        with KafkaAdminClient(bootstrap_servers=broker) as admin:
            admin.delete_records({TopicPartition(topic, 0): offset})

    async def test() -> None:
        table = ItemTable(at(broker), nobody)
        async with producing(broker) as producer:
            await producer.send_and_wait(topic, b'{"sku": "a"}', b"a", partition=0)
            async with running(table, topic):
                await table.caught_up({0})
                assert set(table.view) == {"a"}
            for sku in (b"b", b"c"):
                last = await producer.send_and_wait(topic, b'{"sku": "%b"}' % sku, sku, partition=0)
            await asyncio.to_thread(lose, last.offset)
            table.service_reset()
            async with running(table, topic):
                await table.caught_up({0})
                assert set(table.view) == {"c"}

    within(test())


def test_a_topic_that_was_made_anew_is_read_anew(broker: str, topic: str) -> None:
    """What the deleted topic held is not kept from memory."""

    def make_anew() -> None:
        with KafkaAdminClient(bootstrap_servers=broker) as admin:
            admin.delete_topics([topic])
        new_topic(broker, topic)

    async def test() -> None:
        async with running(ItemTable(at(broker), nobody), topic) as table:
            async with producing(broker) as producer:
                for sku in (b"a", b"b"):
                    await producer.send_and_wait(topic, b'{"sku": "%b"}' % sku, sku, partition=0)
            await table.caught_up({0})
            await asyncio.to_thread(make_anew)
            async with producing(broker) as producer:
                await producer.send_and_wait(topic, b'{"sku": "c"}', b"c", partition=0)
            await until(lambda: table.is_current() and set(table.view) == {"c"}, 30)

    within(test())


def test_a_broker_that_goes_and_comes_back(tmp_path: Path) -> None:
    """Without a broker the table is not current and nothing fails; with it again the table goes on."""
    address = f"127.0.0.1:{free_port()}"
    table = ItemTable(at(address), nobody)

    async def started() -> Any:
        broker = running_broker(tmp_path, address)
        return broker, await asyncio.to_thread(broker.__enter__)

    async def test() -> None:
        broker, _ = await started()
        topic = await asyncio.to_thread(new_topic, address)
        async with running(table, topic):
            async with producing(address) as producer:
                await producer.send_and_wait(topic, b'{"sku": "a"}', b"a", partition=0)
            await table.caught_up({0})
            await asyncio.to_thread(broker.__exit__, None, None, None)
            await until(lambda: not table.is_current())
            assert "a" in table.view
            broker, _ = await started()
            try:
                async with producing(address) as producer:
                    await producer.send_and_wait(topic, b'{"sku": "b"}', b"b", partition=0)
                await table.caught_up({0})
                assert set(table.view) == {"a", "b"}
                assert table.is_current()
            finally:
                await asyncio.to_thread(broker.__exit__, None, None, None)

    within(test(), 120)
