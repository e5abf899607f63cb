"""The outcomes that were found, so that what comes again is not decided anew."""

from __future__ import annotations

from rules.circumstances import Circumstances, ItemFacts
from rules.outcome import Outcome

MOST = 50_000


class Outcomes:
    """Outcomes by circumstances, and of each by lines; when there are too many, all are forgotten.

    In two steps, because to find what is equal its facts have to be read: those of a few thousand
    circumstances stay in the processor's cache, those of each with each item do not.
    """

    def __init__(self) -> None:
        self._by_circumstances: dict[Circumstances, dict[tuple[ItemFacts, ...], Outcome]] = {}
        self._left = MOST

    def get(self, circumstances: Circumstances, lines: tuple[ItemFacts, ...]) -> Outcome | None:
        """What was decided of these lines in these circumstances; None where that is not remembered."""
        by_lines = self._by_circumstances.get(circumstances)
        return None if by_lines is None else by_lines.get(lines)

    def put(self, circumstances: Circumstances, lines: tuple[ItemFacts, ...], outcome: Outcome) -> None:
        """Remember what was not remembered yet."""
        if self._left == 0:
            self.clear()
        self._by_circumstances.setdefault(circumstances, {})[lines] = outcome
        self._left -= 1

    def clear(self) -> None:
        """Forget everything."""
        self._by_circumstances, self._left = {}, MOST
