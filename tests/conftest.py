"""What every test may ask for: one real Kafka for the whole run."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from streams.broker import running_broker

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The address of a real broker, started by `exportgate broker` when the first test asks for it."""
    with running_broker() as address:
        yield address
