"""Throughput: every peer in turn on one broker, the same events, several times over."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

from tests.bench.decided import Decided, Ends, read_decided
from tests.bench.ground import Ground
from tests.bench.kafka_streams import NoJdk, compiled
from tests.bench.peers import Peer, kafka_streams, python_peers, screening_parties, workers
from tests.bench.plan import Plan
from tests.bench.running import Running, wait_for
from tests.bench.sizes import sizes_of_decisions

WARM = (0.4, 0.9)
"""The part of the events between whose marks the warm rate is measured."""
LONGEST_SECONDS = 900.0


@dataclass(frozen=True)
class Run:
    """What one peer did once."""

    peer: str
    does: str
    repetition: int
    events: int
    decided: int
    unique: int
    start_seconds: float
    cold: float | None
    warm: float
    processor_microseconds: float | None
    """From the start of its processes on; of a peer that is given few events it would be its start."""
    decision_bytes: float
    load: float


def measure(here: Ground, plan: Plan) -> tuple[list[Run], list[str]]:
    """Every peer's runs, the peers taking turns; and what could not be measured."""
    peers, missing = _peers(here, plan)
    runs = []
    for repetition in range(plan.repetitions):
        for number, peer in enumerate(peers):
            runs.append(run(here, peer, plan, f"peer-{number}-{repetition}", repetition))
            print(described(runs[-1]), flush=True)
    return runs, missing


def run(here: Ground, peer: Peer, plan: Plan, name: str, repetition: int) -> Run:
    """Start a peer, wait until it has decided its events, end it, and count."""
    output = peer.output(name)
    _clear(here, peer, output)
    load, started = os.getloadavg()[0], time.time()
    with peer.started(here, name) as processes:
        _until_decided(here, output, peer.events, processes)
        used = sum(process.processor_seconds for process in processes)
        whole = peer.events == plan.events
        decided = read_decided(here.brokers, output, here.settings.partitions, peer.events)
    if whole and (decided.count, len(decided.subjects)) != (peer.events, peer.events):
        raise RuntimeError(f"{peer.name}: {decided.count:,} decisions on {len(decided.subjects):,} subjects")
    if not peer.is_gate:
        here.delete(output)
    return _run(peer, plan, repetition, decided, started, used, load)


def described(run: Run) -> str:
    """A line for who watches."""
    cold = "" if run.cold is None else f"cold {run.cold:,.0f}/s, "
    used = "" if run.processor_microseconds is None else f"{run.processor_microseconds:.1f} µs an event, "
    return (
        f"{run.peer}: {cold}warm {run.warm:,.0f}/s, {used}"
        f"{run.decision_bytes:.0f} bytes each, first after {run.start_seconds:.1f} s, load {run.load:.1f}"
    )


def _peers(here: Ground, plan: Plan) -> tuple[list[Peer], list[str]]:
    """The peers in the order of their turns, those to compare next to one another."""
    bare, *others = python_peers(plan)
    try:
        folder = here.folder / "kafka-streams"
        folder.mkdir()
        streams, missing = kafka_streams(plan, compiled(folder), folder, sizes_of_decisions()), []
    except NoJdk as error:
        streams, missing = [], [str(error)]
    return [workers(plan, 1), screening_parties(plan), *streams, bare, workers(plan, 2), *others], missing


def _clear(here: Ground, peer: Peer, output: str) -> None:
    if peer.is_gate:
        here.renew_decisions()
    else:
        here.create(output)


def _until_decided(here: Ground, output: str, events: int, processes: Iterable[Running]) -> None:
    ends = Ends(here.brokers, output, here.settings.partitions)
    for process in processes:
        wait_for(
            lambda: ends.appended() >= events,
            process,
            LONGEST_SECONDS,
            0.5,
        )


def _run(
    peer: Peer, plan: Plan, repetition: int, decided: Decided, started: float, used: float, load: float
) -> Run:
    begin, end = (int(part * peer.events) for part in WARM)
    return Run(
        peer=peer.name,
        does=peer.does,
        repetition=repetition,
        events=peer.events,
        decided=decided.count,
        unique=len(decided.subjects),
        start_seconds=decided.first - started,
        cold=decided.rate(0, plan.cold_events) if peer.events >= plan.cold_events else None,
        warm=decided.rate(begin, end),
        processor_microseconds=used * 1e6 / decided.count if peer.events == plan.events else None,
        decision_bytes=decided.value_bytes / decided.count,
        load=load,
    )
