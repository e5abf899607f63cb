"""Where an event came from, whatever its headers hold."""

from types import SimpleNamespace

import pytest
from aiokafka.structs import TopicPartition

from streams import topics
from streams.decision_log import event_of
from streams.origin import Origin, origin_of, trace_of

FORWARDED = (
    ("event_topic", b"orders"),
    ("event_partition", b"3"),
    ("event_offset", b"7"),
    ("event_timestamp", b"1000"),
)


def forwarded(*headers) -> SimpleNamespace:
    """A record that was sent on, with headers of its own instead of those that a worker writes."""
    return SimpleNamespace(offset=9, timestamp=2000, headers=[*(dict(FORWARDED) | dict(headers)).items()])


def test_what_was_sent_on_says_where_it_came_from():
    """Topic, partition, offset and time are those of the first place."""
    tp = TopicPartition(topics.REPARTITION, 1)
    assert origin_of(tp, forwarded()) == Origin("orders", 3, 7, 1000, forwarded=True)


@pytest.mark.parametrize("name", dict(FORWARDED))
@pytest.mark.parametrize("value", [None, b"\xff"])
def test_headers_that_cannot_be_read_leave_the_place_where_the_record_lies(name, value):
    """Nobody but a worker writes them; a record that somebody else wrote stops no lane."""
    tp = TopicPartition(topics.REPARTITION, 1)
    assert origin_of(tp, forwarded((name, value))) == Origin(tp.topic, 1, 9, 2000, forwarded=True)


@pytest.mark.parametrize("value", [None, b"\xff"])
def test_a_trace_context_that_is_no_text_is_not_passed_on(value):
    """A consumer that reads headers as text does not stumble over a producer's mistake."""
    assert trace_of([("traceparent", value)]) == []
    assert trace_of([("traceparent", b"00-1-2-01")]) == [("traceparent", b"00-1-2-01")]


def test_a_decision_names_its_event_whatever_other_headers_it_has():
    """Only the three headers that say so are read."""
    record = SimpleNamespace(headers=[*FORWARDED[:3], ("traceparent", b"\xff"), ("x", None)])
    assert event_of(record) == (TopicPartition("orders", 3), 7)
