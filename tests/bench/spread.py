"""Figures of several repetitions, as a person reads them: the median, and the least and the most."""

from collections.abc import Sequence
from statistics import median


def spread(values: Sequence[float], form: str = ",.0f") -> str:
    """`1,200 (1,100 to 1,300)`; just the figure where there is one."""
    middle = format(median(values), form)
    if len(values) < 2:
        return middle
    return f"{middle} ({min(values):{form}} to {max(values):{form}})"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours to theirs, repetition by repetition."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]
