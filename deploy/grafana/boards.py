"""The boards of Grafana: `python deploy/grafana/boards.py` writes them as JSON.

A folder as its argument takes the place of deploy/grafana/dashboards.
"""

import json
import sys
from pathlib import Path

from blocked import BLOCKED
from overview import OVERVIEW
from reference import REFERENCE
from workers import WORKERS

BOARDS = (OVERVIEW, BLOCKED, REFERENCE, WORKERS)


def main(folder: Path) -> None:
    """Write each board to the folder, in a file named after it."""
    for board in BOARDS:
        text = json.dumps(board.json(), indent=2, ensure_ascii=False)
        (folder / f"{board.uid}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent / "dashboards")
