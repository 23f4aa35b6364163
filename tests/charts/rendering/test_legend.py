"""Legends and y axes in small charts: numbers and names are complete, peaks are readable."""

from __future__ import annotations

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, Picture, draw, render
from resim_inspect.charts.model.drawing import Axis
from resim_inspect.charts.rendering.cells import cut_title
from resim_inspect.charts.rendering.panels.axes import y_ticks_of
from resim_inspect.charts.rendering.panels.legend import LegendEntry, arrange
from tests.charts.scenes import canvas


def limited(
    width: int, height: int, low: float = 0.0, names: tuple[str, ...] = ("left", "right")
) -> Picture:
    """Series from `low` to 10 that fail below 2 m, in a chart of this size."""
    build = DocumentBuilder()
    clock = build.times("t", [float(k) for k in range(50)])
    series = []
    for name in names:
        values = [low + (10 - low) * k / 49 for k in range(50)]
        states = ["FAIL_WARN" if v < 2 else "PASSED" for v in values]
        data = build.doubles(name, values, unit="m", index=clock)
        series.append((data, build.statuses(f"{name} ok", states, index=clock)))
    build.double_over_time(
        "M", series, limits=[(None, 2.0)] * len(series), legend=list(names), y_axis="clearance"
    )
    for at in (12.0, 40.0):
        build.event(f"Event at {at:g}", at)
    document = build.document()
    return render(draw(document, document.metrics[0]), width, height, palette=PLAIN)


@pytest.mark.parametrize(
    "size", [(120, 24), (80, 24), (76, 12), (60, 12), (45, 16), (40, 9), (24, 7)]
)
def test_a_threshold_keeps_its_number(size: tuple[int, int]) -> None:
    lines = limited(*size).text.split("\n")
    assert any("┄ fails below 2 m" in line or "┄ < 2 m" in line for line in lines[:2]), lines[:2]


@pytest.mark.parametrize("size", [(80, 24), (60, 12), (45, 16), (40, 9)])
def test_short_names_of_series_stand_whole(size: tuple[int, int]) -> None:
    head = "\n".join(limited(*size).text.split("\n")[:2])
    assert "o left " in head
    assert "x right " in head


def test_entries_without_room_are_counted() -> None:
    found = [LegendEntry("─", f"a long name of series {k}", k) for k in range(9)]
    found.append(
        LegendEntry("┄", "a long name of series 0 fails above 15 m/s", "limit", 0, "> 15 m/s")
    )
    layout = arrange(found, "y: speed [m/s]", 80, 1)
    texts = [text for _, _, _, text in layout.placed]
    assert texts[-1] == "> 15 m/s"
    assert all(text == entry.text for _, _, entry, text in layout.placed[:-1])
    assert len(texts) + layout.left == 10
    assert layout.left


def test_the_title_of_the_axis_gives_way_to_short_names() -> None:
    found = [LegendEntry("█", "planned", 0), LegendEntry("█", "used", 1)]
    for width in (18, 20, 24, 28, 40, 60):
        layout = arrange(found, "phase · energy [Wh]", width, 1)
        assert [text for _, _, _, text in layout.placed] == ["planned", "used"]
        assert layout.left == 0
    assert layout.title == "phase · energy [Wh]"
    assert arrange(found, "phase · energy [Wh]", 31, 1).title == "phase… [Wh]"


@pytest.mark.parametrize("height", [12, 18, 24, 30])
@pytest.mark.parametrize("low", [0.0, 1.4])
def test_the_value_of_a_threshold_stands_on_the_axis(height: int, low: float) -> None:
    shown = limited(80, height, low)
    assert shown.plot is not None
    row = next(k for k, line in enumerate(canvas(shown)) if line.count("┄") > 20)
    label = shown.text.split("\n")[shown.plot.y + row][: shown.plot.x]
    assert label.strip() == "2 ┤"


@pytest.mark.parametrize("rows", range(10, 50))
def test_a_tall_axis_has_labels_to_read_a_peak_off(rows: int) -> None:
    for low, high in ((0, 94.0), (0.1, 12.7), (0, 51), (3, 4), (0, 1.01), (-7, 22), (99.7, 100.2)):
        found = y_ticks_of((low, high), Axis(), rows)
        assert 3 <= len(found.labels) <= rows, (low, high)


@pytest.mark.parametrize(
    ("room", "title"),
    [
        (40, "time since 2023-11-14 22:13:20 UTC [s]"),
        (33, "time since 2023-11-14 22:13:… [s]"),
        (12, "time si… [s]"),
        (5, "[s]"),
        (2, "t…"),
    ],
)
def test_the_title_of_x_keeps_its_unit(room: int, title: str) -> None:
    assert cut_title("time since 2023-11-14 22:13:20 UTC [s]", room) == title


@pytest.mark.parametrize(("width", "height"), [(80, 14), (76, 13), (60, 14), (100, 14), (120, 16)])
def test_the_title_of_y_is_whole_where_a_row_is_left_for_the_legend(
    width: int, height: int
) -> None:
    lines = limited(width, height, names=("left side", "right side")).text.split("\n")
    assert lines[0].endswith("y: clearance [m]")
    head = " ".join(lines[:2])
    for part in ("left side", "right side", "2 m", "FAIL_WARN"):
        assert part in head, part


@pytest.mark.parametrize(
    ("room", "title"),
    [
        (18, "y: clearance [m]"),
        (15, "clearance [m]"),
        (12, "clearan… [m]"),
        (9, "clea… [m]"),
        (7, "[m]"),
    ],
)
def test_a_title_is_cut_where_least_is_lost(room: int, title: str) -> None:
    named = [LegendEntry("─", "left side", 0), LegendEntry("─", "right side", 1)]
    shown = arrange(named, "y: clearance [m]", 11 + 3 + 12 + 2 + room, 1).title
    assert shown == title
    assert len(shown) <= room
