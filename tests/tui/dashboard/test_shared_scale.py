"""The y axis that jobs share."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import draw
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import FailureDefinition
from resim_inspect.job_rows import Cell, read_job
from resim_inspect.tui.dashboard.shared_scale import (
    JobRange,
    SharedScale,
    range_of,
    range_of_cell,
)
from runner.workspace.layout import RunFolder


def _range(low: float, high: float, unit: str = "m", kind: str = "number") -> JobRange:
    return JobRange(None, (low, high), unit, kind)


def test_the_axis_is_as_wide_as_all_jobs_need() -> None:
    scale = SharedScale()
    scale.add("a", _range(0, 5))
    scale.add("b", _range(-2, 3))
    scale.add("c", JobRange(None, None, "", ""))
    assert scale.window == (-2, 5)
    assert scale.text == "-2 … 5 m"
    assert scale.problem == ""


def test_a_job_that_changed_or_is_gone_no_longer_counts() -> None:
    scale = SharedScale()
    scale.add("a", _range(0, 5))
    scale.add("b", _range(0, 90))
    assert scale.window == (0, 90)
    scale.add("b", _range(0, 1))
    assert scale.window == (0, 5)
    scale.keep_only({"b"})
    assert scale.window == (0, 1)


def test_values_of_different_units_have_no_axis_in_common() -> None:
    scale = SharedScale()
    scale.add("a", _range(0, 5))
    scale.add("b", _range(0, 5, "km"))
    assert scale.window is None
    assert scale.problem == "units differ"


def test_logarithmic_and_plain_axes_are_not_mixed() -> None:
    scale = SharedScale()
    scale.add("a", _range(0, 2, kind="log"))
    assert scale.text == "1 … 100 m"
    scale.add("b", _range(0, 2))
    assert scale.problem == "axes differ"


def test_a_job_is_known_until_its_data_are_others() -> None:
    scale, source = SharedScale(), object()
    scale.add("a", JobRange(source, (0, 1), "", "number"))
    assert scale.is_known("a", source)
    assert not scale.is_known("a", object())


def test_ranges_of_drawings() -> None:
    build = DocumentBuilder("ranges")
    clock = build.times("clock", [0.0, 1.0, 2.0])
    speed = build.doubles("speed", [1.0, 4.0, 3.0], unit="m/s", index=clock)
    build.double_over_time("Speed", [(speed, build.statuses("ok", ["PASSED"] * 3, index=clock))])
    build.scalar("Top", 4.0, unit="m/s", fails_above=10)
    build.scalar("None", None)
    build.text("Notes", "words")
    document = build.document()
    ranges = [range_of(draw(document, metric), None) for metric in document.metrics]
    low, high = ranges[0].range or (0.0, 0.0)
    assert low < 1
    assert 4 < high < 5
    assert ranges[0][2:] == ("m/s", "number")
    assert ranges[1].range == (4, 10)
    assert ranges[2].range is None
    assert ranges[3].range is None


def test_numbers_that_are_not_finite_have_no_range() -> None:
    scale = SharedScale()
    for key, value in (("a", float("nan")), ("b", float("inf")), ("c", 3.0)):
        limits = FailureDefinition(float("inf"), 5.0)
        scale.add(key, range_of_cell(Cell(MetricStatus.PASSED, value, "m", limits), None))
    assert scale.window == (3.0, 5.0)


def test_a_unit_of_a_file_is_made_safe() -> None:
    cell = Cell(MetricStatus.PASSED, 1.0, "m\x1b[2J" + "x" * 99)
    assert range_of_cell(cell, None).unit.isprintable()


@pytest.mark.parametrize("limits", [(), (10.0,), (None, -3.0), (12.0, 2.0), (math.inf, -math.nan)])
@pytest.mark.parametrize("value", [4.0, 0.0, -7.5, math.nan, math.inf])
def test_a_scalar_has_one_range_whether_its_row_or_its_chart_is_read(
    tmp_path: Path, value: float, limits: tuple[float | None, ...]
) -> None:
    build = DocumentBuilder("scalar")
    above, below = (*limits, None, None)[:2]
    build.scalar("Top", value, unit="m/s²", fails_above=above, fails_below=below)
    build.write(tmp_path / "outputs" / "metrics.binproto")
    document = build.document()
    row = read_job("job", RunFolder(tmp_path))
    drawn = range_of(draw(document, document.metrics[0]), None)
    assert repr(range_of_cell(row.cells["Top"], None)) == repr(drawn)


def test_the_axis_is_the_same_for_any_order_of_reading(tmp_path: Path) -> None:
    limits = ((None, None), (None, 12.0), (-4.0, None), (1.0, 11.0), (None, None))
    ranges = []
    for number, (below, above) in enumerate(limits):
        build = DocumentBuilder(f"job {number}")
        build.scalar("Top", 10 + number / 100, unit="m", fails_above=above, fails_below=below)
        folder = RunFolder(tmp_path / str(number))
        build.write(folder.metrics)
        document = build.document()
        cell = read_job("job", folder).cells["Top"]
        drawn = range_of(draw(document, document.metrics[0]), None)
        ranges.append((range_of_cell(cell, None), drawn))
    chance = random.Random(7)
    shown = set()
    for _ in range(20):
        scale = SharedScale()
        for number in chance.sample(range(len(ranges)), len(ranges)):
            # Of a job in view the chart may be read first, of another one the row.
            scale.add(str(number), chance.choice(ranges[number]))
        shown.add((scale.window, scale.text, scale.problem))
    assert shown == {((-4.0, 12.0), "-4 … 12 m", "")}
