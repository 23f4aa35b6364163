"""Each type by its numbers: what is drawn where, what is counted, what is said."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from resim_inspect.charts import PLAIN, DrawOptions, Picture, draw, draw_series, render
from resim_inspect.charts.drawing import Bars, Gauge, Message, Plot, Table
from resim_inspect.charts.kinds.bars import hex_color
from resim_inspect.charts.kinds.histogram import counts
from resim_inspect.charts.kinds.states import runs
from resim_inspect.document import Document
from resim_inspect.document.builder import DocumentBuilder
from resim_inspect.document.enums import MetricStatus
from tests.charts.scenes import NAMES, picture

START = 1_760_000_000.0


def canvas(shown: Picture) -> list[str]:
    """The rows of the canvas only."""
    plot = shown.plot
    assert plot is not None
    rows = shown.text.split("\n")[plot.y : plot.y + plot.height]
    return [row[plot.x : plot.x + plot.width].ljust(plot.width) for row in rows]


def row_of(shown: Picture, value: float) -> int:
    """The canvas row in which a value of the left axis lies."""
    assert shown.y_range is not None
    assert shown.plot is not None
    low, high = shown.y_range
    part = (value - low) / (high - low)
    return shown.plot.height - 1 - min(shown.plot.height - 1, int(part * shown.plot.height))


def drawn_rows(shown: Picture, but: str = "") -> list[int]:
    """The rows in which something of the data is drawn; threshold and event lines apart."""
    aside = set(" ┄┊▼" + but)
    return [k for k, row in enumerate(canvas(shown)) if set(row) - aside]


def only(document: Document, **options: object) -> tuple[Plot | Bars, Picture]:
    drawing = draw(document, document.metrics[0], DrawOptions(**options))  # type: ignore[arg-type]
    main = drawing.main
    assert main is not None, drawing.panels
    return main, render(drawing, 100, 24, palette=PLAIN)


# ------------------------------------------------------------ curves over time


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
    readings = draw(scene, metric).readout(33.31)
    assert [(r.series, r.text, r.status) for r in readings] == [
        ("Actor 1", "9.5 m", MetricStatus.PASSED),
        ("Actor 2", "2.67 m", MetricStatus.PASSED),
    ]
    assert readings[0].x == "08:53:53.300"


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
    assert shown.caption == "14 of 751 points"
    assert drawing.extent == pytest.approx((0.0, 39.9))


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
    assert sum(row.count("✗") for row in canvas(shown)) == 1


def test_missing_parts_are_said_in_the_chart_s_place() -> None:
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


# ------------------------------------------------------------ bars and buckets


def test_upright_bars_are_as_high_as_their_values(scene: Document) -> None:
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
    assert [s.ink for s in main.series] == [(0x2C, 0xA0, 0x2C), (0xD6, 0x27, 0x28)]
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
    readings = draw(scene, metric).readout(26.05)
    assert [r.text for r in readings] == ["FAULT", "ON"]


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
        assert panel == Message('Nothing says which of the 3 values in "v" is meant.')
    elif kind == "beyond":
        assert panel == Message('There is no value 9 in "v": it has 3.')
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
