"""The topics: their names and shapes, how they are created and how they are checked."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from kafka.admin import ConfigResource, KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streams.connection import connection, unreachable
from streams.errors import UserError
from streams.settings import Settings

ORDERS = "orders"
DOWNLOAD_REQUESTS = "download-requests"
DESTINATIONS = "reference.destinations"
ITEMS = "reference.items"
END_USERS = "reference.end-users"
RESTRICTED_PARTIES = "reference.restricted-parties"
DECISIONS = "screening.decisions"
HOLDS = "screening.holds"
REPARTITION = "screening.repartition"
DEAD_LETTERS = "screening.dead-letters"
ALERTS = "screening.alerts"

SOURCES = (ORDERS, DOWNLOAD_REQUESTS, REPARTITION)
"""The topics whose events are decided; of each a lane has the partition of its number."""

LARGEST_RECORD = 8 * 1024 * 1024
"""What a record of `screening.*` may have, in bytes."""

_DAY_MS = 24 * 60 * 60 * 1000

Kept = Literal["inputs", "decisions", "compacted"]


@dataclass(frozen=True)
class Topic:
    """One topic's shape: one partition or as many as EXPORTGATE_PARTITIONS says, and what is kept.

    Events, end users, decisions and holds have the same number, so that they meet on one worker.
    """

    name: str
    kept: Kept
    single: bool = False

    def partitions(self, settings: Settings) -> int:
        """How many partitions the topic has."""
        return 1 if self.single else settings.partitions

    def config(self, settings: Settings) -> dict[str, str]:
        """What the topic's configuration says otherwise than the broker's defaults."""
        config = self._retention(settings)
        if self.name in (ORDERS, DOWNLOAD_REQUESTS):
            config["message.timestamp.type"] = "LogAppendTime"
        if self.name.startswith("screening."):
            config["max.message.bytes"] = str(LARGEST_RECORD)
        return config

    def _retention(self, settings: Settings) -> dict[str, str]:
        if self.kept == "compacted":
            return {"cleanup.policy": "compact"}
        inputs = self.kept == "inputs"
        days = settings.input_retention_days if inputs else settings.decision_retention_days
        return {"cleanup.policy": "delete", "retention.ms": str(days * _DAY_MS)}


TOPICS = (
    Topic(ORDERS, "inputs"),
    Topic(DOWNLOAD_REQUESTS, "inputs"),
    Topic(DESTINATIONS, "compacted", single=True),
    Topic(ITEMS, "compacted", single=True),
    Topic(END_USERS, "compacted"),
    Topic(RESTRICTED_PARTIES, "compacted", single=True),
    Topic(DECISIONS, "decisions"),
    Topic(HOLDS, "compacted"),
    Topic(REPARTITION, "inputs"),
    Topic(DEAD_LETTERS, "inputs"),
    Topic(ALERTS, "decisions"),
)
"""Every topic. The dead letters have a partition a lane too: a dead letter lies where its event lay."""


def create(settings: Settings) -> list[str]:
    """Create the topics that are missing; give their names.

    Raises UserError, before anything is created, where a topic exists with other partitions, compaction,
    retention or (where EXPORTGATE_REPLICATION is set) replication than the settings say.
    """
    with _admin(settings) as admin:
        existing = _describe(admin)
        _refuse(_other_shapes(admin, settings, existing, whole=True))
        missing = [topic for topic in TOPICS if topic.name not in existing]
        durable = _durability(admin, settings) if missing else {}
        return [topic.name for topic in missing if _created(admin, topic, settings, durable)]


def check(settings: Settings) -> None:
    """Raise UserError where a topic is missing or has other partitions or compaction than a worker needs."""
    with _admin(settings) as admin:
        existing = _describe(admin)
        missing = [topic.name for topic in TOPICS if topic.name not in existing]
        if missing:
            raise UserError(f"no topic {', '.join(missing)}: run `exportgate topics create`")
        _refuse(_other_shapes(admin, settings, existing, whole=False))


def otherwise(settings: Settings) -> list[str]:
    """What the topics' configuration says otherwise than the settings, a line each."""
    with _admin(settings) as admin:
        return list(_other_shapes(admin, settings, _describe(admin), whole=True))


def _refuse(wrong: Iterator[str]) -> None:
    if (line := next(wrong, None)) is not None:
        raise UserError(line)


@contextmanager
def _admin(settings: Settings) -> Iterator[KafkaAdminClient]:
    try:
        admin = KafkaAdminClient(**connection(settings), bootstrap_timeout_ms=5_000)
    except KafkaError as error:
        raise unreachable(settings) from error
    try:
        yield admin
    except KafkaError as error:
        raise UserError(f"Kafka at {settings.brokers} refused: {error}") from error
    finally:
        admin.close()


def _describe(admin: KafkaAdminClient) -> dict[str, list[dict[str, Any]]]:
    return {topic["name"]: topic["partitions"] for topic in admin.describe_topics()}


def _other_shapes(
    admin: KafkaAdminClient, settings: Settings, existing: Mapping[str, list[dict[str, Any]]], *, whole: bool
) -> Iterator[str]:
    """What of the topics is otherwise than the settings want, a line each: all of it, or what counts most."""
    present = [topic for topic in TOPICS if topic.name in existing]
    configs = _configs(admin, present)
    for topic in present:
        found = configs[topic.name] | {"partitions": str(len(existing[topic.name]))}
        wanted = topic.config(settings) | {"partitions": str(topic.partitions(settings))}
        if not whole:
            wanted = {key: wanted[key] for key in ("partitions", "cleanup.policy")}
        elif settings.replication is not None:
            found["replication"] = str(len(existing[topic.name][0]["replica_nodes"]))
            wanted["replication"] = str(settings.replication)
        for key, value in wanted.items():
            if found.get(key) != value:
                yield _mismatch(topic, key, found.get(key), value)


def _mismatch(topic: Topic, key: str, found: str | None, wanted: str) -> str:
    if key == "partitions" and topic.single:
        mend = "its records have to be in one partition to be read in order"
    elif key in ("partitions", "replication"):
        mend = f"where the topic is as it should be, set EXPORTGATE_{key.upper()}={found}"
    else:
        mend = (
            f"`kafka-configs.sh --bootstrap-server B --alter --entity-type topics --entity-name {topic.name} "
            f"--add-config {key}={wanted}`, or change the setting"
        )
    return f"topic {topic.name} exists with {key} {found}, the settings want {wanted}: {mend}"


def _configs(admin: KafkaAdminClient, topics: list[Topic]) -> dict[str, dict[str, str]]:
    if not topics:
        return {}
    return _shown(admin, "topic", [topic.name for topic in topics])


def _shown(admin: KafkaAdminClient, kind: str, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """The configuration of each; Kafka shows an empty one to whom it does not let see it."""
    answer = admin.describe_configs([ConfigResource(kind, name) for name in names], config_filter="all")[kind]
    for name, configs in answer.items():
        if not configs:
            raise UserError(f"Kafka shows no configuration of {kind} {name}: have it allow DESCRIBE_CONFIGS")
    return {name: {key: each["value"] for key, each in configs.items()} for name, configs in answer.items()}


def _durability(admin: KafkaAdminClient, settings: Settings) -> dict[str, str]:
    """With three replicas or more, an acknowledged record is on two of them."""
    replication = settings.replication or _default_replication(admin)
    return {"min.insync.replicas": "2"} if replication >= 3 else {}


def _default_replication(admin: KafkaAdminClient) -> int:
    broker = str(admin.describe_cluster()["brokers"][0]["broker_id"])
    return int(_shown(admin, "broker", [broker])[broker]["default.replication.factor"])


def _created(admin: KafkaAdminClient, topic: Topic, settings: Settings, durable: dict[str, str]) -> bool:
    options = {
        "num_partitions": topic.partitions(settings),
        "replication_factor": settings.replication or -1,
        "configs": topic.config(settings) | durable,
    }
    try:
        admin.create_topics({topic.name: options}, wait_for_metadata=True)
    except TopicAlreadyExistsError:
        return False
    return True
