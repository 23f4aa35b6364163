"""Columns of jobs as drawings: bins, parts of bins, limits, and numbers that have no place."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from resim_inspect.charts import render
from resim_inspect.charts.build.job_columns import as_counts, as_histogram, bins, over_jobs
from resim_inspect.charts.model.drawing import Bars, Message, Plot
from resim_inspect.charts.model.job_column import JobColumn
from resim_inspect.charts.svg import SvgOptions, svg_chart
from resim_inspect.column_values import middle, summarize
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import FailureDefinition

PASSED, FAIL_WARN, FAIL_BLOCK = (
    MetricStatus.PASSED,
    MetricStatus.FAIL_WARN,
    MetricStatus.FAIL_BLOCK,
)


def column(numbers: list[float], *limits: FailureDefinition, fails: float = math.inf) -> JobColumn:
    """A column whose numbers above `fails` are blocked."""
    statuses = tuple(FAIL_BLOCK if number > fails else PASSED for number in numbers)
    names = tuple(f"job-{at}" for at in range(len(numbers)))
    return JobColumn("Speed", "m/s", names, tuple(numbers), statuses, limits)


@pytest.mark.parametrize(
    "numbers",
    [
        [0.0],
        [5.0] * 7,
        [1.0, 2.0, 2.0, 4.0],
        [-3.25, 0.1, 12.5],
        [1e-300, 2e-300],
        [1e15, 1e15 + 0.25],
        [float(at) for at in range(1000)],
        [1.7e308, 1.6e308],
    ],
)
def test_bins_are_round_few_and_hold_every_value(numbers: list[float]) -> None:
    edges = bins(np.array(numbers))
    assert 1 <= len(edges) <= 45
    assert edges[0][0] <= min(numbers)
    assert edges[-1][1] >= max(numbers)
    assert all(high > low for low, high in edges)
    panel = as_histogram(column(numbers)).main
    assert isinstance(panel, Plot)
    assert sum(box.y1 - box.y0 for box in panel.boxes) == len(numbers)


@pytest.mark.parametrize("size", [(60, 12), (120, 30)], ids=["few rows", "many rows"])
@pytest.mark.parametrize("long", [False, True], ids=["short names", "long names"])
def test_bars_of_jobs_show_the_limit_in_any_direction(long: bool, size: tuple[int, int]) -> None:
    """Long names lay the bars down; the limit is drawn and named there too."""
    limit = FailureDefinition(fails_above=20.0)
    given = column([1.0, 4.0, 12.0, 9.0], limit, limit, limit, limit)
    names = tuple(f"{'a-job-with-a-long-name-' if long else ''}{job}" for job in given.jobs)
    drawing = over_jobs(replace(given, jobs=names))
    text = "\n".join("".join(s.text for s in line) for line in render(drawing, *size).lines)
    assert "20 m/s" in text
    assert text.count("┊" if long else "┄") >= 4
    marked = svg_chart(drawing, SvgOptions(width=size[0] * 8))
    assert "20 m/s" in marked
    assert "stroke-dasharray" in marked


def test_integers_have_a_bin_each() -> None:
    assert bins(np.array([0.0, 3.0, 1.0])) == [(-0.5, 0.5), (0.5, 1.5), (1.5, 2.5), (2.5, 3.5)]


def test_failing_jobs_are_the_upper_part_of_their_bin() -> None:
    panel = as_histogram(column([1.0, 1.0, 1.0, 2.0], fails=1.5)).main
    assert isinstance(panel, Plot)
    parts = [(box.x0, box.y0, box.y1, box.status) for box in panel.boxes if box.y1 > box.y0]
    assert parts == [(0.5, 0, 3, None), (1.5, 0, 1, FAIL_BLOCK)]
    assert [fill.name for fill in panel.fills] == ["FAIL_BLOCK 1"]


def test_numbers_without_a_place_are_counted() -> None:
    drawing = as_histogram(column([1.0, math.nan, math.inf]))
    assert "2 jobs NaN or infinite, in no bin." in drawing.notes
    for numbers in ([], [math.nan], [-1.7e308, 1.7e308]):
        (panel,) = as_histogram(column(numbers)).panels
        assert isinstance(panel, Message)


def test_values_far_from_zero_are_points_others_bars() -> None:
    assert isinstance(over_jobs(column([1013.0, 1013.5])).main, Plot)
    assert isinstance(over_jobs(column([10.0, 13.5])).main, Bars)
    assert isinstance(over_jobs(column([-1.0, 1.0])).main, Bars)
    # A limit far from the values belongs to the picture.
    far = FailureDefinition(fails_below=10.0)
    assert isinstance(over_jobs(column([1013.0, 1013.5], far, far)).main, Bars)


def test_limits_that_differ_are_said_with_their_jobs() -> None:
    limits = [FailureDefinition(fails_above=float(at)) for at in (9, 9, 8, 7, 6)]
    drawing = over_jobs(column([1.0] * 5, *limits))
    assert isinstance(drawing.main, Bars)
    labels = [line.label for line in drawing.main.reference_lines]
    assert labels[0] == "2 jobs: fails above 9 m/s"
    assert len(labels) == 3
    assert "The jobs have 4 different limits, of which 3 are drawn." in drawing.notes
    vertical = as_histogram(column([1.0, 2.0], limits[0], limits[0])).main
    assert isinstance(vertical, Plot)
    assert [(line.position, line.vertical) for line in vertical.reference_lines] == [(9.0, True)]


def test_of_many_jobs_the_worst_stays_visible() -> None:
    numbers = sorted((random.Random(3).random() for _ in range(10_000)), reverse=True)
    numbers[5000] = 3.0
    drawing = over_jobs(column(numbers, fails=2.0))
    picture = render(drawing, 80, 24)
    assert "✗" in "\n".join("".join(span.text for span in line) for line in picture.lines[1:])
    assert picture.plot is not None


def test_labels_are_counted_the_most_frequent_first() -> None:
    panel = as_counts("verdict", ["✓ PASSED", "not run yet", "✓ PASSED"]).main
    assert isinstance(panel, Bars)
    assert panel.categories == ("✓ PASSED", "not run yet")
    assert panel.series[0].values.tolist() == [2.0, 1.0]


def test_summaries() -> None:
    numbers = [3.0, None, math.nan, 1.0]
    summary = summarize(numbers, [PASSED, FAIL_WARN, None, FAIL_BLOCK])
    assert summary == (1.0, 2.0, 3.0, 2, FAIL_BLOCK, True)
    assert summarize([], [None]) == (None, None, None, 0, None, False)
    assert middle([1.7e308, 1.75e308]) == 1.725e308
    assert middle([math.inf, math.inf]) == math.inf
    assert math.isnan(middle([-math.inf, math.inf]))


def test_bars_are_counted_as_jobs() -> None:
    numbers = [float(at) for at in range(300)]
    drawing = over_jobs(column(numbers))
    assert "300 jobs, drawn from extremes" in render(drawing, 80, 24).caption
    zoomed = render(drawing, 80, 24, window=(10.0, 30.0))
    assert zoomed.caption.startswith("21 of 300 jobs")
    assert "300 jobs, drawn from extremes" in svg_chart(drawing, SvgOptions(width=640))
