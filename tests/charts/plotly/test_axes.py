"""Axes, shapes, stacks, shares and scenes of plotly figures, and the notes at every width."""

from __future__ import annotations

import math
from typing import Any

import pytest

from resim_inspect.charts import DARK, PLAIN, render
from resim_inspect.charts.analysis.readout import extent, readout
from resim_inspect.charts.model.drawing import Bars, Plot
from tests.charts.plotly.figures import drawn, figure_text, plot

LINE = {"x": [1, 2], "y": [100, 101]}


@pytest.mark.parametrize(
    ("axis", "low", "high"),
    [
        ({"rangemode": "tozero"}, 0, 106.3),
        ({"range": [0, None]}, 0, 101.1),
        ({"range": [None, 200]}, 99.9, 200),
        ({"range": [0, 200]}, 0, 200),
        ({"range": [200, 0]}, 0, 200),
        ({"minallowed": 100.5}, 100.5, 101.1),
        ({"autorangeoptions": {"include": 300}}, 99.9, 300),
        ({"autorangeoptions": {"minallowed": 50, "maxallowed": 120}}, 50, 120),
    ],
)
def test_the_range_is_what_the_figure_asks_for(
    axis: dict[str, Any], low: float, high: float
) -> None:
    found = plot([LINE], {"yaxis": axis}).y
    assert found.limits == pytest.approx((low, high), abs=0.06)
    assert found.reverse == (axis.get("range") == [200, 0])


def test_axes_that_match_share_their_range_and_categories() -> None:
    layout = {
        "xaxis": {"domain": [0, 0.4]},
        "xaxis2": {"domain": [0.6, 1], "matches": "x"},
        "yaxis2": {"anchor": "x2"},
    }
    numbers = drawn([LINE, {"x": [5, 9], "y": [1, 2], "xaxis": "x2", "yaxis": "y2"}], layout)
    assert [p.x.limits for p in numbers.panels if isinstance(p, Plot)] == [(1, 9), (1, 9)]
    second = {"x": ["b", "c"], "y": [1, 2], "xaxis": "x2", "yaxis": "y2"}
    names = drawn([{"x": ["a", "b"], "y": [1, 2]}, second], layout)
    found = [p.x.categories for p in names.panels if isinstance(p, Plot)]
    assert found == [("a", "b", "c")] * 2


def test_an_axis_may_match_one_that_matches_another() -> None:
    layout = {
        "xaxis": {"domain": [0, 0.3]},
        "xaxis2": {"domain": [0.35, 0.65], "matches": "x"},
        "xaxis3": {"domain": [0.7, 1], "matches": "x2"},
    }
    data = [{"x": [k, k + 1], "y": [0, 1], "xaxis": f"x{k}", "yaxis": f"y{k}"} for k in (2, 3)]
    panels = drawn([{"x": [0, 1], "y": [0, 1]}, *data], layout).panels
    assert [p.x.limits for p in panels if isinstance(p, Plot)] == [(0, 4)] * 3


def test_shapes_on_log_axes_are_in_data_units_and_annotations_are_not() -> None:
    layout = {
        "yaxis": {"type": "log"},
        "shapes": [{"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": 100, "y1": 100}],
        "annotations": [{"x": 2, "y": 2, "text": "hundred"}],
    }
    found = plot([{"x": [1, 2, 3], "y": [1, 10, 1000]}], layout)
    assert [line.position for line in found.reference_lines] == pytest.approx([2])
    assert [note.y for note in found.annotations] == [2]


def test_shapes_that_no_subplot_draws_are_counted() -> None:
    layout = {"shapes": [{"type": "path", "path": "M 0 0"}, {"x0": 1, "x1": 2, "xref": "x7"}]}
    assert "Not drawn: 2 shapes." in " ".join(drawn([LINE], layout).notes)


def test_the_sign_of_the_tick_labels_is_the_unit() -> None:
    drawing = drawn([LINE, {"type": "bar", **LINE}], {"yaxis": {"ticksuffix": "%"}})
    assert "y: [%]" in figure_text(drawing, 60, 14)
    assert [r.text for r in readout(drawing.main, 1.0).readings] == ["100%", "100%"]
    assert plot([LINE], {"yaxis": {"ticksuffix": "%", "showticksuffix": "none"}}).y.unit == ""


def test_gaps_are_connected_where_the_figure_says_so() -> None:
    trace = {"mode": "lines", "x": [1, 2, 3], "y": [1, None, 3]}
    assert math.isnan(plot([trace]).curves[0].y[1])
    assert plot([{**trace, "connectgaps": True}]).curves[0].y.tolist() == [1, 3]


def test_texts_stand_at_their_points_and_are_read() -> None:
    drawing = drawn([{"mode": "text", "x": [1, 2], "y": [10, 20], "text": ["A", "B"]}])
    text = figure_text(drawing, 60, 14)
    assert "A" in text
    assert "B" in text
    assert [r.text for r in readout(drawing.main, 2.0).readings] == ["20 B"]


def stack(*heights: list[float], **more: Any) -> list[dict[str, Any]]:
    return [
        {"name": f"s{k}", "x": list(range(len(y))), "y": y, "stackgroup": "one", **more}
        for k, y in enumerate(heights)
    ]


def test_stacked_areas_say_that_they_are_and_read_both_values() -> None:
    data = stack([3, 2, 4], [1, 2, 3])
    found = plot(data, {"yaxis": {"title": "tests"}})
    assert found.y.title == "tests (stacked)"
    assert found.curves[1].y.tolist() == [4, 4, 7]
    assert found.y.limits is not None
    assert found.y.limits[0] == 0
    for width in (40, 80, 160):
        assert "(stacked)" in figure_text(drawn(data), width, 14)
    assert [r.text for r in readout(found, 1.0).readings] == ["2", "4 (own 2)"]


def test_layers_of_height_zero_hide_no_other_layer() -> None:
    found = plot(stack([3, 2, 4], [0, 0, 0], [1, 2, 3]))
    assert [math.isnan(v) for v in found.curves[1].y] == [True] * 3


def test_a_stack_at_one_place_is_a_stacked_bar() -> None:
    found = plot(stack([3], [0], [2]))
    assert [(b.name, b.y0, b.y1) for b in found.boxes] == [("s0", 0, 3), ("s2", 3, 5)]
    assert found.curves == ()


def test_stacks_are_normed() -> None:
    found = plot(stack([3, 1], [1, 1], groupnorm="percent"))
    assert found.curves[0].y.tolist() == [75, 50]
    assert found.curves[1].y.tolist() == [100, 100]


def parts(trace: dict[str, Any]) -> dict[str, float]:
    panel = drawn([trace]).panels[0]
    assert isinstance(panel, Bars), panel
    return dict(zip(panel.categories, panel.series[0].values.tolist(), strict=True))


@pytest.mark.parametrize("kind", ["treemap", "sunburst", "icicle"])
def test_a_hierarchy_adds_a_part_s_own_value_to_its_children_s(kind: str) -> None:
    tree = {"type": kind, "labels": ["all", "A", "B", "A1"], "parents": ["", "all", "all", "A"]}
    assert parts({**tree, "values": [0, 1, 2, 9]}) == {"A": 10, "B": 2}
    total = {**tree, "values": [12, 10, 2, 9], "branchvalues": "total"}
    assert parts(total) == {"A": 10, "B": 2}
    assert "1 part" in " ".join(drawn([total]).notes)


@pytest.mark.parametrize(
    "tree",
    [
        {"labels": ["a", "b"], "parents": ["b", "a"]},
        {"labels": ["a", "a"], "parents": ["", ""]},
        {"labels": ["a", "b"], "parents": ["x", "y"]},
    ],
)
def test_a_hierarchy_that_plotly_refuses_says_why(tree: dict[str, Any]) -> None:
    assert "is not drawn:" in figure_text(drawn([{"type": "treemap", **tree}]), 100, 10)


def test_a_negative_slice_is_left_out_and_said() -> None:
    pie = {"type": "pie", "labels": ["a", "b"], "values": [-1, 5]}
    assert parts(pie) == {"b": 5}
    for width in (40, 80, 160):
        assert "negative value" in figure_text(drawn([pie]), width, 10)


SPACE = {
    "type": "scatter3d", "name": "flight", "mode": "lines",
    "x": [0, 1, 3], "y": [0, 10, 20], "z": [0, 100, 178.8],
}  # fmt: skip


@pytest.mark.parametrize("width", [40, 80, 160])
def test_a_view_into_space_names_its_axes_and_has_nothing_to_zoom(width: int) -> None:
    scene = {"xaxis": {"title": "East"}, "yaxis": {"title": "North"}}
    drawing = drawn([SPACE], {"scene": scene})
    text = figure_text(drawing, width, 20)
    for name in ("East 0…3", "North 0…20", "z 0…178.8"):
        assert name in text
    assert drawing.main is None
    assert extent(drawing.main) is None
    assert render(drawing, width, 20, palette=PLAIN, cursor=0.1).plot is None


@pytest.mark.parametrize("kind", ["candlestick", "waterfall", "sankey", "scatterpolar"])
@pytest.mark.parametrize("width", [40, 60, 80, 120, 160])
@pytest.mark.parametrize("palette", [PLAIN, DARK], ids=["plain", "color"])
def test_what_is_not_drawn_is_named_with_the_way_to_see_it(
    kind: str, width: int, palette: Any
) -> None:
    for data in ([{"type": kind, "x": [1]}], [{"type": kind, "x": [1]}, LINE]):
        lines = render(drawn(data), width, 20, palette=palette).text.split("\n")
        text = " ".join(" ".join(line.split()) for line in lines)
        assert "Not drawn" in text
        assert f"{kind} (1 trace, 1 point)" in text
        assert "`resim-inspect browse` shows it." in text
    low = render(drawn([{"type": kind}, LINE]), width, 4, palette=palette).text
    assert kind in low or width < 60


def test_a_part_of_the_figure_without_values_keeps_its_place() -> None:
    left = {"type": "pie", "labels": ["a"], "values": [-1], "domain": {"x": [0, 0.4]}}
    right = {"type": "pie", "labels": ["a"], "values": [1], "domain": {"x": [0.6, 1]}}
    text = figure_text(drawn([left, right]), 100, 10)
    assert "has no values" in text
    assert "100.0%" in text


def test_a_second_x_axis_is_said() -> None:
    layout = {"xaxis2": {"overlaying": "x", "side": "top"}}
    notes = drawn([LINE, {**LINE, "xaxis": "x2"}], layout).notes
    assert "a second x axis" in " ".join(notes)


def test_violins_and_contours_say_what_they_are_drawn_as() -> None:
    assert "drawn as boxes" in " ".join(drawn([{"type": "violin", "y": [1, 2, 3]}]).notes)
    assert "as a heat map" in " ".join(drawn([{"type": "contour", "z": [[1, 2], [3, 4]]}]).notes)
