"""The tree of fields: from each item, folding, searching, copying, reloading, damage, pictures."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.raw_tree.places import place_of_steps
from resim_inspect.document.raw_tree.search import SearchResult
from resim_inspect.errors import EmptyFileError, MalformedError, TruncatedError
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.text import size as bytes_text
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.clipboard import clipboard_file
from resim_inspect.tui.document.findings.pane import FindingList
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.open.screen import OpenScreen
from resim_inspect.tui.raw import reading
from resim_inspect.tui.raw.host import damage_of
from resim_inspect.tui.raw.screen import RawScreen
from resim_inspect.tui.theme import theme_styles
from tests.tui.conftest import Shot, opened, press, running, settle, started, text
from tests.tui.looks import WAYS, Look
from tests.tui.state_pilot import until
from tests.tui.test_snapshots import flawed


def shown(pilot: Pilot[Any]) -> RawScreen:
    screen = pilot.app.screen
    assert isinstance(screen, RawScreen)
    return screen


def path_of_cursor(pilot: Pilot[Any]) -> str:
    node = shown(pilot).tree_list.node
    return "" if node is None else node.path


def many(number: int) -> DocumentBuilder:
    """A document with scalars `scalar 0` and so on."""
    build = DocumentBuilder("many")
    for each in range(number):
        build.scalar(f"scalar {each}", float(each))
    return build


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        (("n", "B"), "job_level_metrics.metrics["),
        (("enter", "B"), "job_level_metrics.metrics["),
        (("D", "B"), "job_level_metrics.metrics["),
        (("2", "j", "B"), "metrics_data[1]"),
        (("4", "G", "B"), ""),
    ],
)
async def test_it_opens_at_the_item_in_view(
    keys: tuple[str, ...], path: str, tmp_path: Path
) -> None:
    file = flawed().write(tmp_path / "metrics.binproto")
    async with opened(file) as pilot:
        await press(pilot, *keys)
        assert path_of_cursor(pilot).startswith(path)
        row = shown(pilot).tree_list.row
        assert row is not None
        assert row.is_open
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, RawScreen)


async def test_an_event_and_the_file_as_a_whole(tmp_path: Path) -> None:
    build = many(2)
    build.event("Landing", 1.0)
    file = build.write(tmp_path / "metrics.binproto")
    async with opened(file) as pilot:
        await press(pilot, "3", "B")
        assert path_of_cursor(pilot) == "events[0]"
        await press(pilot, "escape", "5", "B")
        assert path_of_cursor(pilot) == "job_id"


async def test_folding_and_copying() -> None:
    async with opened(many(3)) as pilot:
        await press(pilot, "B")
        tree = shown(pilot).tree_list
        assert path_of_cursor(pilot) == "job_level_metrics.metrics[0]"
        await press(pilot, "right", "j")
        assert path_of_cursor(pilot).endswith("metrics[0].name")
        await press(pilot, "y")
        assert clipboard_file().read_text() == "scalar 0"
        await press(pilot, "Y")
        assert clipboard_file().read_text() == "job_level_metrics.metrics[0].name"
        assert "73 63 61 6c 61 72" in text(pilot)
        await press(pilot, "left")
        assert path_of_cursor(pilot) == "job_level_metrics.metrics[0]"
        count = tree.count
        await press(pilot, "left")
        assert tree.count < count
        await press(pilot, "enter")
        assert tree.count == count
        await press(pilot, "h", "h", "h", "h")
        assert path_of_cursor(pilot) == "job_level_metrics"
        assert [row.depth for row in tree.tree_rows.rows if row.is_open] == []


async def test_searching_both_ways(notices: list[str]) -> None:
    async with opened(many(2500)) as pilot:
        await press(pilot, "B", "slash", *"scalar 2222", "enter")
        assert path_of_cursor(pilot).startswith("job_level_metrics.metrics[")
        node = shown(pilot).tree_list.node
        assert node is not None
        assert node.value == '"scalar 2222"'
        await press(pilot, "n")
        assert path_of_cursor(pilot).endswith(".name")
        await press(pilot, "n")
        assert "No further name or value has scalar 2222" in notices[-1]
        await press(pilot, "N")
        assert path_of_cursor(pilot).endswith("]")
        await press(pilot, "N")
        assert "No further name or value" in notices[-1]


async def test_a_search_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object, is_cancelled: Any, **__: object) -> object:
        while not is_cancelled():
            pass
        return SearchResult(None, 0, False)

    monkeypatch.setattr(reading, "search", endless)
    async with opened(many(3)) as pilot:
        await press(pilot, "B", "slash", "x")
        await pilot.press("enter")
        await until(pilot, lambda: "searching" in text(pilot))
        await pilot.press("escape")
        await settle(pilot)
        assert "searching" not in text(pilot)
        assert isinstance(pilot.app.screen, RawScreen)


async def test_it_follows_a_rewritten_file(tmp_path: Path) -> None:
    file = many(3).write(tmp_path / "metrics.binproto")
    async with opened(file) as pilot:
        await press(pilot, "j", "B")
        path = path_of_cursor(pilot)
        many(40).write(file)
        base = pilot.app.screen_stack[-2]
        assert isinstance(base, DocumentScreen)
        base.start_reload()
        await settle(pilot)
        tree = shown(pilot).tree_list
        assert path_of_cursor(pilot) == path
        assert any(row.node.name == "metrics[39]" for row in tree.tree_rows.rows)
        file.unlink()
        await press(pilot, "f5")
        assert "does not exist" in text(pilot)
        many(1).write(file)
        await press(pilot, "f5")
        assert path_of_cursor(pilot) == "job_level_metrics"


async def test_a_file_that_comes_back_is_shown_at_the_item_asked_for(tmp_path: Path) -> None:
    file = many(3).write(tmp_path / "metrics.binproto")
    async with opened(file) as pilot:
        await press(pilot, "j")
        file.unlink()
        await press(pilot, "B")
        assert "does not exist" in text(pilot)
        many(3).write(file)
        await press(pilot, "f5")
        assert path_of_cursor(pilot) == "job_level_metrics.metrics[1]"


async def test_unfolding_a_field_does_not_cancel_a_reload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = many(3).write(tmp_path / "metrics.binproto")
    async with opened(file) as pilot:
        await press(pilot, "B")
        old, going_on = shown(pilot).reader, Event()
        find_place = place_of_steps

        def slow(*of: Any) -> Any:
            assert going_on.wait(30)
            return find_place(*of)

        monkeypatch.setattr("resim_inspect.tui.raw.reading.place_of_steps", slow)
        await pilot.press("f5", "h", "right")
        going_on.set()
        await settle(pilot)
        assert shown(pilot).reader is not old


async def test_a_truncated_file_is_shown_where_it_ends(tmp_path: Path) -> None:
    file = tmp_path / "metrics.binproto"
    content = many(30).bytes()
    file.write_bytes(content[:-9])
    async with started(None) as pilot:
        assert isinstance(pilot.app.screen, OpenScreen)
        await press(pilot, "slash", "ctrl+u")
        field = pilot.app.focused
        assert field is not None
        field.value = str(file)  # type: ignore[attr-defined]
        await press(pilot, "enter")
        node = shown(pilot).tree_list.node
        assert node is not None
        assert node.end == len(content) - 9
        rows = shown(pilot).tree_list.tree_rows.rows
        assert [row.depth for row in rows if row.node.problem] == [0, 1, 2, 3, 4]
        assert "✗ needs" in text(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, OpenScreen)


async def test_a_damaged_file_tells_what_is_missing_until_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "metrics.binproto"
    content = many(30).bytes()
    file.write_bytes(content[:-9])
    app = InspectApp()
    with pytest.raises(TruncatedError) as caught:
        open_path(file)
    app.first_damage = damage_of(file, caught.value)
    async with running(app, (120, 40)) as pilot:
        screen = shown(pilot)
        assert str(screen.query_one("#problem", Static).content).endswith(
            "of which 3,465 are there."
        )
        assert "F5 reload" in text(pilot)
        file.write_bytes(content[:-5])
        await press(pilot, "f5")
        assert shown(pilot) is screen
        assert str(screen.query_one("#problem", Static).content).endswith(
            "of which 3,469 are there."
        )
        file.write_bytes(content)
        await press(pilot, "f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, DocumentScreen))
        await press(pilot, "B")
        assert not shown(pilot).query_one("#problem").display


def test_only_bytes_that_tell_something_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert damage_of(path, MalformedError("is not a metrics file: it is text", path, 0)) is None
    assert damage_of(path, MalformedError("is not valid", path)) is None
    assert damage_of(path, EmptyFileError("is empty", path, 0)) is None
    assert damage_of(path, TruncatedError("is cut short", None, 0)) is not None
    assert damage_of("resim://batch", TruncatedError("is cut short", None, 0)) is None


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_columns_stand_below_their_titles(size: tuple[int, int], sample: Path) -> None:
    async with opened(sample, size) as pilot:
        await press(pilot, "B")
        tree = shown(pilot).tree_list
        width = tree.scrollable_content_region.width
        styles = theme_styles(pilot.app)
        titles = "".join(piece for piece, _ in tree.heading(width, styles))
        assert titles in text(pilot)
        for row in range(tree.count):
            node = tree.tree_rows.rows[row].node
            line = "".join(piece for piece, _ in tree.render_row(row, width, styles))
            for title, value in (("offset", f"{node.start:,}"), ("size", bytes_text(node.size))):
                end = titles.index(title) + len(title)
                assert line[:end].endswith(f" {value}"), line


@pytest.mark.parametrize("way", WAYS)
async def test_pictures(way: str, sample: Path, shot: Shot, look: Look) -> None:
    async with opened(sample, look.size(), theme=look.theme) as pilot:
        await press(pilot, "j", "j", "n", "B", "j", "j", "slash", *"fail", "enter")
        shot(pilot, f"raw-{way}")


async def test_a_finding_about_an_unknown_field_opens_at_that_field(tmp_path: Path) -> None:
    build = many(2)
    build.doubles("speed", [1.0, 2.0])
    build.doubles("height", [1.0, 2.0])
    message = pb.JobMetrics.FromString(build.bytes())
    message.metrics_data[-1].MergeFromString(b"\x9a\x06\x02hi")
    file = tmp_path / "metrics.binproto"
    file.write_bytes(message.SerializeToString())
    async with opened(file) as pilot:
        await press(pilot, "4")
        findings = pilot.app.screen.query_one(FindingList)
        while findings.finding is None or findings.finding.rule != "unknown-field":
            await press(pilot, "down")
        await press(pilot, "B")
        assert path_of_cursor(pilot) == "metrics_data[1].unknown field 99"
        assert "hi" in text(pilot)
