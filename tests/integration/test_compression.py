"""Shops compress what they send; what they compress with is their choice."""

import asyncio
import json

from aiokafka import AIOKafkaProducer

from streams import topics
from streams.connection import connection

CODECS = ("gzip", "snappy", "lz4", "zstd")
EACH = 50


def _request(request_id: str) -> dict:
    return {
        "event_id": f"evt-{request_id}",
        "request_id": request_id,
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user": {"name": "Acme GmbH", "country": "DE", "category": "private_company"},
        "eccn": "4D004",
        "declared_country": "DE",
        "ip_country": "DE",
    }


async def _send(settings, codec: str) -> None:
    async with AIOKafkaProducer(**connection(settings), compression_type=codec, linger_ms=20) as producer:
        sent = [
            await producer.send(
                topics.DOWNLOAD_REQUESTS, json.dumps(_request(f"dl-{codec}-{n}")).encode(), b"k"
            )
            for n in range(EACH)
        ]
        await asyncio.gather(*sent)


def test_events_are_read_whatever_they_are_compressed_with(gate):
    """Every codec that Kafka has is read, and each event of a compressed batch is decided once."""
    gate.worker().ready()
    for codec in CODECS:
        asyncio.run(_send(gate.settings, codec))
    subjects = [f"download:dl-{codec}-{n}" for codec in CODECS for n in range(EACH)]
    decided = gate.decisions(subjects)
    assert [len(decided[subject]) for subject in subjects] == [1] * len(subjects)
    assert {each.content["decision"] for (each,) in decided.values()} == {"release"}
