"""The frame of a chart: the keys that do something now, names, facts in full, no colour."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.enums import MetricStatus
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.theme import styles_of
from resim_inspect.tui.themes.built_in import DARK, LIGHT
from resim_inspect.tui.widgets.dialogs import DetailRows
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.conftest import opened, press, running, settle, text


def words() -> DocumentBuilder:
    build = DocumentBuilder("words")
    build.text("Notes", "one\n\ntwo")
    build.scalar("Height", 4.0, unit="m")
    return build


def curve() -> DocumentBuilder:
    build = DocumentBuilder("curve")
    clock = build.times("clock", [0.1 * at for at in range(50)])
    speed = build.doubles("speed", [float(at) for at in range(50)], unit="m/s", index=clock)
    fine = build.statuses("fine", ["PASSED"] * 50, index=clock)
    build.double_over_time("Speed", [(speed, fine)])
    return build


async def test_keys_of_a_chart_are_those_that_do_something() -> None:
    async with opened(curve()) as pilot:
        await press(pilot, "enter")
        await settle(pilot)
        last = text(pilot).splitlines()[-1]
        assert "← → read" in last
        assert "+ - zoom" in last
        assert "0 all" not in last
        await press(pilot, "plus")
        await settle(pilot)
        assert "0 all" in text(pilot).splitlines()[-1]
    async with opened(words()) as pilot:
        await press(pilot, "enter")
        await settle(pilot)
        last = text(pilot).splitlines()[-1]
        assert "read" not in last
        assert "zoom" not in last
        assert "series" not in last
        assert "n next" in last


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_facts_are_shown_in_full(size: tuple[int, int]) -> None:
    build = DocumentBuilder("details")
    words = " ".join(f"word{number}" for number in range(30))
    build.scalar("Height", 4.0, unit="m", description=words)
    async with opened(build, size) as pilot:
        await press(pilot, "d")
        rows = pilot.app.screen.query_one(DetailRows)
        seen = ""
        for _ in range(len(rows.details)):
            seen += text(pilot)
            await press(pilot, "down")
        for number in range(30):
            assert f"word{number}" in seen
        await press(pilot, "home")
        while rows.copy_text(rows.cursor) != words:
            await press(pilot, "down")
        # A fact of several lines is one row to the cursor.
        before = rows.cursor
        await press(pilot, "down")
        assert rows.cursor > before + 1


def _ink(style: Style) -> float:
    """Brightness of the text without colour, 0 to 1."""
    color = style.bgcolor if style.reverse else style.color
    assert isinstance(color, Color)
    red, green, blue = color.get_truecolor()
    return (0.3 * red + 0.6 * green + 0.1 * blue) / 255


def test_without_colour_a_failure_is_the_strongest_ink() -> None:
    for theme in (DARK, LIGHT):
        styles = styles_of(theme, plain=True)
        ground = 0.0 if theme.dark else 1.0
        away = {name: abs(_ink(style) - ground) for name, style in styles.status.items()}
        assert away[MetricStatus.FAIL_BLOCK] >= max(away.values())
        assert away[MetricStatus.FAIL_WARN] >= max(away.values())
        # The chosen row is one ink on one ground, whatever stood there.
        chosen = styles.quiet + styles.pick
        assert chosen.color is not None
        assert chosen.bgcolor is not None
        front, back = _ink(Style(color=chosen.bgcolor)), _ink(Style(color=chosen.color))
        assert abs(front - back) > 0.5


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_the_first_line_names_the_job(size: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "jobs" / "crossing-0055" / "outputs" / "metrics.binproto"
    words().write(path)
    async with running(InspectApp(open_path(path)), size) as pilot:
        assert "crossing-0055" in text(pilot).splitlines()[0]


async def test_escape_goes_from_a_job_back_to_the_table(tmp_path: Path) -> None:
    for name in ("a", "b"):
        words().write(tmp_path / "ws" / "jobs" / name / "outputs" / "metrics.binproto")
    async with running(InspectApp(open_path(tmp_path / "ws")), (120, 40)) as pilot:
        await press(pilot, "j", "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        await press(pilot, "2", "escape")
        assert isinstance(pilot.app.screen, DocumentScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
    async with opened(words()) as pilot:
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, DocumentScreen)


async def test_panes_keep_their_names_and_hints_give_way() -> None:
    build = words()
    build.scalar("Broken", float("nan"), status="PASSED")
    build.image("Lost", build.file("picture", "images/none.png"))
    async with opened(build, (80, 24)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        number = len(screen.session.findings)
        assert number > 0
        last = text(pilot).splitlines()[-1]
        assert f" 1 Metrics  2 Data  3 Events  4 Findings {number}  5 Inputs " in last
        assert "? help" in last


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_last_line_offers_the_dashboard(size: tuple[int, int], tmp_path: Path) -> None:
    path = words().write(tmp_path / "jobs" / "a" / "outputs" / "metrics.binproto")
    for opened_path in (path, tmp_path):
        async with running(InspectApp(open_path(opened_path), watch=False), size) as pilot:
            last = text(pilot).splitlines()[-1]
            assert "D dashboard" in last
            assert "? help" in last
