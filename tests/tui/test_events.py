"""The events: what can be done with them, and how their descriptions are read."""

from __future__ import annotations

from resim_inspect.document.builder import DocumentBuilder
from resim_inspect.tui.jump import Hits
from tests.tui.conftest import opened, press, text
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
        assert "has an axis of time" in text(pilot)
