"""Topics on a real Kafka: their shapes, a second run, and every mismatch."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from kafka.admin import ConfigResource, KafkaAdminClient

from streams import topics
from streams.broker import running_broker
from streams.errors import UserError
from streams.settings import Settings

CO_PARTITIONED = (
    topics.ORDERS,
    topics.DOWNLOAD_REQUESTS,
    topics.END_USERS,
    topics.DECISIONS,
    topics.HOLDS,
    topics.REPARTITION,
    topics.ALERTS,
)


@pytest.fixture(scope="module")
def kafka() -> Iterator[str]:
    """A broker of this module's own, since it deletes every topic."""
    with running_broker() as address:
        yield address


@pytest.fixture
def admin(kafka: str) -> Iterator[KafkaAdminClient]:
    """An admin client of a Kafka without topics, before and after."""
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        _delete_all(admin)
        yield admin
        _delete_all(admin)


@pytest.fixture
def settings(kafka: str, admin: KafkaAdminClient) -> Settings:
    return Settings(brokers=kafka, partitions=3)


def _delete_all(admin: KafkaAdminClient) -> None:
    ours = {topic.name for topic in topics.TOPICS}
    if present := [name for name in admin.list_topics() if name in ours]:
        admin.delete_topics(present)


def _config(admin: KafkaAdminClient, topic: str) -> dict[str, str]:
    described = admin.describe_configs([ConfigResource("TOPIC", topic)], config_filter="all")
    return {key: each["value"] for key, each in described["topic"][topic].items()}


def test_create_then_nothing_to_do(settings):
    """The first run creates every topic, the second none, and a worker may then start."""
    assert topics.create(settings) == [topic.name for topic in topics.TOPICS]
    assert topics.create(settings) == []
    topics.check(settings)


def test_shapes(settings, admin):
    """Partitions, compaction, retention, times and record sizes are the contract's."""
    topics.create(settings)

    partitions = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}
    assert {partitions[name] for name in CO_PARTITIONED} == {3}
    assert {partitions[name] for name in (topics.DESTINATIONS, topics.ITEMS, topics.RESTRICTED_PARTIES)} == {
        1
    }
    assert _config(admin, topics.ORDERS)["message.timestamp.type"] == "LogAppendTime"
    assert _config(admin, topics.ORDERS)["retention.ms"] == str(30 * 86_400_000)
    assert _config(admin, topics.DECISIONS)["retention.ms"] == str(1827 * 86_400_000)
    assert _config(admin, topics.DEAD_LETTERS)["max.message.bytes"] == str(8 * 1024 * 1024)
    for name in (topics.HOLDS, topics.END_USERS, topics.DESTINATIONS):
        assert _config(admin, name)["cleanup.policy"] == "compact"


def test_only_what_is_missing_is_created(settings, admin):
    """A topic that was lost is created again, the others are left alone."""
    topics.create(settings)
    admin.delete_topics([topics.ALERTS])

    assert topics.create(settings) == [topics.ALERTS]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"partitions": 4}, r"topic orders exists with partitions 3, the settings want 4"),
        ({"replication": 3}, r"topic orders exists with replication 1, the settings want 3"),
        (
            {"input_retention_days": 1},
            r"topic orders exists with retention.ms 2592000000, the settings want 86400000",
        ),
        (
            {"decision_retention_days": 1},
            r"topic screening.decisions exists with retention.ms .*, the settings want 86400000",
        ),
    ],
)
def test_a_mismatch(settings, change, said):
    """A topic of another shape is named, with what was found and what was wanted."""
    topics.create(settings)

    with pytest.raises(UserError, match=said):
        topics.create(replace(settings, **change))


def test_a_mismatch_creates_nothing(settings, admin):
    """Where one topic has another shape, the missing ones are not created beside it."""
    admin.create_topics({topics.HOLDS: {"num_partitions": 3}}, wait_for_metadata=True)

    with pytest.raises(
        UserError, match=r"screening.holds exists with cleanup.policy delete, the settings want compact"
    ):
        topics.create(settings)
    assert topics.ORDERS not in admin.list_topics()


def test_check_names_what_is_missing(settings, admin):
    """A worker without its topics is told which, and how they are created."""
    topics.create(settings)
    admin.delete_topics([topics.ITEMS])

    with pytest.raises(UserError, match=r"no topic reference.items: run `exportgate topics create`"):
        topics.check(settings)


def test_check_refuses_partitions_that_differ(settings, admin):
    """One co-partitioned topic with another number of partitions stops a worker."""
    topics.create(settings)
    admin.create_partitions({topics.DOWNLOAD_REQUESTS: 4})

    with pytest.raises(UserError, match=r"download-requests exists with partitions 4, the settings want 3"):
        topics.check(settings)


def test_check_does_not_mind_another_retention(settings):
    """How long a topic is kept is the operator's: a worker starts all the same."""
    topics.create(settings)
    topics.check(replace(settings, input_retention_days=1))


def test_no_broker():
    """Without a broker, one line says which address was asked and what to do."""
    with pytest.raises(UserError, match=r"no Kafka broker answers at 127.0.0.1:1: run `exportgate broker`"):
        topics.check(Settings(brokers="127.0.0.1:1"))
