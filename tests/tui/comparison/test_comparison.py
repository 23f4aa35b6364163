"""The comparison in the app: its list, its keys, the way to a metric and back, and its pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from resim_inspect.charts.model.drawing import Plot
from resim_inspect.comparison import Direction
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.comparison.change_list import ChangeList
from resim_inspect.tui.comparison.location import shown_path
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.dialogs import ChoiceDialog
from resim_inspect.tui.widgets.prompt import Prompt
from tests.tui.comparison.documents import flight, pictures
from tests.tui.conftest import Shot, press, running, settle, started, text
from tests.tui.state_pilot import until
from tests.tui.test_keymap import clashes, focus_path


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.chdir(tmp_path)
    flight(Path("one/outputs/metrics.binproto"), late=False)
    flight(Path("two/outputs/metrics.binproto"), late=True)
    return Path("one"), Path("two")


def compared(pair: tuple[Path, Path], *, theme: str | None = None) -> InspectApp:
    return InspectApp(open_path(pair[1]), base=pair[0], theme=theme, watch=False)


def names(list_: ChangeList) -> list[str]:
    """Rows of the list: headings with their symbol, changes by name."""
    return [row if isinstance(row, str) else row.name for row in list_.rows]


async def test_what_got_worse_comes_first(pair: tuple[Path, Path]) -> None:
    async with running(compared(pair), (120, 40)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        assert names(screen.list) == [
            "▼ worse: 1 metric", "Distance to obstacles",
            "− gone: 1 metric", "Gusts",
            "≠ changed: 2 metrics", "Length of the way", "Notes",
            "▲ better: 1 metric", "Landing error",
            "+ added: 1 metric", "Wind",
        ]  # fmt: skip
        shown = text(pilot)
        assert "✓ PASSED" in shown
        assert "FAIL_BLOCK in 0, now in 3" in shown
        await press(pilot, "j", "j", "j")
        assert "+Bumped into a crane." in text(pilot)


async def test_a_comparison_of_batches_that_is_left_ends_between_two_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side in ("one", "two"):
        for job in "abc":
            flight(tmp_path / side / "jobs" / job / "outputs/metrics.binproto", late=False)
    going_on, jobs = Event(), list[int]()

    def held(_app: object) -> Callable[[], None]:
        def give_way() -> None:
            jobs.append(len(jobs))
            assert going_on.wait(30)

        return give_way

    monkeypatch.setattr("resim_inspect.tui.comparison.paths.key_pauses", held)
    async with started(tmp_path / "two") as pilot:
        base = pilot.app.screen
        screen = ComparisonScreen(tmp_path / "one", tmp_path / "two")
        pilot.app.push_screen(screen)
        await until(pilot, lambda: bool(jobs))
        await pilot.press("escape")
        assert pilot.app.screen is base
        going_on.set()
        await settle(pilot)
    assert len(jobs) == 1
    assert screen.comparison is None


async def test_both_sides_are_named_alike_and_by_their_ends(tmp_path: Path) -> None:
    deep = tmp_path / ("folder" * 12)
    for name in ("one", "two"):
        flight(deep / name / "outputs/metrics.binproto", late=name == "two")
    pair = deep / "one/outputs", deep / "two/outputs/metrics.binproto"
    async with running(compared(pair), (60, 20)) as pilot:
        shown = text(pilot)
        assert re.search(r"before  ….*/one  ! FAIL_WARN", shown)
        assert re.search(r"after   ….*/two  ✗ FAIL_BLOCK", shown)
        await pilot.resize_terminal(200, 30)
        assert str(deep / "one  ! FAIL_WARN") in text(pilot)


def test_the_path_of_a_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in ("a", "a/outputs", "a/outputs/metrics.binproto", "a/metrics.binproto"):
        assert shown_path(Path(path)) == shown_path(tmp_path / path) == "a"
    assert shown_path(Path("a/other.binproto")) == str(Path("a/other.binproto"))
    assert shown_path(Path("outputs/metrics.binproto")) == str(tmp_path)
    assert shown_path(Path("/")) == str(Path("/").absolute())
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert shown_path(tmp_path / "a/outputs") == str(tmp_path / "a")


async def test_keys_go_to_what_got_worse_and_filter(
    pair: tuple[Path, Path], notices: list[str]
) -> None:
    async with running(compared(pair), (120, 40)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        await press(pilot, "G", "n")
        assert screen.list.change is not None
        assert screen.list.change.name == "Distance to obstacles"
        seen = []
        for _ in range(7):
            await press(pilot, "d")
            seen.append(screen.direction)
        ways = [
            Direction.WORSE, Direction.GONE, Direction.CHANGED, Direction.BETTER,
            Direction.ADDED, Direction.SAME, None,
        ]  # fmt: skip
        assert seen == ways
        await press(pilot, *"dd", "n")
        assert notices == ["Nothing here got worse."]
        await press(pilot, *"dddd")
        assert names(screen.list) == ["= same: 1 metric", "Mass"]


async def test_enter_goes_to_the_metric_and_escape_to_the_document(
    pair: tuple[Path, Path],
) -> None:
    async with running(compared(pair), (120, 40)) as pilot:
        await press(pilot, "G", "k", "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert pilot.app.screen.query_one(MetricList).position == 2
        assert "Landing error · scalar" in text(pilot)
    async with running(compared(pair), (120, 40)) as pilot:
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, DocumentScreen)


async def test_a_metric_that_is_gone_is_opened_in_the_base(pair: tuple[Path, Path]) -> None:
    async with running(compared(pair), (120, 40)) as pilot:
        await press(pilot, "j", "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert "one/outputs" in pilot.app.screen.session.label


async def test_a_base_is_chosen_or_typed(pair: tuple[Path, Path], notices: list[str]) -> None:
    async with started(pair[1]) as pilot:
        await press(pilot, "C")
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await press(pilot, "end", "enter")
        assert isinstance(pilot.app.screen, Prompt)
        await press(pilot, *"one", "enter")
        assert isinstance(pilot.app.screen, ComparisonScreen)
        assert "▼ worse: 1 metric" in text(pilot)
    async with started(pair[1]) as pilot:
        await press(pilot, "C", "end", "enter", *"~none", "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert notices == ["~none does not exist"]


async def test_both_sides_of_a_curve_are_in_one_chart(pair: tuple[Path, Path]) -> None:
    async with running(compared(pair), (120, 40)) as pilot:
        chart = pilot.app.screen.query_one(ChartView)
        assert chart.display
        assert chart.drawing is not None
        main, below = chart.drawing.panels
        assert isinstance(main, Plot)
        assert isinstance(below, Plot)
        assert [curve.name for curve in main.curves] == ["before", "after"]
        assert float(np.nanmin(below.curves[0].y)) == pytest.approx(-3.9)
        assert "difference, after − before [m]" in text(pilot)
        await press(pilot, "tab", "tab", "left")
        shown = text(pilot)
        assert "before 4." in shown
        assert "after 0.2 m" in shown
        assert "difference -3." in shown
        # The only side that has a metric is drawn as it is.
        await press(pilot, "shift+tab", "shift+tab", "j")
        assert chart.subject is not None
        assert chart.subject.document is not None
        assert chart.subject.document.metrics[chart.subject.position].name == "Gusts"
        assert chart.subject.base is None
        await press(pilot, "j")
        shown = text(pilot)
        assert "difference +40 m (+3.2%)" in shown
        # The diff of a text is among the reasons.
        await press(pilot, "j")
        assert not chart.display


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_the_chart_alone(
    size: tuple[int, int], pair: tuple[Path, Path], notices: list[str]
) -> None:
    async with running(compared(pair), size) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        await press(pilot, "x")
        chart = screen.query_one(ChartView)
        assert chart.has_focus
        assert not screen.list.display
        await press(pilot, "left")
        shown = text(pilot)
        assert "Distance to obstacles · ▼ worse" in shown
        assert "difference" in shown
        # The texts have room here.
        await press(pilot, "escape", "j", "j", "j", "x")
        assert "+Bumped into a crane." in text(pilot)
        await press(pilot, "x")
        assert screen.list.has_focus
        await press(pilot, "x", "n")
        assert screen.list.change is not None
        assert screen.list.change.name == "Distance to obstacles"
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, DocumentScreen)
    assert notices == []


async def test_images_side_by_side_or_as_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        pictures(Path(name) / "outputs/metrics.binproto", late=name == "two")
    async with running(compared((Path("one"), Path("two"))), (80, 24)) as pilot:
        await press(pilot, "x")
        shown = text(pilot)
        assert "before · camera.png" in shown
        assert "after · camera.png" in shown
        assert "I difference" in shown
        await press(pilot, "I")
        shown = text(pilot)
        assert "13.02% of the pixels differ, by up to 62.7%" in shown
        assert "I images" in shown
        await press(pilot, "I")
        assert "before · camera.png" in text(pilot)


async def test_a_key_means_one_thing_beside_a_chart(pair: tuple[Path, Path]) -> None:
    async with running(compared(pair), (120, 40)) as pilot:
        chain = pilot.app.screen.focus_chain
        assert any(isinstance(widget, ChartView) for widget in chain)
        for widget in chain:
            assert clashes(focus_path(widget)) == []


async def test_a_tolerance_without_effect_is_told(
    pair: tuple[Path, Path], notices: list[str]
) -> None:
    Path("resim.toml").write_text('[compare]\n"Mas" = 0.1\n"Wind" = 0.1\n', encoding="utf-8")
    async with running(compared(pair), (120, 40)):
        assert notices == [
            "The tolerance for 'Mas' has no effect: no metric has such a name; "
            "the nearest name is 'Mass'."
        ]


async def test_keys_while_both_sides_are_compared(
    pair: tuple[Path, Path], notices: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ComparisonScreen, "_compare", lambda _: None)
    async with running(compared(pair), (120, 40)) as pilot:
        await press(pilot, "n", "N", "x", "d", "j", "enter")
        assert isinstance(pilot.app.screen, ComparisonScreen)
        assert "comparing…" in text(pilot)
    assert notices == []


async def test_nothing_differs(pair: tuple[Path, Path]) -> None:
    async with running(compared((pair[0], pair[0])), (120, 40)) as pilot:
        assert "everything is the same" in text(pilot)


async def test_screen(pair: tuple[Path, Path], shot: Shot) -> None:
    """The other forms of this screen are pages of the gallery."""
    async with running(compared(pair), (120, 40)) as pilot:
        shot(pilot, "comparison-120x40")
