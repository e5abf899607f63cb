"""The Faust agents: one a source topic, each handing fetched batches to the lane of their partition."""

from typing import Any

import faust

from streams.lanes import Lanes
from streams.topics import SOURCES


def add_agents(app: faust.App, lanes: Lanes) -> None:
    """Declare the agents of the source topics; lanes commit, so nothing is acknowledged to Faust."""

    async def hand_over(stream: Any) -> None:
        async for event in stream.noack().events():
            await lanes.take(event.message.value, epoch=event.message.key)

    for topic in SOURCES:
        source = app.topic(
            topic, key_serializer="raw", value_serializer="raw", key_type=None, value_type=None
        )
        app.agent(source, name=topic)(hand_over)
