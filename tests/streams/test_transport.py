"""The private names of Faust and aiokafka that the transport leans on: an upgrade that lost one says so."""

import inspect

import pytest
from aiokafka.consumer import consumer as aiokafka_consumer
from aiokafka.consumer import fetcher, group_coordinator
from aiokafka.producer import producer as aiokafka_producer
from faust.transport import consumer as faust_consumer
from faust.transport.drivers import aiokafka as driver

from streams.raw_record import PartitionRecords

LEANT_ON = [
    (fetcher, "PartitionRecords"),
    (PartitionRecords.__base__, "_consumer_record"),
    (PartitionRecords.__base__, "_unpack_records"),
    (driver.AIOKafkaConsumerThread, "_create_worker_consumer"),
    (driver.AIOKafkaConsumerThread, "_ensure_consumer"),
    (driver.AIOKafkaConsumerThread, "getmany"),
    (faust_consumer.Consumer, "_get_active_partitions"),
    (faust_consumer.Consumer, "_new_offset"),
    (faust_consumer.Consumer, "perform_seek"),
    (faust_consumer.Consumer, "on_partitions_revoked"),
    (faust_consumer.Consumer, "on_partitions_assigned"),
    (driver.Consumer, "_new_consumer_thread"),
    (driver.Transport, "Consumer"),
    (group_coordinator.GroupCoordinator, "check_errors"),
    (aiokafka_producer.AIOKafkaProducer, "send_offsets_to_transaction"),
]


@pytest.mark.parametrize(("owner", "name"), LEANT_ON, ids=lambda value: getattr(value, "__name__", value))
def test_private_name_is_there(owner, name):
    """Everything that the transport overrides or calls still exists in the pinned versions."""
    assert hasattr(owner, name), f"{owner.__name__}.{name} is gone: streams/transport.py has to be rewritten"


@pytest.mark.parametrize("name", ["_isolation_level", "_fetch_max_wait_ms", "_key_deserializer"])
def test_consumer_still_takes_its_settings_at_start(name):
    """What the transport sets on the consumer before it starts is what the consumer goes by."""
    assert f"self.{name}" in inspect.getsource(aiokafka_consumer.AIOKafkaConsumer.start)


@pytest.mark.parametrize("name", ["_read_offset", "_acked", "_acked_index", "flow_active", "can_resume_flow"])
def test_faust_consumer_still_keeps_its_state(name):
    """The state of Faust's consumer that the transport reads or clears is still kept there."""
    assert f"self.{name}" in inspect.getsource(faust_consumer.Consumer)
