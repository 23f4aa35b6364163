"""Documents whose charts are used by tests, and what is in view of one."""

from __future__ import annotations

import math
from typing import Any

from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.chart.view import ChartView


def waves() -> DocumentBuilder:
    build = DocumentBuilder("waves")
    times = build.times("clock", [i / 10 for i in range(200)])
    series = []
    for number in (1, 2):
        values = [math.sin(i / 20 * number) for i in range(200)]
        data = build.doubles(f"wave {number}", values, unit="m", index=times)
        series.append((data, build.statuses(f"status {number}", data)))
    build.double_over_time("Waves", series, legend=["slow", "fast"], order=1)
    event = build.scalar("Peak", 1.0)
    build.event("Crest", at=12.5, metrics=[event])
    return build


def climb() -> DocumentBuilder:
    """Positive values over 200 samples, two of which fail."""
    build = DocumentBuilder("climb")
    times = build.times("clock", [i / 10 for i in range(200)])
    height = build.doubles("height", [1.05**i for i in range(200)], unit="m", index=times)
    states = ["FAIL_WARN" if i in (40, 120) else "PASSED" for i in range(200)]
    build.double_over_time("Climb", [(height, build.statuses("ok", states, index=times))])
    return build


def line_below(pilot: Pilot[Any], chart: ChartView) -> str:
    return "".join(part for part, _ in chart.reading(theme_styles(pilot.app)))
