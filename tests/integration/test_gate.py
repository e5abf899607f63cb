"""What a consumer of decisions relies on, whatever dies, hangs, moves or arrives broken."""

import signal
import time
from collections import defaultdict
from itertools import pairwise

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from streams import topics
from streams.murmur2 import partition_of
from tests.integration.conftest import eventually

EVENTS = 20_000
AT = "2026-11-24T10:00:00Z"


def download(number, **fields):
    """A download request of light software from Germany: released, unless the fields say otherwise."""
    return {
        "event_id": f"e-{number}",
        "request_id": f"dl-{number}",
        "occurred_at": AT,
        "end_user_id": f"eu-{number}",
        "eccn": "EAR99",
        "ip_country": "DE",
    } | fields


def order(order_id, event_id, occurred_at=AT, **fields):
    """An order of command-and-control software by a private company."""
    return {
        "event_id": event_id,
        "order_id": order_id,
        "occurred_at": occurred_at,
        "end_user_id": f"eu-{order_id}",
        "end_user": {"category": "private_company"},
        "lines": [{"line_id": "1", "eccn": "4D004"}],
    } | fields


def dead_letters(gate):
    """Every dead letter there is, each with its headers."""
    consumer = KafkaConsumer(bootstrap_servers=gate.settings.brokers, isolation_level="read_committed")
    partitions = [TopicPartition(topics.DEAD_LETTERS, n) for n in range(gate.settings.partitions)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(partitions)
    found = []
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(timeout_ms=200).values():
            found += [
                (record, {name: value.decode() for name, value in record.headers}) for record in records
            ]
    consumer.close()
    return found


def test_every_event_is_decided_once_in_order_whatever_happens_to_workers(gate):
    """One is killed, one frozen past its session and continued, one stopped: nothing twice, nothing lost."""
    killed, frozen, stopped = (gate.worker().ready() for _ in range(3))
    subjects = [f"download:dl-x{number}" for number in range(EVENTS)]
    for number in range(EVENTS):
        key = f"eu-x{number}"
        gate.send(topics.DOWNLOAD_REQUESTS, download(f"x{number}"), key)
        if number == EVENTS // 4:
            gate.flush()
            killed.signal(signal.SIGKILL)
            frozen.signal(signal.SIGSTOP)
            gate.worker()
        if number == EVENTS // 2:
            assert stopped.stop() == 0
    gate.flush()
    decided = gate.decisions(subjects, within=90)
    frozen.signal(signal.SIGCONT)
    gate.send(topics.DOWNLOAD_REQUESTS, download("x-last"), "eu-x-last")
    gate.flush()
    gate.decisions(["download:dl-x-last"])
    eventually(lambda: frozen.page("/readyz") is not None, "the frozen worker is one of the group again")
    gate.read()
    assert {len(decisions) for decisions in decided.values()} == {1}
    by_partition = defaultdict(list)
    for (decision,) in decided.values():
        by_partition[decision.partition].append((decision.offset, int(decision.headers["event_offset"])))
    for offsets in by_partition.values():
        assert all(one[1] < next_[1] for one, next_ in pairwise(sorted(offsets)))


def test_poison_is_put_aside_and_the_records_around_it_are_decided(gate):
    """What cannot be read is a dead letter byte for byte; what names its subject is held."""
    poison = {
        b"{not json": "not_json",
        b"\xff\xfe\x00": "not_json",
        b"": "not_json",
        b"[1, 2]": "not_an_object",
        b'{"a":' * 100_000: "not_json",
        b'{"event_id": "p"}': "no_subject",
        b'{"event_id": "' + b"x" * 900_000 + b'"}': "no_subject",
        None: "no_value",
    }
    gate.worker().ready()
    for number, value in enumerate(poison):
        gate.send(topics.DOWNLOAD_REQUESTS, download(f"p{number}"), "eu-p", partition=1)
        gate.send(topics.DOWNLOAD_REQUESTS, value, "eu-p", partition=1)
    gate.send(topics.DOWNLOAD_REQUESTS, download("p-wrong", eccn=5), "eu-p", partition=1)
    gate.flush()
    decided = gate.decisions([f"download:dl-p{number}" for number in range(len(poison))])
    assert {len(decisions) for decisions in decided.values()} == {1}
    (invalid,) = gate.decisions(["download:dl-p-wrong"])["download:dl-p-wrong"]
    assert invalid.codes == {"EVENT_INVALID"}
    found = {letter.value: headers for letter, headers in dead_letters(gate) if letter.key == b"eu-p"}
    assert {value: headers["dead_reason"] for value, headers in found.items()} == poison
    assert {headers["dead_topic"] for headers in found.values()} == {topics.DOWNLOAD_REQUESTS}


def test_change_of_an_end_user_changes_the_next_decision(gate):
    """A record that arrives, changes, turns unreadable or goes is seen by events two seconds later."""
    gate.worker().ready()
    gate.worker().ready()

    def codes(number):
        time.sleep(2)  # the contract's two seconds between a record's acknowledgement and an event
        event = download(number, end_user_id="eu-live", eccn="4D004", ip_country="SA")
        gate.send(topics.DOWNLOAD_REQUESTS, event, "eu-live")
        gate.flush()
        (decision,) = gate.decisions([f"download:dl-{number}"])[f"download:dl-{number}"]
        return decision.codes

    assert codes("live-1") == {"END_USER_UNKNOWN"}
    record = {"end_user_id": "eu-live", "name": "A", "country": "SA", "category": "private_company"}
    gate.load(end_users=[record])
    assert codes("live-2") == set()
    gate.load(end_users=[record | {"category": "government_agency"}])
    assert codes("live-3") == {"ACE_C2"}
    gate.send(topics.END_USERS, b'{"end_user_id": 5}', "eu-live")
    gate.flush()
    assert codes("live-4") == {"REFERENCE_DATA_UNAVAILABLE"}
    letters = [headers for letter, headers in dead_letters(gate) if letter.key == b"eu-live"]
    assert [headers["dead_reason"] for headers in letters] == ["reference_invalid"]
    gate.send(topics.END_USERS, None, "eu-live")
    gate.flush()
    assert codes("live-5") == {"END_USER_UNKNOWN"}


def test_event_on_the_wrong_partition_meets_its_end_user(gate):
    """A producer that partitions otherwise is served: its event is decided once, with its end user."""
    gate.load(end_users=[{"end_user_id": "eu-w", "country": "SA", "category": "government_agency"}])
    gate.worker().ready()
    home = partition_of(b"eu-w", gate.settings.partitions)
    elsewhere = (home + 1) % gate.settings.partitions
    event = download("w", end_user_id="eu-w", eccn="4D004", ip_country="SA")
    gate.send(topics.DOWNLOAD_REQUESTS, event, "eu-w", partition=elsewhere)
    gate.flush()
    (decision,) = gate.decisions(["download:dl-w"])["download:dl-w"]
    assert decision.codes == {"ACE_C2"}
    assert decision.partition == home
    assert decision.headers["event_partition"] == str(elsewhere)


def test_amended_order_lifts_its_hold_also_after_a_restart(gate):
    """The release names the hold; an older event that arrives late lifts nothing."""
    worker = gate.worker().ready()
    gate.send(topics.ORDERS, order("am", "am-1", ship_to={"country": "VN"}), "eu-am")
    gate.flush()
    (held,) = gate.decisions(["order:am"])["order:am"]
    assert held.codes == {"ACE_C4"}
    assert worker.stop() == 0
    gate.worker().ready()
    late = order("am", "am-0", "2026-11-24T09:00:00Z", ship_to={"country": "DE"})
    gate.send(topics.ORDERS, late, "eu-am")
    gate.flush()
    late_decision = gate.decisions(["order:am"], count=2)["order:am"][1]
    assert late_decision.content["decision"] == "release"
    assert late_decision.headers["standing"] == "held"
    amended = order("am", "am-2", "2026-11-24T11:00:00Z", ship_to={"country": "DE"})
    gate.send(topics.ORDERS, amended, "eu-am")
    gate.flush()
    lifted = gate.decisions(["order:am"], count=3)["order:am"][2]
    assert lifted.content["supersedes"] == held.content["decision_id"]
    assert lifted.headers["standing"] == "released"


def test_order_of_five_thousand_lines_is_one_decision(gate):
    """However many lines, every one is in the one decision."""
    gate.worker().ready()
    lines = [{"eccn": "4D004"}] * 5000
    gate.send(topics.ORDERS, order("big", "big-1", lines=lines, ship_to={"country": "VN"}), "eu-big")
    gate.flush()
    (decision,) = gate.decisions(["order:big"])["order:big"]
    assert len(decision.content["lines"]) == 5000


def test_events_that_retention_took_undecided_stop_the_worker(gate):
    """The worker names the lost range and exits 1; with --accept-loss it goes on behind it."""
    group = "gate-loss"
    first = gate.worker(group=group).ready()
    gate.send(topics.ORDERS, order("loss-0", "l"), "eu-loss", partition=2)
    gate.flush()
    gate.decisions(["order:loss-0"])
    assert first.stop() == 0
    for number in range(1, 4):
        gate.send(topics.ORDERS, order(f"loss-{number}", "l"), "eu-loss", partition=2)
    gate.flush()
    admin = KafkaAdminClient(bootstrap_servers=gate.settings.brokers)
    end = admin_end(gate, TopicPartition(topics.ORDERS, 2))
    admin.delete_records({TopicPartition(topics.ORDERS, 2): end - 1})
    admin.close()
    refused = gate.worker(group=group)
    assert refused.process.wait(60) == 1
    assert f"orders-2 offsets {end - 3} to {end - 2}" in refused.said()
    gate.worker("--accept-loss", group=group).ready()
    gate.decisions(["order:loss-3"])


def admin_end(gate, partition):
    """The end offset of a partition."""
    consumer = KafkaConsumer(bootstrap_servers=gate.settings.brokers)
    end = consumer.end_offsets([partition])[partition]
    consumer.close()
    return end
