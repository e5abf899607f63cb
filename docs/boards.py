"""The pictures of docs/boards.md: what the boards' queries return of a run, as SVG.

PYTHONPATH=. python docs/boards.py     runs the gate of `make test-deploy` and draws docs/boards/*.svg
"""

import json
import math
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from deploy.tests.monitored import ROOT, Prometheus, monitored

Json = dict[str, Any]
Line = tuple[str, list[tuple[float, float]]]

CELL, UNIT, HEAD = 50, 30, 44
SECONDS = 30
COLOURS = ("#3d71d9", "#1b855e", "#c4622d", "#8f3bb8", "#b8860b", "#c4162a", "#37872d", "#5794f2", "#6e6e6e")
NOTE = "a rendering of this board's queries over a test run, not a screenshot of Grafana"


def main(folder: Path) -> None:
    """Run the watched gate and draw each board into the folder."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, monitored(Path(temporary)) as running:
        for path in sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json")):
            board = json.loads(path.read_text())
            (folder / f"{path.stem}.svg").write_text(picture(board, running.prometheus))


def picture(board: Json, prometheus: Prometheus) -> str:
    """A board as it is now."""
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"])
    height = HEAD + UNIT * bottom
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {24 * CELL} {height}" '
        'font-family="sans-serif" font-size="11" fill="#24292e">',
        '<rect width="100%" height="100%" fill="#f4f5f5"/>',
        text(10, 27, board["title"], "18"),
        text(24 * CELL - 10, 27, NOTE, "12", "end"),
        *(part for panel in board["panels"] for part in drawn(panel, prometheus)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def drawn(panel: Json, prometheus: Prometheus) -> Iterator[str]:
    """A panel in its place: its frame and title, and what its queries return."""
    place = panel["gridPos"]
    x, y = CELL * place["x"], HEAD + UNIT * place["y"]
    width, height = CELL * place["w"], UNIT * place["h"]
    if panel["type"] == "row":
        yield text(x + 10, y + 20, panel["title"], "14")
        return
    yield box(x + 3, y + 3, width - 6, height - 6, "#fff")
    yield text(x + 12, y + 21, panel["title"], "12")
    unit = panel["fieldConfig"]["defaults"]["unit"]
    kinds = {"timeseries": lines, "stat": one_number, "bargauge": bars, "table": rows}
    yield f'<svg x="{x + 12}" y="{y + 30}" width="{width - 24}" height="{height - 40}">'
    yield from kinds[panel["type"]](list(returned(panel, prometheus)), unit, width - 24, height - 40)
    yield "</svg>"


def returned(panel: Json, prometheus: Prometheus) -> Iterator[Line]:
    """What the queries of a panel return: each series with its legend and its numbers in time."""
    now = time.time()
    for target in panel["targets"]:
        query = re.sub(
            r"\$\w+", ".*", target["expr"].replace("$__rate_interval", "15s").replace("$__range", "1h")
        )
        if target["range"]:
            span = {"start": now - SECONDS, "end": now, "step": 1}
            found = prometheus.ask("query_range", query=query, **span)["result"]
        else:
            found = prometheus.ask("query", query=query)["result"]
        for each in found:
            points = [(at, float(value)) for at, value in each.get("values") or [each["value"]]]
            yield legend(target["legendFormat"], each["metric"]), [p for p in points if math.isfinite(p[1])]


def legend(form: str, labels: Json) -> str:
    """The legend of a series; where none is given, its labels."""
    shown = {name: value for name, value in labels.items() if name not in ("__name__", "job", "alertstate")}
    if not form:
        return "   ".join(shown.values())
    return re.sub(r"\{\{(\w+)\}\}", lambda name: labels.get(name[1], ""), form).strip()


def lines(series: list[Line], unit: str, width: float, height: float) -> Iterator[str]:
    """Each series as a line over time, with a scale and a legend."""
    names = side_by_side([name for name, _ in series], width)
    bottom = height - 14 * (1 + max((line for _, line, _ in names), default=0)) - 9
    top = max((value for _, points in series for _, value in points), default=0.0) or 1.0
    end = max((at for _, points in series for at, _ in points), default=0.0)
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (bottom - 12)
        yield f'<line x1="58" x2="{width}" y1="{y:.0f}" y2="{y:.0f}" stroke="#eee"/>'
        yield text(52, y + 4, spoken(share * top, unit), anchor="end")
    for number, (_, points) in enumerate(series):
        path = " ".join(
            f"{58 + (width - 58) * (1 - (end - at) / SECONDS):.1f},{bottom - value / top * (bottom - 12):.1f}"
            for at, value in points
        )
        colour = COLOURS[number % len(COLOURS)]
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        right, line, name = names[number]
        yield box(right, bottom + 12 + 14 * line, 10, 3, colour)
        yield text(right + 14, bottom + 17 + 14 * line, name)


def side_by_side(names: Iterable[str], width: float) -> list[tuple[float, int, str]]:
    """The legends with their place: how far to the right, and on which line."""
    placed: list[tuple[float, int, str]] = []
    x, line = 0.0, 0
    for name in names:
        needed = 24 + sum(8.0 if letter.isupper() else 6.2 for letter in name)
        if x and x + needed > width:
            x, line = 0.0, line + 1
        placed.append((x, line, name))
        x += needed
    return placed


def one_number(series: list[Line], unit: str, width: float, height: float) -> Iterator[str]:
    """The last number, large."""
    value = series[0][1][-1][1] if series and series[0][1] else math.inf
    yield text(width / 2, height / 2 + 12, spoken(value, unit), "26", "middle")


def bars(series: list[Line], unit: str, width: float, height: float) -> Iterator[str]:
    """A bar for each series, the longest for the largest."""
    top = max((points[-1][1] for _, points in series), default=0.0) or 1.0
    pitch = min(22.0, height / max(1, len(series)))
    for number, (name, points) in enumerate(series):
        y = pitch * (number + 0.8)
        yield text(200, y, name, str(min(11.0, pitch)), "end")
        yield box(206, y - pitch * 0.6, (width - 260) * points[-1][1] / top, pitch * 0.7, COLOURS[0])
        yield text(width, y, spoken(points[-1][1], unit), str(min(11.0, pitch)), "end")


def rows(series: list[Line], unit: str, width: float, height: float) -> Iterator[str]:
    """A row for each series: its labels and its number."""
    ordered = sorted(series, key=lambda line: -line[1][-1][1])
    for number, (name, points) in enumerate(ordered[: int(height // 17)]):
        yield text(0, 17 * number + 12, name)
        yield text(width, 17 * number + 12, spoken(points[-1][1], unit), anchor="end")


def spoken(value: float, unit: str) -> str:
    """A number as a person says it."""
    if not math.isfinite(value):
        return "-"
    if unit == "short":
        return f"{value:,.0f}"
    if unit == "percentunit":
        return f"{value:.1%}"
    if unit == "bytes":
        return f"{value / 2**20:,.0f} MiB"
    if unit == "s":
        for name, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3)):
            if value >= size:
                return f"{value / size:.3g} {name}"
        return f"{value * 1e6:.3g} µs" if value else "0 s"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2g}"


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A filled rectangle."""
    size = f'width="{width:.1f}" height="{height:.1f}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{colour}"/>'


def text(x: float, y: float, words: str, size: str = "11", anchor: str = "start") -> str:
    """Words at a place."""
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}">{escape(words)}</text>'


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent / "boards")
