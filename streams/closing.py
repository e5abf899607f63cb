"""Closing Kafka clients, which may raise what is not ours, or take longer than anybody waits."""

import asyncio
from typing import Any

CLOSE_SECONDS = 0.5
"""A client in no group has nobody to take leave of, and over TLS may wait long for Kafka's goodbye."""


async def close(*clients: Any) -> None:
    """Stop aiokafka clients, each in a task of its own: a consumer's closing may raise a cancellation."""
    await asyncio.wait({asyncio.ensure_future(client.stop()) for client in clients}, timeout=CLOSE_SECONDS)
