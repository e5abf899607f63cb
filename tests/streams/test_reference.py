"""Loading reference records into their topics, on a real Kafka; the tables read what was loaded."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

import rules
from streams import reference, topics
from streams.broker import free_port, running_broker
from streams.errors import UserError
from streams.followed_topic import FollowedTopic
from streams.keyed_records import version_of
from streams.reference_files import packaged_destinations
from streams.settings import Settings
from streams.tables import DestinationTable, EndUserTable, ItemTable

PARTITIONS = 4
Table = TypeVar("Table", bound=FollowedTopic)


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """A Kafka of this module's own, with its topics: what is loaded here is no other test's reference."""
    with running_broker() as address:
        settings = Settings(brokers=address, partitions=PARTITIONS)
        topics.create(settings)
        yield settings


def nobody(*reported: Any) -> None:
    raise AssertionError(reported)


def read(table: Table, partitions: set[int]) -> Table:
    """Read what the topic holds now."""

    async def reading() -> None:
        async with table:
            await table.assign(partitions)
            await table.caught_up(partitions)

    asyncio.run(asyncio.wait_for(reading(), 30))
    return table


def test_without_a_path_the_packaged_destinations_are_loaded(settings: Settings) -> None:
    """What a worker then decides with is what `screen` decides with: the version is the same."""
    (line,) = reference.load(settings)
    loaded = read(DestinationTable(settings, nobody), {0}).snapshot()
    assert line == f"reference.destinations: {len(loaded.records)} records loaded"
    assert set(loaded.records) == {record.country for record in rules.packaged_destinations()}
    assert loaded.version == version_of(packaged_destinations())


def test_a_folder_is_loaded_and_lies_where_it_belongs(settings: Settings, tmp_path: Path) -> None:
    """Each end user is on the partition of its key, and found by it."""
    names = [f"eu-{n}" for n in range(500)] + ["Zoë"]
    rows = [f'{{"end_user_id": "{name}", "country": "VN"}}' for name in names]
    (tmp_path / "end_users.jsonl").write_text("\n".join(rows))
    (tmp_path / "items.jsonl").write_text('{"sku": "PT-PRO", "eccn": "4D004"}\n')
    assert reference.load(settings, [tmp_path]) == [
        "reference.items: 1 records loaded",
        "reference.end-users: 501 records loaded",
    ]
    every = set(range(PARTITIONS))
    end_users = read(EndUserTable(settings, nobody), every)
    assert end_users.records == len(names)
    assert all(end_users.well_placed(partition) for partition in every)
    assert sum(end_users.get(partition, "Zoë") is not None for partition in every) == 1


def test_a_second_load_replaces_and_deletes_nothing(settings: Settings, tmp_path: Path) -> None:
    """A record that a later file leaves out stays."""
    path = tmp_path / "items.jsonl"
    for rows in ('{"sku": "a", "eccn": "4D004"}\n{"sku": "b"}\n', '{"sku": "a", "eccn": "EAR99"}\n'):
        path.write_text(rows)
        reference.load(settings, [path])
    items = read(ItemTable(settings, nobody), {0}).view
    replaced = items["a"]
    assert isinstance(replaced, rules.Item)
    assert replaced.eccn == "EAR99"
    assert "b" in items


def test_an_invalid_row_loads_nothing(settings: Settings, tmp_path: Path) -> None:
    """Not even the rows before it, nor the other files."""
    (tmp_path / "items.jsonl").write_text('{"sku": "never"}\n')
    (tmp_path / "end_users.jsonl").write_text('{"end_user_id": "never"}\n{}\n')
    with pytest.raises(UserError, match=r"end_users\.jsonl:2: "):
        reference.load(settings, [tmp_path])
    assert "never" not in read(ItemTable(settings, nobody), {0}).view


def test_a_record_that_kafka_refuses_loads_nothing(settings: Settings, tmp_path: Path) -> None:
    """One record is too large for the topic: the others are not loaded either."""
    path = tmp_path / "items.jsonl"
    path.write_text('{"sku": "small"}\n{"sku": "large", "name": "' + "x" * 2_000_000 + '"}\n')
    with pytest.raises(UserError, match=r"nothing is in reference\.items of it"):
        reference.load(settings, [path])
    assert "small" not in read(ItemTable(settings, nobody), {0}).view


def test_without_a_broker_there_is_one_clear_line() -> None:
    """The error names the address and what to do."""
    settings = replace(Settings(), brokers=f"127.0.0.1:{free_port()}")
    with pytest.raises(UserError, match="no Kafka broker answers at") as error:
        reference.load(settings)
    assert "\n" not in str(error.value)
