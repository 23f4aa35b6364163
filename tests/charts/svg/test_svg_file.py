"""Charts as whole SVG files: the same twice, themes, screen readers, and hostile input."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET

import numpy as np

from resim_inspect.charts import draw
from resim_inspect.charts.model.drawing import (
    Axis,
    Bars,
    BarSeries,
    Box,
    Drawing,
    Fill,
    Gauge,
    Heatmap,
    Message,
    Plot,
    ReferenceLine,
    TextAnnotation,
)
from resim_inspect.charts.svg import SvgOptions, chart_style_sheet, svg_chart
from resim_inspect.document import Document
from resim_inspect.document.enums import MetricStatus
from tests.charts import fuzz
from tests.charts.svg.svg_harness import SVG, line, parsed, plot

HOSTILE = "</text><script>alert(1)</script>\"' onload=x &amp; \x1b[31m\u202eabc\x00"
NUMBER = re.compile(r"-?\d+(\.\d{1,2})?")
COORDINATES = ("x", "y", "x1", "x2", "y1", "y2", "width", "height", "cx", "cy", "r")


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


def test_random_drawings() -> None:
    for seed in range(40):
        rng = random.Random(seed)
        drawing = Drawing("fuzz", "fuzz", (fuzz.panel(rng),))
        assert_safe(parsed(drawing, SvgOptions(width=rng.choice((240, 860)))))


def test_gauge_with_a_scale_of_the_least_length_is_drawn() -> None:
    gauge = Gauge(0.0, "", MetricStatus.PASSED, fails_above=0.0, fails_below=5e-324)
    assert_safe(parsed(gauge))


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
