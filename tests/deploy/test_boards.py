"""The boards and rules, held against the metrics that a worker has."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from streams.app import Worker
from streams.broker import free_port
from streams.settings import Settings
from streams.web import listen
from tests.deploy.test_alerts import ROOT, RULES

GRAFANA = ROOT / "deploy" / "grafana"
FILES = sorted((GRAFANA / "dashboards").glob("*.json"))
BOARDS = {path.stem: json.loads(path.read_text()) for path in FILES}


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The panels of a board that show something: all but the titles of its rows."""
    return (panel for panel in board["panels"] if panel["type"] != "row")


PANELS = [
    pytest.param(panel, id=f"{name}/{panel['title']}")
    for name, board in BOARDS.items()
    for panel in panels(board)
]


def queries(board: dict[str, Any]) -> Iterator[str]:
    """Every query of a board: of its panels, its variables and its annotations."""
    for panel in panels(board):
        yield from (target["expr"] for target in panel["targets"])
    yield from (each["query"]["query"] for each in board["templating"]["list"] if each["type"] == "query")
    yield from (each["expr"] for each in board["annotations"]["list"])


@pytest.fixture(scope="module")
def families() -> dict[str, str]:
    """The type of each metric that a worker has, by its name without what Prometheus adds."""
    settings = Settings(web_port=free_port())
    with listen(settings) as listening:
        return {family.name: family.type for family in Worker(settings, listening).metrics.registry.collect()}


@pytest.fixture(scope="module")
def series(families) -> set[str]:
    """The names of all series of a worker."""
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "info": ["_info"]}
    return {name + suffix for name, kind in families.items() for suffix in suffixes.get(kind, [""])}


def named(expressions: Iterator[str]) -> set[str]:
    """The names of the project's series and recordings in queries."""
    return {name for expr in expressions for name in re.findall(r"\bexportgate[_:][\w:]+", expr)}


def every_query() -> Iterator[str]:
    """Every query of rules and boards."""
    yield from (rule["expr"] for rule in RULES)
    for board in BOARDS.values():
        yield from queries(board)


def test_no_query_names_a_metric_that_does_not_exist(series):
    """Rules and boards ask for what a worker has, or for what a rule records."""
    assert named(every_query()) <= series | {rule["record"] for rule in RULES if "record" in rule}


def test_every_metric_is_used(families):
    """Each metric of a worker is asked for by an alert or shown on a board."""
    used = named(every_query())
    ours = {name for name in families if name.startswith("exportgate_")}
    assert {name for name in ours if not any(each.startswith(name) for each in used)} == set()


def test_every_recording_is_used():
    """No rule records what nothing asks for."""
    assert {rule["record"] for rule in RULES if "record" in rule} <= named(every_query())


def test_the_boards_are_what_their_source_says(tmp_path):
    """The JSON that is committed is what `python deploy/grafana/boards.py` writes."""
    subprocess.run([sys.executable, GRAFANA / "boards.py", tmp_path], check=True)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        path.name: path.read_text() for path in FILES
    }


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_a_board_stays_where_it_is_and_leads_to_the_others(board):
    """A board has its file's name as uid, keeps time and choices on the way to others, and is not edited."""
    (link,) = board["links"]
    assert f"{board['uid']}.json" in {path.name for path in FILES}
    assert (link["tags"], link["keepTime"], link["includeVars"]) == (board["tags"], True, True)
    assert board["editable"] is False
    assert len(board["annotations"]["list"]) == 2


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_a_board_has_one_data_source_that_can_be_chosen(board):
    """One variable chooses the data source; the values of the others are asked for anew as time changes."""
    first, *others = board["templating"]["list"]
    assert (first["type"], first["query"]) == ("datasource", "prometheus")
    assert {(each["type"], each["refresh"], each["allValue"]) for each in others} == {("query", 2, ".*")}


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_says_what_it_shows(panel):
    """Every panel has a title, a description, a unit and a query, and asks the data source of the board."""
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]
    assert {each["datasource"]["uid"] for each in (panel, *panel["targets"])} == {"${datasource}"}


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_asks_of_the_chosen_jobs_and_never_for_a_bare_counter(panel):
    """A counter says something only as a rate or an increase; alerts alone are shown of every job."""
    for target in panel["targets"]:
        assert 'job=~"$job"' in target["expr"] or target["expr"].startswith("ALERTS{")
        counters = re.findall(r"(\w+)\(\w+_(?:total|bucket|count|sum)\{", target["expr"])
        assert set(counters) <= {"rate", "increase"}
        assert len(counters) == len(re.findall(r"_(?:total|bucket|count|sum)\{", target["expr"]))


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_no_panel_lies_upon_another(board):
    """The places of the panels do not overlap, and none leaves the grid."""
    taken = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        taken |= cells
