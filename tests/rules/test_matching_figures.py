"""The script behind the figures of docs/matching.md runs on a list as it is read today."""

from docs import matching
from rules.parties import Entry


def test_the_curve_falls_as_the_threshold_rises(monkeypatch):
    """Each kind of name has a share for each threshold; of listed names with a slip most are found."""
    monkeypatch.setattr(matching, "EACH", 3)
    names = ("Volkhov Turbine", "Ostrava Castings", "Kandalaksha Shipping", "Marmaris Optics")
    found = matching.curve(tuple(Entry(f"EL-{n}", "EL", name) for n, name in enumerate(names)))
    assert len(found) == 4
    assert all(len(shares) == len(matching.THRESHOLDS) for shares in found.values())
    assert all(shares == sorted(shares, reverse=True) for shares in found.values())
    assert found["listed, otherwise written"][0] == 100
    assert matching.as_table(found).count("\n") == len(matching.THRESHOLDS) + 1
