"""The daily sweep of `screening.holds` beside the work of a lane."""

from types import SimpleNamespace

from streams import sweep, topics
from streams.screening import Screening


def opened():
    """A lane that keeps its errands, and its screening, with nothing behind either."""
    screening = Screening.__new__(Screening)
    screening.written = set()
    errands = []
    return SimpleNamespace(number=3, work=screening, also=errands.append), screening, errands


def deletions(errands):
    """The keys that the errands delete."""
    puts = []
    for errand in errands:
        errand(SimpleNamespace(put=lambda *record: puts.append(record)))
    assert all((topic, number, value) == (topics.HOLDS, 3, None) for topic, number, _, value, _ in puts)
    return {key for _, _, key, _, _ in puts}


def test_what_was_held_again_while_it_was_read_stays():
    """A key that the lane wrote since the reading began is not deleted."""
    lane, screening, errands = opened()
    sweep.delete(lane, screening, [b"download:old", b"order:lifted"])
    screening.written.add(b"order:lifted")
    assert deletions(errands) == {b"download:old"}
    assert screening.written is None


def test_a_lane_that_was_opened_anew_is_not_swept_by_an_old_reading():
    """What was read before the lane changed hands deletes nothing."""
    lane, screening, errands = opened()
    sweep.delete(lane, screening, [b"download:old"])
    lane.work = None
    assert deletions(errands) == set()


def test_nothing_expired_is_no_transaction():
    """Where nothing is to be deleted the lane is left in peace."""
    lane, screening, errands = opened()
    sweep.delete(lane, screening, [])
    assert errands == []
    assert screening.written is None
