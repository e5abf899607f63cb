"""How much is measured: the whole benchmark, and a small one of a few minutes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """The sizes of one run of the benchmark."""

    downloads: int = 2_000_000
    orders: int = 200_000
    end_users: int = 100_000
    partitions: int = 4
    repetitions: int = 3
    cold_events: int = 300_000
    """The first so many, from a process that has just been started, are what is measured as cold."""
    faust_events: int = 30_000
    latency_rates: tuple[int, ...] = (50, 500, 5_000, 20_000)
    latency_warm_up_seconds: int = 20
    latency_seconds: int = 30
    many_end_users: tuple[int, ...] = (1_000, 100_000, 400_000, 1_000_000)
    open_holds: tuple[int, ...] = (0, 100_000, 300_000)
    partition_counts: tuple[int, ...] = (1, 2, 4, 8, 16)
    worker_counts: tuple[int, ...] = (1, 2, 3)
    scaling_events: int = 1_000_000
    delta_end_users: int = 1_000_000
    soak_seconds: int = 600
    soak_rate: int = 5_000

    @property
    def events(self) -> int:
        """How many events there are to decide."""
        return self.downloads + self.orders


FULL = Plan()

FAST = Plan(
    downloads=220_000,
    orders=22_000,
    repetitions=1,
    cold_events=80_000,
    faust_events=3_000,
    end_users=20_000,
    latency_warm_up_seconds=10,
    latency_seconds=5,
    many_end_users=(1_000, 100_000),
    open_holds=(0, 20_000),
    partition_counts=(),
    worker_counts=(),
    delta_end_users=20_000,
    soak_seconds=0,
)
