"""Boards and alerts with a real Prometheus and a real Alertmanager, which watch two real workers."""

import math
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

import rules
from deploy.tests.monitored import Monitored, monitored
from streams.metrics import HOLD_TYPES, SUBJECTS
from tests.deploy.test_boards import BOARDS, panels
from tests.integration.conftest import eventually

PANELS = [
    pytest.param(panel, id=f"{name}/{panel['title']}")
    for name, board in BOARDS.items()
    for panel in panels(board)
]
VARIABLES = {each["query"]["query"] for board in BOARDS.values() for each in board["templating"]["list"][1:]}
MARKS = {each["expr"] for board in BOARDS.values() for each in board["annotations"]["list"]}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitored]:
    """The gate under watch, after its load."""
    with monitored(tmp_path_factory.mktemp("watched")) as running:
        yield running


def filled(query: str) -> str:
    """A query as a board asks it where everything is chosen."""
    for name, value in {"__rate_interval": "5m", "__range": "1h"}.items():
        query = query.replace(f"${name}", value)
    return re.sub(r"\$\w+", ".*", query)


def values(watched: Monitored, target: dict[str, Any]) -> list[float]:
    """The numbers that a query gives: now, or over the last minutes where it is drawn over time."""
    now = time.time()
    span = {"start": now - 120, "end": now, "step": 2}
    asked = {"query": filled(target["expr"])}
    if target["range"]:
        found = watched.prometheus.ask("query_range", **asked, **span)["result"]
        return [float(value) for each in found for _, value in each["values"]]
    return [float(each["value"][1]) for each in watched.prometheus.ask("query", **asked)["result"]]


def test_a_hold_of_every_kind_was_made(watched):
    """The load has orders and downloads of every outcome, and a hold for each reason that there is."""
    found = watched.prometheus.series(
        "sum by (decision, hold_type, subject) (exportgate_decisions_total) > 0"
    )
    kinds = {(each["metric"]["subject"], each["metric"].get("hold_type", "")) for each in found}
    assert kinds == {(subject, outcome) for subject in SUBJECTS for outcome in ("", *HOLD_TYPES)}
    reasons = watched.prometheus.series("sum by (code) (exportgate_hold_reasons_total) > 0")
    assert {each["metric"]["code"] for each in reasons} == set(rules.REASON_CODES)


@pytest.mark.parametrize("panel", PANELS)
def test_every_query_of_a_panel_returns_data(watched, panel):
    """No panel of a board is empty: each of its queries gives a number."""
    for target in panel["targets"]:
        assert not all(math.isnan(value) for value in values(watched, target)), target["expr"]


@pytest.mark.parametrize("query", sorted(VARIABLES))
def test_every_variable_has_values(watched, query):
    """There is something to choose from in each list of a board."""
    metric, label = re.fullmatch(r"label_values\((.+), (\w+)\)", query).groups()
    assert watched.prometheus.ask(f"label/{label}/values", **{"match[]": filled(metric)})


@pytest.mark.parametrize("query", sorted(MARKS))
def test_every_annotation_marks_something(watched, query):
    """The first version and the first list are marked, as later ones will be."""
    assert values(watched, {"expr": query, "range": True})


def test_no_alert_fires_for_a_gate_that_works(watched):
    """After the load only that fires which the load did wrong on purpose."""
    firing = watched.prometheus.series('ALERTS{alertstate="firing"}')
    assert {each["metric"]["alertname"] for each in firing} <= {
        "ExportgateDeadLetters",
        "ExportgateReferenceUnreadable",
        "ExportgateReferenceDataUnavailable",
        "ExportgateScreeningError",
    }


def test_somebody_is_told_of_a_worker_that_was_stopped(watched):
    """A worker is stopped: the webhook hears of it by way of rule, Prometheus and Alertmanager."""
    stopped = watched.workers[1]
    stopped.stop()
    instance = f"127.0.0.1:{stopped.settings.web_port}"

    def told(status: str) -> Any:
        return [
            (path, alert)
            for path, alert in watched.webhook.alerts
            if (alert["labels"]["alertname"], alert["status"]) == ("ExportgateWorkerDown", status)
        ]

    (path, alert), *_ = eventually(lambda: told("firing"), "somebody is told of the stopped worker", 120)
    assert (path, alert["labels"]["instance"]) == ("/ticket", instance)
    assert alert["annotations"]["summary"] == f"The worker {instance} does not answer"
