"""Curves over time by their numbers: extremes, gaps, failures, events, zoom and readings."""

from __future__ import annotations

import math
import re

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, DrawOptions, draw, render
from resim_inspect.charts.analysis.readout import extent, readings, readout
from resim_inspect.charts.model.drawing import Message
from resim_inspect.document import Document
from resim_inspect.document.enums import MetricStatus
from tests.charts.scenes import canvas, drawn_rows, only, picture, row_of


@pytest.mark.parametrize("size", [(120, 30), (80, 24), (40, 12)])
def test_the_highest_and_lowest_point_are_drawn_where_they_are(
    scene: Document, size: tuple[int, int]
) -> None:
    shown = picture(
        scene, "Time to collision", *size, options=DrawOptions(hidden=frozenset({"Actor 2"}))
    )
    values = [4 + 3 * math.sin(k / 40) for k in range(400)]
    values[333] = 9.5
    rows = drawn_rows(shown)
    assert min(rows) == row_of(shown, max(values))
    assert max(rows) == row_of(shown, min(values))


def test_the_spike_stands_in_its_column(scene: Document) -> None:
    shown = picture(scene, "Time to collision")
    column = shown.column_of(33.3)
    assert column is not None
    assert shown.plot is not None
    top = canvas(shown)[row_of(shown, 9.5)]
    assert top[column - shown.plot.x] != " "


def test_failing_samples_are_marked_and_counted(scene: Document) -> None:
    values = [4 + 3 * math.sin(k / 40) for k in range(400)]
    values[333] = 9.5
    block = sum(v < 1.1 for v in values)
    warn = sum(1.1 <= v < 1.5 for v in values)
    text = picture(scene, "Time to collision", 120, 30).text
    assert f"✗ FAIL_BLOCK {block}" in text
    assert f"● FAIL_WARN {warn}" in text
    assert "┄ fails below 1.1 m" in text
    assert "▼ Near miss" in text


def test_an_event_stands_at_its_time(scene: Document) -> None:
    shown = picture(scene, "Time to collision")
    top = canvas(shown)[0]
    assert shown.plot is not None
    wanted = [shown.column_of(at) for at in (12.5, 36.0)]
    assert [shown.plot.x + k for k, char in enumerate(top) if char == "▼"] == wanted


def test_a_gap_at_nan_is_not_drawn_over(scene: Document) -> None:
    shown = picture(scene, "Time to collision", options=DrawOptions(hidden=frozenset({"Actor 1"})))
    first, last = shown.column_of(15.2), shown.column_of(19.8)
    assert first is not None
    assert last is not None
    assert shown.plot is not None
    for row in canvas(shown):
        assert set(row[first - shown.plot.x + 1 : last - shown.plot.x]) <= set(" ┄┊▼")


def test_a_readout_is_the_nearest_sample(scene: Document) -> None:
    metric = scene.metric_named("Time to collision")
    assert metric is not None
    nearest = readings(draw(scene, metric).main, 33.31)
    assert [(r.series, r.text, r.status) for r in nearest] == [
        ("Actor 1", "9.5 m", MetricStatus.PASSED),
        ("Actor 2", "2.67 m", MetricStatus.PASSED),
    ]
    assert nearest[0].x_text == "08:53:53.300"


def test_a_gap_has_no_value_to_read(scene: Document) -> None:
    metric = scene.metric_named("Time to collision")
    assert metric is not None
    drawing = draw(scene, metric)
    for at, second in ((15.04, "4.5 m"), (15.06, "– (NaN)"), (17, "– (NaN)"), (19.96, "4 m")):
        texts = {r.series: r.text for r in readings(drawing.main, at)}
        assert texts["Actor 2"] == second, at
        assert texts["Actor 1"] != "– (NaN)"


def ended() -> Document:
    """A long series beside one that ends early and has a gap at its end."""
    build = DocumentBuilder("ended")
    whole = build.times("whole", [float(k) for k in range(61)])
    part = build.times("part", [10.5, 11.5, 12.5, 13.5])
    long = build.doubles("long", [float(k) for k in range(61)], index=whole)
    short = build.doubles("short", [1.0, math.inf, 3.0, math.nan], index=part)
    bad = build.statuses("bad", ["PASSED", "PASSED", "PASSED", "FAIL_WARN"], index=part)
    build.double_over_time("M", [(long, build.statuses("ok", long)), (short, bad)])
    return build.document()


def test_a_series_is_not_read_where_it_has_ended() -> None:
    document = ended()
    drawing = draw(document, document.metrics[0])
    expected = {
        2.0: None, 9.6: "1", 10.4: "1", 11.4: "– (∞)", 12.4: "3", 13.4: "– (NaN)",
        14.4: "– (NaN)", 14.6: None, 60.0: None,
    }  # fmt: skip
    for at, text in expected.items():
        found = {r.series: r for r in readings(drawing.main, at)}
        assert "long" in found
        assert (found["short"].text if "short" in found else None) == text, at
    assert found["long"].text == "60"
    gap = next(r for r in readings(drawing.main, 13.4) if r.series == "short")
    assert gap.status is MetricStatus.FAIL_WARN


def test_points_out_of_order_are_read_up_to_their_ends() -> None:
    build = DocumentBuilder()
    x = build.doubles("x", [5.0, 1.0, math.nan, 3.0, 2.0])
    y = build.doubles("y", [50.0, 10.0, 7.0, math.nan, 20.0])
    far = build.doubles("far", [0.0, 100.0])
    build.line_plot("M", [(x, y, build.statuses("s", y)), (far, far, build.statuses("t", far))])
    document = build.document()
    drawing = draw(document, document.metrics[0])
    for at, text in ((0.5, "10"), (1.4, "10"), (2.9, "– (NaN)"), (4.6, "50"), (5.9, "50")):
        assert readings(drawing.main, at)[0].text == text, at
    assert [r.series for r in readings(drawing.main, 8.0)] == ["far"]


def test_the_readout_is_given_for_the_moment_of_its_sample() -> None:
    document = ended()
    drawing = draw(document, document.metrics[0])
    said = readout(drawing.main, 30.4)
    assert said.text == "30.000 s: long 30 ✓"
    assert readout(drawing.main, 12.1).text == "12.000 s: long 12 ✓  short 3 ✓ at 12.500 s"
    # A state holds at the cursor itself.
    build = DocumentBuilder()
    states = build.strings("s", ["A", "B", "B"], index=build.times("t", [0.0, 1.0, 2.0]))
    build.states_over_time("S", [(states, build.statuses("ok", states))], states=["A", "B"])
    document = build.document()
    assert readout(draw(document, document.metrics[0]).main, 1.7).text.startswith("1.700 s: ")


def test_the_cursor_is_drawn_and_read(scene: Document) -> None:
    metric = scene.metric_named("Time to collision")
    assert metric is not None
    shown = render(draw(scene, metric), 100, 24, cursor=25.0, palette=PLAIN)
    assert shown.text.split("\n")[-1].startswith("08:53:45.000: Actor 1 ")
    column = shown.column_of(25.0)
    assert column is not None
    assert shown.plot is not None
    assert any(row[column - shown.plot.x] == "│" for row in canvas(shown))


def test_a_position_reads_back(scene: Document) -> None:
    shown = picture(scene, "Time to collision")
    assert shown.plot is not None
    for column in range(shown.plot.x, shown.plot.x + shown.plot.width):
        at = shown.x_of(column)
        assert at is not None
        assert shown.column_of(at) == column
    assert shown.at(0, 0) is None
    found = shown.at(shown.plot.x + 40, shown.plot.y + 5)
    assert found is not None
    assert found.text.startswith("08:53:")


def test_a_zoom_shows_its_window_only(scene: Document) -> None:
    metric = scene.metric_named("Time to collision")
    assert metric is not None
    drawing = draw(scene, metric)
    shown = render(drawing, 100, 24, window=(33.0, 33.6), palette=PLAIN)
    assert shown.x_range == (33.0, 33.6)
    assert shown.caption == "14 of 751 points · 49 without a value"
    assert extent(drawing.main) == pytest.approx((0.0, 39.9))


def test_relative_time_counts_from_the_first_stamp(scene: Document) -> None:
    text = picture(scene, "Time to collision", options=DrawOptions(time="relative")).text
    assert "time since 2025-10-09 08:53:20 UTC [s]" in text
    assert re.search(r"^ *0 +5 +10", text.split("\n")[-2])


def test_start_and_end_time_are_what_is_shown() -> None:
    build = DocumentBuilder()
    clock = build.times("t", [0.0, 1.0, 2.0, 3.0])
    values = build.doubles("v", [1.0, 2.0, 3.0, 4.0], index=clock)
    build.double_over_time("M", [(values, build.statuses("s", values))], start=1.0, end=10.0)
    _, shown = only(build.document())
    assert shown.x_range == (1.0, 10.0)
    assert "data go beyond" in shown.text


@pytest.mark.parametrize("value", [1.0, math.nan])
def test_a_failing_sample_without_a_value_is_marked(value: float) -> None:
    build = DocumentBuilder()
    clock = build.times("t", [0.0, 1.0, 2.0])
    values = build.doubles("v", [1.0, value, 1.0], index=clock)
    statuses = build.statuses("s", ["PASSED", "FAIL_BLOCK", "PASSED"], index=clock)
    build.double_over_time("M", [(values, statuses)])
    _, shown = only(build.document())
    column = shown.column_of(1.0)
    lines = shown.text.split("\n")
    assert column is not None
    assert shown.plot is not None
    rows = [row for row, line in enumerate(lines) if line[column : column + 1] == "✗"]
    # A NaN stands on the x axis, where no value does.
    below = shown.plot.y + shown.plot.height
    assert rows == [below] if math.isnan(value) else rows[0] < below


def test_a_message_stands_for_missing_parts() -> None:
    build = DocumentBuilder()
    clock = build.times("t", [0.0, 1.0])
    values = build.doubles("v", [1.0, 2.0], index=clock)
    build.double_over_time("M", [(values, build.statuses("s", values))])
    message = build.message()
    message.metrics_data.remove(next(d for d in message.metrics_data if d.name == "v"))
    from resim_inspect.document import parse_document

    document = parse_document(message.SerializeToString())
    drawing = draw(document, document.metrics[0])
    assert isinstance(drawing.panels[0], Message)
    assert "is not in the file" in render(drawing, 120, 10, palette=PLAIN).text
