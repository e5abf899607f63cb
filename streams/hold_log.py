"""One log line a hold, with its reasons and no party's name."""

import sys
from collections.abc import Iterable

import orjson
import structlog

from rules import Outcome


class HoldLog:
    """Writes what is held: JSON on one line each, or for a person on a terminal.

    Apart from the other logs, because there can be tens of thousands a second.
    """

    def __init__(self) -> None:
        self._log = _terminal() if sys.stderr.isatty() else _json_lines()

    def write(self, holds: Iterable[tuple[str, str, Outcome]]) -> None:
        """Log each (subject, decision_id, outcome)."""
        for subject, decision_id, outcome in holds:
            self._log.info(
                "hold",
                subject=subject,
                decision_id=decision_id,
                hold_type=outcome.hold_type,
                codes=outcome.codes,
            )


def _json_lines() -> structlog.typing.FilteringBoundLogger:
    return structlog.wrap_logger(  # type: ignore[no-any-return]
        structlog.BytesLogger(sys.stderr.buffer),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        cache_logger_on_first_use=True,
    )


def _terminal() -> structlog.typing.FilteringBoundLogger:
    return structlog.get_logger("streams.holds")  # type: ignore[no-any-return]
