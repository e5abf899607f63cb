"""What one transaction publishes: gathered into batches, sent as they fill, awaited before the commit."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

Header = tuple[str, bytes | None]

BATCH_BYTES = 131072
"""Of a produced batch: half or twice as much is slower."""


class Outbox:
    """The records of one transaction, by topic and partition, in the order in which they were put."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._open: dict[tuple[str, int], Any] = {}
        self._full: list[tuple[str, int, Any]] = []
        self._sent: list[asyncio.Future[Any]] = []
        self.notes: dict[TopicPartition, tuple[int, str]] = {}
        """Offsets with what is to be remembered beside them, committed with the records."""

    def put(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Sequence[Header]
    ) -> None:
        """Add one record; nothing is sent before `send`."""
        target = (topic, partition)
        builder = self._open.get(target)
        if builder is None:
            builder = self._open[target] = self._producer.create_batch()
        if builder.append(timestamp=None, key=key, value=value, headers=headers) is None:
            self._full.append((topic, partition, builder))
            builder = self._open[target] = self._producer.create_batch()
            builder.append(timestamp=None, key=key, value=value, headers=headers)

    async def send(self) -> None:
        """Hand the batches that are full to the producer."""
        full, self._full = self._full, []
        for topic, partition, builder in full:
            sent = await self._producer.send_batch(builder, topic, partition=partition)
            sent.add_done_callback(_heed)
            self._sent.append(sent)

    async def flush(self) -> None:
        """Hand over all that there is."""
        self._full += [(topic, partition, builder) for (topic, partition), builder in self._open.items()]
        self._open = {}
        await self.send()

    async def delivered(self) -> None:
        """Wait until the brokers have everything; raises the first KafkaError of one that was refused.

        Without this a commit would go ahead with a batch missing.
        """
        results = await asyncio.gather(*self._sent, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result


def _heed(sent: asyncio.Future[Any]) -> None:
    # A transaction that fails earlier does not come to `delivered`; asyncio would log the error as lost.
    if not sent.cancelled():
        sent.exception()
