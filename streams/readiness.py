"""Whether a worker can decide events now, check by check: for /readyz and `exportgate_ready`."""

from collections.abc import Mapping

from streams.lanes import Lanes
from streams.progress import Progress
from streams.reference_data import ReferenceData


def readiness(lanes: Lanes, progress: Progress, reference: ReferenceData) -> Mapping[str, bool]:
    """Each check and whether it holds: each table current, brokers there, partitions assigned, lanes open."""
    tables = {table.table: table.is_current() for table in reference.tables}
    return {
        **tables,
        "brokers_answer": progress.brokers_answer,
        "partitions_assigned": lanes.assigned,
        "lanes_open": lanes.ready,
    }
