"""A fulfilment service: ships a subject once it stands released, and stops what stands held.

    python examples/fulfilment.py localhost:9092 fulfilment.db

It goes by the headers of `screening.decisions`, read committed: the last `standing` of a subject counts;
what is not known does not ship. Standings and how far they go change together in one database, so a restart
goes on where it stopped: it catches up first, since a hold may have overtaken a release, and then tells the
warehouse each last decision, after a crash perhaps twice, with its id. At its first start it takes what is
held from the compacted `screening.holds`, and later decisions: what was released before is others' to ship.
"""

import sqlite3
import sys
from collections.abc import Iterable
from typing import Any

from kafka import KafkaConsumer, TopicPartition

DECISIONS, HOLDS = "screening.decisions", "screening.holds"

TABLES = """
CREATE TABLE IF NOT EXISTS subjects (subject TEXT PRIMARY KEY, standing TEXT, decision_id TEXT, told TEXT);
CREATE TABLE IF NOT EXISTS positions (partition INTEGER PRIMARY KEY, next_offset INTEGER);
"""
STANDS = """
INSERT INTO subjects VALUES (?, ?, ?, NULL)
ON CONFLICT DO UPDATE SET standing = excluded.standing, decision_id = excluded.decision_id
"""
UNTOLD = "SELECT subject, standing, decision_id FROM subjects WHERE told IS NOT standing || decision_id"
TELL = "UPDATE subjects SET told = standing || decision_id WHERE "
ADVANCE = "INSERT OR REPLACE INTO positions VALUES (?, ?)"


def tell_the_warehouse(subject: str, standing: str, decision_id: str) -> None:
    """Ship or stop a subject; the same decision again changes nothing."""
    print("ship" if standing == "released" else "stop", subject, decision_id, flush=True)


def take(database: sqlite3.Connection, records: Iterable[Any]) -> None:
    """Take in how subjects stand after these records. A header that is missing or unknown is a hold."""
    for record in records:
        said = {name: value.decode() for name, value in record.headers}
        standing = "released" if said.get("standing") == "released" else "held"
        database.execute(STANDS, (record.key.decode(), standing, said.get("ce_id", "")))


def act(database: sqlite3.Connection) -> None:
    """Tell the warehouse what it was not told yet, and remember it."""
    for subject, standing, decision_id in database.execute(UNTOLD).fetchall():
        tell_the_warehouse(subject, standing, decision_id)
        with database:
            database.execute(TELL + "subject = ?", (subject,))


def begin(database: sqlite3.Connection, consumer: KafkaConsumer, partitions: list[TopicPartition]) -> None:
    """The first start: what is held now, and decisions from here on. A null value is no release."""
    ends = consumer.end_offsets(partitions)
    holds = [TopicPartition(HOLDS, tp.partition) for tp in partitions]
    consumer.assign(holds)
    consumer.seek_to_beginning()
    last = consumer.end_offsets(holds)
    with database:
        while any(consumer.position(tp) < last[tp] for tp in holds):
            for records in consumer.poll(timeout_ms=500).values():
                take(database, (record for record in records if record.value is not None))
        database.execute(TELL + "standing = 'released'")
        database.executemany(ADVANCE, [(tp.partition, offset) for tp, offset in ends.items()])


def follow(database: sqlite3.Connection, consumer: KafkaConsumer) -> None:
    """Read decisions for ever, from where the database stands."""
    positions = dict(database.execute("SELECT partition, next_offset FROM positions"))
    consumer.assign([TopicPartition(DECISIONS, partition) for partition in positions])
    for partition, offset in positions.items():
        consumer.seek(TopicPartition(DECISIONS, partition), offset)
    ends = consumer.end_offsets(consumer.assignment())
    while True:
        if all(consumer.position(tp) >= end for tp, end in ends.items()):
            act(database)
        for tp, records in consumer.poll(timeout_ms=500).items():
            with database:
                take(database, records)
                database.execute(ADVANCE, (tp.partition, records[-1].offset + 1))


def main(brokers: str, path: str) -> None:
    """Run until stopped; it may be killed at any time."""
    database = sqlite3.connect(path)
    database.executescript(TABLES)
    committed = {"isolation_level": "read_committed", "auto_offset_reset": "none"}
    consumer = KafkaConsumer(bootstrap_servers=brokers, **committed)
    if database.execute("SELECT count(*) FROM positions").fetchone() == (0,):
        numbers = sorted(consumer.partitions_for_topic(DECISIONS) or ())
        begin(database, consumer, [TopicPartition(DECISIONS, number) for number in numbers])
    follow(database, consumer)


if __name__ == "__main__":
    main(*sys.argv[1:])
