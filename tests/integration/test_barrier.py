"""A worker that starts with many end users to read decides nothing before it has read them."""

from streams import topics

END_USERS = 200_000


def _end_user(number: int) -> dict:
    return {
        "end_user_id": f"eu-barrier-{number}",
        "name": "Acme GmbH",
        "country": "CU" if number % 2 else "DE",
        "category": "private_company",
    }


def _request(number: int) -> dict:
    """A request that would be released if its end user's record were not known."""
    return {
        "event_id": f"evt-barrier-{number}",
        "request_id": f"dl-barrier-{number}",
        "occurred_at": "2026-11-24T10:00:00Z",
        "end_user_id": f"eu-barrier-{number}",
        "end_user": {"name": "Acme GmbH", "country": "DE", "category": "private_company"},
        "eccn": "4D004",
        "declared_country": "DE",
        "ip_country": "DE",
    }


def test_a_worker_decides_nothing_before_it_has_read_its_end_users(gate):
    """Events that wait while 200,000 end users are read are decided with the record of each."""
    gate.load(end_users=map(_end_user, range(END_USERS)))
    numbers = range(END_USERS - 1000, END_USERS)
    for number in numbers:
        gate.send(topics.DOWNLOAD_REQUESTS, _request(number), f"eu-barrier-{number}")
    gate.flush()

    gate.worker()
    decided = gate.decisions([f"download:dl-barrier-{number}" for number in numbers])

    for number in numbers:
        (decision,) = decided[f"download:dl-barrier-{number}"]
        assert ("ACE_C1" in decision.codes) == bool(number % 2), "Cuban on record, German by the event"
