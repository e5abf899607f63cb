"""The reference tables, against a real Kafka: snapshots, where records lie, what does not validate."""

from typing import Any

import rules
from rules import UNREADABLE
from streams.murmur2 import partition_of
from streams.tables import DestinationTable, EndUserTable
from tests.streams.own_topics import PARTITIONS, at, destination, end_user, nobody, producing, running, within

Reported = tuple[str, int, int, bytes | None, bytes | None, str]


def test_a_snapshot_is_the_same_until_something_changes(broker: str, topic: str) -> None:
    """A decision is made with one table, whose version says which."""

    async def test() -> None:
        async with (
            producing(broker) as producer,
            running(DestinationTable(at(broker), nobody), topic) as table,
        ):
            await producer.send_and_wait(topic, destination("VN"), b"VN", partition=0)
            await table.caught_up({0})
            before = table.snapshot()
            await producer.send_and_wait(topic, destination("VN"), b"VN", partition=0)
            await table.caught_up({0})
            assert table.snapshot() is before
            await producer.send_and_wait(topic, destination("SG"), b"SG", partition=0)
            await table.caught_up({0})
            assert table.snapshot().version != before.version
            assert "SG" not in before.records

    within(test())


def test_records_placed_otherwise_are_noticed_until_they_are_gone(broker: str, topic: str) -> None:
    """Where a record lies on a partition that is not its key's, nobody is believed absent."""
    stray = next(
        name for name in (f"eu-{n}" for n in range(99)) if partition_of(name.encode(), PARTITIONS) != 0
    )

    async def test() -> None:
        async with (
            producing(broker) as producer,
            running(EndUserTable(at(broker), nobody), topic) as table,
        ):
            await table.assign({0})
            await producer.send_and_wait(topic, end_user(stray), stray.encode(), partition=0)
            await table.caught_up({0})
            assert not table.well_placed(0)
            assert table.get(0, stray) is not None
            await producer.send_and_wait(topic, None, stray.encode(), partition=0)
            await table.caught_up({0})
            assert table.well_placed(0)

    within(test())


def test_a_bad_record_is_unreadable_and_reported_when_it_came_live(broker: str, topic: str) -> None:
    """What lay there before is marked, not reported: who was here then has done that."""
    reported: list[Reported] = []

    def report(*what: Any) -> None:
        reported.append(what)

    async def test() -> None:
        async with producing(broker) as producer:
            await producer.send_and_wait(topic, b"before", b"eu-1", partition=0)
            async with running(EndUserTable(at(broker), report), topic) as table:
                await table.assign({0})
                await table.caught_up({0})
                assert table.get(0, "eu-1") is UNREADABLE
                assert not reported
                await producer.send_and_wait(topic, end_user("eu-2"), b"eu-2", partition=0)
                bad = await producer.send_and_wait(topic, end_user("other"), b"eu-2", partition=0)
                await table.caught_up({0})
                assert table.get(0, "eu-2") is UNREADABLE
                assert table.unreadable == 2
                assert [(topic, 0, bad.offset, b"eu-2", end_user("other"))] == [what[:5] for what in reported]
                await producer.send_and_wait(topic, end_user("eu-2"), b"eu-2", partition=0)
                await table.caught_up({0})
                assert isinstance(table.get(0, "eu-2"), rules.EndUser)

    within(test())
