"""Horizontal bars: the rows of each position, and the categories in view."""

from __future__ import annotations

import numpy as np
import pytest

from resim_inspect.charts import DARK, PLAIN, Drawing, render
from resim_inspect.charts.model.drawing import Bars, BarSeries
from resim_inspect.charts.model.picture import Picture
from resim_inspect.charts.svg import svg_chart

MANY = 12


def bars(series: int, *, stacked: bool = False) -> Drawing:
    names = tuple(f"a job of a long name {k}" for k in range(MANY))
    every = [BarSeries(f"series {s}", np.arange(1.0 + s, MANY + 1 + s)) for s in range(series)]
    return Drawing("B", "bar chart", (Bars(names, tuple(every), stacked=stacked),))


def row_of(picture: Picture, name: str) -> int:
    return next(y for y, line in enumerate(picture.text.splitlines()) if f"{name} " in line)


@pytest.mark.parametrize(("series", "stacked"), [(1, False), (2, False), (2, True)])
def test_each_row_of_a_bar_is_its_position(series: int, stacked: bool) -> None:
    drawing = bars(series, stacked=stacked)
    shown = render(drawing, 60, 44, palette=PLAIN)
    assert shown.plot is not None
    for category in (0, 5, MANY - 1):
        rows = shown.rows_of(float(category))
        assert len(rows) == (1 if stacked else series)
        assert rows.start == row_of(shown, f"name {category}")
        for row in rows:
            assert shown.position_at(shown.plot.x, row) == category
            read = shown.at(shown.plot.x, row)
            assert read is not None
            assert read.x == category
        assert shown.position_at(0, rows.start) is None, "a label is not the plot"
        assert shown.shows(float(category))
    assert not shown.shows(float(MANY))
    assert shown.x_range == (-0.5, MANY - 0.5)
    assert (shown.column_of(3.0), shown.x_of(shown.plot.x)) == (None, None)


def test_bars_that_do_not_fit_are_not_in_the_range_of_the_picture() -> None:
    shown = render(bars(3), 60, 16, palette=DARK)
    assert shown.position_rows
    assert shown.x_range is not None
    assert shown.x_range[1] < MANY - 0.5
    assert shown.shows(shown.x_range[1] - 0.5)
    assert not shown.shows(shown.x_range[1] + 0.5)


def test_bars_stay_horizontal_in_a_part_of_them() -> None:
    panel = Bars(tuple("abcdefghijklmnop"), (BarSeries("", np.arange(1.0, 17)),))
    drawing = Drawing("B", "bar chart", (panel,))
    assert render(drawing, 100, 24, palette=PLAIN).position_rows
    part = render(drawing, 100, 24, palette=PLAIN, window=(1.5, 4.5))
    assert [at for at, _ in part.position_rows] == [2, 3, 4]


@pytest.mark.parametrize("vertical", [True, False])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("stacked", [True, False])
def test_bars_at_the_end_of_the_numbers_are_drawn(vertical: bool, sign: int, stacked: bool) -> None:
    most = np.array([sign * 1.7e308, 1.0])
    pair = (BarSeries("x", most), BarSeries("y", most, unit="m"))
    panel = Bars(("one", "two"), pair, stacked=stacked, vertical=vertical)
    shown = render(Drawing("B", "bar chart", (panel,)), 50, 12, palette=PLAIN)
    assert ("1e308" if vertical else "∞" if stacked else "1.7e308") in shown.text
    svg = svg_chart(Drawing("B", "bar chart", (panel,)))
    assert f"{'-' * (sign < 0)}1.7e308 m" in svg


def test_bars_of_the_smallest_numbers_are_drawn() -> None:
    for values in ([5e-324, 0.0], [-5e-324, 5e-324]):
        panel = Bars(("one", "two"), (BarSeries("x", np.array(values)),), vertical=False)
        assert "4.94066e-324" in svg_chart(Drawing("B", "bar chart", (panel,)))
