"""The events: what can be done with them, and how their descriptions are read."""

from __future__ import annotations

from resim_inspect.document.builder import DocumentBuilder
from resim_inspect.tui.jump import Hits
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
