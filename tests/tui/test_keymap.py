"""The keymap: one meaning a key on each focus path, and hints that come from the bindings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, ClassVar

import pytest
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect import tui
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui import keymap
from resim_inspect.tui.cloud.fetch_bar import FetchBar
from resim_inspect.tui.cloud.fetch_dialogs import FetchErrorDialog, TokenDialog
from resim_inspect.tui.cloud.fetch_screen import FetchScreen
from resim_inspect.tui.cloud.fetch_state import Fetch
from resim_inspect.tui.comparison.jobs.screen import ComparedJobsScreen
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard
from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard
from resim_inspect.tui.dashboard.screen import DashboardScreen
from resim_inspect.tui.document.data.pane import DataPane
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.reference_host import ReferencedScreen
from resim_inspect.tui.document.reloading import ReloadingScreen
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.exporting.choices import ExportChoice
from resim_inspect.tui.exporting.dialog import ExportDialog
from resim_inspect.tui.help_screen import HelpScreen
from resim_inspect.tui.inputs.pane import InputsScreen
from resim_inspect.tui.key_hints import bindings_of, hint_line, key_of
from resim_inspect.tui.key_settings.focus_paths import FOCUS_PATHS
from resim_inspect.tui.keymap import Hint, KeyBinding
from resim_inspect.tui.keys.document import DATA_LIST, SERIES
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.open.detect import DetectedPath, PathKind
from resim_inspect.tui.open.evaluating import EvaluatingScreen
from resim_inspect.tui.open.opening import Opened
from resim_inspect.tui.open.screen import OpenScreen
from resim_inspect.tui.query.querying import QueryingScreen
from resim_inspect.tui.query.screen import QueryScreen
from resim_inspect.tui.raw.reading import RawReadingScreen
from resim_inspect.tui.raw.screen import RawScreen
from resim_inspect.tui.runs.log_screen import LogScreen
from resim_inspect.tui.runs.run_dialog import RunDialog
from resim_inspect.tui.runs.run_requests import RunRequests
from resim_inspect.tui.runs.runs_screen import RunsScreen
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.dialogs import (
    ChecklistDialog,
    ChoiceDialog,
    DetailsDialog,
    Dialog,
    ErrorDialog,
)
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.widgets.prompt import Prompt
from resim_inspect.tui.widgets.quick_open import NamePicker, QuickOpen
from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen
from resim_inspect.tui.workspace.columns_dialog import ColumnsDialog
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.cloud.fake_cloud import ADDRESS
from tests.tui.conftest import keys, press, settle, started, text

STATES: dict[str, tuple[type[Screen[Any]], tuple[str, ...]]] = {
    "metrics": (DocumentScreen, ()),
    "filter": (DocumentScreen, ("slash", "a")),
    "card": (CardScreen, ("enter",)),
    "series": (ChecklistDialog, ("j", "tab", "s")),
    "quick open": (QuickOpen, ("J",)),
    "details": (DetailsDialog, ("d",)),
    "dashboard": (MetricsDashboard, ("D",)),
    "dashboard filter": (MetricsDashboard, ("D", "slash")),
    "raw": (RawScreen, ("B",)),
    "data": (DocumentScreen, ("2",)),
    "data as a chart": (DocumentScreen, ("2", "v")),
    "find values": (Prompt, ("2", "enter", "slash")),
    "events": (DocumentScreen, ("3",)),
    "findings": (DocumentScreen, ("4",)),
    "editions": (ChoiceDialog, ("4", "E")),
    "inputs": (DocumentScreen, ("5",)),
    "help": (HelpScreen, ("question_mark",)),
    "open": (OpenScreen, ("ctrl+o",)),
}
"""States of the app on a document: the screen, and the keys that lead there."""

JOBS: dict[str, tuple[type[Screen[Any]], tuple[str, ...]]] = {
    "workspace": (WorkspaceScreen, ()),
    "jobs filter": (WorkspaceScreen, ("slash", "a")),
    "dashboard of jobs": (JobsDashboard, ("D",)),
    "metric of a dashboard": (NamePicker, ("D", "m")),
    "run dialog": (RunDialog, ("R",)),
    "column chart": (ColumnChartScreen, ("l", "o")),
    "columns": (ColumnsDialog, ("c",)),
}
"""States of the app on a workspace."""

PUSHED: dict[str, Callable[[Path], Screen[Any]]] = {
    "fetch": lambda folder: FetchScreen(folder, ADDRESS, "https://api.example", watch=False),
    "error": lambda _: ErrorDialog("drawing", RuntimeError("broken")),
    "not fetched": lambda _: FetchErrorDialog(Fetch(problem="It failed."), "resim://a/b"),
    "token": lambda _: TokenDialog(Fetch(problem="A token is needed.")),
    "run": lambda folder: RunsScreen(folder / "run", watch=False),
    "log": lambda folder: LogScreen(folder / "log.txt", "flight", watch=False),
    "query": lambda folder: QueryScreen(folder),
    "comparison": lambda folder: ComparisonScreen(folder, folder),
    "compared jobs": lambda folder: ComparedJobsScreen(folder, folder),
    "export": lambda folder: ExportDialog(
        [ExportChoice("chart", "SVG", "chart", ".svg", lambda _path, _cancelled: "")], folder
    ),
    "evaluating": lambda folder: EvaluatingScreen(
        DetectedPath(PathKind.METRICS, folder / "none.binproto", "a folder"), not_replaced
    ),
    "inputs folder": lambda folder: InputsScreen(folder / "jobs" / "a" / "inputs", "inputs"),
}
"""Screens that are shown on top of a workspace."""


async def not_replaced(_: Opened, __: int | None) -> None:
    """Show no document."""


def flight(folder: Path) -> Path:
    """A document with something for every pane, and inputs beside it."""
    build = DocumentBuilder("flight")
    clock = build.times("clock", [0.1 * at for at in range(50)])
    curves = []
    for name in ("speed", "height"):
        values = build.doubles(name, [float(at) for at in range(50)], index=clock)
        curves.append((values, build.statuses(f"{name} ok", ["PASSED"] * 50, index=clock)))
    over_time = build.double_over_time("Speed", curves)
    build.scalar("Broken", None, status="FAIL_BLOCK")
    build.event("Landing", 1.0, metrics=[over_time], description="line\n" * 60)
    (folder / "inputs" / "logs").mkdir(parents=True)
    (folder / "inputs" / "logs" / "flight.log").write_text("up\n" * 100)
    return build.write(folder / "outputs" / "metrics.binproto")


@asynccontextmanager
async def state(name: str, folder: Path) -> AsyncIterator[Pilot[Any]]:
    """The app in one of its states."""
    job = folder / "jobs" / "a"
    path = flight(job)
    async with started(path if name in STATES else folder) as pilot:
        if name in PUSHED:
            await pilot.app.push_screen(PUSHED[name](folder))
            await settle(pilot)
        else:
            kind, keys = (STATES | JOBS)[name]
            await press(pilot, *keys)
            assert type(pilot.app.screen) is kind
        yield pilot


def focus_path(widget: Widget) -> list[DOMNode]:
    """The nodes whose bindings a key is looked for in, the nearest first."""
    path: list[DOMNode] = []
    for node in widget.ancestors_with_self:
        path.append(node)
        if node.is_modal:
            break
    return path


def clashes(path: Iterable[DOMNode]) -> list[str]:
    """Keys that mean two things in one class, or another thing in what is around it."""
    meaning: dict[str, str] = {}
    found = []
    for node in path:
        own: dict[str, str] = {}
        for kind in type(node).__mro__:
            table: dict[str, str] = {}
            for key, id in keys_of(kind):
                if table.setdefault(key, id) != id:
                    found.append(f"{key}: {table[key]} and {id}")
            # A class may give a key of the class that it extends another meaning.
            own = table | own
        for key, id in own.items():
            if meaning.setdefault(key, id) != id:
                found.append(f"{key}: {meaning[key]} and {id}")
    return found


def keys_of(kind: type[Any]) -> list[tuple[str, str]]:
    """Each key of the bindings that a class itself declares, with the binding's id."""
    own = [each for each in kind.__dict__.get("BINDINGS", ()) if isinstance(each, KeyBinding)]
    return [(key, binding.id or "") for binding in own for key in binding.keys]


@pytest.mark.parametrize("name", [*STATES, *JOBS, *PUSHED])
async def test_a_key_means_one_thing_on_each_focus_path(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FetchBar, "begin", lambda *_: None)
    async with state(name, tmp_path) as pilot:
        screen = pilot.app.screen
        # A screen with nothing to focus takes its keys itself.
        for widget in screen.focus_chain or [screen]:
            widget.focus()
            await settle(pilot)
            path = focus_path(widget)
            assert clashes(path) == []
            # What the last line offers does something here.
            for bar in screen.query(BottomBar):
                assert all(hint.node in path for hint in bar.hints)
            own = [binding for node in path for binding in bindings_of(node)]
            assert undeclared(own) == [], "FOCUS_PATHS has no entry with all tables of this place"
            await check_rebinding(pilot)


def undeclared(bindings: Iterable[KeyBinding]) -> list[str]:
    """Ids of the bindings of a focus path that the nearest declared focus path lacks."""
    ids = {binding.id or "" for binding in bindings}
    declared = [{each.id for table in path for each in table} for path in FOCUS_PATHS]
    return min((sorted(id for id in ids if id not in path) for path in declared), key=len)


UNUSED = {id: f"hyper+f{number}" for number, id in enumerate(keymap.BINDINGS, 1)}
"""A key for every binding that nothing else has, and that a text field does not take."""


async def check_rebinding(pilot: Pilot[Any]) -> None:
    """Give every binding another key, and look at what is active where the focus is."""
    screen = pilot.app.screen
    before = {
        entry.binding.id: key
        for key, entry in screen.active_bindings.items()
        if entry.binding.id in UNUSED
    }
    pilot.app.set_keymap(UNUSED)
    after = {key: entry.binding.id for key, entry in screen.active_bindings.items()}
    pilot.app.set_keymap({})
    # A text field hides bindings whose only keys are characters.
    assert {UNUSED[id] for id in before if id} <= set(after)
    assert all(after[key] == id for id, key in UNUSED.items() if key in after)
    assert not [key for key, id in after.items() if id in UNUSED and key != UNUSED[id]]


def subclasses(kind: type[Any]) -> set[type[Any]]:
    """All classes of the project that extend a class."""
    below = {deep for sub in kind.__subclasses__() for deep in {sub, *subclasses(sub)}}
    return {sub for sub in below if sub.__module__.startswith("resim_inspect.")}


def test_all_screens_are_among_the_states() -> None:
    import_all()
    states = {kind for kind, _ in (STATES | JOBS).values()}
    pushed = {type(make(Path())) for make in PUSHED.values()}
    bases = {MainScreen, Dialog, QueryingScreen, ReferencedScreen, ReloadingScreen}
    bases |= {DashboardScreen, RawReadingScreen, RunRequests}
    assert (subclasses(MainScreen) | subclasses(Dialog)) - bases == (states | pushed) - bases


def test_every_binding_is_used_and_every_widget_takes_its_own_from_the_keymap() -> None:
    import_all()
    used = set()
    for kind in subclasses(DOMNode):
        for binding in kind.__dict__.get("BINDINGS", ()):
            assert isinstance(binding, keymap.KeyBinding), kind
            used.add(binding)
    assert used == set(keymap.BINDINGS.values())


def import_all() -> None:
    for module in walk_packages(tui.__path__, "resim_inspect.tui."):
        import_module(module.name)


def test_a_clash_is_found() -> None:
    class Inner(Static):
        BINDINGS: ClassVar[list[BindingType]] = [*DATA_LIST]

    class Outer(Static):
        BINDINGS: ClassVar[list[BindingType]] = [*SERIES]

    assert clashes([Inner(), Outer()]) == ["slash: data.filter and series.search"]


def test_a_clash_inside_one_class_is_found() -> None:
    class Both(Static):
        BINDINGS: ClassVar[list[BindingType]] = [*DATA_LIST, *SERIES]

    assert "slash: data.filter and series.search" in clashes([Both()])


def test_ids_are_unique_and_have_a_heading() -> None:
    bindings = {binding for table in keymap.TABLES for binding in table}
    assert len(keymap.BINDINGS) == len(bindings)
    assert all(binding.description and binding.group_title for binding in bindings)


def test_sentences_have_the_keys_of_the_table() -> None:
    assert key_of("chart.zoom_in") == "+"
    assert hint_line(Hint("dialog.copy"), Hint("dialog.close", "leave")) == "y copy · Esc leave"


async def test_a_hint_has_the_key_that_the_app_maps_its_action_to(tmp_path: Path) -> None:
    async with state("metrics", tmp_path) as pilot:
        assert "/ filter" in text(pilot)
        pilot.app.set_keymap({"metrics.filter": "f4"})
        pilot.app.screen.query_one(MetricList).post_message(KeyHintsChanged())
        await settle(pilot)
        assert "F4 filter" in text(pilot)
        await press(pilot, "f4")
        # A letter belongs to the field; what it would mean elsewhere is not offered.
        assert keys(pilot) == ["F4", "Enter Esc", "F1"]
        pilot.app.set_keymap({})
        await press(pilot, "a")
        assert keys(pilot) == ["Enter", "Esc", "F1"]


async def test_a_click_on_a_hint_runs_its_action(tmp_path: Path) -> None:
    async with state("metrics", tmp_path) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        line = pilot.app.screen.query_one(BottomBar).render_line(0).text
        before = metrics.grouping
        await pilot.click(BottomBar, offset=(line.index("b group") + 1, 0))
        await settle(pilot)
        assert metrics.grouping is not before


async def test_a_chart_of_data_turns_back_to_a_table_with_the_same_key(tmp_path: Path) -> None:
    async with state("data as a chart", tmp_path) as pilot:
        pane = pilot.app.screen.query_one(DataPane)
        await press(pilot, "enter")
        assert isinstance(pilot.app.focused, ChartView)
        assert "v table" in text(pilot).splitlines()[-1]
        await press(pilot, "v")
        assert pane.table.has_focus
