"""What is asked for at each scrape: the tables, how far the events are decided, what is held."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from rules import ELSEWHERE, RestrictedParties
from streams.holds import Hold
from streams.lanes import Lanes
from streams.metrics import HOLD_TYPES, Metrics
from streams.progress import PartitionProgress, Progress
from streams.readiness import readiness
from streams.reference_data import ReferenceData
from streams.settings import Settings
from streams.tables import ReferenceTable

Values = Mapping[tuple[str, ...], float]
Table = ReferenceTable[Any]


def add_gauges(
    metrics: Metrics, settings: Settings, reference: ReferenceData, lanes: Lanes, progress: Progress
) -> None:
    """Register the gauges of a worker."""
    _of_tables(metrics, reference.tables)
    _of_the_list(metrics, settings, reference)
    _of_policy(metrics, settings)
    _of_progress(metrics, settings, progress)
    _of_holds(metrics, lanes)
    metrics.ask(
        "exportgate_ready",
        "1 where a check of /readyz holds, else 0",
        ["check"],
        lambda: {(check,): float(holds) for check, holds in readiness(lanes, progress, reference).items()},
    )


def _of_tables(metrics: Metrics, tables: Sequence[Table]) -> None:
    def add(name: str, documentation: str, value: Callable[[Table], float]) -> None:
        def values() -> Values:
            return {(table.table,): value(table) for table in tables}

        metrics.ask(name, documentation, ["table"], values)

    add("exportgate_reference_records", "Records of a table", lambda table: table.records)
    add(
        "exportgate_reference_age_seconds",
        "Age of a table's newest record, 0 where it has none",
        lambda table: time.time() - table.newest if table.newest else 0.0,
    )
    add("exportgate_reference_lag_records", "Records that a table has still to read", lambda table: table.lag)
    add(
        "exportgate_reference_unreadable_records",
        "Keys whose record does not validate",
        lambda table: table.unreadable,
    )
    metrics.ask(
        "exportgate_reference_version_info",
        "The version of a table: the same wherever the content is the same",
        ["table", "version"],
        lambda: {(table.table, table.version): 1.0 for table in tables},
    )


def _of_the_list(metrics: Metrics, settings: Settings, reference: ReferenceData) -> None:
    def age() -> Values:
        parties = reference.parties
        if parties is ELSEWHERE:
            return {}
        return {(): _age(parties.made) if isinstance(parties, RestrictedParties) else math.inf}

    metrics.ask(
        "exportgate_restricted_party_list_age_seconds",
        "Age of the restricted-party list, from the day on which it was made; infinite while there is none",
        [],
        age,
    )
    metrics.ask(
        "exportgate_restricted_party_list_alert_seconds",
        "The age of the list that EXPORTGATE_LIST_ALERT_HOURS allows",
        [],
        lambda: {(): settings.list_alert_hours * 3600.0},
    )
    metrics.ask(
        "exportgate_restricted_party_list_max_age_seconds",
        "The age of the list from which on everything is held: EXPORTGATE_LIST_MAX_AGE_DAYS and its last day",
        [],
        lambda: {(): (settings.list_max_age_days + 1) * 86400.0},
    )


def _of_policy(metrics: Metrics, settings: Settings) -> None:
    policy = {
        "restricted_parties": settings.restricted_parties,
        "match_possible": settings.match_possible,
        "match_strong": settings.match_strong,
        "list_max_age_days": settings.list_max_age_days,
        "affiliates_rule_off_from": settings.affiliates_rule_off_from or "never",
    }
    values = {tuple(map(str, policy.values())): 1.0}
    metrics.ask(
        "exportgate_policy_info",
        "The settings by which decisions are made: the same on every worker",
        list(policy),
        lambda: values,
    )


def _age(day: date) -> float:
    return time.time() - datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _of_progress(metrics: Metrics, settings: Settings, progress: Progress) -> None:
    metrics.ask(
        "exportgate_partitions",
        "EXPORTGATE_PARTITIONS: of so many partitions of each topic of events some worker has each",
        [],
        lambda: {(): float(settings.partitions)},
    )

    def add(name: str, documentation: str, value: Callable[[PartitionProgress], float]) -> None:
        def values() -> Values:
            return {
                (tp.topic, str(tp.partition)): value(partition)
                for tp, partition in progress.partitions.items()
            }

        metrics.ask(name, documentation, ["topic", "partition"], values)

    add("exportgate_consumer_lag_records", "Events not yet decided", lambda standing: standing.lag)
    add(
        "exportgate_oldest_undecided_seconds",
        "Age of the oldest event not yet decided, 0 where there is none",
        lambda standing: max(0.0, time.time() - standing.arrived) if standing.arrived else 0.0,
    )


def _of_holds(metrics: Metrics, lanes: Lanes) -> None:
    def holds() -> list[Hold]:
        return [hold for lane in lanes.open.values() for hold in lane.standing_holds]

    def open_holds() -> Values:
        found = [hold.hold_type for hold in holds()]
        return {(hold_type,): found.count(hold_type) for hold_type in HOLD_TYPES}

    def oldest() -> Values:
        return {(): max((time.time() - hold.since.timestamp() for hold in holds()), default=0.0)}

    metrics.ask("exportgate_open_holds", "Orders that are held now", ["hold_type"], open_holds)
    metrics.ask(
        "exportgate_oldest_open_hold_seconds", "Age of the oldest hold that stands on an order", [], oldest
    )
