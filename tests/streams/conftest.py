"""What tests of one piece of the stream may ask for."""

import pytest

from tests.streams.own_topics import new_topic


@pytest.fixture
def topic(broker: str) -> str:
    """A compacted topic of the test's own."""
    return new_topic(broker)
