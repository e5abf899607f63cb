"""Which decision holds an order, and what may lift it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from streams.holds import Expiry, Hold, Holds, read_hold_record

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def record(decision="hold", **fields):
    """A record of `screening.holds`."""
    content = {"decision_id": "d1", "decision": decision, "decided_at": NOON, "end_user_id": "eu-1"} | fields
    return read_hold_record(msgspec.json.encode(content))


def decide(holds, decision_id, hold_type, *, end_user_id="eu-1", occurred_at=NOON):
    """Decide on the one order of these tests, and take that in."""
    stand = holds.decide("order:o", end_user_id, occurred_at, decision_id, hold_type)
    if stand.changed:
        hold = None if hold_type is None else Hold(decision_id, end_user_id, occurred_at, hold_type, NOON)
        holds.take("order:o", hold)
    return stand


def test_release_lifts_the_hold_that_it_names():
    """A later release of the same end user's lifts the hold and supersedes it."""
    holds = Holds()
    assert decide(holds, "d1", "review") == ("held", None, True)
    assert decide(holds, "d2", None, occurred_at=NOON + timedelta(minutes=1)) == ("released", "d1", True)
    assert len(holds) == 0


def test_release_of_an_order_that_was_never_held_changes_nothing():
    """Where nothing is held, a release supersedes nothing and `screening.holds` is not written."""
    assert decide(Holds(), "d1", None) == ("released", None, False)


def test_older_event_lifts_nothing():
    """An event that occurred before the held one and arrives late is published, and the hold stays."""
    holds = Holds()
    decide(holds, "d1", "review")
    assert decide(holds, "d2", None, occurred_at=NOON - timedelta(seconds=1)) == ("held", None, False)
    assert "order:o" in holds


def test_another_end_user_lifts_nothing():
    """The same order of another end user is another order: the first one's hold stays."""
    holds = Holds()
    decide(holds, "d1", "review")
    assert decide(holds, "d2", None, end_user_id="eu-2") == ("held", None, False)


def test_another_hold_replaces_the_hold():
    """An amended order that is held for other reasons supersedes the first hold; that is then what stands."""
    holds = Holds()
    decide(holds, "d1", "review")
    assert decide(holds, "d2", "license_required") == ("held", "d1", True)
    assert decide(holds, "d3", None) == ("released", "d2", True)


def test_repeated_event_does_not_replace_itself():
    """The same event once more has the same decision, which supersedes nothing."""
    holds = Holds()
    decide(holds, "d1", "review")
    assert decide(holds, "d1", "review") == ("held", None, False)


def test_hold_of_unreadable_time_yields_to_the_corrected_event():
    """An order held because its time could not be read is lifted by the corrected one."""
    holds = Holds()
    decide(holds, "d1", "review", occurred_at=None)
    assert decide(holds, "d2", None) == ("released", "d1", True)


def test_what_is_held_is_read_back_from_the_topic():
    """A hold, then the release that lifts it, then a tombstone: after a restart the same stands."""
    holds = Holds()
    holds.read("order:o", record(hold_type="review", occurred_at=NOON))
    assert decide(holds, "d2", None) == ("released", "d1", True)
    holds.read("order:p", record())
    holds.read("order:p", record("release"))
    holds.read("download:x", record())
    assert len(holds) == 0


def test_record_that_is_no_hold_is_refused():
    """A record of another shape raises, so that the reader can say which it was."""
    with pytest.raises(msgspec.MsgspecError):
        read_hold_record(b'{"decision": 5}')


def test_what_may_be_deleted_from_the_topic():
    """A lifted hold goes after a week, a download's after a month, an order's never."""
    expiry = Expiry(download_hold=timedelta(days=30), lifted_hold=timedelta(days=7))
    week, month = NOON + timedelta(days=8), NOON + timedelta(days=31)
    assert expiry.has_come("order:o", record("release"), week)
    assert not expiry.has_come("download:x", record(), week)
    assert expiry.has_come("download:x", record(), month)
    assert not expiry.has_come("order:o", record(), month)
