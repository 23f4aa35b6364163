"""Charts of awkward values: what is not finite, equal, long, large or many is seen as it is."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, Drawing, draw, render
from resim_inspect.charts.analysis.readout import readings
from resim_inspect.charts.analysis.value_range import value_range
from resim_inspect.charts.model.drawing import Axis, Bars, BarSeries, Curve, DrawOptions, Plot
from resim_inspect.charts.svg import svg_chart
from resim_inspect.document import parse_document
from resim_inspect.document.images import open_image
from resim_inspect.text import instant
from tests.charts.drawn_metrics import WIDTHS, over_time, picture_of
from tests.charts.scenes import canvas, only

# ------------------------------------------------------------------ not finite


@pytest.mark.parametrize(("value", "arrow", "row"), [(math.inf, "↑", 0), (-math.inf, "↓", -1)])
def test_a_failing_infinity_is_at_the_edge_towards_it(value: float, arrow: str, row: int) -> None:
    statuses = ["PASSED", "PASSED", "FAIL_BLOCK", "PASSED", "PASSED"]
    document = over_time([0.0, 1.0, 2.0, 3.0, 4.0], [5.0, 6.0, value, 7.0, 8.0], statuses)
    _, shown = only(document)
    rows = canvas(shown)
    column = shown.column_of(2.0)
    assert column is not None
    assert shown.plot is not None
    column -= shown.plot.x
    assert rows[row][column] == arrow
    assert rows[row + (1 if row == 0 else -1)][column] == "✗"
    assert sum(line.count("✗") for line in rows) == 1
    assert f"1 at {'∞' if value > 0 else '-∞'} ({arrow})" in shown.caption


@pytest.mark.filterwarnings("error")
def test_a_log_axis_reads_infinite_and_tiny_values_as_they_are() -> None:
    most, least = sys.float_info.max, 5e-324
    values = [10.0, most, -math.inf, least, math.inf, math.nan, 20.0]
    document = over_time([float(k) for k in range(7)], values, ["PASSED"] * 7)
    (metric,) = document.metrics
    drawing = draw(document, metric, DrawOptions(log_y=True))
    (panel,) = drawing.panels
    read = [reading for k in range(7) for reading in readings(panel, float(k))]
    assert [reading.value for reading in read] == [
        10,
        most,
        None,
        least,
        None,
        None,
        pytest.approx(20),
    ]
    assert [reading.text for reading in read if reading.value is None] == ["– (-∞)", "– (∞)", "–"]
    extremes = value_range(panel)
    assert extremes is not None
    assert (extremes.smallest.value, extremes.largest.value) == (least, most)
    shown = render(drawing, 60, 14, palette=PLAIN)
    assert "4 points · 1 without a value · 1 at ∞ (↑) · 1 at -∞ (↓)" in shown.caption
    assert shown.text.count("↑") == 2, "in the plot and in the caption"
    assert svg_chart(drawing).count("↓") == 2


def test_the_axis_reaches_over_samples_without_a_value() -> None:
    times = [float(k) for k in range(101)]
    values = [float(k) if 5 < k <= 20 else math.nan for k in range(101)]
    _, shown = only(over_time(times, values, ["PASSED"] * 101))
    assert shown.x_range == (0.0, 100.0)
    assert "86 without a value" in shown.caption


# ----------------------------------------------------------------- many, equal


@pytest.mark.parametrize("width", WIDTHS)
def test_the_title_of_x_leaves_the_axis_and_its_last_tick(width: int) -> None:
    times = [float(t) for t in range(31)]
    shown = picture_of(over_time(times, times, ["PASSED"] * 31), width)
    lines = shown.text.rstrip().split("\n")
    axis = next(line for line in lines if "└" in line)
    assert shown.plot is not None
    assert set(axis.strip()) == set("└─┬")
    assert len(axis) == shown.plot.x + shown.plot.width
    assert lines[-1].startswith("31 points")
    assert lines[-1].endswith("time [s]")
    assert lines[-1].count("time [s]") == 1


def test_a_title_of_x_without_a_row_below_stands_between_ticks() -> None:
    document = over_time([0.0, 10.0, 20.0, 30.0], [0.0, 1.0, 2.0, 3.0], ["PASSED"] * 4)
    drawing = draw(document, document.metrics[0])
    two = replace(drawing, panels=(*drawing.panels, *drawing.panels))
    shown = render(two, 80, 30, palette=PLAIN).text.split("\n")
    axes = [line.rstrip() for line in shown if "└" in line]
    assert len(axes) == 2
    for axis in axes:
        assert "┬─" in axis.split(" time [s] ")[0]
        assert len(axis) == 80
        assert axis[-1] in "┬─"


def test_an_axis_over_all_doubles_has_ticks() -> None:
    document = over_time([0.0, 1.0, 2.0], [-1.7e308, 1.7e308, 0.0], ["PASSED"] * 3)
    _, shown = only(document)
    assert all(label in shown.text for label in ("-1e308 ┤", " 0 ┤", " 1e308 ┤"))


@pytest.mark.parametrize("height", range(6, 31))
def test_a_point_is_in_the_row_of_its_tick(height: int) -> None:
    x = np.arange(5.0)
    y = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    curve = Curve("v", x, y, line=False, mark="●")
    line = Curve("w", x, y)
    for curves in ((curve,), (line,)):
        plot = Plot(Axis(), Axis(limits=(0.0, 4.0), marks=((2.0, "two"),)), curves=curves)
        shown = render(Drawing("P", "plot", (plot,)), 60, height, palette=PLAIN)
        column = shown.column_of(2.0)
        assert column is not None
        row = next(line for line in shown.text.split("\n") if "two ┤" in line)
        assert row[column : column + 1].strip(), shown.text


# -------------------------------------------------------------- without colour


def test_series_of_one_name_share_their_texture() -> None:
    panel = Bars(
        ("x", "y"),
        tuple(BarSeries(name, np.array([3.0, 2.0])) for name in ("False", "True", "False")),
        vertical=True,
    )
    text = render(Drawing("B", "bar chart", (panel,)), 60, 14, palette=PLAIN).text
    legend, *rows = text.split("\n")
    assert legend.startswith("█ False   ▓ True")
    assert legend.count("False") == 1
    assert "▒" not in text
    widest = max(rows, key=len)
    assert widest.count("█") == pytest.approx(2 * widest.count("▓"), abs=4)


def test_points_have_the_marks_of_the_legend() -> None:
    x = np.arange(4.0)
    curves = tuple(
        Curve(name, x, x + k, line=False, mark="●") for k, name in enumerate(("up", "over", "down"))
    )
    shown = render(
        Drawing("P", "plot", (Plot(Axis(), Axis(), curves=curves),)), 60, 16, palette=PLAIN
    )
    drawn = "".join(canvas(shown))
    assert shown.text.startswith("o up   x over   + down")
    assert "●" not in drawn
    assert all(drawn.count(sign) >= 3 for sign in "ox+")


# ----------------------------------------------------------------- the others


def test_an_empty_state_of_the_set_is_not_reported() -> None:
    build = DocumentBuilder()
    clock = build.times("t", [0.0, 1.0, 2.0])
    states = build.strings("m", ["", "Y", ""], index=clock)
    build.states_over_time("S", [(states, build.statuses("s", states))], states=["", "Y"])
    _, shown = only(build.document())
    assert "Not in the metric's set of states" not in shown.text
    assert "3 samples in 3 segments" in shown.text


def test_the_line_that_counts_columns_covers_no_row() -> None:
    build = DocumentBuilder()
    head = "|" + "|".join(f"col{k}" for k in range(30)) + "|"
    rows = ["|" + "|".join(f"{row}.{k}" for k in range(30)) + "|" for row in range(4)]
    build.text("T", "\n".join([head, "|" + "---|" * 30, *rows]))
    document = build.document()
    lines = render(draw(document, document.metrics[0]), 80, 20, palette=PLAIN).text.split("\n")
    assert [line[:3] for line in lines[2:6]] == ["0.0", "1.0", "2.0", "3.0"]
    assert lines[6].startswith("… 17 more columns")


def test_an_image_is_turned_as_its_orientation_says(tmp_path: Path) -> None:
    image = Pillow.new("RGB", (64, 32), (255, 0, 0))
    image.paste((0, 0, 255), (0, 0, 32, 32))
    exif = Pillow.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.png", exif=exif)
    pixels, caption = open_image(tmp_path / "turned.png", "turned.png")
    assert pixels.shape == (64, 32, 3)
    assert pixels[0, 0].tolist() == [0, 0, 255]
    assert pixels[-1, 0].tolist() == [255, 0, 0]
    assert "32 × 64" in caption


# ----------------------------------------------------------------------- times


LAST = 253_402_300_799
"""9999-12-31 23:59:59 in seconds since 1970."""


def test_a_time_beyond_64_bits_is_never_another_date() -> None:
    build = DocumentBuilder()
    clock = build.times("t", [0, 10**18, 10**18])
    values = build.doubles("v", [1.0, 2.0, 3.0], index=clock)
    build.double_over_time("M", [(values, build.statuses("s", values))], start=1.0, end=2.0)
    states = build.strings("m", ["a", "b", "a"], index=clock)
    build.states_over_time("S", [(states, build.statuses("ms", states))], states=["a", "b"])
    build.event("E", 1.0, absolute=True)
    message = build.message()
    message.metrics_data[0].series.timestamps.series[2].seconds = LAST
    message.events[0].timestamp.seconds = LAST
    over = message.job_level_metrics.metrics[0].metric_values.double_over_time_metric_values
    over.end_time.seconds = LAST
    document = parse_document(message.SerializeToString())
    panel, shown = only(document)
    assert isinstance(panel, Plot)
    assert panel.curves[0].x.tolist() == [0, 10**18]
    text = " ".join(shown.text.split())
    assert '"v": 1 sample before 1677 or after 2262 not drawn.' in text
    assert "The end time, 9999-12-31 23:59:59 UTC, cannot be drawn" in text
    assert instant(int(document.series(document.data[0]).times[2])) == "after 2262-04-11"
    assert document.events[0].timestamp == LAST * 10**9
    bands = render(draw(document, document.metrics[1]), 100, 20, palette=PLAIN)
    assert "2 samples in 2 segments" in bands.text


def test_series_on_two_clocks_have_a_note() -> None:
    build = DocumentBuilder()
    pairs = []
    for name, start in (("one", 0.0), ("two", 1_760_000_000.0)):
        clock = build.times(f"{name} t", [start, start + 1])
        values = build.doubles(name, [1.0, 2.0], index=clock)
        pairs.append((values, build.statuses(f"{name} s", values)))
    build.double_over_time("M", pairs)
    _, shown = only(build.document())
    assert "1 of 2 series have times since 1970" in shown.text
