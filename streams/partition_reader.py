"""Records of one partition between two offsets, or since a time, read once."""

from collections.abc import AsyncIterator, Iterable

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.structs import TopicPartition

from streams.closing import close
from streams.connection import connection
from streams.settings import Settings
from streams.topics import LARGEST_RECORD


class PartitionReader:
    """A consumer without a group, of committed records unless `uncommitted`; a context that closes it."""

    def __init__(self, settings: Settings, *, uncommitted: bool = False) -> None:
        self._consumer = AIOKafkaConsumer(
            **connection(settings),
            enable_auto_commit=False,
            isolation_level="read_uncommitted" if uncommitted else "read_committed",
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=LARGEST_RECORD,
            fetch_max_wait_ms=100,  # a partition that is asked for next waits for the fetch under way
        )

    async def __aenter__(self) -> "PartitionReader":
        try:
            await self._consumer.start()
        except BaseException:
            await close(self._consumer)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await close(self._consumer)

    async def since(self, tp: TopicPartition, time_ms: int) -> AsyncIterator[ConsumerRecord]:
        """The records from a time (milliseconds since the epoch) to the present end."""
        found = (await self._consumer.offsets_for_times({tp: time_ms}))[tp]
        if found is not None:
            async for record in self.between(tp, found.offset):
                yield record

    async def between(
        self, tp: TopicPartition, start: int, end: int | None = None
    ) -> AsyncIterator[ConsumerRecord]:
        """The records from one offset to before another, or to the present end."""
        self._consumer.assign([tp])
        self._consumer.seek(tp, start)
        if end is None:
            end = (await self._consumer.end_offsets([tp]))[tp]
        while await self._consumer.position(tp) < end:
            for record in (await self._consumer.getmany(tp, timeout_ms=200, max_records=2_000)).get(tp, []):
                if record.offset < end:
                    yield record

    async def newest(self, tp: TopicPartition, count: int) -> AsyncIterator[ConsumerRecord]:
        """The records at the last so many offsets."""
        ((start, end),) = (await self.bounds([tp])).values()
        async for record in self.between(tp, max(start, end - count), end):
            yield record

    async def bounds(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        """Where each partition's log begins, and where what can be read of it ends."""
        asked = list(partitions)
        starts, ends = await self._consumer.beginning_offsets(asked), await self.ends(asked)
        return {tp: (starts[tp], ends[tp]) for tp in asked}

    async def ends(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Where what can be read of each partition ends."""
        return await self._consumer.end_offsets(list(partitions))  # type: ignore[no-any-return]

    async def at(self, tp: TopicPartition, offset: int) -> ConsumerRecord | None:
        """The record of an offset; None where retention has taken it, or where there is none yet."""
        ((start, end),) = (await self.bounds([tp])).values()
        if not start <= offset < end:
            return None
        async for record in self.between(tp, offset, offset + 1):
            return record
        return None
