"""The events: what can be done with them, and how their descriptions are read."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.events.pane import EventMetrics, EventText
from resim_inspect.tui.widgets.quick_open import Hits
from tests.tui.conftest import keys, opened, press, text
from tests.tui.test_chart import waves


async def test_a_moment_is_seen_only_where_there_is_time() -> None:
    async with opened(waves()) as pilot:
        await press(pilot, "3", "m")
        hits = pilot.app.screen.query_one(Hits)
        names = [hits.catalog.names[position] for position in hits.hits]
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
        assert keys(pilot) == ["d", "?", "q"]
        assert "names no metric of this file" in text(pilot)
        await press(pilot, "down")
        assert keys(pilot) == ["Enter", "d", "?", "q"]
        await press(pilot, "enter")
        assert "Enter open" in text(pilot)
    async with opened(waves()) as pilot:
        await press(pilot, "3")
        assert keys(pilot) == ["Enter", "m", "d", "?", "q"]


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
