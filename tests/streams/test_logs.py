"""Logs, as a program and as a person read them."""

import json
import subprocess
import sys

SCRIPT = """
import logging, structlog
from streams import logs

logs.configure()
log = structlog.get_logger("streams.example")
log.info("lane opened", partition=3)
logging.getLogger("faust").info("starting")
logging.getLogger("asyncio").warning("no %s", "leader")
logging.getLogger("kafka.net").error("connection failed")
logging.getLogger("aiokafka.client").error("connection failed")
try:
    party_name = bytes.fromhex("41636d65").decode()
    raise ValueError("wrong")
except ValueError:
    log.exception("screening failed")
"""


def _lines() -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], text=True, capture_output=True, check=True, timeout=60
    )
    assert done.stdout == ""
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_json_lines_where_there_is_no_terminal():
    """Each log is one line of JSON on standard error, ours and the libraries' alike."""
    opened, leader, _ = _lines()

    assert (opened["event"], opened["level"], opened["logger"]) == ("lane opened", "info", "streams.example")
    assert opened["partition"] == 3
    assert opened["timestamp"].endswith("Z")
    assert (leader["event"], leader["level"], leader["logger"]) == ("no leader", "warning", "asyncio")


def test_a_traceback_names_no_party():
    """What a variable held when something failed is not logged, what failed is."""
    failed = _lines()[-1]

    assert "ValueError: wrong" in failed["exception"]
    assert "Acme" not in json.dumps(failed)
