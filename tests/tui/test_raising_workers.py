"""Workers that raise what was not expected: the error is shown, and the work goes on after it."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import Document
from resim_inspect.document.model import Metric, MetricsData
from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard
from resim_inspect.tui.document import reloading
from resim_inspect.tui.document.data.data_list import DataList
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.inputs.records.record_list import RecordList
from resim_inspect.tui.runs.log_view import LogView
from resim_inspect.tui.runs.run_bar import RunBar
from resim_inspect.tui.widgets.dialogs import ErrorDialog
from tests.tui.conftest import opened, press, settle, started, text
from tests.tui.dashboard.test_jobs_dashboard import job
from tests.tui.inputs.records.rows_app import inputs_with
from tests.tui.runs.run_harness import make_jobs, under_way
from tests.tui.state_pilot import until

INSPECT = "resim_inspect.tui"


class Breaking:
    """A function that raises while it is broken, and counts its calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: str, name: str) -> None:
        *owners, attribute = name.split(".")
        owner = reduce(getattr, owners, import_module(module))
        original = getattr(owner, attribute)
        self.is_broken = True
        self.calls = 0

        def breaking(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            if self.is_broken:
                raise RuntimeError("the pencil broke")
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, attribute, breaking)


def a_run(folder: Path) -> Path:
    return under_way(folder).record.path


def inputs(folder: Path) -> Path:
    inputs_with(folder, "odometry.csv", b"t,v\n" + b"1,2\n" * 5)
    return folder


def poll_records(pilot: Pilot[Any]) -> None:
    pilot.app.screen.query_one(RecordList).poll()


@pytest.mark.parametrize(
    ("broken", "make", "keys", "look", "words"),
    [
        (
            ("runner.workspace.run_follower", "RunFollower.poll"),
            a_run,
            (),
            lambda pilot: pilot.app.screen.query_one(RunBar).read(),
            "4 of 8 jobs",
        ),
        (
            (f"{INSPECT}.runs.log_tail", "LogTail.read"),
            a_run,
            (),
            lambda pilot: pilot.app.screen.query_one(LogView).read(),
            "smoothing 60 %",
        ),
        (
            ("resim_inspect.inputs.records.record_file", "RecordFile.extend"),
            inputs,
            ("end", "enter"),
            poll_records,
            "5 rows",
        ),
    ],
    ids=["run", "log", "records"],
)
async def test_a_look_that_raises_is_shown_once_and_the_next_one_succeeds(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: tuple[str, str],
    make: Callable[[Path], Path],
    keys: tuple[str, ...],
    look: Callable[[Pilot[Any]], None],
    words: str,
) -> None:
    path = make(tmp_path / "place")
    breaking = Breaking(monkeypatch, *broken)
    async with started(path) as pilot:
        await press(pilot, *keys)
        assert isinstance(pilot.app.screen, ErrorDialog)
        await press(pilot, "escape")
        before = breaking.calls
        look(pilot)
        await settle(pilot)
        assert breaking.calls > before
        # It would cover the screen as often as the file is looked at.
        assert not isinstance(pilot.app.screen, ErrorDialog)
        breaking.is_broken = False
        look(pilot)
        await settle(pilot)
        assert words in text(pilot)
        breaking.is_broken = True
        look(pilot)
        await settle(pilot)
        assert isinstance(pilot.app.screen, ErrorDialog)


async def test_a_check_of_the_file_that_raises_is_shown_once_and_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloading, "POLL_INTERVAL", 0.02)
    path = flight(tmp_path, 44.7)
    check = Breaking(monkeypatch, reloading.__name__, "document_signature")
    async with opened(path, watch=True) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog))
        await press(pilot, "escape")
        before = check.calls
        await until(pilot, lambda: check.calls > before + 1)
        assert not isinstance(pilot.app.screen, ErrorDialog)
        check.is_broken = False
        flight(tmp_path, 99.5)
        await until(pilot, lambda: "99.5 m/s" in text(pilot))


async def test_a_state_of_the_file_whose_reading_raises_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloading, "POLL_INTERVAL", 0.02)
    path = flight(tmp_path, 44.7)
    check = Breaking(monkeypatch, reloading.__name__, "document_signature")
    check.is_broken = False
    read = Breaking(monkeypatch, reloading.__name__, "load_when_written")
    async with opened(path, watch=True) as pilot:
        flight(tmp_path, 55.5)
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog))
        await press(pilot, "escape")
        checked = check.calls
        await until(pilot, lambda: check.calls > checked + 2)
        assert read.calls == 1
        read.is_broken = False
        flight(tmp_path, 99.5)
        await until(pilot, lambda: "99.5 m/s" in text(pilot))


def flight(folder: Path, speed: float) -> Path:
    build = DocumentBuilder("flight")
    build.scalar("Max speed", speed, unit="m/s")
    return build.write(folder / "metrics.binproto")


async def test_the_values_of_other_metrics_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    original = MetricList.read_value

    def read_value(rows: MetricList, document: Document, metric: Metric) -> str:
        if metric.name == "Speed 1":
            raise RuntimeError("the pencil broke")
        return original(rows, document, metric)

    monkeypatch.setattr(MetricList, "read_value", read_value)
    build = DocumentBuilder("three")
    for number in range(3):
        speeds = build.doubles(f"speeds {number}", [number + 0.25], unit="m/s")
        fine = build.statuses(f"fine {number}", ["PASSED"])
        build.double_summary(f"Speed {number}", speeds, fine, index=0)
    async with opened(build) as pilot:
        assert isinstance(pilot.app.screen, ErrorDialog)
        await press(pilot, "escape")
        rows = pilot.app.screen.query_one(MetricList)
        assert [rows.known_value(position) for position in range(3)] == ["0.25 m/s", "", "2.25 m/s"]


async def test_the_lengths_of_other_data_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Document.length

    def length(document: Document, data: MetricsData) -> int:
        if data.name == "data 1":
            raise RuntimeError("the pencil broke")
        return original(document, data)

    monkeypatch.setattr(Document, "length", length)
    build = DocumentBuilder("three")
    for number in range(3):
        build.doubles(f"data {number}", [1.0] * (number + 70))
    async with opened(build) as pilot:
        await press(pilot, "2")
        assert isinstance(pilot.app.screen, ErrorDialog)
        await press(pilot, "escape")
        rows = pilot.app.screen.query_one(DataList)
        lengths = [rows.render_line(y).text.split()[2] for y in range(3)]
        assert [length.strip("▌") for length in lengths] == ["70", "?", "72"]


async def test_the_jobs_after_one_that_raises_are_surveyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 30
    for number in range(count):
        job(tmp_path, f"job-{number:02}", 10.0 + number)
    survey = Breaking(monkeypatch, f"{INSPECT}.dashboard.jobs_screen", "samples_allowed")
    async with started(tmp_path, (60, 20)) as pilot:
        await press(pilot, "D")
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog))
        survey.is_broken = False
        await press(pilot, "escape")
        screen = pilot.app.screen
        assert isinstance(screen, JobsDashboard)
        await until(pilot, lambda: not screen.is_surveying and len(screen.scale) == count)


async def test_a_run_whose_planning_raises_is_planned_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planning = Breaking(monkeypatch, f"{INSPECT}.runs.run_dialog", "read_plan")
    monkeypatch.setattr(f"{INSPECT}.runs.run_dialog.PLAN_DELAY", 0.01)
    async with started(make_jobs(tmp_path / "flights", "one")) as pilot:
        await press(pilot, "R", "down", *"make")
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog))
        await press(pilot, "escape")
        await until(pilot, lambda: "The run cannot be planned" in text(pilot))
        before = planning.calls
        await press(pilot, "enter")
        await until(pilot, lambda: planning.calls > before)


async def test_a_search_of_rows_that_raises_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Breaking(monkeypatch, f"{INSPECT}.inputs.records.reading", "search_rows")
    async with started(inputs(tmp_path / "place")) as pilot:
        await press(pilot, "end", "enter", "slash", "2", "enter")
        assert isinstance(pilot.app.screen, ErrorDialog)
        await press(pilot, "escape")
        rows = pilot.app.screen.query_one(RecordList)
        assert rows.search is not None
        assert not rows.is_searching
