"""Two pictures: throughput beside the peers, latency against load."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.bench.report import Result, peers, runs_of

mpl.rcParams["svg.hashsalt"] = "exportgate"


def draw(result: Result, folder: Path) -> list[Path]:
    """Write the pictures for which there are figures; give their paths."""
    drawn = []
    if result["throughput"]:
        drawn.append(_picture(folder / "throughput.svg", lambda axes: _throughput(result, axes)))
    if result["latency"]:
        drawn.append(_picture(folder / "latency.svg", lambda axes: _latency(result, axes)))
    return drawn


def _picture(path: Path, fill: Callable[[Axes], None]) -> Path:
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    fill(figure.subplots())
    figure.savefig(path, metadata={"Date": None})
    return path


def _throughput(result: Result, axes: Axes) -> None:
    names = peers(result)[::-1]
    rates = [[run["warm"] for run in runs_of(result, name)] for name in names]
    middles = [median(each) for each in rates]
    errors = [
        [middle - min(each) for middle, each in zip(middles, rates, strict=True)],
        [max(each) - middle for middle, each in zip(middles, rates, strict=True)],
    ]
    colours = ["tab:orange" if name.startswith("exportgate") else "tab:gray" for name in names]
    bars = axes.barh(names, middles, xerr=errors, color=colours, capsize=3)
    axes.bar_label(bars, [f" {middle:,.0f}" for middle in middles], padding=4)
    axes.set_xlabel("decisions a second, warm: the median, the least and the most")
    axes.spines[["top", "right"]].set_visible(False)


def _latency(result: Result, axes: Axes) -> None:
    rates = sorted({each["rate"] for each in result["latency"]})
    for part, words in (("p50", "p50"), ("p99", "p99"), ("p999", "p99.9")):
        axes.plot(rates, [_median(result, rate, part) for rate in rates], marker="o", label=words)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(rates, [f"{rate:,}" for rate in rates])
    axes.set_xlabel("events a second, open loop")
    axes.set_ylabel("milliseconds to a read_committed reader")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()


def _median(result: Result, rate: int, part: str) -> Any:
    return median(each[part] for each in result["latency"] if each["rate"] == rate)
