"""Reading values of a chart: the cursor, its samples and differences, and ways to other views."""

from __future__ import annotations

import math

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.data.series_table import SeriesTable
from resim_inspect.tui.document.metrics.card import Card
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.theme import theme_styles
from tests.tui.conftest import opened, press, settle, text
from tests.tui.widgets.chart_documents import climb, line_below, waves


async def test_the_cursor_reads_every_series() -> None:
    async with opened(waves()) as pilot:
        await press(pilot, "tab", "right", "right", "right")
        chart = pilot.app.screen.query_one(Card).chart
        assert chart.cursor_x is not None
        reading = "".join(part for part, _ in chart.reading(theme_styles(pilot.app)))
        assert "slow" in reading
        assert "fast" in reading
        assert "✓" in reading
        await press(pilot, "y")
        assert "slow" in pilot.app.clipboard
        # Zoomed in, the cursor pushes the view along and stops at the end.
        await press(pilot, "plus", "plus", "plus", *["L"] * 30)
        assert chart.cursor_x == pytest.approx(19.9)
        assert chart.window is not None
        assert chart.window[1] == pytest.approx(19.9)
        await press(pilot, "escape")
        assert chart.cursor_x is None


async def test_the_reading_says_from_which_moment_its_values_are() -> None:
    build = DocumentBuilder("gaps")
    whole = build.times("whole", [float(k) for k in range(21)])
    half = build.times("half", [k + 0.5 for k in range(10)])
    one = build.doubles("one", [math.nan if k == 4 else float(k) for k in range(21)], index=whole)
    two = build.doubles("two", [float(k) for k in range(10)], index=half)
    series = [(d, build.statuses(f"{k} ok", d)) for k, d in enumerate((one, two))]
    build.double_over_time("Gaps", series, legend=["one", "two"])
    async with opened(build) as pilot:
        chart = pilot.app.screen.query_one(Card).chart
        for at, expected in (
            (17.2, " 17.000 s   one 17 ✓"),
            (4.2, " 4.000 s   one – (NaN) ✓   two 4 ✓ at 4.500 s"),
        ):
            chart.look_at(at)
            assert "".join(part for part, _ in chart.reading(theme_styles(pilot.app))) == expected


async def test_a_reading_without_room_leaves_out_what_its_names_share() -> None:
    build = DocumentBuilder("shared")
    times = build.times("clock", [0.0, 1.0, 2.0])
    series = []
    for part in ("planner", "rangefinder"):
        data = build.strings(f"{part} states", ["A", "A", "B"], index=times)
        series.append((data, build.statuses(f"{part} ok", data)))
    names = ["subsystem states · planner", "subsystem states · rangefinder"]
    build.states_over_time("States", series, states=["A", "B"], legend=names)
    for width, start in ((120, "subsystem states · "), (60, "")):
        async with opened(build, (width, 24)) as pilot:
            await press(pilot, "enter")
            chart = pilot.app.screen.query_one(Card).chart
            chart.look_at(0.5)
            reading = "".join(part for part, _ in chart.reading(theme_styles(pilot.app)))
            assert reading == f" 0.500 s   {start}planner A ✓   {start}rangefinder A ✓"


async def test_from_the_cursor_to_the_row_of_the_data() -> None:
    async with opened(waves()) as pilot:
        await press(pilot, "tab", "right")
        chart = pilot.app.screen.query_one(Card).chart
        chart.look_at(7.31)
        await press(pilot, "x")
        table = pilot.app.screen.query_one(SeriesTable)
        assert table.has_focus
        assert table.cursor == 73


async def test_from_an_event_to_its_moment_in_a_chart() -> None:
    async with opened(waves()) as pilot:
        await press(pilot, "3", "m", *"waves", "enter")
        assert pilot.app.screen.query_one(MetricList).position == 0
        chart = pilot.app.screen.query_one(Card).chart
        assert chart.cursor_x == pytest.approx(12.5)
        assert "12.500 s" in text(pilot)


async def test_the_cursor_stops_at_samples() -> None:
    build = DocumentBuilder("few")
    times = build.times("clock", [0.0, 0.3, 7.0, 10.0])
    few = build.doubles("few", [1.0, 2.0, 3.0, 4.0], index=times)
    build.double_over_time("Few", [(few, build.statuses("ok", few))])
    async with opened(build) as pilot:
        chart = pilot.app.screen.query_one(Card).chart
        await press(pilot, "tab", "right")
        places = [chart.cursor_x]
        for key in ("left", "left", "left", "right", "right", "right", "right"):
            await press(pilot, key)
            places.append(chart.cursor_x)
        assert places == pytest.approx([7.0, 0.3, 0.0, 0.0, 0.3, 7.0, 10.0, 10.0])


async def test_brackets_go_to_the_samples_that_fail() -> None:
    async with opened(climb()) as pilot:
        chart = pilot.app.screen.query_one(Card).chart
        await press(pilot, "tab")
        places = []
        for key in ("]", "]", "]", "[", "["):
            await press(pilot, {"]": "right_square_bracket", "[": "left_square_bracket"}[key])
            places.append(chart.cursor_x)
        assert places == pytest.approx([4.0, 12.0, 4.0, 12.0, 4.0])
        assert "!" in line_below(pilot, chart)
    async with opened(waves()) as pilot:
        await press(pilot, "tab", "right_square_bracket")
        said = [toast.message for toast in pilot.app._notifications]
        assert said == ["No sample fails, and none is without a value."]
    build = DocumentBuilder("job")
    build.text("Notes", "no samples", status="FAIL_BLOCK")
    async with opened(build) as pilot:
        pilot.app.screen.query_one(Card).chart.action_failing(1)
        await settle(pilot)
        said = [toast.message for toast in pilot.app._notifications]
        assert said == ["There are no samples here."]


async def test_an_anchor_gives_differences() -> None:
    async with opened(climb()) as pilot:
        chart = pilot.app.screen.query_one(Card).chart
        await press(pilot, "tab", "right_square_bracket", "a", "right_square_bracket")
        below = line_below(pilot, chart)
        assert "Δ +8.000 s" in below
        change = 1.05**120 - 1.05**40
        assert f"Δ +{change:.6g} m" in below
        await press(pilot, "a")
        assert "Δ" not in line_below(pilot, chart)
