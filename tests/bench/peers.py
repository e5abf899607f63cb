"""The peers: who is measured, how each is started, and how many events it is given."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from streams.topics import DECISIONS
from tests.bench.ground import Ground
from tests.bench.plan import Plan
from tests.bench.running import Running, running, worker


@dataclass(frozen=True)
class Peer:
    """One who reads the events and writes decisions.

    `command` is followed by the broker, the group and the topic of decisions, and by `more`; a peer without a
    command is so many `exportgate worker`s, and `parties` whether these screen parties. `events` is how many
    it is given.
    """

    name: str
    does: str
    events: int
    command: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    workers: int = 1
    parties: Literal["required", "elsewhere"] = "elsewhere"

    @property
    def is_gate(self) -> bool:
        """Whether it is the worker itself."""
        return not self.command

    def output(self, run: str) -> str:
        """The topic of its decisions."""
        return DECISIONS if self.is_gate else f"bench.{run}"

    @contextmanager
    def started(self, here: Ground, run: str) -> Iterator[list[Running]]:
        """Its processes, for as long as the context lasts."""
        with ExitStack() as stack:
            yield [stack.enter_context(each) for each in self._processes(here, run)]

    def _processes(self, here: Ground, run: str) -> Iterator:
        if self.is_gate:
            settings = replace(here.settings, group=run, restricted_parties=self.parties)
            return (worker(settings, number) for number in range(self.workers))
        command = (*self.command, here.brokers, run, self.output(run), *self.more)
        return iter([running(command, here.folder / f"{run}.log")])


def workers(plan: Plan, count: int) -> Peer:
    """So many workers, with the full rules, exactly once."""
    name = "exportgate worker" if count == 1 else f"exportgate worker, {count} processes"
    return Peer(name, "all rules but restricted parties, exactly once", plan.events, workers=count)


def screening_parties(plan: Plan) -> Peer:
    """A worker that matches everybody against the list as well."""
    return Peer(
        "exportgate worker, parties",
        "restricted parties as well, exactly once",
        plan.events,
        parties="required",
    )


def python_peers(plan: Plan) -> list[Peer]:
    """Who decides by the same rules, written in Python."""
    return [
        Peer("bare aiokafka loop", "same rules, at least once", plan.events, _module("peer_aiokafka")),
        Peer("Quix Streams", "same rules, at least once", plan.events, _module("peer_quix")),
        Peer("stock Faust", "same rules, at least once", plan.faust_events, _module("peer_faust")),
    ]


def kafka_streams(plan: Plan, java: list[str], folder: Path, sizes: tuple[int, int]) -> list[Peer]:
    """Kafka Streams with one thread; `sizes` are those of the gate's decisions on a download and an order."""
    guarantees = {"exactly_once_v2": "exactly once", "at_least_once": "at least once"}
    return [
        Peer(
            f"Kafka Streams {guarantee}",
            f"no rules, {words}",
            plan.events,
            tuple(java),
            (guarantee, str(folder / guarantee), *map(str, sizes)),
        )
        for guarantee, words in guarantees.items()
    ]


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"tests.bench.{name}")
