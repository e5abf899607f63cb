"""What the benchmark gives its peers, and how it reads what they did."""

from collections import Counter
from itertools import islice
from types import SimpleNamespace

import msgspec

import rules
from streams.origin import Origin
from streams.topics import DOWNLOAD_REQUESTS, ORDERS
from tests.bench import events
from tests.bench.report import WORKER, report
from tests.bench.same_rules import SameRules
from tests.bench.sizes import sizes_of_decisions
from tests.bench.spread import ratios, spread

END_USERS = 1_000


def test_events_are_as_many_as_was_said_and_evenly_mixed():
    """So many downloads and orders, each of another subject, ten downloads to an order from the start on."""
    made = list(events.events(5_000, 500, END_USERS))
    assert Counter(topic for topic, _, _ in made) == {DOWNLOAD_REQUESTS: 5_000, ORDERS: 500}
    assert len({rules.read_event(value).subject for _, _, value in made}) == 5_500
    assert Counter(topic for topic, _, _ in made[:1_100])[ORDERS] == 100


def test_the_same_numbers_give_the_same_events():
    """Every peer is given the same, and so is the next run."""
    assert list(events.events(200, 20, END_USERS)) == list(events.events(200, 20, END_USERS))


def test_an_event_is_keyed_by_an_end_user_on_record():
    """The key is the end user's whom the event names, and there is a record of them."""
    on_record = dict(events.end_users(END_USERS))
    for _, key, value in events.events(500, 50, END_USERS):
        assert rules.read_event(value).end_user_id == key.decode()
        assert rules.read_end_user(on_record[key]).end_user_id == key.decode()


def test_there_are_five_thousand_distinct_facts():
    """As many as the benchmark says: half of them of downloads, half of lines of orders."""
    same = SameRules("bench", dict(events.items()), dict(events.end_users(END_USERS)))
    facts = set()
    for _, key, value in events.events(40_000, 8_000, END_USERS):
        event, end_user = rules.read_event(value), rules.read_end_user(same.end_users[key])
        profile = (event.subject_type, end_user.country, end_user.category)
        lines = (
            [("1", event)]
            if event.subject_type == "download"
            else zip(event.line_ids, event.lines, strict=True)
        )
        facts |= {(*profile, line_id, line.sku) for line_id, line in lines}
    assert len(facts) == 5_000


def test_a_peer_decides_by_the_same_rules():
    """What a peer writes is a decision on its event, with the outcome that the rules give."""
    same = SameRules("bench", dict(events.items()), dict(events.end_users(END_USERS)))
    record, outcomes = SimpleNamespace(headers=()), set()
    for topic, key, value in islice(events.events(500, 50, END_USERS), 300):
        on_record = same.end_users[key]
        subject, written, headers = same.decide(Origin(topic, 1, 2, 3), record, value, on_record, same.now())
        decision, event = msgspec.json.decode(written), rules.read_event(value)
        end_user = rules.read_end_user(on_record)
        outcome = rules.screen(event, same.destinations, same.items, end_user)
        assert subject.decode() == event.subject
        assert decision["decision"] == outcome.decision
        assert ("event_offset", b"2") in headers
        outcomes.add(outcome.decision)
    assert outcomes == {"hold", "release"}


def test_sizes_are_those_of_decisions():
    """An order's decision, of five lines, is larger than a download's."""
    download, order = sizes_of_decisions()
    assert 400 < download < order < 4_000


def test_a_ratio_compares_runs_of_the_same_repetition():
    """The spread is of the ratios, not of the rates that drift together."""
    assert ratios([100, 50], [50, 25]) == [2, 2]
    assert spread([2.0, 2.0], ".2f") == "2.00 (2.00 to 2.00)"
    assert spread([1_234.0]) == "1,234"


def test_the_table_says_how_many_events_a_slow_peer_was_given():
    """A peer's row has its own number of events, and the worker's ratio to it."""
    runs = [_run(WORKER, 2_000, 90.0), _run("stock Faust", 10, 3.0)]
    told = report(_result(throughput=runs, missing=["no JDK here"]))
    row = next(line for line in told.splitlines() if line.startswith("| stock Faust"))
    assert [cell.strip() for cell in row.split("|")][1:5] == ["stock Faust", "same rules", "10", "3"]
    assert "| 30.00 | 20 |" in row
    assert "no JDK here" in told


def _run(peer: str, count: int, warm: float) -> dict:
    return {
        "peer": peer,
        "does": "same rules",
        "events": count,
        "warm": warm,
        "cold": None,
        "processor_microseconds": 1.0,
        "decision_bytes": 700.0,
    }


def _result(**measured: list) -> dict:
    parts = (
        "throughput",
        "missing",
        "latency",
        "takeover",
        "soak",
        "holds",
        "readiness",
        "screening",
        "parties",
        "scaling",
    )
    machine = {
        "date": "2026-11-24",
        "commit": "0",
        "processor": "made up",
        "cores": 2,
        "memory_gb": 8,
        "system": "Linux",
        "python": "3.11",
        "kafka": "4.3.1",
        "java_of_kafka_streams": None,
        "libraries": {"aiokafka": "0.14.0"},
        "load_before": 0.0,
    }
    plan = {"downloads": 2_000, "orders": 200, "end_users": 10, "partitions": 8, "repetitions": 1}
    return {"machine": machine, "plan": plan} | {part: [] for part in parts} | measured
