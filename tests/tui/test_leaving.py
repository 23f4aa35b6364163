"""Leaving at any moment: the app just ends, without a traceback."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

import resim_inspect.tui
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.cloud.fetch_dialogs import FetchErrorDialog, TokenDialog
from resim_inspect.tui.cloud.fetch_screen import FetchScreen
from resim_inspect.tui.cloud.fetch_state import Fetch
from resim_inspect.tui.comparison.jobs.screen import ComparedJobsScreen
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.dashboard.card_grid import CardGrid
from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard
from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard
from resim_inspect.tui.dashboard.screen import DashboardScreen
from resim_inspect.tui.document.data.data_list import DataList
from resim_inspect.tui.document.data.pane import DataPane
from resim_inspect.tui.document.data.series_table import SeriesTable
from resim_inspect.tui.document.events.pane import EventsPane
from resim_inspect.tui.document.findings.pane import FindingsPane
from resim_inspect.tui.document.metrics.card import Card
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.metrics.pane import MetricsPane
from resim_inspect.tui.document.reference_host import ReferencedScreen
from resim_inspect.tui.document.reloading import ReloadingScreen
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.exporting.choices import ExportChoice
from resim_inspect.tui.exporting.dialog import ExportDialog
from resim_inspect.tui.help_screen import HelpScreen
from resim_inspect.tui.inputs.pane import InputsScreen
from resim_inspect.tui.inputs.preview_lines import PreviewLines
from resim_inspect.tui.inputs.view import InputsView
from resim_inspect.tui.jump.screen import JumpScreen
from resim_inspect.tui.open.detect import DetectedPath, PathKind
from resim_inspect.tui.open.evaluating import EvaluatingScreen
from resim_inspect.tui.open.opening import Opened, open_path
from resim_inspect.tui.open.screen import OpenScreen, PathInput
from resim_inspect.tui.query.querying import QueryingScreen
from resim_inspect.tui.query.result_table import ResultTable
from resim_inspect.tui.query.screen import QueryScreen
from resim_inspect.tui.raw.reading import RawReadingScreen
from resim_inspect.tui.raw.screen import RawScreen
from resim_inspect.tui.raw.tree_list import RawTreeList
from resim_inspect.tui.runs.log_view import LogView
from resim_inspect.tui.runs.run_dialog import RunDialog, RunField
from resim_inspect.tui.runs.runs_screen import RunsScreen
from resim_inspect.tui.runs.runs_table import RunsTable
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.column_table import ColumnTable
from resim_inspect.tui.widgets.dialogs import (
    ChecklistDialog,
    ChoiceDialog,
    DetailsDialog,
    Dialog,
    ErrorDialog,
)
from resim_inspect.tui.widgets.filter_box import FilterInput
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.widgets.prompt import Prompt
from resim_inspect.tui.widgets.quick_open import QuickOpen
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.widgets.searchable_list import SearchableList
from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen
from resim_inspect.tui.workspace.columns_dialog import ColumnList, ColumnsDialog
from resim_inspect.tui.workspace.jobs_table import JobsTable
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.soak import FACTOR
from tests.tui.cloud.fake_cloud import ADDRESS
from tests.tui.comparison.documents import flight
from tests.tui.runs.run_harness import RecordedRun
from tests.tui.widgets.chart_documents import waves

DOCUMENT = "batch/jobs/flight/outputs/metrics.binproto"
DELAYS = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55)
"""Milliseconds between a key and leaving; 0: not one turn of the event loop."""


BASES = {
    *(Dialog, MainScreen, QueryingScreen, ReloadingScreen, ReferencedScreen, DashboardScreen),
    RawReadingScreen,
}
"""Classes of screens that are never shown themselves."""


class Scene(NamedTuple):
    """A screen, how it comes into view, and what it has that the scenes before have not."""

    screen: type[Screen[Any]]
    path: str | BatchAddress | None
    keys: tuple[str, ...] = ()
    dialog: Callable[[], Screen[Any]] | None = None
    owners: tuple[type[DOMNode], ...] = ()
    """Classes with keys of their own; all of these keys are pressed."""


def _catalog() -> Catalog:
    return Catalog(waves().document())


def _comparison() -> ComparisonScreen:
    folder = Path(tempfile.mkdtemp())
    before, after = (folder / name / "metrics.binproto" for name in ("before", "after"))
    return ComparisonScreen(flight(before, late=False), flight(after, late=True))


def _compared_jobs() -> ComparedJobsScreen:
    folder = Path(tempfile.mkdtemp())
    for job in "ab":
        waves().write(folder / "jobs" / job / "outputs" / "metrics.binproto")
    return ComparedJobsScreen(folder, folder)


def _evaluating() -> EvaluatingScreen:
    path = Path(tempfile.mkdtemp()) / "metrics.binproto"
    detected = DetectedPath(PathKind.METRICS, path, "an outputs folder")
    return EvaluatingScreen(detected, _not_replaced)


async def _not_replaced(_: Opened, __: int | None) -> None:
    """Show no document: there is none."""


def _unheard(_: set[int]) -> None:
    """Take what a dialog tells."""


def _unwritten() -> ExportChoice:
    return ExportChoice("chart", "SVG", "chart", ".svg", lambda _path, _cancelled: "")


SCENES = {
    "metrics": Scene(
        DocumentScreen,
        DOCUMENT,
        owners=(InspectApp, DocumentScreen, MetricsPane, MetricList, RowList, Card, ChartView),
    ),
    "filter": Scene(DocumentScreen, DOCUMENT, ("slash",), owners=(FilterInput,)),
    "data": Scene(DocumentScreen, DOCUMENT, ("2",), owners=(DataPane, DataList, SeriesTable)),
    "events": Scene(DocumentScreen, DOCUMENT, ("3",), owners=(EventsPane,)),
    "findings": Scene(DocumentScreen, DOCUMENT, ("4",), owners=(FindingsPane,)),
    "inputs-pane": Scene(DocumentScreen, DOCUMENT, ("5",)),
    "card": Scene(CardScreen, DOCUMENT, ("enter",), owners=(CardScreen,)),
    "dashboard": Scene(
        MetricsDashboard, DOCUMENT, ("D",), owners=(DashboardScreen, MetricsDashboard, CardGrid)
    ),
    "raw": Scene(RawScreen, DOCUMENT, ("B",), owners=(RawScreen, RawTreeList)),
    "jobs-dashboard": Scene(JobsDashboard, "batch", ("D",), owners=(JobsDashboard,)),
    "workspace": Scene(WorkspaceScreen, "batch", owners=(WorkspaceScreen, JobsTable)),
    "column-chart": Scene(ColumnChartScreen, "batch", ("l", "o"), owners=(ColumnChartScreen,)),
    "columns": Scene(ColumnsDialog, "batch", ("c",), owners=(ColumnList,)),
    "fetch": Scene(FetchScreen, ADDRESS, owners=(FetchScreen,)),
    "run": Scene(RunsScreen, "batch/run", owners=(RunsScreen, RunsTable, LogView)),
    "run-dialog": Scene(RunDialog, "batch", ("R",), owners=(RunDialog, RunField)),
    "comparison": Scene(
        ComparisonScreen, DOCUMENT, dialog=lambda: _comparison(), owners=(ComparisonScreen,)
    ),
    "compared-jobs": Scene(
        ComparedJobsScreen,
        DOCUMENT,
        dialog=lambda: _compared_jobs(),
        owners=(ComparedJobsScreen, ColumnTable),
    ),
    "query": Scene(
        QueryScreen,
        DOCUMENT,
        dialog=lambda: QueryScreen(Path(tempfile.mkdtemp())),
        owners=(QueryScreen, ResultTable),
    ),
    "evaluating": Scene(
        EvaluatingScreen, DOCUMENT, dialog=lambda: _evaluating(), owners=(EvaluatingScreen,)
    ),
    "open": Scene(OpenScreen, None, owners=(OpenScreen, PathInput)),
    "inputs": Scene(
        InputsScreen,
        "batch/jobs/flight/inputs",
        owners=(InputsScreen, InputsView, SearchableList, PreviewLines),
    ),
    "help": Scene(HelpScreen, DOCUMENT, ("question_mark",), owners=(Dialog,)),
    "jump": Scene(QuickOpen, DOCUMENT, dialog=lambda: QuickOpen(_catalog()), owners=(QuickOpen,)),
    "labels": Scene(JumpScreen, DOCUMENT, ("ctrl+g",), owners=(JumpScreen,)),
    "prompt": Scene(Prompt, DOCUMENT, dialog=lambda: Prompt("Row")),
    "choose": Scene(ChoiceDialog, DOCUMENT, dialog=lambda: ChoiceDialog("One", ["a", "b"])),
    "tick": Scene(
        ChecklistDialog,
        DOCUMENT,
        dialog=lambda: ChecklistDialog("Some", ["a"], {0}, _unheard),
        owners=(ChecklistDialog,),
    ),
    "export": Scene(
        ExportDialog,
        DOCUMENT,
        dialog=lambda: ExportDialog([_unwritten()], Path.cwd()),
        owners=(ExportDialog,),
    ),
    "facts": Scene(DetailsDialog, DOCUMENT, dialog=lambda: DetailsDialog("Facts", [("a", "b")])),
    "error": Scene(
        ErrorDialog,
        DOCUMENT,
        dialog=lambda: ErrorDialog("testing", ValueError("wrong")),
        owners=(ErrorDialog,),
    ),
    "trouble": Scene(
        FetchErrorDialog,
        DOCUMENT,
        dialog=lambda: FetchErrorDialog(Fetch(problem="No answer."), "resim://a/b"),
    ),
    "token": Scene(
        TokenDialog,
        DOCUMENT,
        dialog=lambda: TokenDialog(Fetch(problem="No token.")),
        owners=(TokenDialog,),
    ),
}


def _bindings(owner: type[DOMNode]) -> list[Binding]:
    return [one for one in owner.__dict__.get("BINDINGS", ()) if isinstance(one, Binding)]


def _cases() -> Iterator[Any]:
    number = count()
    for name, scene in SCENES.items():
        # Where nothing has keys of its own, those of the screen are pressed.
        inherited = Dialog if issubclass(scene.screen, Dialog) else scene.screen
        owners = scene.owners or (inherited,)
        for owner in owners:
            for binding in _bindings(owner):
                first = next(number)
                key = binding.key.split(",")[0]
                # Two delays each, other ones for each key; all of them in a soak test.
                picked = (first, first + 4) if FACTOR == 1 else range(len(DELAYS))
                for delay in (DELAYS[one % len(DELAYS)] for one in picked):
                    case = f"{name}-{owner.__name__}-{key}-{delay}"
                    yield pytest.param(scene, owner, binding, delay, id=case)


def _classes(root: type[DOMNode]) -> Iterator[type[DOMNode]]:
    kinds: list[type[DOMNode]] = root.__subclasses__()
    for kind in kinds:
        yield kind
        yield from _classes(kind)


def _of_the_app() -> set[type[DOMNode]]:
    """Every class of the app's package that has a place on a screen."""
    for module in pkgutil.walk_packages(resim_inspect.tui.__path__, "resim_inspect.tui."):
        importlib.import_module(module.name)
    package = f"{resim_inspect.tui.__name__}."
    return {kind for kind in _classes(DOMNode) if kind.__module__.startswith(package)}


def test_every_screen_and_every_key_has_its_scene() -> None:
    classes = _of_the_app()
    screens = {kind for kind in classes if issubclass(kind, Screen)} - BASES
    assert {scene.screen for scene in SCENES.values()} == screens
    owners = [owner for scene in SCENES.values() for owner in scene.owners]
    assert len(owners) == len(set(owners))
    assert set(owners) == {kind for kind in classes if _bindings(kind)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one job, its inputs and its document; not to be changed."""
    folder = tmp_path_factory.mktemp("left")
    waves().write(folder / DOCUMENT)
    inputs = folder / "batch/jobs/flight/inputs"
    (inputs / "logs").mkdir(parents=True)
    (inputs / "experience").mkdir()
    (inputs / "logs/log.txt").write_text("hello\n")
    run = RecordedRun(folder / "batch", alive=False)
    run.plan(["flight"])
    run.start("flight")
    return folder


async def _until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.002)


async def _leaves_cleanly(
    app: InspectApp, capsys: pytest.CaptureFixture[str], act: Callable[[], Any]
) -> None:
    """Run the app, do something, leave: it ends by that and says nothing."""

    async def leave() -> None:
        try:
            await act()
        finally:
            app.call_later(app.action_quit)

    leaving = asyncio.create_task(leave())
    await app.run_async(headless=True, size=(120, 40))
    await leaving
    said = "".join(capsys.readouterr())
    assert "Traceback" not in said, said
    assert app.return_code == 0


async def _wait(milliseconds: int) -> None:
    for _ in range(milliseconds):
        await asyncio.sleep(0.001)


def _part(app: InspectApp, owner: type[DOMNode]) -> DOMNode | None:
    """The widget whose keys are meant, once it is there and takes keys."""
    if issubclass(owner, InspectApp):
        return app
    for widget in app.screen.walk_children(Widget, with_self=True):
        if isinstance(widget, owner) and widget.is_mounted and widget.is_on_screen:
            return widget
    return None


@pytest.mark.soak
@pytest.mark.parametrize(("scene", "owner", "binding", "delay"), _cases())
async def test_after_any_key(
    request: pytest.FixtureRequest,
    folder: Path,
    scene: Scene,
    owner: type[DOMNode],
    binding: Binding,
    delay: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("resim_inspect.charts.external_viewer.launch", lambda _: True)
    if isinstance(scene.path, BatchAddress):
        request.getfixturevalue("cloud")
    path = folder / scene.path if isinstance(scene.path, str) else scene.path
    app = InspectApp(None if path is None else open_path(path), watch=False)

    def takes_the_key() -> bool:
        """Return True if the key is the owner's; else give it the focus, which a screen that has
        just come may take away once more."""
        active = app.screen.active_bindings.values()
        if any(one.binding.action == binding.action for one in active):
            return True
        part = _part(app, owner)
        if isinstance(part, Widget) and not isinstance(part, Screen):
            for widget in part.walk_children(Widget, with_self=True):
                if widget.focusable:
                    widget.focus()
                    break
        return False

    async def press() -> None:
        await _until(lambda: app.first_frame_drawn, "the app does not start")
        for key in scene.keys:
            await _until(lambda: app.focused is not None, "nothing has the focus")
            app.simulate_key(key)
        if scene.dialog is not None:
            app.call_later(app.push_screen, scene.dialog())
        await _until(lambda: isinstance(app.screen, scene.screen), "the screen does not come")
        await _until(lambda: _part(app, owner) is not None, f"there is no {owner.__name__}")
        await _until(takes_the_key, f"{binding.key} does nothing here")
        app.simulate_key(binding.key.split(",")[0])
        await _wait(delay)

    await _leaves_cleanly(app, capsys, press)


@pytest.mark.soak
@pytest.mark.parametrize("delay", range(0, 60, 2))
async def test_while_it_starts(
    folder: Path, delay: int, capsys: pytest.CaptureFixture[str]
) -> None:
    app = InspectApp(open_path(folder / DOCUMENT), watch=False)

    async def begin() -> None:
        await _until(lambda: app.is_running, "the app does not start")
        await _wait(delay)

    await _leaves_cleanly(app, capsys, begin)


async def test_an_error_before_that_is_told(folder: Path) -> None:
    app = InspectApp(open_path(folder / DOCUMENT), watch=False)

    def wrong() -> None:
        raise RuntimeError("wrong")

    async def fail() -> None:
        await _until(lambda: app.first_frame_drawn, "the app does not start")
        app.screen.call_later(wrong)

    failing = asyncio.create_task(fail())
    await app.run_async(headless=True, size=(120, 40))
    await failing
    assert app.return_code == 1
