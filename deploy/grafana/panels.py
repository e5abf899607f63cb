"""What a board of Grafana is made of: panels with their queries, laid out in rows, as dashboard JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

COLUMNS = 24
SOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}
COLOURS = {"timeseries": "palette-classic", "table": "thresholds", "bargauge": "continuous-BlYlRd"}


@dataclass(frozen=True)
class Panel:
    """One panel: what it shows and in which unit, and its queries by their legend.

    `kind` is Grafana's name of the visualization. `bad_from` is where the value turns red, or `bad_below`.
    """

    title: str
    description: str
    unit: str
    queries: dict[str, str]
    kind: str = "timeseries"
    width: int = 8
    height: int = 8
    bad_from: float | None = None
    bad_below: float | None = None

    @classmethod
    def number(cls, title: str, description: str, unit: str, expr: str, **limits: float) -> "Panel":
        """A panel of one number, as it is now."""
        return cls(title, description, unit, {"": expr}, "stat", 4, 4, **limits)

    def json(self, number: int, x: int, y: int) -> Json:
        """The panel as Grafana has it, at a place of the grid."""
        return {
            "id": number,
            "type": self.kind,
            "title": self.title,
            "description": self.description,
            "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "targets": [
                self._target(chr(ord("A") + n), *query) for n, query in enumerate(self.queries.items())
            ],
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
            "options": self._options(),
            "transformations": self._transformations(),
        }

    def _target(self, letter: str, legend: str, expr: str) -> Json:
        drawn = self.kind == "timeseries"
        return {
            "refId": letter,
            "datasource": SOURCE,
            "expr": expr,
            "legendFormat": legend,
            "format": "table" if self.kind == "table" else "time_series",
            "instant": not drawn,
            "range": drawn,
        }

    def _defaults(self) -> Json:
        defaults: Json = {
            "unit": self.unit,
            "color": {"mode": COLOURS.get(self.kind, "thresholds")},
            "thresholds": {"mode": "absolute", "steps": list(self._steps())},
        }
        if self.unit == "short":
            defaults["decimals"] = 0
        if self.kind == "timeseries":
            limit = "dashed" if self.bad_from is not None else "off"
            defaults["custom"] = {"fillOpacity": 10, "thresholdsStyle": {"mode": limit}}
            defaults["min"] = 0
        return defaults

    def _steps(self) -> Iterator[Json]:
        yield {"color": "green" if self.bad_below is None else "red", "value": None}
        if self.bad_from is not None:
            yield {"color": "red", "value": self.bad_from}
        if self.bad_below is not None:
            yield {"color": "green", "value": self.bad_below}

    def _options(self) -> Json:
        last = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        match self.kind:
            case "timeseries":
                legend = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
                return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}
            case "table":
                return {"showHeader": True, "sortBy": [{"displayName": "Value", "desc": True}]}
            case "bargauge":
                return {"displayMode": "basic", "orientation": "horizontal", "reduceOptions": last}
            case _:
                return {"colorMode": "value", "graphMode": "none", "reduceOptions": last}

    def _transformations(self) -> list[Json]:
        if self.kind != "table":
            return []
        return [{"id": "organize", "options": {"excludeByName": {"Time": True}}}]


@dataclass(frozen=True)
class Board:
    """One board: its name and stable uid, what it answers, its rows of panels, and labels to choose by."""

    uid: str
    title: str
    description: str
    rows: dict[str, Sequence[Panel]]
    choices: dict[str, str] = field(default_factory=dict)
    """The query of the values of each variable but `job`."""

    def json(self) -> Json:
        """The board as Grafana loads it from a file."""
        return {
            "uid": self.uid,
            "title": self.title,
            "description": self.description,
            "tags": ["exportgate"],
            "schemaVersion": 42,
            "editable": False,
            "graphTooltip": 1,
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "timezone": "utc",
            "links": [_LINK],
            "templating": {"list": list(self._variables())},
            "annotations": {"list": [_annotation(*each) for each in _MARKS]},
            "panels": list(self._panels()),
        }

    def _variables(self) -> Iterator[Json]:
        yield {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}
        choices = {"job": "label_values(exportgate_build_info, job)", **self.choices}
        for name, query in choices.items():
            yield {
                "name": name,
                "label": name.capitalize(),
                "type": "query",
                "datasource": SOURCE,
                "query": {"query": query, "refId": name},
                "definition": query,
                "refresh": 2,
                "includeAll": True,
                "multi": True,
                "allValue": ".*",
                "current": {"text": "All", "value": "$__all"},
            }

    def _panels(self) -> Iterator[Json]:
        number, y = 1, 0
        for title, panels in self.rows.items():
            place = {"x": 0, "y": y, "w": COLUMNS, "h": 1}
            yield {
                "id": number,
                "type": "row",
                "title": title,
                "collapsed": False,
                "gridPos": place,
                "panels": [],
            }
            number, y, x, height = number + 1, y + 1, 0, 0
            for panel in panels:
                if x + panel.width > COLUMNS:
                    x, y, height = 0, y + height, 0
                yield panel.json(number, x, y)
                number, x, height = number + 1, x + panel.width, max(height, panel.height)
            y += height


_LINK: Json = {
    "type": "dashboards",
    "title": "exportgate",
    "tags": ["exportgate"],
    "asDropdown": False,
    "includeVars": True,
    "keepTime": True,
}

_MARKS = (
    (
        "Deployments",
        "blue",
        'count by (version, rules) (exportgate_build_info{job=~"$job"})'
        ' unless count by (version, rules) (exportgate_build_info{job=~"$job"} offset 2m)',
        "exportgate {{version}}, rules {{rules}}",
    ),
    (
        "Restricted-party lists",
        "purple",
        'count by (version) (exportgate_reference_version_info{job=~"$job", table="restricted-parties"})'
        " unless count by (version)"
        ' (exportgate_reference_version_info{job=~"$job", table="restricted-parties"} offset 2m)',
        "list {{version}}",
    ),
)


def _annotation(name: str, colour: str, expr: str, title: str) -> Json:
    return {
        "name": name,
        "datasource": SOURCE,
        "enable": True,
        "iconColor": colour,
        "expr": expr,
        "titleFormat": title,
        "step": "30s",
    }
