"""The values behind a chart as tables, for screen readers and for people who want numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.analysis.extremes import extremes_between
from resim_inspect.charts.analysis.readout import bar_readings, sample_reading
from resim_inspect.charts.analysis.ticks import position_label
from resim_inspect.charts.model.drawing import Bars, Curve, Panel, Plot
from resim_inspect.document.enums import FAILING
from resim_inspect.export.report.markup import table
from resim_inspect.text import number

MAX_ROWS = 200
"""Rows of a table; the rest is counted."""
_MAX_SAMPLES = 40
"""Samples of a curve that are listed one by one."""


def panel_tables(panel: Panel) -> Iterator[str]:
    """Yield tables of the values of a plot or a bar chart; none for other panels."""
    with np.errstate(all="ignore"):
        if isinstance(panel, Bars):
            yield _bars(panel)
        elif isinstance(panel, Plot):
            if panel.curves:
                yield _curves(panel)
                yield from _samples(panel)
            if panel.bands:
                yield _states(panel)
            if panel.boxes:
                yield _boxes(panel)
            if panel.reference_lines:
                yield _lines(panel)


def _bars(panel: Bars) -> str:
    several = len(panel.series) > 1
    rows = []
    for category in range(min(len(panel.categories), MAX_ROWS)):
        for reading in bar_readings(panel, category):
            status = "" if reading.status is None else reading.status.name
            row = [panel.categories[category], reading.text, status]
            rows.append([reading.series, *row] if several else row)
    header = ["category", "value", "status"]
    return table(
        "Bars",
        ["series", *header] if several else header,
        rows,
        {2 if several else 1},
        max(0, len(panel.categories) - MAX_ROWS),
    )


def _curves(panel: Plot) -> str:
    counted = [curve for curve in panel.curves if curve.counted]
    rows = []
    for curve in counted[:MAX_ROWS]:
        stats = curve_stats(curve)
        smallest = largest = where = other = ""
        for part in extremes_between(stats.y, (0, stats.finite)) if stats.finite else ():
            low, high = (sample_reading(curve, panel, k) for k in (part.lowest, part.highest))
            smallest, where, largest, other = low.text, low.x_text, high.text, high.x_text
        failing = ", ".join(
            f"{status.name} {stats.status_counts[status]:,}"
            for status in FAILING
            if stats.status_counts.get(status)
        )
        missing = stats.total - stats.finite
        rows.append(
            (
                curve.name, f"{stats.total:,}", f"{missing:,}" if missing else "",
                smallest, where, largest, other, failing,
            )
        )  # fmt: skip
    header = ("series", "samples", "without value", "smallest", "at", "largest", "at", "failing")
    return table("Series", header, rows, {1, 2, 3, 5}, max(0, len(counted) - MAX_ROWS))


def _samples(panel: Plot) -> Iterator[str]:
    """Yield the samples of short curves, and the first failing ones of long curves."""
    for curve in [curve for curve in panel.curves if curve.counted][:12]:
        stats = curve_stats(curve)
        if stats.finite <= _MAX_SAMPLES:
            chosen = list(range(stats.finite))
            title = f"Samples of {curve.name}"
        else:
            parts = [where[:_MAX_SAMPLES] for where in stats.failing.values()]
            chosen = np.unique(np.concatenate(parts)).tolist()[:_MAX_SAMPLES] if parts else []
            title = f"First failing samples of {curve.name}"
        if chosen:
            yield _sample_table(panel, curve, title, chosen)


def _sample_table(panel: Plot, curve: Curve, title: str, chosen: list[int]) -> str:
    rows = []
    for k in chosen:
        reading = sample_reading(curve, panel, k)
        status = "" if reading.status is None else reading.status.name
        rows.append((reading.x_text, reading.text, status))
    return table(title, (panel.x.title or "x", panel.y.title or "value", "status"), rows, {0, 1})


def _states(panel: Plot) -> str:
    rows = []
    total = sum(len(band.starts) for band in panel.bands)
    share = max(1, MAX_ROWS // len(panel.bands))
    for band in panel.bands:
        for k in range(min(share, len(band.starts))):
            start, end = (
                (int(times[k]) - panel.x.base) / 1e9 for times in (band.starts, band.ends)
            )
            code = int(band.codes[k])
            row = (band.name, position_label(start, panel.x), position_label(end, panel.x))
            rows.append((*row, band.states[code], band.mark(code, int(band.severities[k]))))
    header = ("series", "from", "to", "state", "fails")
    return table("States", header, rows, {1, 2}, total - len(rows))


def _boxes(panel: Plot) -> str:
    rows = [
        (
            number(min(box.x0, box.x1)),
            number(max(box.x0, box.x1)),
            box.text,
            "" if box.status is None else box.status.name,
        )
        for box in panel.boxes[:MAX_ROWS]
    ]
    header = ("from", "to", "value", "status")
    return table("Boxes", header, rows, {0, 1}, max(0, len(panel.boxes) - MAX_ROWS))


def _lines(panel: Plot) -> str:
    rows = []
    for line in panel.reference_lines[:MAX_ROWS]:
        where = position_label(line.position, panel.x) if line.vertical else number(line.position)
        rows.append((line.label, where))
    left_off = max(0, len(panel.reference_lines) - MAX_ROWS)
    return table("Limits and events", ("name", "at"), rows, {1}, left_off)
