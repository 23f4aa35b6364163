"""Charts of awkward values: what is not finite, equal, long, large or many is seen as it is."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import DARK, PLAIN, Drawing, Palette, Picture, draw, render
from resim_inspect.charts.model.drawing import Axis, Bars, BarSeries, Curve, Plot
from resim_inspect.charts.rendering.cells import distinct_labels
from resim_inspect.document import Document, parse_document
from resim_inspect.document.images import open_image
from resim_inspect.text import instant
from tests.charts.scenes import canvas, only

WIDTHS = (40, 60, 80, 120, 160)


def over_time(times: list[float], values: list[float], statuses: list[str]) -> Document:
    build = DocumentBuilder()
    clock = build.times("t", times)
    doubles = build.doubles("v", values, unit="m", index=clock)
    build.double_over_time("M", [(doubles, build.statuses("s", statuses, index=clock))])
    return build.document()


def bars(
    names: list[str], *series: list[float], statuses: list[str] | None = None, stack: bool = False
) -> Document:
    build = DocumentBuilder()
    pairs = []
    for k, values in enumerate(series):
        index = build.strings(f"names {k}", names)
        doubles = build.doubles(f"v{k}", values, index=index)
        passed = ["PASSED"] * len(values)
        pairs.append((doubles, build.statuses(f"s{k}", statuses or passed, index=index)))
    build.bar_chart("B", pairs, stack=stack, legend=[f"series {k}" for k in range(len(series))])
    return build.document()


def picture_of(document: Document, width: int, height: int = 20) -> Picture:
    return render(draw(document, document.metrics[0]), width, height, palette=PLAIN)


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


def test_the_axis_reaches_over_samples_without_a_value() -> None:
    times = [float(k) for k in range(101)]
    values = [float(k) if 5 < k <= 20 else math.nan for k in range(101)]
    _, shown = only(over_time(times, values, ["PASSED"] * 101))
    assert shown.x_range == (0.0, 100.0)
    assert "86 without a value" in shown.caption


@pytest.mark.parametrize("width", WIDTHS)
def test_bars_that_are_not_finite_are_named(width: int) -> None:
    statuses = ["PASSED", "FAIL_WARN", "FAIL_BLOCK", "FAIL_BLOCK", "PASSED"]
    values = [1.0, math.nan, math.inf, -math.inf, 0.0]
    shown = picture_of(bars(["a", "b", "c", "d", "e"], values, statuses=statuses), width)
    assert "NaN" in shown.text
    assert "✗" in shown.text
    assert "!" in shown.text
    assert "∞" in shown.text
    assert "-∞" in shown.text
    assert "✗ FAIL_BLOCK 2" in shown.text
    assert "1 NaN · 2 infinite" in shown.text


def test_bars_in_little_room_have_signs_for_what_is_not_finite() -> None:
    names = [f"category {k}" for k in range(40)]
    values = [2.0] * 40
    values[10], values[20], values[30] = math.nan, math.inf, -math.inf
    panel = Bars(tuple(names), (BarSeries("", np.array(values)),), vertical=True)
    shown = render(Drawing("B", "bar chart", (panel,)), 60, 14, palette=PLAIN)
    assert all(shown.text.count(sign) == 1 for sign in "∅↑↓")


def test_a_bar_of_zero_has_no_sliver_and_one_of_almost_zero_has() -> None:
    panel = Bars(("a", "b", "c"), (BarSeries("", np.array([100.0, 0.0, 0.01])),), vertical=True)
    shown = render(Drawing("B", "bar chart", (panel,)), 60, 14, palette=PLAIN)
    (bottom,) = canvas(shown)[-1:]
    third = len(bottom) // 3
    assert set(bottom[third : 2 * third].strip()) == set()
    assert "▁" in bottom[2 * third :]


# ----------------------------------------------------------------- many, equal


@pytest.mark.parametrize("width", range(30, 161, 7))
@pytest.mark.parametrize("many", [13, 60, 151, 400])
def test_dense_bars_leave_no_column_blank(width: int, many: int) -> None:
    values = np.linspace(5.0, 9.0, many)
    panel = Bars(tuple(f"c{k}" for k in range(many)), (BarSeries("", values),), vertical=True)
    shown = render(Drawing("B", "bar chart", (panel,)), width, 12, palette=PLAIN)
    blanks = [k for k, char in enumerate(canvas(shown)[-1]) if char == " "]
    if many >= 60:
        assert not blanks or many * 3 <= len(canvas(shown)[-1])
    # Where blanks are, each is a single column or as wide as all others.
    runs = "".join("x" if k not in set(blanks) else " " for k in range(len(canvas(shown)[-1])))
    assert len({len(run) for run in runs.strip().replace("x", "|").split("|") if run}) <= 1


def test_two_batches_of_one_time_are_two_bars() -> None:
    build = DocumentBuilder()
    parts = {}
    for category, values in (("ok", [1.0, 2.0]), ("bad", [3.0, 4.0])):
        times = build.times(f"{category} t", [1_760_000_000.0, 1_760_000_000.0])
        doubles = build.doubles(category, values, index=times)
        parts[category] = (times, doubles, build.statuses(f"{category} s", doubles))
    build.batchwise_bar_chart("B", parts, colors=["#00ff00", "#ff0000"], stack=True)
    panel, shown = only(build.document())
    assert isinstance(panel, Bars)
    assert panel.categories == ("09 Oct #1", "09 Oct #2")
    assert [series.values.tolist() for series in panel.series] == [[1.0, 2.0], [3.0, 4.0]]
    assert "1 batch with the time of another" in shown.text


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_stay_different(width: int) -> None:
    names = [f"this/is/a/very/long/path/to/a/category/number/{k}/of/five" for k in range(5)]
    shown = picture_of(bars(names, [1.0, 2.0, 3.0, 4.0, 5.0]), width)
    labels = [line.split()[0] for line in shown.text.split("\n") if "█" in line]
    assert len(labels) == 5
    assert len(set(labels)) == 5


@pytest.mark.parametrize(
    "names",
    [
        ["a very long name that ends in one", "a very long name that ends in two"],
        ["first but then all the same", "other but then all the same"],
        [f"prefix{k}{'x' * 40}" for k in range(3)],
        [f"{'x' * 30}{k}{'y' * 30}" for k in range(3)],
    ],
)
def test_labels_are_cut_where_names_do_not_differ(names: list[str]) -> None:
    labels = distinct_labels(names, 12)
    assert len(set(labels)) == len(names)
    assert all(len(label) <= 12 for label in labels)


@pytest.mark.parametrize("width", [9, 14, 20, 26, 38])
def test_names_that_differ_at_their_end_keep_what_precedes(width: int) -> None:
    start = "this/is/a/very/long/path/to/some/scenario/variant_"
    labels = distinct_labels([f"{start}{k}" for k in range(5)], width)
    for k, label in enumerate(labels):
        assert len(label) <= width
        assert label.endswith(f"variant_{k}" if width > 9 else f"…{k}")
        if width >= 20:
            assert label.endswith(f"scenario/variant_{k}")
        # It is said that something is left out.
        assert label.startswith("…")


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


@pytest.mark.parametrize("palette", [PLAIN, DARK])
def test_the_higher_bar_is_drawn_higher_and_a_small_one_is_seen(palette: Palette) -> None:
    planned, used = np.array([9.0, 3.0]), np.array([9.4, 0.2])
    panel = Bars(
        ("climb", "land"), (BarSeries("planned", planned), BarSeries("used", used)), vertical=True
    )
    for height in range(8, 30):
        shown = render(Drawing("B", "bar chart", (panel,)), 80, height, palette=palette)
        rows = canvas(shown)
        quarter = len(rows[0]) // 4
        tops = [column_top(rows, k * quarter + quarter // 2) for k in (0, 1, 3)]
        assert tops[1] >= tops[0], shown.text
        assert tops[2] > 0, shown.text


def column_top(rows: list[str], column: int) -> float:
    """Height of a bar in cells, from the blocks in one column."""
    eighths = " ▁▂▃▄▅▆▇"
    chars = [row[column] for row in rows]
    return sum(
        eighths.index(char) / 8 if char in eighths else 1.0
        for char in chars
        if char in " ▁▂▃▄▅▆▇█▓"
    )


def test_a_short_part_of_a_stack_is_seen() -> None:
    values = [np.array([value]) for value in (8.0, 0.1, 8.0)]
    panel = Bars(
        ("x",),
        tuple(BarSeries(f"s{k}", part) for k, part in enumerate(values)),
        stacked=True,
        vertical=True,
    )
    for height in range(12, 30):
        shown = render(Drawing("B", "bar chart", (panel,)), 40, height, palette=PLAIN)
        assert all(sign in "".join(canvas(shown)) for sign in "█▓▒"), shown.text


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
