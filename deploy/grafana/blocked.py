"""The board Blocked transfers."""

from panels import Board, Panel
from queries import highest, rate, rise, total

BLOCKED = Board(
    "exportgate-blocked",
    "Blocked transfers",
    "What is held, by which paragraph, to whom and of what.",
    {
        "Now": [
            Panel.number(
                "Blocked",
                "Holds in the time shown.",
                "short",
                rise("exportgate_decisions_total", where='decision="hold"'),
            ),
            Panel.number(
                "Licence required",
                "Holds that a licence clears, in the time shown.",
                "short",
                rise("exportgate_blocked_transfers_total", where='hold_type="license_required"'),
            ),
            Panel.number(
                "Review",
                "Holds that a person clears, in the time shown.",
                "short",
                rise("exportgate_blocked_transfers_total", where='hold_type="review"'),
            ),
            Panel.number("Open holds", "Orders that are held now.", "short", total("exportgate_open_holds")),
            Panel.number(
                "Oldest open hold",
                "The age of the oldest hold that stands on an order.",
                "s",
                highest("exportgate_oldest_open_hold_seconds"),
            ),
        ],
        "By paragraph": [
            Panel(
                "By paragraph, over time",
                "Holds a second; a transfer counts for each paragraph that stands in its way.",
                "cps",
                {"{{code}}": f"{rate('exportgate_hold_reasons_total', 'code')} > 0"},
                width=14,
                height=12,
            ),
            Panel(
                "By paragraph",
                "Holds in the time shown; a transfer counts for each paragraph that stands in its way.",
                "short",
                {"{{code}}": f"sort_desc({rise('exportgate_hold_reasons_total', 'code')} > 0)"},
                "bargauge",
                width=10,
                height=12,
            ),
        ],
        "Where to, what and why": [
            Panel(
                "By destination group",
                "Holds a second, by the most restrictive Country Group among the destinations.",
                "cps",
                {"{{destination_group}}": rate("exportgate_blocked_transfers_total", "destination_group")},
            ),
            Panel(
                "By item family",
                "Holds a second: cybersecurity items of Category 4 or 5, light ones, others, unclassified.",
                "cps",
                {"{{item_family}}": rate("exportgate_blocked_transfers_total", "item_family")},
            ),
            Panel(
                "By hold type",
                "Holds a second, by what clears them: a licence, or a person's review.",
                "cps",
                {"{{hold_type}}": rate("exportgate_blocked_transfers_total", "hold_type")},
            ),
            Panel(
                "Destination, item and hold type",
                "Holds in the time shown.",
                "short",
                {
                    "": rise(
                        "exportgate_blocked_transfers_total", "destination_group, item_family, hold_type"
                    )
                    + " > 0"
                },
                "table",
                width=12,
                height=10,
            ),
            Panel(
                "Open holds",
                "Orders that are held now, by what clears them.",
                "short",
                {"{{hold_type}}": total("exportgate_open_holds", "hold_type")},
                width=6,
                height=10,
            ),
            Panel(
                "Age of the oldest open hold",
                "Of the orders that are held now: how long the first of them has waited for somebody.",
                "s",
                {"oldest": highest("exportgate_oldest_open_hold_seconds")},
                width=6,
                height=10,
            ),
        ],
    },
)
