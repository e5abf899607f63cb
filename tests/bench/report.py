"""The table of one run of the benchmark, as Markdown, made from its machine-readable result."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.bench.spread import ratios, spread

WORKER = "exportgate worker"
GOALS = {
    "Kafka Streams exactly_once_v2": 1.0,
    "Kafka Streams at_least_once": 0.9,
    "bare aiokafka loop": 0.85,
    "Quix Streams": 2.0,
    "stock Faust": 20.0,
}
"""The least that one worker's warm rate should be to each peer's."""
BESIDE_THE_WORKER = (
    ("exportgate worker, 2 processes", "two workers to one, warm", "1.5 or more"),
    ("exportgate worker, parties", "with parties to without, warm", "0.95 or more"),
)
"""What else is compared with one worker."""

Result = dict[str, Any]


def report(result: Result) -> str:
    """Every table, in Markdown."""
    parts = (_machine, _throughput, _latency, _single_figures, _screening, _parties, _scaling, _memory)
    return "\n\n".join(part for make in parts if (part := make(result))) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def runs_of(result: Result, peer: str) -> list[dict[str, Any]]:
    """The runs of one peer, in order."""
    return [run for run in result["throughput"] if run["peer"] == peer]


def peers(result: Result) -> list[str]:
    """The peers that were measured."""
    return list(dict.fromkeys(run["peer"] for run in result["throughput"]))


def _machine(result: Result) -> str:
    machine, plan = result["machine"], result["plan"]
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    java = machine["java_of_kafka_streams"] or "no JDK"
    return (
        f"Measured {machine['date']} at commit {machine['commit']}: {machine['processor']}, "
        f"{machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}; "
        f"Python {machine['python']}, Kafka {machine['kafka']} (one broker on the same cores), "
        f"{java}; {libraries}. {plan['downloads']:,} download requests, {plan['orders']:,} orders of "
        f"five lines, {plan['end_users']:,} end users, {plan['partitions']} partitions, "
        f"{plan['repetitions']} repetition(s); load average before: {machine['load_before']:.1f}."
    )


def _throughput(result: Result) -> str:
    if not result["throughput"]:
        return ""
    head = ("peer", "does", "events", "warm, events/s", "cold, events/s", "processor, µs an event")
    head = (*head, "bytes a decision", "worker to it, warm", "goal")
    rows = [_peer(result, name) for name in peers(result)]
    rows += [(words, *[""] * (len(head) - 1)) for words in result["missing"]]
    return table(head, rows)


def _peer(result: Result, name: str) -> Iterator[str]:
    runs = runs_of(result, name)
    first, warm = runs[0], [run["warm"] for run in runs]
    ours = [run["warm"] for run in runs_of(result, WORKER)]
    cold = [run["cold"] for run in runs if run["cold"] is not None]
    yield from (name, first["does"], f"{first['events']:,}", spread(warm), spread(cold) if cold else "")
    used = [run["processor_microseconds"] for run in runs if run["processor_microseconds"] is not None]
    yield spread(used, ".1f") if used else ""
    yield f"{first['decision_bytes']:.0f}"
    yield "" if name == WORKER else spread(ratios(ours, warm), ".2f")
    yield f"{GOALS[name]:g}" if name in GOALS else ""


def _latency(result: Result) -> str:
    if not result["latency"]:
        return ""
    rates = sorted({each["rate"] for each in result["latency"]})
    rows = []
    for rate in rates:
        found = [each for each in result["latency"] if each["rate"] == rate]
        rows.append(
            (f"{rate:,}", *(spread([each[p] for each in found], ".1f") for p in ("p50", "p99", "p999")))
        )
    return table(("events a second", "p50, ms", "p99, ms", "p99.9, ms"), rows)


def _single_figures(result: Result) -> str:
    rows = list(_figures(result))
    return table(("", "measured", "goal"), rows) if rows else ""


def _figures(result: Result) -> Iterator[tuple[str, str, str]]:
    for name, words, goal in BESIDE_THE_WORKER:
        if name in peers(result):
            other, ours = ([run["warm"] for run in runs_of(result, each)] for each in (name, WORKER))
            yield words, spread(ratios(other, ours), ".2f"), goal
    for each in result["readiness"]:
        words = f"{each['seconds']:.1f} s, {each['memory'] / 1e6:,.0f} MB"
        yield f"ready with {each['end_users']:,} end users", words, "10 s or less for 1,000,000"
    if "bytes_an_end_user" in result:
        yield "memory of an end user", f"{result['bytes_an_end_user']:.0f} bytes", "800 or less"
    if result["takeover"]:
        seconds = spread([each["seconds"] for each in result["takeover"]], ".1f")
        yield "takeover after kill -9", f"{seconds} s", "15 s or less"


def _screening(result: Result) -> str:
    rows = [
        (each["kind"], f"{each['remembered']:.1f}", f"{each['not_remembered']:.1f}")
        for each in result["screening"]
    ]
    head = ("`rules.screen` alone", "remembered, µs (goal 6)", "not remembered, µs (goal 40)")
    return table(head, rows) if rows else ""


def _parties(result: Result) -> str:
    rows = [row for figures in result["parties"] for row in _of_list(figures)]
    return table(("a restricted-party list", "measured", "goal"), rows) if rows else ""


def _of_list(figures: dict[str, float]) -> Iterator[tuple[str, str, str]]:
    words = f"{figures['index_seconds']:.1f} s, {figures['index_bytes'] / 1e6:,.0f} MB"
    yield f"index of {figures['entries']:,} entries", words, "5 s, 300 MB or less"
    words = f"p50 {figures['name_p50']:.2f} ms, p99 {figures['name_p99']:.2f} ms"
    yield "a new name, of words that the list has", words, "p50 0.3 ms, p99 3 ms or less"
    words = f"{figures['delta_seconds']:.0f} s"
    yield f"100 entries came, {figures['end_users']:,} end users", words, "60 s or less for 1,000,000"


def _scaling(result: Result) -> str:
    rows = [
        (each["partitions"], each["workers"], f"{each['rate']:,.0f}", f"{each['load']:.1f}")
        for each in result["scaling"]
    ]
    return table(("partitions", "workers", "warm, events/s", "load before"), rows) if rows else ""


def _memory(result: Result) -> str:
    rows = [
        (f"{each['open_holds']:,} orders held", f"{each['memory'] / 1e6:,.0f} MB") for each in result["holds"]
    ]
    if samples := result["soak"]:
        rows += [_sample(samples[0]), _sample(samples[len(samples) // 2]), _sample(samples[-1])]
        rows.append(("growth in the second half", f"{result['soak_growth'] / 1e6:+,.1f} MB an hour"))
    return table(("a worker's memory", ""), rows) if rows else ""


def _sample(sample: dict[str, float]) -> tuple[str, str]:
    return f"after {max(0, sample['seconds']):.0f} s of load", f"{sample['memory'] / 1e6:,.0f} MB"
