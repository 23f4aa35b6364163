"""Bars, histograms and boxes of plotly figures: the values that plotly computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from resim_inspect.charts import DARK, PLAIN, render
from resim_inspect.charts.analysis.scales import y_range
from resim_inspect.charts.analysis.value_range import value_range
from resim_inspect.charts.model.drawing import Box, Plot
from tests.charts.plotly.figures import drawn, figure_text, plot


def bar(x: Any, y: Any, **more: Any) -> dict[str, Any]:
    return {"type": "bar", "x": x, "y": y, **more}


def ends(panel: Plot) -> list[tuple[float, float]]:
    return [(box.y0, box.y1) for box in panel.boxes]


def edges(panel: Plot) -> list[tuple[float, float]]:
    return [(round(box.x0, 9), round(box.x1, 9)) for box in panel.boxes]


def test_bars_on_a_log_axis_begin_at_the_axis_s_end_and_say_their_values() -> None:
    found = plot([bar(list("abc"), [10, 100, 1000])], {"yaxis": {"type": "log"}})
    assert [box.y1 for box in found.boxes] == pytest.approx([1, 2, 3])
    assert found.y.limits == pytest.approx((1 - 1 / 9, 3 + 1 / 9))
    assert {box.y0 for box in found.boxes} == {found.y.limits[0] if found.y.limits else None}
    assert [box.text for box in found.boxes] == ["10", "100", "1,000"]
    text = figure_text(drawn([bar(list("abc"), [10, 100, 1000])], {"yaxis": {"type": "log"}}))
    assert [label for label in ("1,000 ┤", "100 ┤", "10 ┤") if label in text] == [
        "1,000 ┤", "100 ┤", "10 ┤",
    ]  # fmt: skip


def test_a_bar_without_a_logarithm_is_not_drawn_on_a_log_axis() -> None:
    found = plot([bar(list("abc"), [10, 0, -5])], {"yaxis": {"type": "log"}})
    assert len(found.boxes) == 1


def test_a_histogram_on_a_log_axis_has_its_counts() -> None:
    values = [1] * 100 + [2] * 10 + [3]
    found = plot([{"type": "histogram", "x": values}], {"yaxis": {"type": "log"}})
    assert [box.y1 for box in found.boxes] == pytest.approx([2, 1, 0])
    assert found.boxes[0].text == "100 in 0.5 … 1.5"


def test_bars_of_one_trace_at_one_place_stand_on_each_other() -> None:
    assert ends(plot([bar(list("aab"), [1, 5, 2])])) == [(0, 1), (1, 6), (0, 2)]
    overlaid = plot([bar(list("aab"), [1, 5, 2])], {"barmode": "overlay"})
    assert ends(overlaid) == [(0, 1), (0, 5), (0, 2)]


@pytest.mark.parametrize(
    ("written", "value"),
    [("1,234", 1234), ("$5", 5), ("12%", 12), (" 7 ", 7), ("'8'", 8), ("1e3", 1000), ("#9", 9)],
)
def test_numbers_written_as_text_lose_their_signs(written: str, value: float) -> None:
    found = plot([bar(["a", "b"], [written, 1])])
    assert (found.y.kind, found.boxes[0].y1) == ("number", value)


@pytest.mark.parametrize("written", ["nan", "inf", "1_000", "five", "--3", ""])
def test_what_is_no_number_to_plotly_is_none_here(written: str) -> None:
    assert len(plot([bar(["a", "b", "c"], [written, 1, 2])]).boxes) == 2


def test_strict_axes_take_texts_as_categories() -> None:
    template = {"layout": {"autotypenumbers": "strict"}}
    found = plot([bar(["a", "b"], ["1,000", "2"])], {"template": template})
    assert found.y.categories == ("1,000", "2")


def test_categories_of_two_levels_stand_by_their_first_level() -> None:
    data = [
        bar([["2023", "2024"], ["Q1", "Q1"]], [1, 2]),
        bar([["2023", "2024"], ["Q2", "Q2"]], [3, 4]),
    ]
    found = plot(data)
    assert found.x.categories == ("2023 Q1", "2023 Q2", "2024 Q1", "2024 Q2")
    middles = [(box.x0 + box.x1) / 2 for box in found.boxes]
    assert middles == pytest.approx([0, 2, 1, 3])


def test_stacks_are_normed_to_percent() -> None:
    data = [bar(["a", "b"], [30, 1], name="p"), bar(["a", "b"], [10, 1], name="q")]
    found = plot(data, {"barmode": "stack", "barnorm": "percent"})
    assert ends(found) == [(0, 75), (0, 50), (75, 100), (50, 100)]
    assert [box.text for box in found.boxes] == ["75", "50", "25", "50"]


def test_stacked_negative_bars_lower_the_sum_and_relative_ones_stand_apart() -> None:
    data = [bar(["a"], [8]), bar(["a"], [-6])]
    assert ends(plot(data, {"barmode": "stack"})) == [(0, 8), (8, 2)]
    assert ends(plot(data, {"barmode": "relative"})) == [(0, 8), (0, -6)]


def test_widths_and_offsets_are_those_of_the_figure() -> None:
    found = plot([bar([1, 3, 4.5], [1, 2, 3], width=[2, 2, 1])])
    assert edges(found) == [(0, 2), (2, 4), (4, 5)]
    found = plot([bar([1, 2], [1, 2], width=0.5, offset=[0, 0.25])])
    assert edges(found) == [(1, 1.5), (2.25, 2.75)]


def test_offset_groups_stand_side_by_side() -> None:
    data = [
        bar(["a"], [1], offsetgroup="p"),
        bar(["a"], [2], offsetgroup="q"),
        bar(["a"], [3], offsetgroup="p"),
    ]
    assert edges(plot(data)) == [(-0.4, 0), (0, 0.4), (-0.4, 0)]
    stacked = plot(data, {"barmode": "stack"})
    assert ends(stacked) == [(0, 1), (0, 2), (1, 4)]


def test_bars_have_their_error_bars_and_still_begin_at_zero() -> None:
    found = plot([bar(["a"], [10], error_y={"type": "data", "array": [5]})])
    whisker = next(curve for curve in found.curves if curve.excluded_from_readout)
    assert whisker.y.tolist()[:2] == [5, 15]
    assert whisker.x.tolist()[:2] == [0, 0]
    assert y_range(found, found.y, False, (), (-0.5, 0.5))[0] == 0


def test_bars_of_one_name_and_colour_share_a_texture() -> None:
    marks = {"color": "red"}
    data = [
        bar(["a"], [1], name="no", marker={"color": "blue"}),
        bar(["b"], [1], name="yes", marker=marks),
        bar(["c"], [1], name="no", marker={"color": "blue"}, showlegend=False),
    ]
    found = plot(data)
    assert [box.shade for box in found.boxes] == [0, 1, 0]
    text = figure_text(drawn(data), 80, 16)
    assert "█ no" in text
    assert "▓ yes" in text


def test_bars_have_the_colours_of_the_figure() -> None:
    scale = [[0, "#000000"], [1, "#ffffff"]]
    marker = {"color": [0, 5, 10], "colorscale": scale}
    found = plot([bar(list("abc"), [1, 2, 3], marker=marker)])
    assert [box.color_role for box in found.boxes] == [(0, 0, 0), (128, 128, 128), (255, 255, 255)]
    shared = {"color": [0, 10], "coloraxis": "coloraxis"}
    layout = {"coloraxis": {"colorscale": scale, "cmin": 0, "cmax": 20}}
    found = plot([bar(list("ab"), [1, 2], marker=shared)], layout)
    assert [box.color_role for box in found.boxes] == [(0, 0, 0), (128, 128, 128)]
    found = plot([bar(list("ab"), [1, 2], marker={"color": ["red"]})])
    assert found.boxes[0].color_role == (255, 0, 0)


def test_months_are_bins_of_their_own_length() -> None:
    dates = [f"2024-{month:02}-{day:02}" for month in (1, 2, 3) for day in (1, 15, 28)]
    found = plot([{"type": "histogram", "x": dates, "xbins": {"size": "M1"}}])
    assert [box.y1 for box in found.boxes] == [3, 3, 3]


@pytest.mark.parametrize(
    ("function", "heights"),
    [("sum", [3, 7]), ("avg", [1.5, 3.5]), ("min", [1, 3]), ("max", [2, 4])],
)
def test_a_histogram_has_what_its_function_says(function: str, heights: list[float]) -> None:
    trace = {"type": "histogram", "x": list("aabb"), "y": [1, 2, 3, 4], "histfunc": function}
    assert [box.y1 for box in plot([trace]).boxes] == heights


def test_boxes_from_quartiles() -> None:
    trace = {
        "type": "box", "x": ["a", "b"], "q1": [1, 2], "median": [2, 3], "q3": [3, 4],
        "lowerfence": [0, 1], "upperfence": [5, 6],
    }  # fmt: skip
    found = plot([trace])
    assert ends(found) == [(1, 3), (2, 4)]
    assert found.x.categories == ("a", "b")
    whiskers = [curve.y for curve in found.curves if len(curve.y) == 6]
    assert [(whisker[0], whisker[4]) for whisker in whiskers] == [(0, 5), (1, 6)]
    assert found.boxes[0].text.startswith("median 2,")


@pytest.mark.parametrize(
    ("method", "quartiles"),
    [("linear", (1.75, 6.25)), ("exclusive", (1.5, 6.5)), ("inclusive", (2, 6))],
)
def test_quartiles_by_their_method(method: str, quartiles: tuple[float, float]) -> None:
    found = plot([{"type": "box", "y": [0, 1, 2, 3, 4, 5, 6, 7, 8], "quartilemethod": method}])
    assert ends(found) == [quartiles]


def test_mean_and_median_of_a_box_are_read() -> None:
    box: Box = plot([{"type": "box", "y": [1, 2, 6], "boxmean": True}]).boxes[0]
    assert "median 2" in box.text
    assert "mean 3" in box.text


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("total descending", ("a", "c", "b")),
        ("total ascending", ("b", "c", "a")),
        ("category descending", ("c", "b", "a")),
        ("trace", ("b", "a", "c")),
    ],
)
def test_categories_in_the_order_that_the_figure_asks_for(
    order: str, names: tuple[str, ...]
) -> None:
    found = plot([bar(list("bac"), [1, 5, 2])], {"xaxis": {"categoryorder": order}})
    assert found.x.categories == names


@pytest.mark.parametrize("weight", ["total", "sum", "mean"])
def test_categories_are_in_order_where_their_sum_is_too_large(weight: str) -> None:
    pair = [bar(list("ab"), [1.7e308, 1]), bar(list("ab"), [1.7e308, 2])]
    found = plot(pair, {"xaxis": {"categoryorder": f"{weight} ascending"}})
    assert found.x.categories == ("b", "a")


@pytest.mark.parametrize("width", [40, 80, 160])
@pytest.mark.parametrize("palette", [PLAIN, DARK], ids=["plain", "color"])
def test_bars_on_a_log_axis_keep_their_order_at_every_width(width: int, palette: Any) -> None:
    drawing = drawn([bar(list("abc"), [10, 100, 1000])], {"yaxis": {"type": "log"}})
    picture = render(drawing, width, 16, palette=palette)
    assert picture.plot is not None
    area = picture.plot
    rows = picture.text.split("\n")
    heights = [
        sum(
            rows[row].ljust(width)[area.x + int(area.width * (k + 0.5) / 3)] != " "
            for row in range(area.y, area.y + area.height)
        )
        for k in range(3)
    ]
    assert heights == sorted(heights)
    assert heights[0] >= 1
    assert np.diff(heights).min() >= 3


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        ({"barmode": "group"}, "smallest q 1 m at a · largest p 6 m at b"),
        ({"barmode": "stack"}, "smallest q 1 m at a · largest p 6 m at b"),
        # Percentages of the bar as it is drawn, not the top of its stack.
        (
            {"barmode": "stack", "barnorm": "percent"},
            "smallest q 25 m at a · largest p 75 m at a",
        ),
    ],
)
def test_extremes_are_those_of_bars_not_of_stacks(layout: dict[str, Any], words: str) -> None:
    bars = [bar(list("ab"), [3, 6], name="p"), bar(list("ab"), [1, 4], name="q")]
    found = value_range(plot(bars, {**layout, "yaxis": {"title": {"text": "Way (m)"}}}))
    assert found is not None
    assert found.in_words(100) == words


def test_extremes_of_bars_on_any_axis_and_beside_lines() -> None:
    line = {"type": "scatter", "x": [1, 2], "y": [0.5, 9], "name": "line"}
    found = value_range(plot([bar([1, 2], [3, 6], name="p"), line]))
    assert found is not None
    assert found.in_words(100) == "smallest line 0.5 at 1 · largest line 9 at 2"
    alone = value_range(plot([bar([1, 2], [3, 6], error_y={"array": [1, 5]})]))
    assert alone is not None
    assert alone.in_words(100) == "smallest 3 at 1 · largest 6 at 2"


@pytest.mark.parametrize(
    "trace",
    [
        {"type": "histogram", "x": [1, 1, 2, 3]},
        bar(list("ab"), [1, 2], base=[5, 6]),
        bar(list("ab"), ["2024-01-01", "2024-01-02"]),
    ],
)
def test_counts_ranges_and_dates_have_no_extremes(trace: dict[str, Any]) -> None:
    assert value_range(plot([trace])) is None
