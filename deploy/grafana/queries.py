"""How the boards ask Prometheus: the same few forms of query, of the jobs that are chosen on the board."""

JOB = 'job=~"$job"'
LATENCY = "exportgate_decision_latency_seconds"


def of(metric: str, where: str = "") -> str:
    """The series of a metric, of which `where` says more: `table="items"`."""
    return f"{metric}{{{JOB}{', ' if where else ''}{where}}}"


def rate(counter: str, by: str = "", where: str = "") -> str:
    """How much a counter rises a second, summed by labels."""
    return f"{_by('sum', by)} (rate({of(counter, where)}[$__rate_interval]))"


def rise(counter: str, by: str = "", where: str = "") -> str:
    """How much a counter rose in the time that the board shows, summed by labels."""
    return f"{_by('sum', by)} (increase({of(counter, where)}[$__range]))"


def highest(gauge: str, by: str = "", where: str = "") -> str:
    """The highest value of a gauge, by labels."""
    return f"{_by('max', by)} ({of(gauge, where)})"


def total(gauge: str, by: str = "", where: str = "") -> str:
    """A gauge summed over the workers, by labels."""
    return f"{_by('sum', by)} ({of(gauge, where)})"


def share_of_holds() -> str:
    """The share of the decisions that are holds."""
    holds = rate("exportgate_decisions_total", where='decision="hold"')
    return f"{holds} / {rate('exportgate_decisions_total')}"


def budget_left() -> str:
    """What is left of the error budget of 30 days; below 0 where more was used than there is."""
    within = f"""sum(increase({of(f"{LATENCY}_bucket", 'le="5.0"')}[30d]))"""
    return f"1 - (1 - {within} / sum(increase({of(f'{LATENCY}_count')}[30d]))) / 0.001"


def quantiles(histogram: str, by: str = "", where: str = "") -> dict[str, str]:
    """The median and the 99th percentile of a histogram, by a label."""
    labels = f"le, {by}" if by else "le"
    legend = f" {{{{{by}}}}}" if by else ""
    buckets = rate(f"{histogram}_bucket", labels, where)
    return {
        f"{name}{legend}": f"histogram_quantile({q}, {buckets})" for name, q in (("p50", 0.5), ("p99", 0.99))
    }


def _by(function: str, labels: str) -> str:
    return f"{function} by ({labels})" if labels else function
