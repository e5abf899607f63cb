"""The board Screening overview."""

from panels import Board, Panel
from queries import LATENCY, budget_left, highest, of, quantiles, rate, share_of_holds, total

OVERVIEW = Board(
    "exportgate-overview",
    "Screening overview",
    "Is everything decided, how fast, and what share of it is held?",
    {
        "Now": [
            Panel.number(
                "Decisions a second",
                "Holds and releases of all workers.",
                "cps",
                rate("exportgate_decisions_total", ""),
            ),
            Panel.number("Held", "The share of decisions that are holds.", "percentunit", share_of_holds()),
            Panel.number(
                "Latency p99",
                "From the event's Kafka timestamp to the acknowledgement of its decision; objective: 5 s.",
                "s",
                quantiles(LATENCY)["p99"],
                bad_from=5,
            ),
            Panel.number(
                "Lag", "Events that are not decided yet.", "short", total("exportgate_consumer_lag_records")
            ),
            Panel.number(
                "Oldest undecided",
                "The age of the oldest event without a decision. Latency never shows what is stuck.",
                "s",
                highest("exportgate_oldest_undecided_seconds"),
                bad_from=60,
            ),
            Panel.number(
                "Error budget left",
                "Of the 0.1 % of decisions that may take more than 5 seconds in 30 days.",
                "percentunit",
                budget_left(),
                bad_below=0,
            ),
        ],
        "Traffic": [
            Panel(
                "Events a second",
                "Events that were decided or put aside, by the topic that they came from.",
                "cps",
                {"{{topic}}": rate("exportgate_events_total", "topic")},
            ),
            Panel(
                "Decisions a second",
                "Releases, and holds by what they need: a licence or a review.",
                "cps",
                {"{{decision}} {{hold_type}}": rate("exportgate_decisions_total", "decision, hold_type")},
            ),
            Panel(
                "Share of holds",
                "Of orders, of downloads, and of both over an hour: what is compared with the week before.",
                "percentunit",
                {
                    "{{subject}}": rate("exportgate_decisions_total", "subject", 'decision="hold"')
                    + " / "
                    + rate("exportgate_decisions_total", "subject"),
                    "both, over 1 h": of("exportgate:hold_ratio:rate1h"),
                },
            ),
        ],
        "Speed": [
            Panel(
                "Latency",
                "From the event's Kafka timestamp to its decision's acknowledgement; the objective is 5 s.",
                "s",
                quantiles(LATENCY, "subject"),
                bad_from=5,
            ),
            Panel(
                "Lag",
                "Events that are not decided yet, by topic.",
                "short",
                {"{{topic}}": total("exportgate_consumer_lag_records", "topic")},
            ),
            Panel(
                "Oldest undecided",
                "The age of the oldest event without a decision, by topic; above the line an alert fires.",
                "s",
                {"{{topic}}": highest("exportgate_oldest_undecided_seconds", "topic")},
                bad_from=60,
            ),
        ],
        "Objective": [
            Panel(
                "Burn of the error budget",
                "How fast the budget of 30 days is used: at 1 it lasts just so long; at 14.4, over 1 h and "
                "over 5 m, somebody is woken.",
                "none",
                {
                    window: of(f"exportgate:decision_latency:error_ratio_rate{window}") + " / 0.001"
                    for window in ("5m", "1h", "6h", "3d")
                },
                width=12,
                bad_from=14.4,
            ),
            Panel(
                "Alerts that fire",
                "Each has a page in docs/runbooks: what it means, how to check, what to do.",
                "none",
                {"": 'ALERTS{alertname=~"Exportgate.+", alertstate="firing"}'},
                "table",
                width=12,
            ),
        ],
    },
)
