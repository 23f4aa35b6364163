"""The events: what can be done with them, and how their descriptions are read."""

from __future__ import annotations

import re
from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.events.event_lists import EventMetrics
from resim_inspect.tui.document.events.pane import EventText
from resim_inspect.tui.widgets.quick_open import Hits
from tests.tui.conftest import keys, opened, press, settle, text
from tests.tui.gallery.cells import cells_of, text_rows
from tests.tui.state_pilot import screen_picture
from tests.tui.widgets.chart_documents import waves


async def test_a_moment_is_seen_only_where_there_is_time() -> None:
    async with opened(waves()) as pilot:
        await press(pilot, "3", "m")
        hits = pilot.app.screen.query_one(Hits)
        names = [hits.names[position] for position in hits.hits]
        assert "Waves" in names
        assert "Peak" not in names
        assert "See 12.500 s in" in text(pilot)
    build = DocumentBuilder("no time")
    build.event("Crest", at=12.5, metrics=[build.scalar("Peak", 1.0)])
    async with opened(build) as pilot:
        await press(pilot, "3", "m")
        assert not pilot.app.screen.query(Hits)
        said = [toast.message for toast in pilot.app._notifications]
        assert said == ["No metric of this file has an axis of time."]


async def test_without_events_there_is_nothing_to_press_or_to_say_about_one() -> None:
    async with opened(DocumentBuilder("nothing")) as pilot:
        await press(pilot, "3")
        shown = text(pilot)
        assert "no events in this file" in shown
        assert "names no metric" not in shown
        assert keys(pilot) == ["?", "q"]


async def test_keys_of_an_event_do_something() -> None:
    build = DocumentBuilder("one")
    build.event("Alone", at=1.0, metrics=[])
    build.event("Crest", at=2.0, metrics=[build.scalar("Peak", 1.0), build.scalar("Dip", 0.0)])
    async with opened(build, (80, 24)) as pilot:
        await press(pilot, "3")
        assert keys(pilot) == ["d", "/", "?", "q"]
        assert "names no metric of this file" in text(pilot)
        await press(pilot, "down")
        assert keys(pilot) == ["Enter", "d", "/", "?", "q"]
        await press(pilot, "enter")
        assert "Enter open" in text(pilot)
    async with opened(waves()) as pilot:
        await press(pilot, "3")
        assert keys(pilot) == ["Enter", "m", "d", "/", "?", "q"]


async def test_marks_of_all_events_are_in_view_after_the_terminal_got_narrower() -> None:
    build = DocumentBuilder("two")
    build.event("First", at=1.0, metrics=[], status="PASSED")
    build.event("Last", at=99.0, metrics=[], status="FAIL_WARN")
    async with opened(build, (120, 40)) as pilot:
        await press(pilot, "3")
        for width in (80, 120, 81):
            await pilot.resize_terminal(width, 24)
            await settle(pilot)
            line = next(line for line in text(pilot).splitlines() if "─✓─" in line or "│✓─" in line)
            assert line.endswith("!─│"), width


def told(words: str) -> DocumentBuilder:
    build = DocumentBuilder("told")
    build.event("Gust", at=1.0, metrics=[build.scalar("Peak", 1.0)], description=words)
    return build


async def test_a_description_is_wrapped_or_scrolled(sample: Path) -> None:
    async with opened(sample, (80, 24)) as pilot:
        await press(pilot, "3")
        assert "drone towards the crane." in text(pilot)
        await press(pilot, "tab")
        # There is nothing to scroll to.
        assert isinstance(pilot.app.focused, EventMetrics)
    async with opened(told("gusts from the west " * 20 + "and calm"), (80, 24)) as pilot:
        await press(pilot, "3")
        assert "and calm" not in text(pilot)
        await press(pilot, "tab")
        assert isinstance(pilot.app.focused, EventText)
        await press(pilot, "end")
        assert "and calm" in text(pilot)


async def test_where_there_is_no_box_the_start_of_the_description_is_shown(sample: Path) -> None:
    async with opened(sample, (60, 20)) as pilot:
        await press(pilot, "3")
        assert "A gust from the west pushes the drone towards the crane." in text(pilot)
    async with opened(told("gusts from the west " * 20), (60, 20)) as pilot:
        await press(pilot, "3")
        assert "gusts from the west gusts from the west gusts from" in text(pilot)
        assert text(pilot).splitlines()[-2].endswith("…")


async def test_a_timeline_counts_twelve_events_as_twelve() -> None:
    build = DocumentBuilder("crowd")
    for number in range(12):
        build.event(f"Hit {number}", at=5.0, metrics=[])
    build.event("Late", at=10.0, metrics=[], status="FAIL_WARN")
    async with opened(build, (80, 24)) as pilot:
        await press(pilot, "3")
        axis = next(line for line in text(pilot).splitlines() if "──12──" in line)
        assert axis.rstrip("│ ─").endswith("!")


async def test_the_time_of_the_chosen_event_is_below_its_mark_at_each_width() -> None:
    build = DocumentBuilder("three")
    for at in (0.0, 3.0, 10.0):
        build.event(f"At {at}", at=at, metrics=[], status="FAIL_WARN")
    async with opened(build, (120, 40)) as pilot:
        await press(pilot, "3", "down")
        for width in (120, 80, 60):
            await pilot.resize_terminal(width, 24)
            await settle(pilot)
            rows = text_rows(cells_of(screen_picture(pilot.app), width, 24))
            top = next(at for at, row in enumerate(rows) if "▼" in row)
            mark = rows[top].index("▼")
            line = rows[top + 1]
            assert line.count("!") == 3
            assert mark == line.index("!", line.index("!") + 1)
            assert rows[top + 2].index("3.000 s") == mark - len("3.000 s") // 2


async def test_neighbours_that_a_number_would_cover_are_counted_with_it() -> None:
    build = DocumentBuilder("crowd")
    for number in range(200):
        build.event(f"Hit {number}", at=number / 20, metrics=[])
    async with opened(build, (80, 24)) as pilot:
        await press(pilot, "3")
        rows = text(pilot).splitlines()
        numbers = re.findall(r"\d+", rows[rows.index(next(r for r in rows if "▼" in r)) + 1])
        assert sum(int(n) for n in numbers) == 200


async def test_a_few_seconds_are_no_date_of_1970() -> None:
    build = DocumentBuilder("odd")
    build.event("Gust", at=28.824999999, metrics=[], absolute=True)
    build.event("Once", at=28.824999999, metrics=[], absolute=True)
    async with opened(build, (120, 40)) as pilot:
        await press(pilot, "3")
        shown = text(pilot)
        assert "1970" not in shown
        assert "28.825 s" in shown
