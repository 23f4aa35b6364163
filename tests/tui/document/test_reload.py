"""A file that is rewritten: shown in place, told what changed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.metrics.card import Card
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.inputs.view import InputsView
from tests.tui.conftest import opened, press, settle, started, text
from tests.tui.state_pilot import until
from tests.tui.widgets.chart_documents import waves


def flight(*, speed: float = 44.7, status: str = "FAIL_BLOCK", extra: bool = False) -> bytes:
    build = DocumentBuilder("flight")
    build.scalar("Distance", 812.0, unit="m")
    build.scalar("Max speed", speed, unit="m/s", status=status)
    if extra:
        build.scalar("Brand new", float("nan"))
    return build.bytes()


async def rewritten(pilot: Pilot[Any], path: Path, data: bytes) -> None:
    path.write_bytes(data)
    screen = pilot.app.screen
    assert isinstance(screen, DocumentScreen)
    await press(pilot, "f5")
    await settle(pilot)


async def test_a_rewrite_keeps_the_cursor_and_says_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"
    path.write_bytes(flight())
    async with opened(path) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "j")
        assert metrics.position == 0
        await rewritten(pilot, path, flight(status="PASSED", speed=30.5, extra=True))
        shown = text(pilot)
        assert metrics.position == 0
        assert "30.5 m/s" in shown
        assert "1 new metric, 1 status changed, 1 new error" in shown


async def test_metrics_that_changed_are_marked_in_list_and_card(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"
    path.write_bytes(flight())
    async with opened(path) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await rewritten(pilot, path, flight(status="PASSED", speed=30.5, extra=True))

        def rows() -> str:
            return "\n".join(metrics.render_line(y).text for y in range(metrics.count))

        assert "✓▲Max speed" in rows()
        assert "✓+Brand new" in rows()
        assert "✓ Distance" in rows()
        await press(pilot, "G")
        assert metrics.go_to(1)
        await settle(pilot)
        expected = "▲ better since the version before: 44.7 → 30.5 m/s, FAIL_BLOCK → PASSED"
        assert expected in text(pilot)
        # Another reading of the same content is a version without changes.
        await rewritten(pilot, path, flight(status="PASSED", speed=30.5, extra=True))
        assert "✓ Max speed" in rows()
        assert "since the version before" not in text(pilot)


async def test_a_rewrite_keeps_the_zoom_and_the_cursor_of_the_chart(tmp_path: Path) -> None:
    path = waves().write(tmp_path / "metrics.binproto")
    changed = waves()
    changed.scalar("Brand new", 2.0)
    async with opened(path) as pilot:
        await press(pilot, "g", "tab", "right", "right", "plus", "plus")
        chart = pilot.app.screen.query_one(Card).chart
        before = chart.window, chart.cursor_x
        assert None not in before
        await rewritten(pilot, path, changed.bytes())
        assert "1 new metric" in text(pilot)
        assert (chart.window, chart.cursor_x) == before


async def test_an_unreadable_rewrite_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resim_inspect.tui.document.reloading.RELOAD_TIMEOUT", 0.0)
    path = tmp_path / "metrics.binproto"
    path.write_bytes(flight())
    async with opened(path) as pilot:
        await rewritten(pilot, path, b"not a protobuf at all")
        shown = text(pilot)
        assert "44.7 m/s" in shown
        assert "unreadable" in shown
        await rewritten(pilot, path, flight(speed=12.5))
        shown = text(pilot)
        assert "12.5 m/s" in shown
        assert "unreadable" not in shown


async def test_the_file_is_looked_at_without_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resim_inspect.tui.document.reloading.POLL_INTERVAL", 0.05)
    path = tmp_path / "metrics.binproto"
    path.write_bytes(flight())
    async with opened(path, watch=True) as pilot:
        path.write_bytes(flight(speed=99.5))
        await until(pilot, lambda: "99.5 m/s" in text(pilot))


async def test_a_state_from_before_a_reload_is_not_reloaded(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"
    path.write_bytes(flight())
    async with opened(path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        session, seen = screen.session, screen.session.signature
        await rewritten(pilot, path, flight(speed=17.5))
        new = screen.session
        assert new.document is not session.document
        for known, state in ((seen, seen), (new.signature, new.signature), (seen, (1, 2, 3))):
            screen.post_message(screen.FileChecked(known, state, is_derived=False))
            await settle(pilot)
            assert screen.session.document is new.document
        screen.post_message(screen.FileChecked(new.signature, seen, is_derived=False))
        await settle(pilot)
        assert screen.session.document is not new.document


async def test_the_whole_card_follows_a_rewrite(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"
    path.write_bytes(flight())
    async with opened(path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        await press(pilot, "enter")
        path.write_bytes(flight(speed=17.5))
        screen.action_reload()
        await settle(pilot)
        assert "17.5" in text(pilot)


@pytest.mark.parametrize("width", [80, 100, 120])
async def test_a_change_note_gives_way_to_verdict_and_findings(tmp_path: Path, width: int) -> None:
    path = tmp_path / "a-folder-with-a-rather-long-name" / "metrics.binproto"
    path.parent.mkdir()
    path.write_bytes(flight())
    many = DocumentBuilder("flight")
    for number in range(20):
        many.scalar(f"New {number}", float("nan"), status="FAIL_BLOCK")
    async with opened(path, (width, 24)) as pilot:
        await rewritten(pilot, path, many.bytes())
        first = text(pilot).splitlines()[0]
        assert "FAIL_BLOCK" in first
        assert "20 metrics" in first
        assert re.search(r"\d+ E", first)
        assert "rewritten: " in first


async def test_an_unchanged_file_is_not_called_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"
    path.write_bytes(flight())
    async with opened(path, (120, 24)) as pilot:
        await press(pilot, "f5")
        await settle(pilot)
        first = text(pilot).splitlines()[0]
        assert "read again" in first
        assert "rewritten" not in first


async def test_messages_about_a_broken_file_go_when_the_good_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resim_inspect.tui.document.reloading.RELOAD_TIMEOUT", 0.0)
    path = tmp_path / "metrics.binproto"
    path.write_bytes(flight())
    async with opened(path) as pilot:
        await rewritten(pilot, path, b"")
        assert [n.title for n in pilot.app._notifications] == ["! The file cannot be read now"]
        await rewritten(pilot, path, flight(speed=12.5, extra=True))
        assert [n.title for n in pilot.app._notifications] == ["The file was rewritten"]


async def test_inputs_that_appear_later_are_shown_after_a_reload(tmp_path: Path) -> None:
    path = DocumentBuilder("job").write(tmp_path / "outputs" / "metrics.binproto")
    async with started(path) as pilot:
        await press(pilot, "5")
        assert "This file has no inputs." in text(pilot)
        (tmp_path / "inputs" / "experience").mkdir(parents=True)
        await press(pilot, "f5")
        assert "experience" in text(pilot)
        views = pilot.app.screen.query(InputsView)
        assert [view.folder for view in views] == [tmp_path / "inputs"]
