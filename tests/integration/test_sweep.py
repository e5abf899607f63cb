"""`screening.holds` forgets what no longer matters there; what holds an order stays."""

from datetime import UTC, datetime, timedelta

from kafka import KafkaConsumer, TopicPartition

from streams import topics
from tests.integration.conftest import eventually

PARTITION = 3


def _record(decision: str, days_ago: int) -> dict:
    return {
        "decision_id": "d1",
        "decision": decision,
        "end_user_id": "eu-swept",
        "hold_type": None if decision == "release" else "review",
        "occurred_at": "2026-01-01T00:00:00Z",
        "decided_at": (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(),
    }


def test_what_expired_is_deleted_when_a_lane_opens(gate):
    """A download's hold goes after 30 days and a lifted one after 7; a hold of an order never does."""
    records = {
        "download:swept-old": _record("hold", 31),
        "download:swept-new": _record("hold", 29),
        "order:swept-lifted": _record("release", 8),
        "order:swept-lately": _record("release", 6),
        "order:swept-held": _record("hold", 400),
    }
    for key, record in records.items():
        gate.send(topics.HOLDS, record, key, PARTITION)
    gate.flush()
    consumer = KafkaConsumer(bootstrap_servers=gate.settings.brokers, isolation_level="read_committed")
    consumer.assign([TopicPartition(topics.HOLDS, PARTITION)])
    consumer.seek_to_end()
    consumer.position(TopicPartition(topics.HOLDS, PARTITION))
    gate.worker().ready()
    deleted: set[str] = set()

    def both_gone() -> bool:
        for batch in consumer.poll(timeout_ms=200).values():
            deleted.update(record.key.decode() for record in batch if record.value is None)
        return len(deleted) >= 2

    eventually(both_gone, "two records of screening.holds are deleted")
    consumer.close()
    assert deleted == {"download:swept-old", "order:swept-lifted"}
