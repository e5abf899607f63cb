"""Whether a worker counts as making progress: what a restart would bring is the measure."""

from types import SimpleNamespace

from aiokafka.structs import TopicPartition

from streams.progress import STANDSTILL_SECONDS, Progress
from streams.settings import Settings
from streams.topics import ORDERS

TP = TopicPartition(ORDERS, 0)
EVENTS = 10


def moving(*positions: int, waits: bool = False) -> bool:
    """What is said at the last of several looks, half a minute apart, at a lane that stands there then."""
    it = Progress(Settings(), SimpleNamespace(open={}))
    for position in positions:
        lane = SimpleNamespace(
            undecided_since=lambda tp: None, position={TP: position}, waits_for_tables=waits
        )
        for before in it._partitions.values():
            before.moved -= STANDSTILL_SECONDS + 1
            before.waited -= STANDSTILL_SECONDS + 1
        it._partitions = {TP: it._partition(lane, TP, 0, EVENTS)}
    return it.moving


def test_events_that_could_be_decided_and_are_not_are_a_standstill():
    """No decision for half a minute while there are events."""
    assert not moving(3, 3)


def test_a_decision_or_nothing_to_decide_is_none():
    """One decision in half a minute is progress, and so is an end of the work."""
    assert moving(3)
    assert moving(3, 4)
    assert moving(EVENTS, EVENTS)


def test_waiting_for_reference_data_is_none():
    """A restart would wait for it too."""
    assert moving(3, 3, waits=True)
