"""Logging, configured once: JSON lines, or colours on a terminal, always on standard error."""

import logging
import sys

import structlog
from structlog.typing import Processor

OURS = ("streams", "rules")
"""The loggers that say what goes on; all others only say what goes wrong."""
RAISED = ("kafka", "aiokafka", "jgo")
"""The loggers of what is raised too, or tried again: without brokers aiokafka says so 200 times a second."""

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(level: int = logging.INFO) -> None:
    """Send what structlog and the standard library's loggers say to standard error.

    `level` is of our own loggers. Tracebacks come without the values of variables: those name parties.
    """
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED, processors=_rendering(sys.stderr.isatty())
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in RAISED:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _rendering(terminal: bool) -> list[Processor]:
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if terminal:
        return [drop, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [drop, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
