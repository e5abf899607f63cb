"""Events in a transaction that a shop leaves open: nothing may decide them, and somebody has to be told."""

import asyncio
import time

from aiokafka import AIOKafkaProducer

from streams import topics
from streams.progress import STANDSTILL_SECONDS
from tests.integration.conftest import eventually

ORDER = b"""{"event_id": "evt-open", "order_id": "open", "occurred_at": "2026-11-24T10:00:00Z",
    "end_user_id": "eu-open", "lines": [{"eccn": "4D004"}]}"""


def test_what_waits_behind_an_open_transaction_is_seen(own_gate):
    """Lag and age are told, and a restart would not help; what it held is decided once it ends."""
    worker = own_gate.worker().ready()

    def told(metric: str) -> float:
        lines = [line for line in worker.page("/metrics").splitlines() if line.startswith(metric)]
        return max((float(line.rpartition(" ")[2]) for line in lines), default=-1.0)

    def is_seen() -> None:
        began = time.monotonic()
        eventually(lambda: told("exportgate_consumer_lag_records{") == 1, "the lag counts it", 30)
        longest = STANDSTILL_SECONDS + 5
        eventually(lambda: told("exportgate_oldest_undecided_seconds{") > longest, "its age is told", 90)
        assert told("exportgate_oldest_undecided_seconds{") < time.monotonic() - began + 5
        assert worker.page("/healthz") is not None, "a restart would bring nothing"
        own_gate.read()
        assert "order:open" not in own_gate.decided

    async def leave_open_for_a_while() -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=own_gate.settings.brokers,
            transactional_id="shop",
            transaction_timeout_ms=300_000,
        )
        async with producer, producer.transaction():
            await producer.send_and_wait(topics.ORDERS, ORDER, key=b"eu-open")
            await asyncio.to_thread(is_seen)

    asyncio.run(leave_open_for_a_while())
    own_gate.decisions(["order:open"])
    eventually(lambda: told("exportgate_consumer_lag_records{") == 0, "nothing waits any more", 30)
