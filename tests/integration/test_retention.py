"""Events that retention took before they were decided."""

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from streams import topics
from streams.murmur2 import partition_of
from tests.integration.conftest import eventually


def order(order_id):
    """An order that is decided whatever comes of it."""
    return {
        "event_id": f"e-{order_id}",
        "order_id": order_id,
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": "eu-loss",
        "lines": [{"line_id": "1", "eccn": "4D004"}],
    }


def end_of(gate, partition):
    """The end offset of a partition."""
    consumer = KafkaConsumer(bootstrap_servers=gate.settings.brokers)
    end = consumer.end_offsets([partition])[partition]
    consumer.close()
    return end


def test_events_that_retention_took_undecided_stop_the_worker(own_gate):
    """The worker names the lost range and exits 1; with --accept-loss it goes on behind it."""
    gate = own_gate
    first = gate.worker().ready()
    gate.send(topics.ORDERS, order("loss-0"), "eu-loss", partition=2)
    gate.flush()
    gate.decisions(["order:loss-0"])
    assert first.stop() == 0
    for number in range(1, 4):
        gate.send(topics.ORDERS, order(f"loss-{number}"), "eu-loss", partition=2)
    gate.flush()
    admin = KafkaAdminClient(bootstrap_servers=gate.settings.brokers)
    end = end_of(gate, TopicPartition(topics.ORDERS, 2))
    admin.delete_records({TopicPartition(topics.ORDERS, 2): end - 1})
    admin.close()
    refused = gate.worker()
    assert refused.process.wait(60) == 1
    assert f"orders-2 offsets {end - 3} to {end - 2}" in refused.said()
    gate.worker("--accept-loss").ready()
    gate.decisions(["order:loss-3"])


def test_a_mark_that_retention_took_is_no_lost_event(own_gate):
    """Behind an event that was sent on lies its transaction's mark; workers start without the mark too."""
    gate = own_gate
    worker = gate.worker().ready()
    home = TopicPartition(topics.REPARTITION, partition_of(b"eu-loss", gate.settings.partitions))
    gate.load(end_users=[{"end_user_id": "eu-loss", "name": "Acme GmbH", "country": "DE"}])
    away = (home.partition + 1) % gate.settings.partitions
    gate.send(topics.ORDERS, order("sent-on"), "eu-loss", partition=away)
    gate.flush()
    gate.decisions(["order:sent-on"])
    end = end_of(gate, home)
    with KafkaAdminClient(bootstrap_servers=gate.settings.brokers) as admin:

        def committed() -> int:
            found = admin.list_group_offsets({gate.settings.group: [home]})
            return found[gate.settings.group][home].offset

        eventually(lambda: committed() == end, "what was committed lies behind the mark", 60)
        assert worker.stop() == 0
        admin.delete_records({home: end})

    gate.worker().ready()
