"""Whether a worker can decide events now, check by check: for /readyz and `exportgate_ready`."""

from collections.abc import Mapping

from streams.lanes import Lanes
from streams.reference_data import ReferenceData


def readiness(lanes: Lanes, reference: ReferenceData) -> Mapping[str, bool]:
    """Each check and whether it holds: a check a table, the partitions assigned, the lanes open."""
    tables = {table.table: table.is_current() for table in reference.tables}
    return {**tables, "partitions_assigned": lanes.assigned, "lanes_open": lanes.ready}
