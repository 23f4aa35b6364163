"""Drawings as SVG: every layer and panel, gaps, limits, statuses, texts, themes, hostile input."""

from __future__ import annotations

import random
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
    Message,
    Panel,
    Plot,
    ReferenceLine,
    Table,
    TextAnnotation,
)
from resim_inspect.charts.svg import SvgOptions, chart_style_sheet, svg_chart
from resim_inspect.charts.svg.layers.registry import LAYERS
from resim_inspect.charts.svg.panels.registry import SVG_PAINTERS
from resim_inspect.document import Document
from resim_inspect.document.enums import Importance, MetricStatus, TimestampType
from resim_inspect.document.model import Event
from tests.charts import fuzz
from tests.charts.plotly.figures import drawn

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>\"' onload=x &amp; \x1b[31m\u202eabc\x00"
NOT_A_LAYER = {"x", "y", "right", "title", "read_only_curves", "fills", "area"}
NUMBER = re.compile(r"-?\d+(\.\d{1,2})?")
COORDINATES = ("x", "y", "x1", "x2", "y1", "y2", "width", "height", "cx", "cy", "r")


def parsed(panel: Panel | Drawing, options: SvgOptions | None = None) -> ET.Element:
    drawing = panel if isinstance(panel, Drawing) else Drawing("chart", "line plot", (panel,))
    return ET.fromstring(svg_chart(drawing, options or SvgOptions()))


def texts(root: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def line(y: list[float], **more: object) -> Curve:
    values = np.array(y, np.float64)
    return replace(Curve("speed", np.arange(len(y), dtype=np.float64), values), **more)  # type: ignore[arg-type]


def plot(**layers: object) -> Plot:
    return replace(Plot(Axis(title="sample"), Axis(title="speed", unit="m/s")), **layers)  # type: ignore[arg-type]


def paths(root: ET.Element) -> list[str]:
    return [element.get("d", "") for element in root.iter(f"{SVG}path")]


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
                given=chance.random(many) < 0.9,
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
                given=chance.random(300) < 0.9,
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


def test_texts_for_screen_readers() -> None:
    drawing = Drawing("Speed", "line plot", (plot(curves=(line([1, 2, 3]),)),), MetricStatus.PASSED)
    root = ET.fromstring(svg_chart(drawing, SvgOptions(id_prefix="c7")))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "c7-title c7-desc"
    title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert described is not None
    assert (title.get("id"), title.text) == ("c7-title", "Speed")
    assert "status PASSED" in (described.text or "")
    assert "smallest 1 m/s" in (described.text or "")


def test_ids_begin_with_the_prefix_and_are_unique(scene: Document) -> None:
    for metric in scene.metrics:
        root = ET.fromstring(svg_chart(draw(scene, metric), SvgOptions(id_prefix="a1")))
        ids = [element.get("id", "") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        assert all(name.startswith("a1-") for name in ids)


def test_every_metric_type_is_drawn_the_same_twice_in_finite_numbers(scene: Document) -> None:
    for metric in scene.metrics:
        drawing = draw(scene, metric)
        for options in (SvgOptions(), SvgOptions(width=300, theme="dark"), SvgOptions(height=300)):
            text = svg_chart(drawing, options)
            assert text == svg_chart(draw(scene, metric), options)
            root = ET.fromstring(text)
            assert_safe(root)
            assert drawing.title in "".join(root.itertext())


def test_themes(scene: Document) -> None:
    drawing = draw(scene, scene.metrics[1])
    auto = svg_chart(drawing)
    assert "prefers-color-scheme:dark" in auto
    assert "@media print" in auto
    plain = svg_chart(drawing, SvgOptions(theme="dark"))
    assert "<style>" not in plain
    assert "var(" not in plain
    assert "class=" in plain
    assert plain != svg_chart(drawing, SvgOptions(theme="light"))


def test_the_style_sheet_of_a_page_has_every_class_of_a_chart(scene: Document) -> None:
    sheet = chart_style_sheet()
    for metric in scene.metrics:
        text = svg_chart(draw(scene, metric), SvgOptions(style=False))
        assert "<style>" not in text
        for names in re.findall(r'class="([^"]+)"', text):
            for name in names.split(" "):
                assert f".{name}" in sheet


def test_a_window_shows_a_part(scene: Document) -> None:
    drawing = Drawing("chart", "line plot", (plot(curves=(line(list(range(100))),)),))
    root = parsed(drawing, SvgOptions(window=(10.0, 20.0)))
    assert any("11 of 100 points" in text for text in texts(root))


def test_hostile_texts_are_text() -> None:
    axis = Axis("category", title=HOSTILE, unit=HOSTILE, categories=(HOSTILE, HOSTILE))
    series = BarSeries(HOSTILE, np.array([1.0, 2.0]), np.array([5, 5], np.int32), HOSTILE)
    heat = Heatmap(np.array([[1.0, 2.0]]), -0.5, 1.5, 0, 1, unit=HOSTILE)
    curve = line([1, 2], name=HOSTILE, unit=HOSTILE)
    limit = ReferenceLine(1.5, HOSTILE, "limit", short="> 1")
    drawing = Drawing(
        HOSTILE,
        HOSTILE,
        (
            Plot(
                axis, axis, axis, HOSTILE, (curve,), heatmap=heat, reference_lines=(limit,),
                annotations=(TextAnnotation(1, 1, HOSTILE),), fills=(Fill(HOSTILE, 1),),
                boxes=(Box(0, 1, 0, 1, 0, HOSTILE, HOSTILE, HOSTILE, horizontal=True),),
            ),
            Bars((HOSTILE, "b"), (series, series), x_title=HOSTILE, title=HOSTILE, vertical=False),
            Gauge(1.0, HOSTILE, MetricStatus.RAW, label=HOSTILE, detail=HOSTILE),
            Message(HOSTILE),
        ),
        notes=(HOSTILE,),
        series=(HOSTILE,),
    )  # fmt: skip
    for theme in ("auto", "dark"):
        text = svg_chart(drawing, SvgOptions(theme=theme))
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\x00" not in text
        assert_safe(ET.fromstring(text))


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


def test_random_drawings() -> None:
    for seed in range(40):
        rng = random.Random(seed)
        drawing = Drawing("fuzz", "fuzz", (fuzz.panel(rng),))
        assert_safe(parsed(drawing, SvgOptions(width=rng.choice((240, 860)))))


def test_gauge_with_a_scale_of_the_least_length_is_drawn() -> None:
    gauge = Gauge(0.0, "", MetricStatus.PASSED, fails_above=0.0, fails_below=5e-324)
    assert_safe(parsed(gauge))


def test_hidden_series_are_not_drawn(scene: Document) -> None:
    metric = next(metric for metric in scene.metrics if metric.name == "Time to collision")
    root = parsed(draw(scene, metric, DrawOptions(hidden=frozenset({"Actor 1"}))))
    assert "Actor 1" not in texts(root)


def assert_safe(root: ET.Element) -> None:
    """No script, no event, no reference to anything outside, finite coordinates."""
    for element in root.iter():
        tag = element.tag.removeprefix(SVG)
        assert tag in {
            "svg", "title", "desc", "style", "g", "rect", "line", "path", "circle", "text",
            "tspan", "clipPath", "image",
        }, tag  # fmt: skip
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert "url(" not in value or value.startswith("url(#")
            assert "href" not in name or value.startswith("data:image/png;base64,")
            if name in COORDINATES:
                assert NUMBER.fullmatch(value), (tag, name, value)
            if name == "d":
                assert not re.search("nan|inf|e", value)
        if tag == "style":
            assert "@import" not in (element.text or "")
            assert "url(" not in (element.text or "")
