"""The view of a log that grows: its end followed, lines wrapped, and a search."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from resim_inspect.tui.runs import log_view
from resim_inspect.tui.runs.log_view import LogView
from resim_inspect.tui.theme import defaults
from tests.tui.conftest import settle
from tests.tui.state_pilot import until


class LogApp(App[None]):
    """An app with a log alone."""

    def __init__(self, path: Path, *, watch: bool = False) -> None:
        super().__init__()
        self.path = path
        self._watch = watch

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return defaults(dark=True)

    def compose(self) -> ComposeResult:
        yield LogView(watch=self._watch)

    def on_mount(self) -> None:
        view = self.query_one(LogView)
        view.show(self.path)
        view.focus()


@asynccontextmanager
async def viewing(path: Path) -> AsyncIterator[tuple[Pilot[Any], LogView]]:
    """An app on a log, which has been read."""
    app = LogApp(path)
    async with app.run_test(size=(40, 12)) as pilot:
        await settle(pilot)
        yield pilot, app.query_one(LogView)


async def grow(pilot: Pilot[Any], view: LogView, text: str) -> None:
    """Append to the log, and wait until it is shown."""
    assert view.path is not None
    with view.path.open("a", encoding="utf-8") as file:
        file.write(text)
    view.read()
    await settle(pilot)


def rows(view: LogView) -> list[str]:
    """The rows in view."""
    return [view.render_line(y).text.strip(" ▌") for y in range(view.size.height)]


async def test_the_end_is_followed_until_the_cursor_leaves_it(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("".join(f"line {n}\n" for n in range(30)))
    async with viewing(path) as (pilot, view):
        assert rows(view)[-1] == "line 29"
        await grow(pilot, view, "line 30\n")
        assert rows(view)[-1] == "line 30"
        await pilot.press("k", "k")
        await settle(pilot)
        assert not view.following
        await grow(pilot, view, "line 31\nline 32\n")
        assert rows(view)[-1] == "line 30"
        await pilot.press("f")
        await settle(pilot)
        assert view.following
        assert rows(view)[-1] == "line 32"


async def test_long_lines_are_wrapped_or_cut(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("x" * 100 + "\nend\n")
    async with viewing(path) as (pilot, view):
        assert [row for row in rows(view) if row][:-1] == ["x" * 36, "x" * 36, "x" * 28]
        await pilot.press("l")
        await settle(pilot)
        assert [row for row in rows(view) if row] == ["x" * 35 + "…", "end"]


async def test_a_search_goes_from_match_to_match(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("".join(f"line {n}\n" for n in range(100)))
    async with viewing(path) as (pilot, view):
        await pilot.press("slash", *"ne 4", "enter")
        await settle(pilot)
        assert not pilot.app.screen.query(Input)
        found = []
        for _ in range(3):
            found.append(view.copy_text(view.cursor))
            await pilot.press("n")
            await settle(pilot)
        assert found == ["line 4", "line 40", "line 41"]
        assert not view.following


async def test_another_log_replaces_the_first(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("first\n")
    (tmp_path / "b").write_text("second\n")
    async with viewing(tmp_path / "a") as (pilot, view):
        view.show(tmp_path / "b")
        await settle(pilot)
        assert rows(view)[0] == "second"
        view.show(None)
        await settle(pilot)
        assert rows(view)[0] == "no log"


async def test_a_log_in_another_mode_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_view, "READ_INTERVAL", 0.01)
    path = tmp_path / "log.txt"
    path.write_text("line 1\n")
    app = LogApp(path, watch=True)
    async with app.run_test(size=(40, 12)) as pilot:
        view = app.query_one(LogView)
        await until(pilot, lambda: view.bytes == 7)
        path.write_text("line 1\nline 2\n")
        await until(pilot, lambda: view.bytes == 14)
        app.add_mode("other", Screen[None])
        await app.switch_mode("other")
        # A read may be under way, and writing the whole text would make the file empty at first.
        await until(pilot, lambda: all(worker.is_finished for worker in app.workers))
        with path.open("a") as log:
            log.write("line 3\n")
        await pilot.pause(0.2)
        assert view.bytes == 14
