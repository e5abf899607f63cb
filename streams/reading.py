"""How far one partition of a table has been read, and since when it is known to be read to the end."""

from time import monotonic

STUCK_AFTER = 10.0
"""Seconds without anything coming, while the end is not reached, after which a reading is stuck."""

NEVER = float("-inf")


class Reading:
    """How far one partition has been read."""

    def __init__(self) -> None:
        self.position: int | None = None
        self.moved = monotonic()
        self.live_from = 0
        self.asked, self.end = NEVER, 0
        self.confirmed = NEVER
        self.newest = 0.0

    @property
    def is_behind(self) -> bool:
        """Whether the end offset that was asked for is still to be reached."""
        return self.asked > self.confirmed

    @property
    def lag(self) -> int:
        """How many offsets lie between the position and the end that was last asked for."""
        return max(0, self.end - (self.position or 0))

    @property
    def is_stuck(self) -> bool:
        """Whether the end is not reached and nothing has come for a while."""
        return self.is_behind and monotonic() - max(self.asked, self.moved) > STUCK_AFTER

    def ask(self, asked: float, end: int) -> None:
        """Take note of the end that there was when it was asked for.

        One before the position says nothing: a new leader lags, or the log is another than was read.
        """
        if self.position is not None and end >= self.position:
            self.asked, self.end = asked, end

    def move(self, position: int) -> None:
        """Take note of how far the consumer has come, and whether that is the end that was asked for."""
        if position != self.position:
            self.position, self.moved = position, monotonic()
        if position >= self.end:
            self.confirmed = self.asked
