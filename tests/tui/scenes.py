"""Every screen of the app, how it comes into view, and which classes have keys there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from textual.dom import DOMNode
from textual.screen import Screen

from resim_inspect.filtering.catalog import Catalog
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.cloud.fetch_dialogs import FetchErrorDialog, TokenDialog
from resim_inspect.tui.cloud.fetch_screen import FetchScreen
from resim_inspect.tui.cloud.fetch_state import Fetch
from resim_inspect.tui.comparison.change_list import ChangeList
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
from resim_inspect.tui.graceful_exit import ClosingScreen
from resim_inspect.tui.help_screen import HelpScreen
from resim_inspect.tui.inputs.pane import InputsScreen
from resim_inspect.tui.inputs.preview_lines import PreviewLines
from resim_inspect.tui.inputs.records.record_list import RecordList
from resim_inspect.tui.inputs.view import InputsView
from resim_inspect.tui.jump.screen import JumpScreen
from resim_inspect.tui.open.detect import DetectedPath, PathKind
from resim_inspect.tui.open.evaluating import EvaluatingScreen
from resim_inspect.tui.open.opening import Opened
from resim_inspect.tui.open.screen import OpenScreen, PathInput
from resim_inspect.tui.query.querying import QueryingScreen
from resim_inspect.tui.query.result_table import ResultTable
from resim_inspect.tui.query.screen import QueryScreen
from resim_inspect.tui.raw.reading import RawReadingScreen
from resim_inspect.tui.raw.screen import RawScreen
from resim_inspect.tui.raw.tree_list import RawTreeList
from resim_inspect.tui.runs.log_screen import LogScreen
from resim_inspect.tui.runs.log_view import LogView
from resim_inspect.tui.runs.run_dialog import RunDialog, RunField
from resim_inspect.tui.runs.run_requests import RunRequests
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
from resim_inspect.tui.widgets.maximising import MaximisingScreen
from resim_inspect.tui.widgets.prompt import Prompt
from resim_inspect.tui.widgets.quick_open import NamePicker, QuickOpen
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.widgets.searchable_list import SearchableList
from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen
from resim_inspect.tui.workspace.columns_dialog import ColumnList, ColumnsDialog
from resim_inspect.tui.workspace.jobs_table import JobsTable
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.cloud.fake_cloud import ADDRESS
from tests.tui.comparison.documents import flight
from tests.tui.widgets.chart_documents import waves

DOCUMENT = "batch/jobs/flight/outputs/metrics.binproto"
BASES = {
    *(Dialog, MainScreen, QueryingScreen, ReloadingScreen, ReferencedScreen, DashboardScreen),
    *(RawReadingScreen, MaximisingScreen, ClosingScreen, RunRequests),
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
    "log": Scene(
        LogScreen,
        "batch",
        dialog=lambda: LogScreen(Path("log.txt"), "flight", watch=False),
        owners=(LogScreen,),
    ),
    "run-dialog": Scene(RunDialog, "batch", ("R",), owners=(RunDialog, RunField)),
    "comparison": Scene(
        ComparisonScreen,
        DOCUMENT,
        dialog=lambda: _comparison(),
        owners=(ComparisonScreen, ChangeList),
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
    "rows": Scene(InputsScreen, "batch/jobs/flight/inputs", ("end",), owners=(RecordList,)),
    "help": Scene(HelpScreen, DOCUMENT, ("question_mark",), owners=(Dialog,)),
    "jump": Scene(QuickOpen, DOCUMENT, dialog=lambda: QuickOpen(_catalog())),
    "pick": Scene(
        NamePicker,
        DOCUMENT,
        dialog=lambda: NamePicker("Metric", "metric", ["a", "b"]),
        owners=(NamePicker,),
    ),
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
