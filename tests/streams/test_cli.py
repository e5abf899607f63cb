"""The command line: what a person sees, and the exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from streams import cli
from streams.broker import free_port
from streams.settings import table

EVENT = {
    "event_id": "evt-1",
    "request_id": "dl-1",
    "occurred_at": "2026-11-24T10:00:00Z",
    "declared_country": "IR",
    "eccn": "4D004",
}


def _run(*arguments: str, stdin: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "streams.cli", *arguments],
        input=stdin,
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
        env=os.environ | environment,
    )


def _is_one_line(said: str) -> bool:
    return said.startswith("exportgate: ") and said.count("\n") == 1 and "Traceback" not in said


def test_help_names_every_command():
    """`--help` shows all."""
    shown = _run("--help").stdout

    for command in (
        "broker",
        "topics",
        "reference",
        "send",
        "worker",
        "screen",
        "explain",
        "settings",
        "demo",
    ):
        assert command in shown


def test_settings_are_shown_with_their_values():
    """Every variable, its value and what it means."""
    shown = _run("settings", EXPORTGATE_PARTITIONS="3").stdout

    for setting in table().values():
        assert setting.variable in shown
        assert setting.meaning in shown
    assert "EXPORTGATE_PARTITIONS=3\n" in shown


@pytest.mark.parametrize("command", ["broker", "worker", "send", "settings", "demo"])
def test_a_wrong_setting(command):
    """A wrong setting is one line and exit status 1, whatever the command."""
    done = _run(command, EXPORTGATE_PARTITIONS="eight")

    assert (done.returncode, done.stdout) == (1, "")
    assert _is_one_line(done.stderr)
    assert "EXPORTGATE_PARTITIONS is 'eight'" in done.stderr


@pytest.mark.parametrize(
    "command", [("topics", "create"), ("reference", "load"), ("worker",), ("send", os.devnull)]
)
def test_no_broker(command):
    """Without a broker, every command that needs one says so in one line."""
    done = _run(*command, EXPORTGATE_BROKERS="127.0.0.1:1")

    assert done.returncode == 1
    assert _is_one_line(done.stderr)
    assert "no Kafka broker answers at 127.0.0.1:1" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("screen",), ("screen", "-"), ("topics", "delete"), ("worker", "--nonsense")]
)
def test_wrong_usage(arguments):
    """Wrong usage is exit status 2."""
    assert _run(*arguments).returncode == 2


def test_a_missing_folder(tmp_path):
    """A reference folder that is not there is one line that names it."""
    done = _run("screen", "--reference", str(tmp_path / "none"), os.devnull)

    assert done.returncode == 1
    assert _is_one_line(done.stderr)
    assert "none" in done.stderr


def test_a_data_folder_that_cannot_be(tmp_path):
    """Where EXPORTGATE_DATA_DIR is a file, the line names the setting."""
    file = tmp_path / "file"
    file.touch()
    done = _run("broker", EXPORTGATE_BROKERS=f"127.0.0.1:{free_port()}", EXPORTGATE_DATA_DIR=str(file))

    assert done.returncode == 1
    assert _is_one_line(done.stderr)
    assert "set EXPORTGATE_DATA_DIR" in done.stderr


@pytest.mark.parametrize("arguments", [("settings",), ("--help",), ("screen", "--reference", ".", "-")])
def test_an_output_that_is_full(arguments):
    """What standard output does not take is one line and exit status 1."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "streams.cli", *arguments],
            input=json.dumps(EVENT),
            text=True,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )

    assert done.returncode == 1
    assert _is_one_line(done.stderr)
    assert "No space left on device" in done.stderr


def test_explain_shows_the_walk(tmp_path):
    """Through a pipe `explain` is plain: the outcome, each paragraph, what it found and its citation."""
    done = _run(
        "explain", "--reference", str(tmp_path), "--no-restricted-parties", "-", stdin=json.dumps(EVENT)
    )

    assert done.returncode == 0
    assert done.stdout.startswith("download:dl-1: hold, license_required\n")
    assert "restricted: ACE_C1, 15 CFR 740.22(c)(1)" in done.stdout
    assert "clear: ACE_C5, 15 CFR 740.22(c)(5)" in done.stdout
    assert "\x1b" not in done.stdout
    assert not any(line != line.rstrip() for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("event", "said"),
    [("{", "dead letter, not_json"), ('{"request_id": "dl-1"}', "held, EVENT_INVALID")],
)
def test_explain_what_cannot_be_explained(tmp_path, event, said):
    """What is no event, or no valid one, is one line that says what becomes of it."""
    done = _run("explain", "--reference", str(tmp_path), "-", stdin=event)

    assert done.returncode == 1
    assert _is_one_line(done.stderr)
    assert said in done.stderr


def test_help_does_not_load_kafka():
    """The command line answers at once: what is heavy is loaded by the commands that need it."""
    script = "import sys, streams.cli; print({'faust', 'kafka', 'aiokafka', 'rules'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], text=True, capture_output=True, check=True)

    assert done.stdout == "set()\n"


def test_the_readme_names_every_command():
    """The table of commands has a row for each that there is."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    table = readme.partition("## Commands")[2].partition("##")[0]
    commands = typer.main.get_command(cli.app).commands
    assert commands
    assert [name for name in commands if f"\n| `{name}" not in table] == []
