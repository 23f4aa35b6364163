"""Emissions that are opened: the first frame at once, progress, stopping, leaving, and failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect import derived
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.derived import Control, Progress
from resim_inspect.errors import UnreadableError
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.open.evaluating import EvaluatingScreen, progress_words
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.widgets.dialogs import ChoiceDialog
from tests.tui.conftest import Shot, text
from tests.tui.state_pilot import until


class SlowEvaluator:
    """An evaluator of 40 metrics that waits at the twelfth until it may go on or has to end."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.ended = threading.Event()
        self.calls = 0
        self.problem = ""

    def __call__(self, path: Path, control: Control) -> bytes:
        self.calls += 1
        try:
            if self.problem:
                raise UnreadableError(self.problem, path)
            builder = DocumentBuilder("slow")
            for number in range(40):
                control.progress(Progress("Evaluating metrics", number, 40, f"Metric {number}"))
                while number == 12 and not self.go_on.is_set() and not control.is_stopped():
                    # The message about this metric is not the first one within its interval.
                    control.progress(Progress("Evaluating metrics", number, 40, "Max speed"))
                    time.sleep(0.01)
                    if control.is_cancelled():
                        raise UnreadableError("was not evaluated to its end", path)
                if control.is_stopped():
                    break
                builder.scalar(f"Metric {number}", float(number))
            return builder.message().SerializeToString()
        finally:
            self.ended.set()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowEvaluator]:
    evaluator = SlowEvaluator()
    monkeypatch.setattr(derived, "_evaluators", [evaluator])
    monkeypatch.setattr(derived, "_sources", [])
    yield evaluator
    evaluator.go_on.set()


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An outputs folder with emissions, by a path that is the same on every machine."""
    folder = tmp_path / "flight-017" / "outputs"
    folder.mkdir(parents=True)
    (folder / "emissions.resim.jsonl").write_text("{}\n")
    monkeypatch.chdir(tmp_path)
    return folder


async def waits(pilot: Pilot[Any]) -> None:
    """Wait until the progress of the twelfth metric is in view."""
    await until(pilot, lambda: "12 of 40   M" in text(pilot))


async def test_the_first_frame_comes_before_the_evaluation(
    outputs: Path, slow: SlowEvaluator
) -> None:
    app = InspectApp(open_path(outputs), watch=False)
    assert slow.calls == 0
    async with app.run_test(size=(120, 40)) as pilot:
        await waits(pilot)
        assert isinstance(app.screen, EvaluatingScreen)
        assert "approximate: evaluated here, not by ReSim" in text(pilot)
        slow.go_on.set()
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        assert isinstance(app.screen, DocumentScreen)
        assert len(app.screen.session.document.metrics) == 40
        assert app.screen.session.label == "flight-017/outputs/metrics.binproto"
        # It is the only screen of its mode, and not evaluated again.
        assert len(app.screen_stack) == 1
        assert slow.calls == 1


async def test_a_narrow_screen_has_the_short_note_and_the_name_of_the_metric(
    outputs: Path, slow: SlowEvaluator
) -> None:
    app = InspectApp(open_path(outputs), watch=False)
    async with app.run_test(size=(60, 20)) as pilot:
        await waits(pilot)
        assert "Max speed" in text(pilot)
        assert text(pilot).splitlines()[0].endswith("metrics.binproto   approximate")
        await pilot.resize_terminal(40, 20)
        await until(pilot, lambda: text(pilot).splitlines()[0].endswith("…"))


@pytest.mark.parametrize("key", ["escape", "x"])
async def test_stopping_shows_what_is_evaluated(
    outputs: Path, slow: SlowEvaluator, key: str
) -> None:
    app = InspectApp(open_path(outputs), watch=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await waits(pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        assert isinstance(app.screen, DocumentScreen)
        assert len(app.screen.session.document.metrics) == 12


async def test_leaving_ends_the_evaluation(outputs: Path, slow: SlowEvaluator) -> None:
    app = InspectApp(open_path(outputs), watch=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await waits(pilot)
        await pilot.press("q")
    assert slow.ended.wait(60)
    assert app.return_code == 0


async def test_a_failure_is_shown_and_tried_again(outputs: Path, slow: SlowEvaluator) -> None:
    slow.problem = "cannot be evaluated: [bold]the config[/bold] \x1b[31mis faulty"
    app = InspectApp(open_path(outputs), watch=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "is faulty" in text(pilot))
        assert "[bold]the config[/bold]" in text(pilot)
        assert "try again" in text(pilot)
        slow.problem = ""
        slow.go_on.set()
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))


async def test_a_document_that_comes_while_another_is_in_view_waits_for_its_turn(
    outputs: Path, slow: SlowEvaluator, sample: Path
) -> None:
    app = InspectApp(open_path(sample), watch=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.first_frame_drawn)
        first = app.screen
        app.post_message(OpenRequested(outputs, 7))
        await waits(pilot)
        await pilot.press("grave_accent")
        await until(pilot, lambda: app.screen is first)
        slow.go_on.set()
        assert slow.ended.wait(60)
        await pilot.pause(0.1)
        assert app.screen is first
        await pilot.press("grave_accent")
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        await until(pilot, lambda: app.screen is not first and "Metric 7 " in text(pilot))
        assert slow.calls == 1


async def test_a_list_names_a_document_that_has_been_evaluated_meanwhile(
    outputs: Path, slow: SlowEvaluator, sample: Path
) -> None:
    app = InspectApp(open_path(outputs), watch=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await waits(pilot)
        app.post_message(OpenRequested(sample))
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        first = app.screen
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, ChoiceDialog))
        slow.go_on.set()
        await until(pilot, lambda: "document-2" in app.documents.names)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DocumentScreen))
        assert app.screen is not first
        assert "Metric 0" in text(pilot)


def test_progress_in_words() -> None:
    assert progress_words(Progress("Reading emissions", 2_000_000, 95_000_000)) == (
        "Reading emissions … 2 MB of 95 MB"
    )
    hostile = progress_words(Progress("Evaluating metrics", 1, 2, "a\x1b[31mb\n"))
    assert "\x1b" not in hostile
    assert "\n" not in hostile


async def test_picture(outputs: Path, slow: SlowEvaluator, shot: Shot) -> None:
    """The other forms of this screen are pages of the gallery."""
    app = InspectApp(open_path(Path("flight-017/outputs")), watch=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await waits(pilot)
        await until(pilot, lambda: app.first_frame_drawn)
        await pilot.pause(0.2)
        shot(pilot, "evaluating-120x40")
