"""The chart, rendered."""

from pathlib import Path
from typing import Any

import pytest

from deploy.helm.rendering import EVERYTHING, PLAIN, Manifests, render


@pytest.fixture(params=[PLAIN, EVERYTHING], ids=["plain", "everything"])
def values(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What an installation says: as little as it can, or everything."""
    return request.param


@pytest.fixture
def manifests(tmp_path: Path, values: dict[str, Any]) -> Manifests:
    """What the chart makes of these values."""
    return render(tmp_path, values)


@pytest.fixture
def full(tmp_path: Path) -> Manifests:
    """What the chart makes of everything."""
    return render(tmp_path, EVERYTHING)
