"""Bars and states of awkward values: not finite, almost zero, dense, of long names."""

from __future__ import annotations

import math

import numpy as np
import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import DARK, PLAIN, Drawing, Palette, render
from resim_inspect.charts.model.drawing import Bars, BarSeries
from resim_inspect.charts.rendering.cells import distinct_labels
from tests.charts.drawn_metrics import WIDTHS, bars, picture_of
from tests.charts.scenes import canvas, only


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
