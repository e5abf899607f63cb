"""The boards as Grafana's own model of them reads them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.deploy.test_boards import BOARDS


def lost(given: Any, read: Any, path: str = "") -> Iterator[str]:
    """The paths of what is given and was not read, or was read as something else."""
    if isinstance(given, dict) and isinstance(read, dict):
        for key, value in given.items():
            yield from lost(value, read.get(key, "nothing"), f"{path}.{key}")
    elif isinstance(given, list) and isinstance(read, list) and len(given) == len(read):
        for number, (value, other) in enumerate(zip(given, read, strict=True)):
            yield from lost(value, other, f"{path}[{number}]")
    elif given != read:
        yield f"{path}: {given!r} was read as {read!r}"


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_grafana_knows_every_key_of_a_board(board):
    """Nothing of a board is misspelled: all of it comes back from Grafana's model."""
    register_default_plugins()
    text = json.dumps(board)
    read = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(json.loads(text))))
    assert list(lost(json.loads(text), read)) == []
