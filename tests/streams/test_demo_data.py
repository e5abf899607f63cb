from collections import Counter
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from streams import demo_data

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def requests() -> list[dict]:
    return [orjson.loads(event.value) for event in demo_data.downloads(NOW)]


def test_every_row_of_the_log_is_one_request(requests):
    """The log's 51,420 downloads become as many requests, each with ids of its own."""
    assert len(requests) == 51_420
    assert len({request["request_id"] for request in requests}) == 51_420
    assert len({request["event_id"] for request in requests}) == 51_420


def test_the_log_is_dated_to_the_last_two_days(requests):
    """The first request lies two days back, the last one just before now, in the order of the log."""
    times = [datetime.fromisoformat(request["occurred_at"]) for request in requests]
    assert times == sorted(times)
    assert NOW - timedelta(days=2) <= times[0]
    assert times[-1] < NOW


def test_the_places_of_the_log_are_kept(requests):
    """Countries are the log's, also those that are none."""
    countries = Counter(request["ip_country"] for request in requests)
    assert countries["US"] == 30_988
    assert (countries["EU"], countries["AP"]) == (57, 2)


def test_events_are_keyed_by_their_end_user():
    """A request's key is its end user, whose record is loaded."""
    known = {record["end_user_id"] for record in demo_data.visitor_records()}
    for event in demo_data.downloads(NOW):
        assert event.key.decode() in known


def test_a_visitor_stands_for_the_same_end_user_each_time():
    """What is made up about a visitor depends on nothing but the log."""
    visitor = demo_data.Visitor("2012-12-26", "113", "VN")
    again = demo_data.Visitor("2012-12-26", "113", "VN")
    assert visitor.end_user == again.end_user
    assert visitor.request == again.request
    assert visitor.end_user["country"] == "VN"


@pytest.mark.parametrize("table", ["end_users.csv", "habits.csv", "recipients.csv"])
def test_shares_add_up(table):
    """The shares of each table are of a thousand."""
    assert sum(int(row["share"]) for row in demo_data.rows(table)) == 1000


def test_the_catalogue_has_every_package_once():
    """Each package of the log has an item record; those that the table does not name are EAR99."""
    items = {item["sku"]: item for item in demo_data.items()}
    assert len(items) == len(demo_data.items())
    assert {row["package"] for row in demo_data.log() if row["package"]} <= items.keys()
    assert items["zoo"]["eccn"] == "EAR99"
    assert items["rJava"]["eccn"] == "4D004"


def test_controlled_packages_are_in_the_log():
    """A row of the catalogue in lower case stands for a package that somebody downloaded."""
    packages = {row["package"] for row in demo_data.log()}
    named = {row["sku"] for row in demo_data.rows("catalogue.csv")} - {"*"}
    assert {sku for sku in named if not sku.isupper()} <= packages
