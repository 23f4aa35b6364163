"""The app on an inputs folder with one file, whose rows have the focus."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from resim_inspect.tui.inputs.records.record_list import RecordList
from tests.tui.conftest import press, settle, started, text
from tests.tui.state_pilot import until


def inputs_with(folder: Path, name: str, data: bytes) -> Path:
    """Make an inputs folder with a file among its logs; return the path of that file."""
    (folder / "experience").mkdir(parents=True)
    (folder / "logs").mkdir()
    path = folder / "logs" / name
    path.write_bytes(data)
    return path


@asynccontextmanager
async def viewing(
    folder: Path, size: tuple[int, int] = (120, 40), *, theme: str | None = None
) -> AsyncIterator[tuple[Pilot[Any], RecordList]]:
    """The app on an inputs folder, with the rows of the last file."""
    async with started(folder, size, theme=theme) as pilot:
        await press(pilot, "end", "enter")
        rows = pilot.app.screen.query_one(RecordList)
        assert rows.has_focus
        yield pilot, rows


async def look_again(pilot: Pilot[Any], rows: RecordList) -> None:
    """Let the widget look whether its file has changed."""
    rows.poll()
    await settle(pilot)


async def until_shown(pilot: Pilot[Any], words: str) -> None:
    """Wait until words are on the screen, while workers run."""
    await until(pilot, lambda: words in text(pilot))


def lines(rows: RecordList) -> list[str]:
    """The rows in view as text."""
    rendered = [rows.render_line(y).text.rstrip() for y in range(rows.size.height)]
    return [line for line in rendered if line]
