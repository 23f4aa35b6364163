"""The data: tables with index, values and statuses; rows, searches, jumps, categories, charts."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.data.columns import (
    SearchError,
    columns_of,
    describe,
    histogram,
    search,
)
from resim_inspect.tui.document.data.data_list import DataList, apart
from resim_inspect.tui.document.data.series_table import SeriesTable
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.widgets.chart.view import ChartView
from tests.tui.conftest import keys, opened, press, settle, text


def flight(n: int = 50) -> DocumentBuilder:
    build = DocumentBuilder("flight")
    times = build.times("clock", [i / 10 for i in range(n)])
    values = [float(i) for i in range(n)]
    values[7] = math.nan
    speed = build.doubles("speed", values, unit="m/s", index=times)
    words = ["PASSED"] * n
    words[20] = words[21] = "FAIL_WARN"
    statuses = build.statuses("speed status", words, index=times)
    build.double_over_time("Speed", [(speed, statuses)])
    build.strings("mode", ["IDLE", "CRUISE", "LAND", "IDLE"])
    build.doubles("by camera", {"left": [1.0, 2.0], "right": [3.0, 4.0, 5.0]}, unit="ms")
    return build


def test_index_values_and_statuses_stand_side_by_side() -> None:
    document = flight().document()
    data = document.data_named("speed")
    assert data is not None
    columns = columns_of(document, data)
    assert [column.title for column in columns.columns] == ["clock", "value [m/s]", "status"]
    assert [column.text(20) for column in columns.columns] == ["2.000 s", "20", "! FAIL_WARN"]
    assert columns.columns[1].text(999) == ""
    assert columns.trouble.tolist() == [7, 20, 21]
    assert "NaN 1" in next(iter(describe(columns)))


def test_categories_stand_side_by_side() -> None:
    document = flight().document()
    data = document.data_named("by camera")
    assert data is not None
    columns = columns_of(document, data)
    assert [c.title for c in columns.columns] == ["left value [ms]", "right value [ms]"]
    assert columns.rows == 3
    assert [c.text(2) for c in columns.columns] == ["", "5"]
    assert len(list(describe(columns))) == 2


@pytest.mark.parametrize(
    ("name", "wanted", "rows"),
    [
        ("speed", ">46", [47, 48, 49]),
        ("speed", "<= 2", [0, 1, 2]),
        ("speed", "3", [3]),
        ("speed", "nan", [7]),
        ("clock", ">=4.85", [49]),
        ("mode", "idle", [0, 3]),
        ("speed status", "fail", [20, 21]),
        ("mode", "nothing like it", []),
    ],
)
def test_values_are_found(name: str, wanted: str, rows: list[int]) -> None:
    document = flight().document()
    data = document.data_named(name)
    assert data is not None
    assert search(columns_of(document, data), wanted).tolist() == rows


def test_a_search_that_means_nothing_says_how_to_ask() -> None:
    document = flight().document()
    data = document.data_named("speed")
    assert data is not None
    with pytest.raises(SearchError, match=">40"):
        search(columns_of(document, data), "fast")


def test_histograms_of_odd_numbers() -> None:
    def bars(values: list[float]) -> str:
        build = DocumentBuilder("odd")
        build.doubles("d", values)
        document = build.document()
        return histogram(document.series(document.data[0]))

    assert bars([1.0, 1.0]) == ""
    assert bars([math.nan, 2.0]) == ""
    assert bars([-1e308, 1e308]) == ""
    assert len(bars([0.0, 1.0, 1.0, 2.0])) == 24
    assert bars([0.0, 1.0]).strip(" ") == "█" + " " * 22 + "█"


async def test_keys_go_to_failing_rows_to_numbers_and_to_hits() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "2", "j", "enter")
        table = pilot.app.screen.query_one(SeriesTable)
        await press(pilot, "right_square_bracket")
        assert table.cursor == 7
        await press(pilot, "right_square_bracket")
        assert table.cursor == 20
        await press(pilot, "left_square_bracket")
        assert table.cursor == 7
        await press(pilot, "colon", *"33", "enter")
        assert table.cursor == 33
        await press(pilot, "colon", *"-1", "enter")
        assert table.cursor == 49
        await press(pilot, "slash", *">=40", "enter")
        assert table.cursor == 49
        assert "n N next" in text(pilot)
        await press(pilot, "n")
        assert table.cursor == 40
        await press(pilot, "N", "f3", "shift+f3")
        assert table.cursor == 49
        await press(pilot, "y")
        assert pilot.app.clipboard == "49\t4.900 s\t49\t✓ PASSED"


async def test_where_there_is_no_room_a_status_is_its_symbol(sample: Path) -> None:
    async with opened(sample, (80, 24)) as pilot:
        await press(pilot, "2", "j", "j", "enter", "right_square_bracket")
        chosen = next(line for line in text(pilot).splitlines() if "46.000 s" in line)
        assert "1.991   !" in chosen
        assert "FAIL" not in chosen


async def test_data_without_a_metric_are_marked_and_users_are_found() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "2")
        assert "2 without a metric" in text(pilot)
        await press(pilot, "j", "u")
        assert pilot.app.screen.query_one(MetricList).has_focus


async def test_from_a_metric_to_its_data_and_to_a_chart() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "x")
        found = pilot.app.screen.query_one(DataList)
        assert found.cursor == 1
        await press(pilot, "v")
        chart = pilot.app.screen.query_one("DataPane ChartView", ChartView)
        assert chart.display
        assert chart.drawing is not None
        await press(pilot, "v", "d")
        assert "INDEXED_DOUBLE" in text(pilot)


async def test_an_image_shows_itself_and_a_missing_one_says_so(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "2", "G")
        chart = pilot.app.screen.query_one("DataPane ChartView", ChartView)
        assert chart.display
    build = DocumentBuilder("none")
    build.image("Landing", build.file("picture", "../../etc/passwd"))
    async with opened(build) as pilot:
        await press(pilot, "2")
        assert "root:" not in text(pilot)


async def test_a_million_rows_open_as_ten_do() -> None:
    build = DocumentBuilder("long")
    build.doubles("long", np.arange(1_000_000, dtype=float).tolist())
    async with opened(build) as pilot:
        await press(pilot, "2", "enter", "G")
        table = pilot.app.screen.query_one(SeriesTable)
        assert table.cursor == 999_999
        assert "999,999" in text(pilot)


def frames() -> DocumentBuilder:
    """Numbers, each of an image that has a UUID: an index much wider than they are."""
    build = DocumentBuilder("frames")
    ids = build.uuids("Image ID", [f"7c5e1f0{n}-0000-4000-8000-000000000000" for n in range(8)])
    number = build.doubles("detections", [40.5 + n for n in range(8)], index=ids)
    words = ["NOT_APPLICABLE", "FAIL_WARN"] * 4
    status = build.statuses("detections status", words, index=ids)
    build.line_plot("Detections", [(number, number, status)])
    return build


def frame(pilot: Pilot[Any]) -> str:
    """Text in the lower edge of the table's frame."""
    return str(pilot.app.screen.query_one("#right").border_subtitle or "")


async def test_an_index_gives_way_to_the_values() -> None:
    async with opened(frames(), (80, 24)) as pilot:
        await press(pilot, "2", "j", "enter")
        assert "7c5e1f03…         43.5   !" in text(pilot)
        assert frame(pilot) == ""
        await press(pilot, "right")
        assert frame(pilot) == "← 1 more"
        assert "43.5   ! FAIL_WARN" in text(pilot)
        await press(pilot, "right", "right", "left")
        assert frame(pilot) == ""
        await press(pilot, "right")
        await pilot.resize_terminal(100, 24)
        await settle(pilot)
        assert "7c5e1f03…         43.5   ! FAIL_WARN" in text(pilot)
        assert frame(pilot) == ""


async def test_the_frame_counts_columns_out_of_view_and_no_room_stays_empty() -> None:
    build = DocumentBuilder("cameras")
    build.doubles("by camera", {f"camera {n}": [1.0, 2.0] for n in range(9)}, unit="ms")
    async with opened(build, (80, 24)) as pilot:
        await press(pilot, "2", "enter")
        assert frame(pilot) == "→ 8 more"
        await press(pilot, "right")
        assert frame(pilot) == "← 1 more · → 7 more"
        await press(pilot, *["right"] * 20)
        assert frame(pilot) == "← 8 more"
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        shown = text(pilot)
        assert all(f"camera {n} value" in shown for n in (6, 7, 8))
        assert frame(pilot) == "← 6 more"
        await press(pilot, "v")
        assert frame(pilot) == ""


async def test_a_search_that_finds_nothing_says_so_once() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "2", "j", "enter", "slash", *"70.5", "enter")
        said = [toast.message for toast in pilot.app._notifications]
        assert said == ["Nothing matches 70.5."]


async def test_keys_of_data_do_something(sample: Path) -> None:
    async with opened(DocumentBuilder("nothing")) as pilot:
        await press(pilot, "2")
        assert keys(pilot) == ["?", "q"]
    async with opened(flight()) as pilot:
        await press(pilot, "2", "j")
        assert keys(pilot) == ["Enter", "v", "u", "d", "/", "?", "q"]
        await press(pilot, "enter")
        assert keys(pilot) == ["]", "/", ":", "v", "d", "?", "q"]
        await press(pilot, "escape", "j", "j")
        # No metric uses these, and no row of them fails.
        assert keys(pilot) == ["Enter", "v", "d", "/", "?", "q"]
        await press(pilot, "enter")
        assert keys(pilot) == ["/", ":", "v", "d", "?", "q"]
        await press(pilot, "v")
        assert keys(pilot) == ["v", "Esc", "?", "q"]
        await press(pilot, "escape", "k", "k", "enter")
        assert keys(pilot) == ["← →", "+ -", "]", "v", "Esc", "?", "q"]
        await press(pilot, "plus")
        assert "0" in keys(pilot)
    async with opened(sample) as pilot:
        await press(pilot, "2", "G")
        assert keys(pilot) == ["u", "d", "/", "?", "q"]


@pytest.mark.parametrize(
    ("name", "other", "shown"),
    [
        ("Camera timings", "Camera status", "Camera timings  "),
        ("Number of detections data", "Speed", "Number of detec…"),
        ("Number of detections data", "Number of detections status", "Number …ons data"),
        ("Number of detections status", "Number of detections data", "Number …s status"),
        ("Detections by the left camera", "Detections by the right one", "Dete…left camera"),
        ("Time of the whole left camera here", "Time of the whole right one", "Time…left camer…"),
        ("Detections of it", "Detections of it by the left", "Detections of it"),
    ],
)
def test_names_that_would_look_alike_are_cut_apart(name: str, other: str, shown: str) -> None:
    assert apart(name, ["", other], 16) == shown


async def test_names_have_all_the_room_that_lengths_leave() -> None:
    build = DocumentBuilder("names")
    build.doubles("Number of detections data", [1.0, 2.0])
    build.doubles("Number of detections in the left", [1.0, 2.0])
    build.doubles("Number of detections in the right", [1.0, 2.0])
    async with opened(build, (80, 24)) as pilot:
        await press(pilot, "2")
        shown = text(pilot)
        assert "Number of detections data  2" in shown
        names = [line[2:30] for line in shown.splitlines() if "Number of" in line][1:]
        assert len(names) == len(set(names)) == 3


async def test_on_a_short_screen_a_chart_has_the_room_of_the_numbers() -> None:
    async with opened(flight(), (60, 20)) as pilot:
        await press(pilot, "2", "j")
        assert "min 0" in text(pilot)
        await press(pilot, "v")
        shown = text(pilot)
        assert "min 0" not in shown
        assert len([line for line in shown.splitlines() if re.search(r"\d *┤", line)]) >= 2
        await press(pilot, "v")
        assert "min 0" in text(pilot)
    async with opened(flight(), (80, 24)) as pilot:
        await press(pilot, "2", "j", "v")
        assert "min 0" in text(pilot)


def counters() -> DocumentBuilder:
    """Values whose difference from a neighbour or the limit lies beyond six digits."""
    build = DocumentBuilder("counters")
    clock = build.times("clock", [0.0, 0.0001, 0.0002])
    values = [0.123456781, 0.123456789, 10.0000004]
    data = build.doubles("error", values, unit="m", index=clock)
    state = build.statuses("error status", ["PASSED", "PASSED", "FAIL_BLOCK"], index=clock)
    build.double_over_time("Error", [(data, state)], limits=[(10.0, None)])
    return build


async def test_digits_tell_values_from_neighbours_and_limits() -> None:
    build = counters()
    document = build.document()
    columns = columns_of(document, next(d for d in document.data if d.name == "error")).columns
    times, values = columns[0], columns[1]
    assert [values.text(row) for row in range(3)] == ["0.12345678", "0.12345679", "10.0000004"]
    assert [times.text(row) for row in range(3)] == ["0.000000 s", "0.000100 s", "0.000200 s"]
    assert len({values.cell(row).index(".") - len(values.cell(row)) for row in range(3)}) == 1
    async with opened(build, (120, 40)) as pilot:
        await press(pilot, "2", "j", "enter", "down")
        assert "0.12345679" in text(pilot)


async def test_details_and_copies_of_a_row_have_all_digits() -> None:
    build = DocumentBuilder("thirds")
    build.doubles("third", [1.0, 1 / 3, 2.0], unit="m")
    async with opened(build, (120, 40)) as pilot:
        await press(pilot, "2", "enter", "down")
        assert "0.3333333333333333" not in text(pilot)
        await press(pilot, "y")
        assert pilot.app.clipboard == "1\t0.3333333333333333"
        await press(pilot, "d")
        assert "0.3333333333333333" in text(pilot)
