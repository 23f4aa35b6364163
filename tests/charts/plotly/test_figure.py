"""Plotly figures: traces where they belong, and what is left out said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from resim_inspect.charts import PLAIN, render
from resim_inspect.charts.analysis.readout import readings
from resim_inspect.charts.model.drawing import Bars, Drawing, Gauge, Message, Plot, Table
from tests.charts.plotly.figures import drawn, figure_text, packed, plot


def test_a_line_has_its_values_and_the_axis_its_kind() -> None:
    found = plot(
        [{"type": "scatter", "x": [1, 2, 3], "y": packed([4, 5, 6], "i1"), "mode": "lines"}]
    )
    assert found.curves[0].x.tolist() == [1, 2, 3]
    assert found.curves[0].y.tolist() == [4, 5, 6]
    assert (found.x.kind, found.y.kind) == ("number", "number")


def test_dates_become_times() -> None:
    found = plot([{"x": ["2024-03-18T10:00:00", "2024-03-18T10:00:05"], "y": [1, 2]}])
    assert found.x.kind == "time"
    assert found.x.absolute
    assert found.curves[0].x.tolist() == [0, 5]
    assert "2024-03-18" in figure_text(Drawing("t", "plotly", (found,)))


def test_texts_become_categories_in_their_order() -> None:
    found = plot([{"type": "bar", "x": ["b", "a"], "y": [1, 2]}])
    assert found.x.categories == ("b", "a")
    assert [(round(b.x0 + b.x1), b.y1) for b in found.boxes] == [(0, 1), (2, 2)]


def test_a_log_axis_leaves_out_what_is_not_positive() -> None:
    found = plot(
        [{"x": [1, 2, 3], "y": [10, -1, 1000]}], {"yaxis": {"type": "log", "range": [0, 4]}}
    )
    y = found.curves[0].y
    assert y[0] == pytest.approx(1)
    assert math.isnan(y[1])
    assert y[2] == pytest.approx(3)
    assert found.y.limits == (0, 4)


def test_stacked_bars_sum_up_and_down_apart() -> None:
    data = [
        {"type": "bar", "y": [8, 1]},
        {"type": "bar", "y": [-6, 2]},
        {"type": "bar", "y": [1, 3]},
    ]
    found = plot(data, {"barmode": "relative"})
    spans = sorted((b.y0, b.y1) for b in found.boxes)
    assert spans == [(0, -6), (0, 1), (0, 8), (1, 3), (3, 6), (8, 9)]


def test_horizontal_bars_on_dates_begin_at_their_base_and_last_milliseconds() -> None:
    trace = {"type": "bar", "orientation": "h", "base": ["2024-01-01"], "x": [1500], "y": ["a"]}
    found = plot([trace], {"xaxis": {"type": "date"}})
    assert [(b.x0, b.x1, b.horizontal) for b in found.boxes] == [(0, 1.5, True)]


def test_a_histogram_counts_in_the_bins_asked_for() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    trace = {"type": "histogram", "x": values.tolist(), "xbins": {"start": -3, "end": 3, "size": 1}}
    found = plot([trace])
    expected, _ = np.histogram(values, np.arange(-3, 4))
    assert [b.y1 for b in found.boxes] == expected.tolist()


def test_every_value_is_in_some_bin_where_none_are_asked_for() -> None:
    values = np.random.default_rng(1).normal(size=500)
    found = plot([{"type": "histogram", "x": values.tolist(), "nbinsx": 10}])
    assert sum(b.y1 - b.y0 for b in found.boxes) == 500


def test_a_box_has_the_quartiles() -> None:
    values = list(range(101))
    found = plot([{"type": "box", "y": [*values, 500], "name": "b"}])
    q1, q3 = np.percentile([*values, 500], (25, 75), method="hazen")
    assert [(b.y0, b.y1) for b in found.boxes] == [(q1, q3)]
    assert any(c.mark == "•" and c.y.tolist() == [500] for c in found.curves)


def test_a_heat_map_is_read_where_the_cursor_is() -> None:
    drawing = drawn([{"type": "heatmap", "z": [[1, 2], [3, 4]], "x": [10, 20], "y": [0, 1]}])
    found = drawing.panels[0]
    assert isinstance(found, Plot)
    assert found.heatmap is not None
    assert (found.heatmap.x0, found.heatmap.x1, found.heatmap.y0, found.heatmap.y1) == (
        5,
        25,
        -0.5,
        1.5,
    )
    shown = render(drawing, 80, 20, palette=PLAIN)
    assert shown.plot is not None
    readout = shown.at(shown.plot.x + shown.plot.width - 2, shown.plot.y + 1)
    assert readout is not None
    assert readout.readings[0].text == "4"


def test_marks_have_the_names_of_the_colour_bar() -> None:
    marker = {
        "color": [0, 1, 0],
        "colorscale": [[0, "#000000"], [1, "#ffffff"]],
        "colorbar": {"tickvals": [0, 1], "ticktext": ["off", "on"]},
    }
    found = plot([{"mode": "markers", "x": [1, 2, 3], "y": [1, 1, 1], "marker": marker}])
    assert [(c.name, c.color_role, c.x.tolist()) for c in found.curves] == [
        ("off", (0, 0, 0), [1, 3]),
        ("on", (255, 255, 255), [2]),
    ]


def test_a_second_axis_stands_right() -> None:
    data = [{"y": [1, 2]}, {"y": [100, 200], "yaxis": "y2", "mode": "lines"}]
    found = plot(data, {"yaxis2": {"overlaying": "y", "side": "right"}})
    assert found.right is not None
    assert [c.right for c in found.curves if c.line] == [False, True]


def test_a_table_a_pie_and_an_indicator() -> None:
    table = {"type": "table", "header": {"values": ["n", "v"]}, "cells": {"values": [["a"], [1.5]]}}
    pie = {"type": "pie", "labels": ["x", "y", "x"], "values": [1, 2, 4]}
    number = {"type": "indicator", "mode": "number+delta", "value": 7, "delta": {"reference": 5}}
    panels = drawn([table, pie, number]).panels
    assert isinstance(panels[0], Table)
    assert [c.text for c in panels[0].rows[0]] == ["a", "1.5"]
    assert isinstance(panels[1], Bars)
    assert dict(zip(panels[1].categories, panels[1].series[0].values, strict=True)) == {
        "x": 5,
        "y": 2,
    }
    assert isinstance(panels[2], Gauge)
    assert panels[2].value == 7
    assert "+2 against 5" in panels[2].detail


def test_points_in_space_keep_their_sides_seen_from_the_camera() -> None:
    trace = {
        "type": "scatter3d",
        "x": [0, 1, 0, 0],
        "y": [0, 0, 1, 0],
        "z": [0, 0, 0, 1],
        "name": "p",
    }
    found = plot(
        [{**trace, "mode": "lines"}], {"scene": {"camera": {"eye": {"x": 2, "y": 0, "z": 0}}}}
    )
    curve = next(c for c in found.curves if c.name == "p")
    # Seen from along x: y goes to the right, z up.
    assert curve.x.tolist() == pytest.approx([-1, -1, 1, -1])
    assert curve.y.tolist() == pytest.approx([-1, -1, -1, 1])


def test_shapes_and_texts() -> None:
    layout = {
        "shapes": [
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 2, "y1": 2},
            {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": 1, "x1": 1},
            {"type": "rect", "x0": 0, "x1": 1, "y0": 0, "y1": 1},
        ],
        "annotations": [
            {"x": 1, "y": 1, "text": "here"},
            {"xref": "paper", "yref": "paper", "x": 0, "y": 0, "text": "source: log"},
        ],
    }
    drawing = drawn([{"x": [0, 1, 2], "y": [0, 1, 2]}], layout)
    found = drawing.panels[0]
    assert isinstance(found, Plot)
    assert [(r.position, r.vertical) for r in found.reference_lines] == [(2, False), (1, True)]
    assert [n.text for n in found.annotations] == ["here"]
    assert "source: log" in drawing.notes


def test_subplots_stand_where_they_belong() -> None:
    data = [{"y": [1, 2]}, {"y": [3, 4], "xaxis": "x2", "yaxis": "y2"}]
    layout = {
        "xaxis": {"domain": [0, 0.45]},
        "xaxis2": {"domain": [0.55, 1]},
        "yaxis2": {"anchor": "x2"},
        "annotations": [
            {"text": "Left", "x": 0.225, "y": 1, "xref": "paper", "yref": "paper"},
            {"text": "Right", "x": 0.775, "y": 1, "xref": "paper", "yref": "paper"},
        ],
    }
    drawing = drawn(data, layout)
    assert [p.area for p in drawing.panels] == [(0, 0, 0.5, 1), (0.5, 0, 1, 1)]
    first = figure_text(drawing).split("\n")[0]
    assert first.index("Left") == 0
    assert first.index("Right") == 50


def test_what_cannot_be_drawn_is_listed_with_its_size() -> None:
    drawing = drawn([{"type": "surface", "z": [[1, 2, 3], [4, 5, 6]]}, {"y": [1, 2]}])
    assert any("surface (1 trace, 6 points)" in note for note in drawing.notes)
    alone = drawn([{"type": "sankey"}])
    assert isinstance(alone.panels[0], Message)
    assert "sankey (1 trace)" in figure_text(alone)


def test_a_title_that_is_not_the_metric_s_name_is_said() -> None:
    assert drawn([{"y": [1]}], {"title": {"text": "Other <b>name</b>"}}).notes == (
        "Its title: Other name",
    )
    assert drawn([{"y": [1]}], {"title": "Figure"}).notes == ()


@pytest.mark.parametrize("figure", [[], [None, 3, "x"], [{"type": "scatter"}]])
def test_figures_without_content_say_so(figure: list[Any]) -> None:
    assert figure_text(drawn(figure)).strip()


def test_hidden_traces_are_left_out() -> None:
    data = [{"y": [1, 2], "name": "a"}, {"y": [3, 4], "name": "b"}]
    drawing = drawn(data, hidden=frozenset({"a"}))
    assert drawing.series == ("a", "b")
    panel = drawing.panels[0]
    assert isinstance(panel, Plot)
    assert {c.name for c in panel.curves} == {"b"}


VALUES: list[Any] = [
    None, True, -1.0, 1e308, "x", "2024-01-01", [], {}, [1.0, "a", None], [[1.0], 2.0],
    {"text": 3.0}, {"bdata": "AAAA", "dtype": "f8"},
]  # fmt: skip


KEYS = [
    "x", "y", "z", "base", "width", "marker", "line", "error_y", "text", "name", "mode", "xbins",
    "fill", "stackgroup", "labels", "values", "parents", "cells", "header", "delta", "gauge",
    "domain", "xaxis", "yaxis", "orientation", "nbinsx", "visible",
]  # fmt: skip


KINDS = [
    "scatter", "bar", "histogram", "box", "heatmap", "histogram2d", "pie", "table", "indicator",
    "scatter3d", "sunburst", "funnel", "violin", "contour", "image", "surface",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_no_nonsense_breaks_a_figure(kind: str) -> None:
    random = np.random.default_rng(len(kind))
    for _ in range(60):
        chosen = random.choice(len(KEYS), 5, replace=False)
        trace: dict[str, Any] = {
            "type": kind,
            "x": [1.0, 2.0],
            "y": [3.0, 4.0],
            "z": [[1.0], [2.0]],
        }
        trace |= {KEYS[k]: VALUES[random.integers(len(VALUES))] for k in chosen}
        axis = {"type": ["log", "date", "category", "linear"][random.integers(4)]}
        names = ("range", "tickvals", "title", "domain", "overlaying")
        axis |= {name: VALUES[random.integers(len(VALUES))] for name in names}
        layout = {"xaxis": axis, "yaxis": dict(axis), "shapes": [axis], "annotations": [axis, None]}
        drawing = drawn([trace], layout)
        text = figure_text(drawing, 60, 16)
        assert "cannot be drawn here" not in text
        readings(drawing.main, 0.5)


def test_a_line_with_marks_is_read_once() -> None:
    drawing = drawn([{"name": "up", "mode": "lines+markers", "x": [0, 1, 2], "y": [3, 4, 5]}])
    assert [(one.series, one.text) for one in readings(drawing.main, 1.1)] == [("up", "4")]
