"""Panels in cells: each kind has a painter, each metric type a builder; texts in a grid."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from resim_inspect.charts import DARK, PLAIN, Drawing, Palette, render
from resim_inspect.charts.analysis.color_scale import fraction
from resim_inspect.charts.build import BUILDERS
from resim_inspect.charts.model.drawing import Axis, Bars, BarSeries, Heatmap, Panel, Plot
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.painters import PAINTERS
from resim_inspect.document.model import MetricValues
from resim_inspect.text import cell_width


def test_each_kind_of_panel_has_a_painter() -> None:
    assert set(PAINTERS) == set(get_args(Panel))


def test_each_metric_type_has_a_builder() -> None:
    assert set(BUILDERS) == set(get_args(MetricValues))


def test_bars_without_categories_have_nothing_in_any_window() -> None:
    panel = Bars((), (BarSeries("a", np.zeros(0)),))
    drawing = Drawing("none", "bar chart", (panel,))
    assert render(drawing, 40, 8, window=(3.0, 5.0), palette=PLAIN).more == 0


@pytest.mark.parametrize("text", ["👨‍👩‍👧 family", "❤️ heart", "e\u0301te\u0301", "日本", "🇩🇪 flag"])
def test_a_text_takes_the_cells_that_it_is_measured_by(text: str) -> None:
    grid = Grid(20, 1)
    end = grid.put(2, 0, text)
    assert end == 2 + cell_width(text)
    grid.put(end, 0, "|")
    line = "".join(span.text for span in grid.lines()[0])
    assert line == f"  {text}|"


@pytest.mark.parametrize("palette", [PLAIN, DARK])
def test_values_far_outside_of_a_heatmap_s_scale_have_the_shade_of_its_end(
    palette: Palette,
) -> None:
    values = np.array([[1e300, -1.7e308, 0.5]])
    heatmap = Heatmap(values, 0.0, 3.0, 0.0, 1.0, low=0.0, high=5e-3)
    picture = render(
        Drawing("t", "M", (Plot(Axis(), Axis(), heatmap=heatmap),)), 60, 12, palette=palette
    )
    rows = ["".join(span.text for span in line) for line in picture.lines]
    if palette is PLAIN:
        row = next(row for row in rows if "░" in row)
        assert row.index("█") < row.index("░") < row.rindex("█")


def test_a_fraction_of_a_scale_is_between_0_and_1_for_all_doubles() -> None:
    assert fraction(1.7e308, -1.7e308, 1.7e308) == 1.0
    assert fraction(0.0, -1.7e308, 1.7e308) == 0.5
    assert fraction(1e300, 0.0, 1e-300) == 1.0
    assert fraction(-1e300, 0.0, 1e-300) == 0.0
    assert fraction(3.0, 2.0, 2.0) == 0.5
