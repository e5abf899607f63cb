"""What every test may ask for: one real Kafka for the whole run."""

from collections.abc import Iterator

import pytest

from streams.broker import running_broker


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The address of a real broker, started by `exportgate broker` when the first test asks for it."""
    with running_broker() as address:
        yield address
