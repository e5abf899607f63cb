"""The figures that `exportgate top` takes from the workers' metrics."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from streams.figures import Figures, Span, quantile


def figures(at: float, *texts: str) -> Figures:
    """A look at so many workers."""
    return Figures({f"worker-{number}": samples(text) for number, text in enumerate(texts)}, at)


def samples(text: str) -> list[Sample]:
    """The samples of one worker."""
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def decided(releases: int, holds: int, quick: int) -> str:
    """What a worker says that made these decisions, of which so many within 10 ms and the rest within 1 s."""
    return f"""
# TYPE exportgate_decisions_total counter
exportgate_decisions_total{{decision="release"}} {releases}
exportgate_decisions_total{{decision="hold"}} {holds}
# TYPE exportgate_decision_latency_seconds histogram
exportgate_decision_latency_seconds_bucket{{le="0.01"}} {quick}
exportgate_decision_latency_seconds_bucket{{le="1.0"}} {releases + holds}
exportgate_decision_latency_seconds_bucket{{le="+Inf"}} {releases + holds}
"""


def test_rates_are_of_all_workers_between_two_looks():
    """Two workers that decided 100 events in 10 seconds, 25 of them holds, make 10 a second and a quarter."""
    span = Span(
        figures(5.0, decided(10, 0, 10), decided(0, 0, 0)),
        figures(15.0, decided(60, 5, 40), decided(25, 20, 60)),
    )
    assert span.decisions_a_second == 10.0
    assert span.share_of_holds == 0.25


def test_latency_is_of_what_was_decided_between_two_looks():
    """What was decided before the first look does not count."""
    span = Span(figures(0.0, decided(1000, 0, 0)), figures(1.0, decided(1100, 0, 100)))
    assert span.latency(0.5) == pytest.approx(0.005)
    assert span.latency(0.99) == pytest.approx(0.0099)


def test_nothing_is_said_of_what_did_not_happen():
    """Without a decision between the looks there is no share and no latency; a first look has no rate."""
    look = figures(1.0, decided(5, 5, 5))
    assert Span(look, look).decisions_a_second == 0.0
    assert Span(look, look).share_of_holds is None
    assert Span(look, look).latency(0.5) is None


def test_a_worker_that_comes_or_goes_leaves_the_rates_of_the_others_alone():
    """What a worker had decided before it was seen, or that it is gone, is no rise and no fall."""
    one, more = decided(50, 0, 50), decided(60, 0, 60)
    alone, both = figures(0.0, one), figures(0.0, one, decided(7000, 0, 0))
    for before, now in ((both, alone), (alone, both)):
        span = Span(before, Figures({**now.workers, "worker-0": samples(more)}, 1.0))
        assert span.decisions_a_second == 10.0
        assert span.latency(0.5) == pytest.approx(0.005)


def test_a_worker_that_was_started_anew_does_not_make_a_rate_negative():
    """Its counts begin at 0 again; the rate is 0, not below."""
    span = Span(figures(0.0, decided(50, 0, 50)), figures(1.0, decided(10, 0, 10)))
    assert span.decisions_a_second == 0.0


@pytest.mark.parametrize(
    ("share", "buckets", "expected"),
    [
        (0.5, {0.1: 0, 0.2: 10, float("inf"): 10}, 0.15),
        (0.5, {0.1: 10, float("inf"): 10}, 0.05),
        (0.99, {0.1: 5, float("inf"): 10}, 0.1),
        (0.5, {0.1: 0, float("inf"): 0}, None),
        (0.5, {}, None),
    ],
)
def test_a_quantile_lies_within_its_bucket(share, buckets, expected):
    """It is spread evenly in its bucket; it is the last bound where there is no other, None of nothing."""
    assert quantile(share, buckets) == (None if expected is None else pytest.approx(expected))
