"""The board Workers."""

from panels import Board, Panel
from queries import of, quantiles, rate, rise

WORKER = 'instance=~"$instance"'
WORKERS = Board(
    "exportgate-workers",
    "Workers",
    "Which workers are there, what do they have, and how are they?",
    {
        "Who is there": [
            Panel(
                "Ready",
                "1 where every check of /readyz holds, by worker.",
                "none",
                {"{{instance}}": f"min by (instance) ({of('exportgate_ready', WORKER)})"},
                width=6,
            ),
            Panel(
                "Checks that fail",
                "How many workers fail each check of /readyz: a table, the assignment, the lanes.",
                "short",
                {"{{check}}": f"sum by (check) (1 - {of('exportgate_ready', WORKER)})"},
                width=6,
                bad_from=1,
            ),
            Panel(
                "Assigned partitions",
                "Of each topic of events, by worker; together as many as EXPORTGATE_PARTITIONS.",
                "short",
                {
                    "{{instance}}": "max by (instance) (count by (instance, topic) ("
                    + of("exportgate_consumer_lag_records", WORKER)
                    + "))"
                },
                width=6,
            ),
            Panel(
                "What runs",
                "The version of exportgate and of its rules, by worker.",
                "none",
                {"": f"max by (instance, version, rules) ({of('exportgate_build_info', WORKER)})"},
                "table",
                width=6,
            ),
        ],
        "Work": [
            Panel(
                "Records of a batch",
                "Median and 99th percentile of what is fetched at once: large ones mean a backlog.",
                "short",
                quantiles("exportgate_batch_records", "topic", WORKER),
            ),
            Panel(
                "Screening of an event",
                "Reading, joining, deciding and encoding, without Kafka.",
                "s",
                quantiles("exportgate_screening_seconds", "instance", f'of="event", {WORKER}'),
            ),
            Panel(
                "Screening of a batch",
                "For so long the worker does nothing else.",
                "s",
                quantiles("exportgate_screening_seconds", "instance", f'of="batch", {WORKER}'),
            ),
            Panel(
                "Repartitioned",
                "Events a second that came on another partition than their end user, by topic: a producer is "
                "set up wrongly.",
                "cps",
                {"{{topic}}": rate("exportgate_repartitioned_total", "topic", WORKER)},
            ),
            Panel(
                "Dead letters",
                "Records that could not be read, in the time shown, by reason.",
                "short",
                {"{{reason}}": rise("exportgate_dead_letters_total", "reason", WORKER)},
                "bargauge",
            ),
            Panel(
                "Takeover",
                "From the assignment of a partition to its first fetch; beyond the line an alert fires.",
                "s",
                {
                    name: expr.replace("$__rate_interval", "$__range")
                    for name, expr in quantiles("exportgate_lane_open_seconds", where=WORKER).items()
                },
                bad_from=15,
            ),
        ],
        "Processes": [
            Panel(
                "Memory",
                "Resident memory of each worker.",
                "bytes",
                {"{{instance}}": of("process_resident_memory_bytes", WORKER)},
            ),
            Panel(
                "Processor",
                "Seconds of processor a second; a worker uses little more than one core.",
                "percentunit",
                {"{{instance}}": rate("process_cpu_seconds_total", "instance", WORKER)},
            ),
            Panel(
                "Restarts",
                "Starts of each worker in the time shown, but its first.",
                "short",
                {"{{instance}}": f"changes({of('process_start_time_seconds', WORKER)}[$__range])"},
                "bargauge",
            ),
        ],
    },
    {"instance": 'label_values(exportgate_build_info{job=~"$job"}, instance)'},
)
