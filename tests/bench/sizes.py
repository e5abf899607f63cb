"""How large the gate's decisions are, so that a peer without rules writes as much."""

from statistics import mean
from types import SimpleNamespace

from streams.origin import Origin
from streams.topics import DOWNLOAD_REQUESTS, ORDERS
from tests.bench import events
from tests.bench.same_rules import SameRules

SAMPLE = 5_000
END_USERS = 1_000
NO_HEADERS = SimpleNamespace(headers=())


def sizes_of_decisions() -> tuple[int, int]:
    """The mean bytes of a decision on a download and on an order."""
    rules = SameRules("bench", dict(events.items()), dict(events.end_users(END_USERS)))
    moment, sizes = rules.now(), {DOWNLOAD_REQUESTS: [], ORDERS: []}
    for topic, key, value in events.events(SAMPLE, SAMPLE, END_USERS):
        origin = Origin(topic, 0, 0, 0)
        _, decision, _ = rules.decide(origin, NO_HEADERS, value, rules.end_users[key], moment)
        sizes[topic].append(len(decision))
    return round(mean(sizes[DOWNLOAD_REQUESTS])), round(mean(sizes[ORDERS]))
