"""Lines that name both sides: a side that was evaluated here says so within the width."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style

from resim_inspect.comparison import Comparison
from resim_inspect.comparison.changes import VerdictChange
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import cell_width
from resim_inspect.tui.comparison.location import location_text
from resim_inspect.tui.theme import ThemeStyles

_PLAIN = Style()
STYLES = ThemeStyles(
    True, True, _PLAIN, _PLAIN, _PLAIN, _PLAIN, _PLAIN, _PLAIN, _PLAIN, status={}, severity={}
)


@pytest.mark.parametrize("status", list(MetricStatus))
@pytest.mark.parametrize("width", [40, 60])
def test_a_line_with_any_verdict_fits(width: int, status: MetricStatus) -> None:
    comparison = Comparison("a", "b", False, (), (VerdictChange("", status, status),))
    sides = Path("/a/long/path/to/runs/before/outputs"), Path("/a/long/path/to/runs/after/outputs")
    for line in location_text(sides, comparison, width, STYLES).plain.split("\n"):
        assert line.endswith(f"  {status.symbol} {status.name}")
        assert cell_width(line) <= width


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_side_that_is_approximate_says_so(width: int) -> None:
    verdict = VerdictChange("", MetricStatus.PASSED, MetricStatus.NOT_APPLICABLE)
    comparison = Comparison("a", "b", False, (), (verdict,), approximate=frozenset({"after"}))
    sides = Path("/runs/before/outputs"), Path("/runs/after/outputs")
    before, after = location_text(sides, comparison, width, STYLES).plain.split("\n")
    assert "approximate" not in before
    assert after.endswith("– NOT_APPLICABLE  approximate")
    assert max(len(before), len(after)) <= width
