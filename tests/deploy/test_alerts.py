"""The alerts and their runbooks, held against each other and against the commands that they name."""

import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from streams import cli

ROOT = Path(__file__).parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"
RULES = [
    rule
    for path in sorted((ROOT / "deploy" / "prometheus" / "rules").glob("*.yml"))
    for group in yaml.safe_load(path.read_text())["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
NAMES = sorted({rule["alert"] for rule in ALERTS})
HEADS = ["What it means", "How to check", "What to do", "How to see that it is over"]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_where_to_read_on(rule):
    """Every alert has a severity that is routed, a summary, a description and the address of its page."""
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"].endswith(f"/docs/runbooks/{rule['alert']}/")


def test_every_alert_has_its_page_and_every_page_its_alert():
    """Who is woken finds a page; no page speaks of an alert that is gone."""
    assert sorted(path.stem for path in RUNBOOKS.glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_page_answers_four_questions(name):
    """A page says what the alert means, how to check, what to do and how to see that it is over."""
    text = (RUNBOOKS / f"{name}.md").read_text()
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADS


@pytest.mark.parametrize("name", NAMES)
def test_what_a_page_names_exists(name):
    """The commands, settings and pages that a page sends its reader to are there."""
    text = " ".join((RUNBOOKS / f"{name}.md").read_text().split())
    commands = set(re.findall(r"`exportgate ([a-z-]+)", text))
    assert commands <= get_command(cli.app).commands.keys()
    for link in re.findall(r"\]\((.+?)\)", text):
        assert (RUNBOOKS / link).exists()


def test_every_alert_is_tested_to_fire_and_to_be_silent():
    """The tests of promtool have each alert fire, and not fire before and after."""
    cases = [
        case
        for path in (ROOT / "deploy" / "prometheus" / "tests").glob("*_test.yml")
        for test in yaml.safe_load(path.read_text())["tests"]
        for case in test["alert_rule_test"]
    ]
    firing = {case["alertname"] for case in cases if case["exp_alerts"]}
    silent = [case["alertname"] for case in cases if not case["exp_alerts"]]
    assert sorted(firing) == NAMES
    assert all(silent.count(name) >= 2 for name in NAMES)


def test_both_severities_are_told_to_somebody():
    """The routes of Alertmanager lead to receivers that exist."""
    config = yaml.safe_load((ROOT / "deploy" / "alertmanager" / "alertmanager.yml").read_text())
    receivers = {receiver["name"] for receiver in config["receivers"]}
    routes = config["route"]["routes"]
    assert {config["route"]["receiver"], *(route["receiver"] for route in routes)} == receivers
    assert [route["matchers"] for route in routes] == [['severity="page"']]
