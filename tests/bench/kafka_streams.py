"""Kafka Streams made ready: its jars fetched, the Java peer compiled with the machine's JDK."""

import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import jgo

KAFKA_STREAMS = ("org.apache.kafka:kafka-streams:4.3.1", "org.slf4j:slf4j-nop:1.7.36")
"""The Maven coordinates; Kafka Streams brings Jackson along."""

SOURCE = files("tests.bench") / "KafkaStreamsPeer.java"


class NoJdk(Exception):
    """There is no JDK on this machine."""


def compiled(folder: Path) -> list[str]:
    """Compile the peer into `folder`; give the Java command line up to its arguments. Raises NoJdk."""
    compiler, java = shutil.which("javac"), shutil.which("java")
    if compiler is None or java is None:
        raise NoJdk("no JDK here (javac and java): Kafka Streams is not measured")
    jars = os.pathsep.join(str(jar) for part in KAFKA_STREAMS for jar in jgo.build(part).all_jars)
    subprocess.run([compiler, "-cp", jars, "-d", str(folder), str(SOURCE)], check=True)
    return [java, "-cp", f"{folder}{os.pathsep}{jars}", "KafkaStreamsPeer"]
