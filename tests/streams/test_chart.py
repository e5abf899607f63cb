"""The chart's values and variables, held against their schema and the settings."""

import json
import re
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from streams.settings import Settings, table

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "exportgate"


def _values() -> dict:
    return yaml.safe_load((CHART / "values.yaml").read_text())


def test_the_defaults_are_valid_once_kafka_is_named():
    """The schema takes the chart's own values, and describes all of them."""
    values = _values()
    values["kafka"]["brokers"] = "kafka-1:9092"
    schema = json.loads((CHART / "values.schema.json").read_text())

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(values)
    assert values.keys() == schema["properties"].keys() - {"global"}


def test_every_variable_of_the_chart_is_a_setting():
    """Templates and examples set no variable that does not exist."""
    text = "".join(path.read_text() for path in CHART.rglob("*") if path.suffix in (".yaml", ".tpl"))

    said = set(re.findall(r"EXPORTGATE_[A-Z_]+", text))
    assert said <= {setting.variable for setting in table().values()}


def test_settings_are_those_that_no_value_gives():
    """What the templates set, and what belongs to the image, cannot be set a second time."""
    schema = json.loads((CHART / "values.schema.json").read_text())
    given = set(re.findall(r"- name: (EXPORTGATE_[A-Z_]+)", (CHART / "templates" / "_pod.tpl").read_text()))
    of_the_image = {f"EXPORTGATE_{name}" for name in ("DATA_DIR", "WEB_HOST", "WEB_PORT", "SASL_PASSWORD")}

    said = schema["properties"]["settings"]["propertyNames"]["enum"]
    assert sorted(said) == sorted({setting.variable for setting in table().values()} - given - of_the_image)


def test_the_defaults_are_those_of_the_settings():
    """The chart says what a worker without settings would do."""
    values, settings = _values(), Settings()

    assert values["kafka"]["group"] == settings.group
    assert values["kafka"]["partitions"] == settings.partitions
    assert values["restrictedParties"] == settings.restricted_parties
