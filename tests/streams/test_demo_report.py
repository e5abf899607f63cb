import io

import orjson
import pytest
from rich.console import Console

from streams import demo_report
from streams.demo_traffic import Decided

HOLD = {
    "subject": {"type": "order", "id": "ord-1"},
    "end_user_id": "customer-1",
    "decision": "hold",
    "hold_type": "license_required",
    "basis": None,
    "supersedes": None,
    "lines": [{"sku": "C2-CONSOLE"}, {"sku": "SURVEY-SUITE"}],
    "reasons": [
        {
            "code": "ACE_C4",
            "citation": "15 CFR 740.22(c)(4)",
            "message": "ship_to VN is in [D:1]",
            "line_id": "1",
        },
        {
            "code": "ACE_C4",
            "citation": "15 CFR 740.22(c)(4)",
            "message": "ship_to VN is in [D:1]",
            "line_id": "2",
        },
    ],
}
RELEASE = HOLD | {
    "decision": "release",
    "hold_type": None,
    "basis": "ace",
    "reasons": [],
    "supersedes": "d-1",
}


def result() -> demo_report.Result:
    placed = [("download-requests", 0, 0), ("download-requests", 0, 1), ("orders", 1, 0), ("orders", 1, 1)]
    taken = dict.fromkeys(placed, 100.0)
    kinds = (RELEASE, HOLD, HOLD, RELEASE)
    decided = [
        Decided(position, 100.5, orjson.dumps(kind)) for position, kind in zip(placed, kinds, strict=True)
    ]
    return demo_report.Result(taken, decided, {"D:1": 2, "E:1": 0})


@pytest.fixture
def printed() -> str:
    page = io.StringIO()
    demo_report.show(Console(file=page, width=110), result(), 50)
    return page.getvalue()


def test_a_hold_counts_once_for_a_paragraph():
    """Two lines held by the same paragraph are one blocked transfer."""
    assert demo_report.paragraphs([HOLD]) == {("ACE_C4", "15 CFR 740.22(c)(4)"): 1}


def test_the_rate_is_over_the_time_of_the_topic():
    """Two decisions within half a second of the first event are four a second."""
    assert result().rate("download-requests") == 4.0
    assert result().latencies("orders") == [0.5, 0.5]


def test_the_report_names_what_was_blocked(printed):
    """The report has the paragraphs, the destination groups that blocked anything, and the lifted holds."""
    assert "15 CFR 740.22(c)(4)" in printed
    assert "D:1" in printed
    assert "E:1" not in printed
    assert "2 holds were lifted" in printed


def test_a_hold_is_shown_with_its_reasoning(printed):
    """A hold is shown with what was asked for and with each reason as it stands in the decision."""
    assert "Held: order ord-1" in printed
    assert "C2-CONSOLE, SURVEY-SUITE" in printed
    assert "ship_to VN is in [D:1]" in printed


def test_a_file_gets_plain_text(printed):
    """Where the output is no terminal, there are neither colours nor drawn bars."""
    assert "\x1b" not in printed
    assert printed.isascii()
