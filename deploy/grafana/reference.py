"""The board Reference data."""

from panels import Board, Panel
from queries import highest, of, rise

TABLE = 'table=~"$table"'
REFERENCE = Board(
    "exportgate-reference",
    "Reference data",
    "Do all workers decide with the same records, and how old are they?",
    {
        "Restricted-party list": [
            Panel.number(
                "Age of the list",
                "From the day on which its publisher made it; infinite while there is none.",
                "s",
                highest("exportgate_restricted_party_list_age_seconds"),
                bad_from=48 * 3600,
            ),
            Panel.number(
                "Age that is allowed",
                "EXPORTGATE_LIST_ALERT_HOURS: beyond it an alert fires.",
                "s",
                highest("exportgate_restricted_party_list_alert_seconds"),
            ),
            Panel.number(
                "Versions in use",
                "The most versions of any one table among the workers; more than one for long is an alert.",
                "short",
                "max(count by (job, table) (count by (job, table, version) ("
                + of("exportgate_reference_version_info", 'table!="end-users"')
                + ")))",
                bad_from=2,
            ),
            Panel.number(
                "Held for want of data",
                "Holds as REFERENCE_DATA_UNAVAILABLE in the time shown.",
                "short",
                rise("exportgate_hold_reasons_total", where='code="REFERENCE_DATA_UNAVAILABLE"'),
                bad_from=1,
            ),
            Panel.number(
                "Unreadable records",
                "Keys whose record does not validate: what is joined with them is held.",
                "short",
                f"sum(max by (table) ({of('exportgate_reference_unreadable_records')}))",
                bad_from=1,
            ),
        ],
        "Tables": [
            Panel(
                "Records",
                "Records of each table; the end users are summed over the workers, who have a part each.",
                "short",
                {"{{table}}": of("exportgate:reference_records", TABLE)},
            ),
            Panel(
                "Age of the newest record",
                "How long ago each table was last written to; 0 where it has no record.",
                "s",
                {"{{table}}": highest("exportgate_reference_age_seconds", "table", TABLE)},
            ),
            Panel(
                "Records still to read",
                "By table and worker. A worker that is behind lets events wait.",
                "short",
                {"{{table}} {{instance}}": of("exportgate_reference_lag_records", TABLE)},
            ),
            Panel(
                "Unreadable records",
                "Keys whose record does not validate, by table.",
                "short",
                {"{{table}}": highest("exportgate_reference_unreadable_records", "table", TABLE)},
            ),
            Panel(
                "Version of each table",
                "What each worker decides with: the same version is the same content. The end users differ, "
                "since each worker has its own.",
                "none",
                {
                    "": "count by (table, version, instance) ("
                    + of("exportgate_reference_version_info", TABLE)
                    + ")"
                },
                "table",
                width=16,
            ),
        ],
    },
    {"table": "label_values(exportgate_reference_records, table)"},
)
