"""How throughput grows with partitions and with workers."""

from dataclasses import dataclass, replace

from tests.bench.ground import Ground, ground
from tests.bench.peers import workers
from tests.bench.plan import Plan
from tests.bench.throughput import run


@dataclass(frozen=True)
class Scale:
    """The warm rate of so many workers on so many partitions."""

    partitions: int
    workers: int
    rate: float
    load: float


def with_partitions(plan: Plan) -> list[Scale]:
    """One worker, a fresh broker for each number of partitions."""
    found = []
    for partitions in plan.partition_counts:
        with ground(plan.end_users, partitions) as here:
            smaller = _filled(here, plan)
            found.append(_scale(here, smaller, 1))
    return found


def with_workers(plan: Plan) -> list[Scale]:
    """More and more workers on one broker."""
    if not plan.worker_counts:
        return []
    with ground(plan.end_users, plan.partitions) as here:
        smaller = _filled(here, plan)
        return [_scale(here, smaller, count) for count in plan.worker_counts]


def _filled(here: Ground, plan: Plan) -> Plan:
    orders = plan.scaling_events // 11
    here.fill(plan.scaling_events - orders, orders)
    return replace(plan, downloads=plan.scaling_events - orders, orders=orders)


def _scale(here: Ground, plan: Plan, count: int) -> Scale:
    done = run(here, workers(plan, count), plan, f"scale-{count}", 0)
    print(f"{here.settings.partitions} partitions, {count} workers: {done.warm:,.0f}/s", flush=True)
    return Scale(here.settings.partitions, count, done.warm, done.load)
