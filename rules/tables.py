"""The packaged tables: CSV files with their source and date at the top."""

from __future__ import annotations

import csv
from importlib import resources


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>.csv` by column; lines that begin with # are its source and date."""
    text = resources.files("rules").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
