"""The machine that was measured on."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from streams.broker import KAFKA

LIBRARIES = ("faust-streaming", "aiokafka", "msgspec", "orjson", "uvloop", "quixstreams", "confluent-kafka")


def described() -> dict[str, object]:
    """What it is, what ran on it and when."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _said("git", "rev-parse", "--short", "HEAD"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": platform.platform(),
        "python": f"{platform.python_version()} ({Path(sys.executable).resolve()})",
        "kafka": KAFKA[0].rpartition(":")[2],
        "java_of_kafka_streams": _said("java", "--version"),
        "libraries": {name: version(name) for name in LIBRARIES},
        "load_before": os.getloadavg()[0],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _said(*command: str) -> str | None:
    """The first line of what a command says, None where there is no such command."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError):
        return None
