"""Drawings as SVG: every layer and panel, gaps, limits, statuses and texts."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import fields, replace
from typing import get_args

import numpy as np
import pytest

from resim_inspect.charts import DrawOptions, draw
from resim_inspect.charts.analysis import bar_layout
from resim_inspect.charts.analysis.readout import bar_readings
from resim_inspect.charts.analysis.value_range import value_range
from resim_inspect.charts.build.time_axes import event_lines
from resim_inspect.charts.model.drawing import (
    Axis,
    Bands,
    Bars,
    BarSeries,
    Box,
    Curve,
    Drawing,
    Fill,
    Gauge,
    Heatmap,
    Image,
    Panel,
    Plot,
    ReferenceLine,
    Table,
    TextAnnotation,
)
from resim_inspect.charts.svg import SvgOptions, svg_chart
from resim_inspect.charts.svg.layers.registry import LAYERS
from resim_inspect.charts.svg.panels.registry import SVG_PAINTERS
from resim_inspect.document import Document
from resim_inspect.document.enums import Importance, MetricStatus, TimestampType
from resim_inspect.document.model import Event
from tests.charts.plotly.figures import drawn
from tests.charts.svg.svg_harness import SVG, line, parsed, paths, plot, texts

NOT_A_LAYER = {"x", "y", "right", "title", "read_only_curves", "fills", "follows_main", "area"}


def test_each_kind_of_panel_has_a_painter() -> None:
    assert set(SVG_PAINTERS) == set(get_args(Panel))


def test_each_layer_of_a_plot_has_a_painter() -> None:
    assert {field.name for field in fields(Plot)} - NOT_A_LAYER == set(LAYERS)


LAYER_EXAMPLES = {
    "curves": (line([1.0, 2.0, 3.0]),),
    "boxes": (Box(0, 1, 0, 2, 0, name="bucket", text="2"),),
    "bands": (
        Bands(
            "mode",
            np.array([0, 10**9]),
            np.array([10**9, 2 * 10**9]),
            np.array([0, 1], np.int32),
            ("IDLE", "FLY"),
            frozenset({1}),
            np.array([0, 5], np.int32),
        ),
    ),
    "heatmap": Heatmap(np.array([[1.0, 2.0], [3.0, np.nan]]), 0, 2, 0, 2, unit="m"),
    "reference_lines": (ReferenceLine(0.5, "fails above 0.5 m", "limit", short="> 0.5 m"),),
    "annotations": (TextAnnotation(0.5, 0.5, "here"),),
}


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_each_layer_adds_elements(name: str) -> None:
    x = Axis("time" if name == "bands" else "number", limits=(0.0, 2.0))
    y = Axis("category", categories=("mode",)) if name == "bands" else Axis(limits=(0.0, 3.0))
    empty = Plot(x, y)
    assert not list(clipped(parsed(empty)))
    assert list(clipped(parsed(replace(empty, **{name: LAYER_EXAMPLES[name]}))))  # type: ignore[arg-type]


def clipped(root: ET.Element) -> ET.Element:
    """The group that holds the layers of the first plot."""
    return next(group for group in root.iter(f"{SVG}g") if group.get("clip-path"))


def test_a_gap_interrupts_the_line_and_is_counted() -> None:
    root = parsed(plot(curves=(line([1, 2, np.nan, 4, 5]),)))
    strokes = [d for d in paths(root) if d.startswith("M") and "L" in d and "z" not in d]
    assert any(d.count("M") == 2 for d in strokes)
    assert any("1 without a value" in text for text in texts(root))


def test_a_threshold_has_its_line_label_and_shading() -> None:
    limit = ReferenceLine(2.5, "fails above 2.5 m/s", "limit", short="> 2.5 m/s")
    root = parsed(plot(curves=(line([1, 2, 3]),), reference_lines=(limit,)))
    assert "fails above 2.5 m/s" in texts(root)
    dashed = [e for e in root.iter(f"{SVG}line") if e.get("stroke-dasharray")]
    shaded = [e for e in root.iter(f"{SVG}rect") if e.get("fill-opacity") == "0.09"]
    assert len(dashed) == len(shaded) == 1
    top, height = float(shaded[0].get("y", "")), float(shaded[0].get("height", ""))
    assert top + height == pytest.approx(float(dashed[0].get("y1", "")), abs=0.02)


def test_a_threshold_out_of_view_is_named_in_the_legend() -> None:
    limit = ReferenceLine(900, "fails above 900 m/s", "limit", short="> 900 m/s")
    root = parsed(plot(curves=(line([1, 2, 3]),), reference_lines=(limit,)))
    assert "fails above 900 m/s (not in view)" in texts(root)


def test_events_are_counted_in_the_legend_and_not_beside_the_first() -> None:
    kind, passed = TimestampType.RELATIVE, MetricStatus.PASSED
    events = [
        Event(n, str(n), f"hit {n}", "", (), (), passed, Importance.UNSET, n * 10**9, kind)
        for n in range(4)
    ]
    lines, _ = event_lines(events, Axis("time"), (0.0, 3.0))
    assert [one.label for one in lines] == ["hit 0", "hit 1", "hit 2", "hit 3"]
    root = parsed(plot(curves=(line([1, 2, 3, 4]),), reference_lines=lines))
    assert [text for text in texts(root) if "event" in text] == ["4 events"]


def test_failing_samples_have_marks_and_words() -> None:
    statuses = np.array([1, 2, 5], np.int32)
    root = parsed(plot(curves=(line([1, 2, 3], statuses=statuses),)))
    assert {"FAIL_WARN 1", "FAIL_BLOCK 1"} <= set(texts(root))


def test_units_are_in_the_titles_and_values_in_bar_labels() -> None:
    names = ("one", "two")
    series = BarSeries("", np.array([1.0, np.nan]), np.array([5, 1], np.int32), "m")
    root = parsed(Bars(names, (series,), y_title="distance [m]"))
    assert {"distance [m]", "1", "NaN", "one", "two"} <= set(texts(root))
    assert "[m/s]" in " ".join(texts(parsed(plot(curves=(line([1, 2]),)))))


def test_many_bars_are_horizontal_then_drawn_from_extremes() -> None:
    def root(n: int) -> ET.Element:
        values = np.arange(n, dtype=np.float64)
        names = tuple(f"category {k}" for k in range(n))
        return parsed(Bars(names, (BarSeries("", values, unit="m"),)))

    assert "category 99" in texts(root(100))
    text = " ".join(texts(root(5_000)))
    assert "5,000 categories, drawn from extremes" in text


def test_states_have_names_marks_and_a_legend() -> None:
    bands = LAYER_EXAMPLES["bands"]
    root = parsed(
        Plot(
            Axis("time"),
            Axis("category", categories=("mode",)),
            bands=bands,  # type: ignore[arg-type]
            fills=(Fill("IDLE", 0), Fill("FLY", MetricStatus.FAIL_BLOCK)),
        )
    )
    found = texts(root)
    assert found.count("IDLE") == 2
    assert "✗ FLY" in found
    assert "FLY" in found


def test_a_large_series_keeps_its_extremes_and_says_so() -> None:
    values = np.zeros(200_000)
    values[123_456] = 7.0
    root = parsed(plot(curves=(line(values.tolist()),)))
    assert any("200,000 points, drawn from extremes" in text for text in texts(root))
    longest = max(paths(root), key=len)
    assert longest.count("L") < 5_000
    heights = {float(pair.split(" ")[1]) for pair in re.split("[ML]", longest) if pair}
    assert len(heights) == 2


def test_points_that_are_merged_are_said() -> None:
    chance = np.random.default_rng(5)
    for many, said in ((100, False), (60_000, True)):
        x, y = chance.random(many), chance.random(many)
        root = parsed(plot(curves=(Curve("cloud", x, y, line=False),)))
        assert any("are drawn as one" in text for text in texts(root)) == said


def test_points_between_gaps_are_drawn_however_many() -> None:
    many = 40_000
    values = np.where(np.arange(many) % 2, 1.0 + np.arange(many) % 100, np.nan)
    root = parsed(plot(curves=(line(values.tolist()),)), SvgOptions(width=3_000))
    dots = max(paths(root), key=len)
    assert dots.count("h0") > 4_000
    top = re.findall(r"M[^ ]+ ([^h]+)h0", dots)
    assert len(set(top)) > 40


def test_the_ends_of_many_bars_are_those_of_their_stack() -> None:
    chance = np.random.default_rng(6)
    many = 3_000
    for stacked in (False, True):
        series = tuple(
            BarSeries(
                name,
                np.where(chance.random(many) < 0.1, np.nan, chance.normal(size=many)),
                has_value=chance.random(many) < 0.9,
            )
            for name in ("a", "b", "c")
        )
        panel = Bars(tuple(map(str, range(many))), series, stacked=stacked)
        for part in (range(many), range(40, 90), range(7, 8)):
            bars = bar_layout.stack(panel, part)
            low = min([0.0, *(min(bar[2:]) for bar in bars)])
            high = max([0.0, *(max(bar[2:]) for bar in bars)])
            assert bar_layout.ends(panel, part) == (low, high)


def test_the_range_of_many_bars_is_that_of_all_of_their_readings() -> None:
    chance = np.random.default_rng(7)
    for count in (1, 3):
        series = tuple(
            BarSeries(
                f"s{number}",
                np.where(chance.random(300) < 0.2, np.nan, chance.integers(-9, 9, 300)),
                has_value=chance.random(300) < 0.9,
            )
            for number in range(count)
        )
        panel = Bars(tuple(map(str, range(300))), series)
        all_ = [reading for k in range(300) for reading in bar_readings(panel, k)]
        known = [reading for reading in all_ if np.isfinite(reading.value or 0.0)]
        extremes = value_range(panel)
        assert extremes is not None
        for found, best in ((extremes.smallest, min), (extremes.largest, max)):
            wanted = best(known, key=lambda reading: reading.value or 0.0)
            assert replace(found, series="") == replace(wanted, series="")


def test_a_gauge_has_value_unit_status_and_limits() -> None:
    root = parsed(Gauge(17.4, "m/s", MetricStatus.FAIL_BLOCK, fails_above=15.0))
    assert {"17.4 m/s", "FAIL_BLOCK", "fails above 15 m/s", "15"} <= set(texts(root))
    described = root.find(f"{SVG}desc")
    assert described is not None
    assert "17.4 m/s. fails above 15 m/s" in (described.text or "")


def test_an_image_is_inside_the_file() -> None:
    root = parsed(Image(np.zeros((4, 6, 3), np.uint8), "camera"))
    image = next(root.iter(f"{SVG}image"))
    assert image.get("href", "").startswith("data:image/png;base64,")
    assert "camera" in texts(root)


def test_long_tables_count_the_rest() -> None:
    from resim_inspect.charts.model.drawing import Cell

    rows = tuple((Cell(f"row {k}"),) for k in range(500))
    assert "… 300 more rows" in texts(parsed(Table(("name",), rows)))


def test_a_window_shows_a_part(scene: Document) -> None:
    drawing = Drawing("chart", "line plot", (plot(curves=(line(list(range(100))),)),))
    root = parsed(drawing, SvgOptions(window=(10.0, 20.0)))
    assert any("11 of 100 points" in text for text in texts(root))


def test_a_figure_of_plotly_is_drawn_as_far_as_it_is_understood() -> None:
    drawing = drawn(
        [
            {"type": "scatter", "y": [1, 3, 2], "name": "a", "line": {"color": "#123456"}},
            {"type": "bar", "y": [2, 1, 2], "name": "b", "yaxis": "y2"},
        ],
        {"yaxis2": {"title": "right", "overlaying": "y", "side": "right"}},
    )
    text = svg_chart(drawing)
    assert "--resim-stroke-light:#123456" in text
    assert {"a", "b", "right"} <= set(texts(ET.fromstring(text)))


def test_hidden_series_are_not_drawn(scene: Document) -> None:
    metric = next(metric for metric in scene.metrics if metric.name == "Time to collision")
    root = parsed(draw(scene, metric, DrawOptions(hidden=frozenset({"Actor 1"}))))
    assert "Actor 1" not in texts(root)
