"""An event joined with what is on record of its end user, and decided: by a worker, or to see beforehand."""

from typing import TypeAlias

import rules
from rules import Destinations, EndUser, InvalidEvent, Outcome, Parties, UnreadableRecord
from streams import topics
from streams.decision import Event
from streams.reference_data import ReferenceData

OnRecord: TypeAlias = EndUser | UnreadableRecord | None


def on_record(event: Event, reference: ReferenceData, partition: int) -> OnRecord:
    """What is on record of the event's end user in a partition; LookupError for one that is not read here."""
    end_user_id = event.end_user_id
    return None if end_user_id is None else reference.end_user(partition, end_user_id)


def elsewhere(event: Event, found: OnRecord, reference: ReferenceData, partition: int) -> int | None:
    """The partition of the event's end user, where that is another and nothing is known of them here."""
    if found is not None or event.end_user_id is None:
        return None
    home = reference.home(event.end_user_id)
    return None if home == partition else home


def outcome_of(
    event: Event,
    found: OnRecord,
    reference: ReferenceData,
    partition: int,
    destinations: Destinations,
    parties: Parties,
) -> Outcome:
    """What comes of an event by what was `found` of its end user in the partition that is their home."""
    if isinstance(event, InvalidEvent):
        return rules.invalid(event)
    if event.end_user_id is not None and found is None and not reference.believed_absent(partition):
        return rules.unavailable(
            f"the end user was not found, and {topics.END_USERS} is not partitioned by murmur2: "
            "load the end users with Kafka's default partitioner"
        )
    return rules.screen(event, destinations, reference.items.view, found, parties)
