"""Measure everything, or the parts that are named, and write the table, the result and the pictures.

    python -m tests.bench [--fast] [throughput latency takeover memory readiness screening parties scaling]

The whole of it goes to docs/, anything less to .bench/.
"""

import signal
import sys
from dataclasses import asdict
from pathlib import Path

import orjson

from tests.bench import latency, machine, parties, readiness, scaling, screening, soak, takeover, throughput
from tests.bench.ground import Ground, ground
from tests.bench.pictures import draw
from tests.bench.plan import FAST, FULL, Plan
from tests.bench.report import Result, report

PARTS = ("throughput", "latency", "takeover", "memory", "readiness", "screening", "parties", "scaling")
BEGINS, ENDS = "<!-- measured -->", "<!-- /measured -->"
EMPTY = {name: [] for name in ("throughput", "missing", "latency", "takeover", "soak", "holds")} | {
    name: [] for name in ("readiness", "screening", "parties", "scaling")
}


def main(arguments: list[str]) -> None:
    """Run the benchmark; SIGTERM ends it and what it started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if unknown := set(arguments) - {*PARTS, "--fast"}:
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    plan = FAST if "--fast" in arguments else FULL
    parts = [part for part in PARTS if part in arguments] or list(PARTS)
    whole = plan is FULL and len(parts) == len(PARTS)
    result = {"machine": machine.described(), "plan": asdict(plan)} | EMPTY
    for measure in (_throughput, _live, _readiness, _alone):
        result |= _plain(measure(plan, parts))
        # What was measured so far is kept, whatever becomes of the rest.
        written = _write(result, Path("docs" if whole else ".bench"))
    print(report(result))
    print("Written:", *written)


def _throughput(plan: Plan, parts: list[str]) -> Result:
    if "throughput" not in parts:
        return {}
    with ground(plan.end_users, plan.partitions) as here:
        here.fill(plan.downloads, plan.orders)
        runs, missing = throughput.measure(here, plan)
    return {"throughput": runs, "missing": missing}


def _live(plan: Plan, parts: list[str]) -> Result:
    """What is measured on events that come while workers run."""
    if not {"latency", "takeover", "memory"} & set(parts):
        return {}
    with ground(plan.end_users, plan.partitions) as here:
        found: Result = {}
        if "latency" in parts:
            found["latency"] = latency.measure(here, plan)
        if "takeover" in parts:
            found["takeover"] = takeover.measure(here, plan.repetitions)
        return found | (_memory(here, plan) if "memory" in parts else {})


def _memory(here: Ground, plan: Plan) -> Result:
    found: Result = {}
    if plan.soak_seconds:
        found["soak"] = soak.under_load(here, plan)
        found["soak_growth"] = soak.growth_per_hour(found["soak"])
    return found | {"holds": soak.with_holds(here, plan.open_holds)}


def _readiness(plan: Plan, parts: list[str]) -> Result:
    if "readiness" not in parts:
        return {}
    with ground(0, plan.partitions) as here:
        found = readiness.measure(here, plan.many_end_users)
    return {"readiness": found, "bytes_an_end_user": readiness.bytes_each(found)}


def _alone(plan: Plan, parts: list[str]) -> Result:
    found: Result = {}
    if "screening" in parts:
        found["screening"] = screening.measure()
    if "parties" in parts:
        found["parties"] = parties.measure(plan.delta_end_users)
    if "scaling" in parts:
        found["scaling"] = scaling.with_partitions(plan) + scaling.with_workers(plan)
    return found


def _plain(found: Result) -> Result:
    """The same as JSON has it."""
    return orjson.loads(orjson.dumps(found))


def _write(result: Result, folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    (folder / "speed.json").write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    page = folder / "speed.md"
    before, after = _around(page)
    page.write_text(f"{before}{BEGINS}\n{report(result)}{ENDS}{after}", encoding="utf-8")
    return [folder / "speed.json", page, *draw(result, folder)]


def _around(page: Path) -> tuple[str, str]:
    """What of a page stands before and after the measured part."""
    text = page.read_text(encoding="utf-8") if page.exists() else f"{BEGINS}{ENDS}\n"
    before, _, rest = text.partition(BEGINS)
    return before, rest.partition(ENDS)[2]


if __name__ == "__main__":
    main(sys.argv[1:])
