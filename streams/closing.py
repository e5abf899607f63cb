"""Closing Kafka clients, which may raise what is not ours, or take longer than anybody waits."""

import asyncio
from typing import Any


async def close(*clients: Any, within: float = 5.0) -> None:
    """Stop aiokafka clients, each in a task of its own: a consumer's closing may raise a cancellation."""
    await asyncio.wait({asyncio.ensure_future(client.stop()) for client in clients}, timeout=within)
