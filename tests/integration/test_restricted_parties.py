"""Restricted parties on a real Kafka: a list is loaded whole, taken by running workers, and acted upon."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition

from streams import reference, topics
from streams.broker import running_broker
from streams.errors import UserError
from streams.settings import Settings
from tests.integration.conftest import Gate, eventually, exportgate, opened

TODAY = datetime.now(UTC)


@pytest.fixture(scope="module")
def own_gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """A gate that screens parties, on a broker of its own."""
    folder = tmp_path_factory.mktemp("parties")
    with (
        running_broker() as address,
        opened(Settings(brokers=address, partitions=2, data_dir=folder)) as gate,
    ):
        yield gate


@pytest.fixture
def gate(own_gate: Gate) -> Iterator[Gate]:
    yield own_gate
    own_gate.end_workers()


def a_list(folder: Path, *names: str, others: int = 40) -> Path:
    """A file as its publisher issues it: these parties on the Entity List, and others beside them."""
    rows = [
        {
            "id": f"el-{name}",
            "source": "Entity List (EL) - Bureau of Industry and Security",
            "name": name,
            "type": "Entity",
            "addresses": [{"country": "CN"}],
        }
        for name in (*names, *(f"Unrelated Rotterdam Foundry {number:04}" for number in range(others)))
    ]
    path = folder / "consolidated.json"
    path.write_text(json.dumps({"search_performed_at": TODAY.isoformat(), "results": rows}))
    return path


def end_user(end_user_id: str, name: str) -> dict:
    return {"end_user_id": end_user_id, "name": name, "country": "DE", "category": "private_company"}


def request(number: str, end_user_id: str) -> dict:
    return {
        "event_id": f"evt-{number}",
        "request_id": f"dl-{number}",
        "occurred_at": TODAY.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end_user_id": end_user_id,
        "eccn": "4D004",
        "declared_country": "DE",
        "ip_country": "DE",
    }


def decide(gate: Gate, number: str, end_user_id: str):
    gate.send(topics.DOWNLOAD_REQUESTS, request(number, end_user_id), end_user_id)
    gate.flush()
    (decision,) = gate.decisions([f"download:dl-{number}"])[f"download:dl-{number}"]
    return decision


def alerts(gate: Gate, end_user_id: str, count: int) -> list[dict]:
    """The alerts on an end user, once there are so many."""
    consumer = KafkaConsumer(bootstrap_servers=gate.settings.brokers, isolation_level="read_committed")
    consumer.assign([TopicPartition(topics.ALERTS, n) for n in range(gate.settings.partitions)])
    consumer.seek_to_beginning()
    found: list[dict] = []

    def there() -> bool:
        for records in consumer.poll(timeout_ms=200).values():
            found.extend(json.loads(record.value) for record in records if record.key == end_user_id.encode())
        return len(found) >= count

    eventually(there, f"{count} alerts on {end_user_id}")
    consumer.close()
    return found


def taken(gate: Gate, version: str, number: str) -> None:
    """Wait until decisions name a version of the list."""
    tries = iter(range(1000))

    def named() -> bool:
        decision = decide(gate, f"{number}-{next(tries)}", "eu-clean")
        return decision.content["versions"]["restricted_parties"] == version

    eventually(named, "decisions name the new list")


def load(gate: Gate, path: Path) -> str:
    """Load a list; its version."""
    (line,) = reference.load(gate.settings, [path])
    return line.rpartition(" ")[2]


def _end_users(gate: Gate) -> None:
    named = {"eu-clean": "Gruenwald Backwaren GmbH", "eu-listed": "Quzhou Falcon Optronics"}
    gate.load(end_users=[end_user(*each) for each in named.items()])


def test_everything_is_held_until_a_list_is_there(gate):
    """Without a list nothing is released; with one that is whole, who is on it is held and nobody else."""
    _end_users(gate)
    gate.worker().ready()
    assert decide(gate, "none", "eu-clean").codes == {"REFERENCE_DATA_UNAVAILABLE"}
    version = load(gate, a_list(gate.folder, "Quzhou Falcon Optronics Co., Ltd."))
    taken(gate, version, "first")
    assert decide(gate, "clean", "eu-clean").content["decision"] == "release"
    listed = decide(gate, "listed", "eu-listed")
    assert listed.codes == {"PARTY_LISTED"}
    assert listed.content["hold_type"] == "license_required"


def test_a_worker_that_starts_waits_for_its_list(gate):
    """A list that is there at the start is in force for the first event."""
    _end_users(gate)
    version = load(gate, a_list(gate.folder, "Quzhou Falcon Optronics Co., Ltd."))
    gate.send(topics.DOWNLOAD_REQUESTS, request("waits", "eu-listed"), "eu-listed")
    gate.flush()
    gate.worker()
    (decision,) = gate.decisions(["download:dl-waits"])["download:dl-waits"]
    assert decision.codes == {"PARTY_LISTED"}
    assert decision.content["versions"]["restricted_parties"] == version


def test_a_list_that_shrinks_is_refused(gate):
    """A list cut off by more than 5 percent is refused with its figures, unless a person accepts it."""
    load(gate, a_list(gate.folder, others=100))
    cut = a_list(gate.folder, others=90)
    with pytest.raises(UserError, match=r"EL from 100 to 90 .*--accept-shrinkage"):
        reference.load(gate.settings, [cut])
    reference.load(gate.settings, [cut], accept_shrinkage=True)
    again = exportgate(gate.settings, "reference", "load", str(cut))
    assert "0 new or changed, 0 gone" in again.stdout


def test_an_older_list_is_refused(gate):
    """Who was listed since would be let go: a list of the day before takes no newer one's place by itself."""
    load(gate, a_list(gate.folder, others=100))
    older = a_list(gate.folder, others=100)
    older.write_text(older.read_text().replace(TODAY.isoformat(), (TODAY - timedelta(days=1)).isoformat()))
    with pytest.raises(UserError, match=r"the file is of .*, the list that is there of .*--accept-shrinkage"):
        reference.load(gate.settings, [older])
    reference.load(gate.settings, [older], accept_shrinkage=True)


def test_what_was_released_to_who_becomes_listed_is_held(gate):
    """An alert, and every release is superseded by a hold; when they cease to be listed, an alert alone."""
    _end_users(gate)
    worker = gate.worker().ready()
    without = load(gate, a_list(gate.folder, others=100))
    taken(gate, without, "without")
    released = [decide(gate, f"early-{number}", "eu-listed") for number in range(3)]
    assert {decision.content["decision"] for decision in released} == {"release"}

    load(gate, a_list(gate.folder, "Quzhou Falcon Optronics Co., Ltd.", others=100))
    subjects = [decision.subject for decision in released]
    again = gate.decisions(subjects, count=2)
    for before in released:
        after = again[before.subject][-1]
        assert after.codes == {"PARTY_LISTED"}
        assert after.content["supersedes"] == before.content["decision_id"]
        assert after.content["rescreened_by"] == "exportgate"
        assert after.headers["standing"] == "held"
    listed = alerts(gate, "eu-listed", 1)[-1]
    assert (listed["type"], listed["cause"], listed["superseded"]) == ("listed", "list", 3)
    assert worker.stop() == 0

    gate.worker().ready()
    reference.load(gate.settings, [a_list(gate.folder, others=100)])
    ceased = alerts(gate, "eu-listed", 2)[-1]
    assert (ceased["type"], ceased["entry_id"]) == ("delisted", listed["entry_id"])
    gate.read()
    assert all(len(decisions) == 2 for decisions in gate.decisions(subjects, count=2).values())


def test_an_end_user_whose_record_changes_is_matched_again(gate):
    """A corrected name that is a listed one: what was released under the other name is held."""
    worker = gate.worker().ready()
    version = load(gate, a_list(gate.folder, "Quzhou Falcon Optronics Co., Ltd.", others=100))
    gate.load(end_users=[end_user("eu-renamed", "Gruenwald Backwaren")])
    taken(gate, version, "renamed")
    before = decide(gate, "renamed", "eu-renamed")
    assert before.content["decision"] == "release"
    gate.load(end_users=[end_user("eu-renamed", "Quzhou Falcon Optronics")])
    after = gate.decisions([before.subject], count=2)[before.subject][-1]
    assert after.content["supersedes"] == before.content["decision_id"]
    assert alerts(gate, "eu-renamed", 1)[0]["cause"] == "end_user"
    assert worker.stop() == 0
