"""Drawings of each metric type: positions, counts and notes."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, DrawOptions, draw, draw_series, render
from resim_inspect.charts.analysis.readout import readings
from resim_inspect.charts.build.bars import hex_color
from resim_inspect.charts.build.histogram import counts
from resim_inspect.charts.build.states import runs
from resim_inspect.charts.model.drawing import Bars, Gauge, Message, Table
from resim_inspect.document import Document
from tests.charts.scenes import NAMES, canvas, drawn_rows, only, picture, row_of

START = 1_760_000_000.0


# ------------------------------------------------------------ bars and buckets


def test_vertical_bars_are_as_high_as_their_values(scene: Document) -> None:
    shown = picture(scene, "Latency", 100, 24)
    assert shown.plot is not None
    rows = canvas(shown)
    slot = shown.plot.width / 4
    for place, value in enumerate((12.0, 9.5, -3.0, 7.25)):
        column = int(slot * (place + 0.3))
        filled = [k for k, row in enumerate(rows) if row[column] in "█▁▂▃▄▅▆▇▀▔"]
        tip = row_of(shown, value)
        assert (min(filled) if value > 0 else max(filled)) == pytest.approx(tip, abs=1)
    assert "! 12" in shown.text
    assert "✗ 8" in shown.text


def test_many_bars_lie_with_their_values_behind_them() -> None:
    build = DocumentBuilder()
    names = build.strings("n", [f"a long name of part {k}" for k in range(15)])
    values = build.doubles("v", [float(k - 3) for k in range(15)], unit="m", index=names)
    build.bar_chart("M", [(values, build.statuses("s", values))])
    _, shown = only(build.document())
    lines = shown.text.split("\n")
    for k in range(15):
        line = next(text for text in lines if f"part {k} " in text)
        assert line.rstrip().endswith(f"{k - 3} m")
    widths = [next(t for t in lines if f"part {k} " in t).count("█") for k in range(4, 15)]
    assert widths == sorted(widths)


def test_a_million_bars_keep_their_extremes() -> None:
    build = DocumentBuilder()
    many = 200_000
    values = np.ones(many)
    values[77_777] = 50.0
    names = build.strings("n", [str(k) for k in range(many)])
    data = build.doubles("v", values.tolist(), index=names)
    build.bar_chart("M", [(data, build.statuses("s", data))])
    _, shown = only(build.document())
    assert min(drawn_rows(shown)) == row_of(shown, 50.0)
    assert shown.caption == "200,000 categories, drawn from extremes"


def test_negative_parts_of_a_stack_hang_below_zero() -> None:
    build = DocumentBuilder()
    names = build.strings("n", ["car"])
    up = build.doubles("up", [8.0], index=names)
    down = build.doubles("down", [-6.0], index=names)
    pairs = [(up, build.statuses("a", up)), (down, build.statuses("b", down))]
    build.bar_chart("M", pairs, stack=True)
    _, shown = only(build.document())
    rows = drawn_rows(shown)
    assert min(rows) <= row_of(shown, 7.9)
    assert max(rows) >= row_of(shown, -5.9)


def test_buckets_count_as_numpy_does() -> None:
    random = np.random.default_rng(3)
    values = random.normal(size=5000)
    edges = np.array([-2.0, -1.0, 0.0, 0.25, 3.0])
    pairs = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    expected, _ = np.histogram(values, edges)
    found, outside = counts(values, pairs)
    assert found == expected.tolist()
    assert outside == 5000 - expected.sum()


def test_buckets_that_overlap_or_leave_gaps_count_each_value_outside_once() -> None:
    values = np.array([0.5, 1.5, 2.5, 9.0, np.nan])
    assert counts(values, [(0, 2), (1, 3)]) == ([2, 2], 1)
    assert counts(values, [(0, 1), (2, 3)]) == ([1, 1], 2)


def test_a_histogram_is_as_high_as_its_counts(scene: Document) -> None:
    shown = picture(scene, "Ranges", 100, 30)
    values = np.array([k % 10 + (k % 7) / 7 for k in range(200)])
    assert shown.x_range == (0.0, 10.0)
    assert shown.plot is not None
    rows = canvas(shown)
    for low, high in ((0, 2), (2, 4), (4, 5), (5, 6), (6, 10)):
        many = int(((values >= low) & (values < high)).sum())
        column = shown.column_of((low + high) / 2)
        assert column is not None
        filled = [k for k, row in enumerate(rows) if row[column - shown.plot.x] != " "]
        assert min(filled) == pytest.approx(row_of(shown, many), abs=1)
    assert "1 value in no bucket: 1 above." in shown.text
    assert "1 value NaN or infinite" in shown.text


def test_batches_have_the_file_s_colours(scene: Document) -> None:
    metric = scene.metric_named("Success by batch")
    assert metric is not None
    main = draw(scene, metric).main
    assert isinstance(main, Bars)
    assert [s.color_role for s in main.series] == [(0x2C, 0xA0, 0x2C), (0xD6, 0x27, 0x28)]
    assert main.categories[0] == "09 Oct"
    assert hex_color("#abc") == (0xAA, 0xBB, 0xCC)
    assert hex_color("#11223344") == (0x11, 0x22, 0x33)
    assert hex_color("red") is None


# ------------------------------------------------------------ states and numbers


def test_runs_of_equal_states() -> None:
    times = np.arange(6, dtype=np.int64)
    codes = np.array([0, 0, 1, 1, 1, 0], np.int32)
    statuses = np.array([1, 1, 1, 5, 1, 1], np.int32)
    starts, ends, found, worst = runs(times, codes, statuses)
    assert starts.tolist() == [0, 2, 5]
    assert ends.tolist() == [2, 5, 5]
    assert found.tolist() == [0, 1, 0]
    assert worst.tolist() == [3, 5, 3]


def test_bands_hold_their_names_and_a_short_failure_is_seen(scene: Document) -> None:
    shown = picture(scene, "Modes", 120, 12)
    assert shown.plot is not None
    row = next(k for k, text in enumerate(canvas(shown)) if "DRIVE" in text)
    column = shown.column_of(26.05)
    assert column is not None
    near = canvas(shown)[row][column - shown.plot.x - 1 : column - shown.plot.x + 2]
    assert "✗" in near
    metric = scene.metric_named("Modes")
    assert metric is not None
    nearest = readings(draw(scene, metric).main, 26.05)
    assert [r.text for r in nearest] == ["FAULT", "ON"]


def test_a_summary_says_its_value_and_marks_it_in_its_series(scene: Document) -> None:
    shown = picture(scene, "Closest approach", 120, 30)
    value = 4 + 3 * math.sin(188 / 40)
    first = shown.text.split("\n")[0]
    assert first.startswith(f"{value:.5f} m  ✗ FAIL_BLOCK  fails below 1.1 m")
    assert 'value 189 of 400 at 08:53:38.800 in "distance 1"' in shown.text
    column = shown.column_of(18.8)
    assert column is not None
    assert shown.plot is not None
    marked = [k for k, row in enumerate(canvas(shown)) if row[column - shown.plot.x] == "◆"]
    assert marked == [row_of(shown, value)]


def test_a_summary_per_category_is_a_table() -> None:
    build = DocumentBuilder()
    values = build.doubles("v", {"a": [1.0, 2.0], "b": [3.0, 4.0]}, unit="m")
    statuses = build.statuses("s", {"a": ["PASSED"] * 2, "b": ["PASSED", "FAIL_WARN"]})
    build.double_summary("M", values, statuses, index=1)
    document = build.document()
    drawing = draw(document, document.metrics[0])
    assert isinstance(drawing.panels[0], Table)
    text = render(drawing, 80, 10, palette=PLAIN).text
    assert re.search(r"a +2 m +✓ PASSED", text)
    assert re.search(r"b +4 m +! FAIL_WARN", text)
    one = draw(document, document.metrics[0], DrawOptions(category="b"))
    assert isinstance(one.panels[0], Gauge)
    assert one.panels[0].value == 4.0
    assert one.categories == ("a", "b")


@pytest.mark.parametrize("kind", ["string", "time", "uuid", "none", "beyond"])
def test_a_summary_finds_its_value_by_any_index(kind: str) -> None:
    build = DocumentBuilder()
    uuids = [f"00000000-0000-0000-0000-00000000000{k}" for k in range(3)]
    index = {
        "string": build.strings("i", ["a", "b", "c"]),
        "time": build.times("t", [0.0, 1.5, 3.0]),
        "uuid": build.uuids("u", uuids),
    }.get(kind)
    values = build.doubles("v", [1.0, 7.0, 3.0], index=index)
    statuses = build.statuses("s", values)
    if kind == "string":
        build.double_summary("M", values, statuses, string="b")
    elif kind == "time":
        build.double_summary("M", values, statuses, time=1.5)
    elif kind == "uuid":
        build.double_summary("M", values, statuses, uuid_=uuids[1])
    else:
        build.double_summary("M", values, statuses, index=9 if kind == "beyond" else None)
    document = build.document()
    panel = draw(document, document.metrics[0]).panels[0]
    if kind == "none":
        assert panel == Message('The metric does not say which of the 3 values in "v" it shows.')
    elif kind == "beyond":
        assert panel == Message('The metric shows value 9 of "v", which has only 3.')
    else:
        assert isinstance(panel, Gauge)
        assert panel.value == 7.0


def test_a_scalar_shows_its_limit_on_a_scale(scene: Document) -> None:
    lines = picture(scene, "Top speed", 80, 4).text.split("\n")
    assert lines[0].startswith("44.7 m/s  ! FAIL_WARN  fails above 40 m/s")
    scale = lines[1]
    assert scale.index("┼") / scale.index("◆") == pytest.approx(40 / 44.7, abs=0.03)
    assert set(scale[scale.index("┼") + 1 :]) <= {"╱", "◆"}


# ------------------------------------------------------------ all of them


@pytest.mark.parametrize("name", NAMES)
def test_no_picture_is_empty_and_no_plain_one_has_a_colour(scene: Document, name: str) -> None:
    shown = picture(scene, name)
    assert shown.text.strip()
    styles = {span.style for line in shown.lines for span in line}
    assert all(style.fg is None and style.bg is None for style in styles)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [(1, 1), (2, 9), (9, 2), (12, 4), (30, 6), (200, 60)])
def test_any_room_will_do(scene: Document, name: str, size: tuple[int, int]) -> None:
    shown = picture(scene, name, *size)
    assert len(shown.lines) <= size[1]
    assert all(len(line) <= size[0] for line in shown.text.split("\n"))


def test_every_data_can_be_drawn_on_its_own(scene: Document) -> None:
    for data in scene.data:
        shown = render(draw_series(scene, data), 80, 16, palette=PLAIN)
        assert shown.text.strip(), data.name


def test_hostile_names_do_not_reach_the_lines(tmp_path: Path) -> None:
    build = DocumentBuilder()
    clock = build.times("t", [0.0, 1.0])
    bad = "\x1b[31mred\u202e\x07"
    values = build.doubles(bad, [1.0, 2.0], unit=bad, index=clock)
    build.double_over_time(bad, [(values, build.statuses("s", values))], y_axis=bad, legend=[bad])
    build.text(bad, bad)
    document = build.document()
    for metric in document.metrics:
        text = render(draw(document, metric), 80, 20).text
        assert not set(text) & set("\x1b\u202e\x07")


def test_real_files_draw_whole(sample_data: Path) -> None:
    from resim_inspect.document import open_document

    for path in sorted(sample_data.rglob("metrics.binproto")):
        with open_document(path) as document:
            for metric in document.metrics:
                drawing = draw(document, metric)
                assert render(drawing, 100, 24, palette=PLAIN).text.strip(), metric.name
                assert not any(isinstance(p, Message) for p in drawing.panels), metric.name
