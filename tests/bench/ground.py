"""What every measurement stands on: one real broker started for it, its topics, its reference records."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from kafka.admin import ConfigResource, KafkaAdminClient

from streams import reference, topics
from streams.broker import running_broker
from streams.settings import Settings
from tests.bench import events
from tests.bench.fill import fill
from tests.bench.listing import list_of_bench

ANY_AGE = 36500
LOG_APPEND_TIME = {"message.timestamp.type": "LogAppendTime"}


@dataclass(frozen=True)
class Ground:
    """A broker with topics and reference records; `folder` is for whatever a measurement writes."""

    settings: Settings
    folder: Path
    end_users: int

    @property
    def brokers(self) -> str:
        """The broker's address."""
        return self.settings.brokers

    def fill(self, downloads: int, orders: int) -> int:
        """Write so many events, give how many they are."""
        return fill(self.brokers, events.events(downloads, orders, self.end_users))

    def fill_end_users(self, count: int, already: int = 0) -> None:
        """Write the records of so many end users, but for those that are there already."""
        records = islice(events.end_users(count), already, None)
        fill(self.brokers, ((topics.END_USERS, key, value) for key, value in records))

    def create(self, topic: str) -> None:
        """Create a topic for the decisions of one peer."""
        with self._admin() as admin:
            options = {
                "num_partitions": self.settings.partitions,
                "replication_factor": 1,
                "configs": LOG_APPEND_TIME | {"max.message.bytes": str(topics.LARGEST_RECORD)},
            }
            admin.create_topics({topic: options}, wait_for_metadata=True)

    def delete(self, *names: str) -> None:
        """Delete topics and what is in them."""
        with self._admin() as admin:
            admin.delete_topics(list(names))

    def renew_decisions(self) -> None:
        """Have the topics of decisions and holds empty, the decisions dated by the broker."""
        with self._admin() as admin:
            old = {topics.DECISIONS, topics.HOLDS} & _names(admin)
            if old:
                admin.delete_topics(list(old))
            while old & _names(admin):
                time.sleep(0.1)
            topics.create(self.settings)
            admin.alter_configs([ConfigResource("TOPIC", topics.DECISIONS, LOG_APPEND_TIME)])

    @contextmanager
    def _admin(self) -> Iterator[KafkaAdminClient]:
        admin = KafkaAdminClient(bootstrap_servers=self.brokers)
        try:
            yield admin
        finally:
            admin.close()


@contextmanager
def ground(end_users: int, partitions: int) -> Iterator[Ground]:
    """A fresh broker with empty topics, the packaged destinations, a restricted-party list, the items and so
    many end users.

    The list may be of any age, and workers leave parties alone unless a measurement wants it otherwise.
    """
    with TemporaryDirectory(prefix="exportgate-bench-") as temporary, running_broker() as address:
        settings = Settings(
            brokers=address,
            partitions=partitions,
            data_dir=Path(temporary),
            restricted_parties="elsewhere",
            list_max_age_days=ANY_AGE,
        )
        here = Ground(settings, Path(temporary), end_users)
        here.renew_decisions()
        reference.load(settings)
        reference.load(settings, [list_of_bench(Path(temporary))])
        fill(address, ((topics.ITEMS, key, value) for key, value in events.items()))
        here.fill_end_users(end_users)
        yield here


def _names(admin: KafkaAdminClient) -> set[str]:
    return {topic["name"] for topic in admin.describe_topics()}
