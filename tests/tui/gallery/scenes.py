"""Views of the gallery: what each opens, and the keys that lead to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen

from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.cloud.fetch_dialogs import FetchErrorDialog, TokenDialog
from resim_inspect.tui.cloud.fetch_state import Fetch
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard
from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.exporting.choices import ExportChoice
from resim_inspect.tui.exporting.dialog import ExportDialog
from resim_inspect.tui.inputs.pane import InputsScreen
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.query.screen import QueryScreen
from resim_inspect.tui.raw.screen import RawScreen
from resim_inspect.tui.widgets.dialogs import ChecklistDialog, ChoiceDialog, ErrorDialog
from resim_inspect.tui.widgets.prompt import Prompt
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.cloud.fake_cloud import ADDRESS, over
from tests.tui.conftest import settle, text
from tests.tui.gallery.files import CUT_SHORT
from tests.tui.state_pilot import until

FLIGHT = "flight-017/outputs"


class View(NamedTuple):
    """A screen of the gallery: what is opened, and the keys or dialog that lead to it."""

    opens: str | BatchAddress | None
    keys: tuple[str, ...] = ()
    dialog: Callable[[], Screen[Any]] | None = None
    base: str | None = None
    """Path of the other side of a comparison."""
    ready: Callable[[Pilot[Any]], Awaitable[None]] | None = None
    """Waits for what the keys alone do not lead to."""
    needs: tuple[str, ...] = ()
    """Libraries without which the screen cannot be shown."""
    in_new_app: bool = False
    """True for a screen of Textual's, which keeps the colours in which it was opened."""
    is_smaller_too: bool = True
    """False for a state that differs in its colours only from one at the smaller sizes."""
    screen: type[Screen[Any]] | None = None
    """The screen, for views beyond the scenes of `tests/tui/scenes.py`."""


async def _catalogue_read(pilot: Pilot[Any]) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, QueryScreen)
    await until(pilot, lambda: screen.catalogue is not None)


async def _cut_short_opened(pilot: Pilot[Any]) -> None:
    pilot.app.post_message(OpenRequested(Path("flaws/outputs") / CUT_SHORT))
    await until(pilot, lambda: isinstance(pilot.app.screen, RawScreen))
    await settle(pilot)


async def _queried(pilot: Pilot[Any], sql: str) -> None:
    await _catalogue_read(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, QueryScreen)
    screen.editor.fill(sql)
    await pilot.press("ctrl+r")
    await until(pilot, lambda: not screen.running)
    await settle(pilot)


async def _result(pilot: Pilot[Any]) -> None:
    await _queried(pilot, "SELECT timestamp, v, state, ok, NULL AS nothing FROM speed")


async def _query_error(pilot: Pilot[Any]) -> None:
    await _queried(pilot, "SELECT v,\n  vv FROM speed")


async def _jobs_read(pilot: Pilot[Any]) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, JobsDashboard)
    await until(pilot, lambda: "not read" not in text(pilot) and not screen.is_surveying)


async def _notified(pilot: Pilot[Any]) -> None:
    app = pilot.app
    app.notify("flight 1 is open as a metrics file.", timeout=600)
    app.notify("flights: no such folder.", title="Cannot open", severity="warning", timeout=600)
    app.notify(
        "The runner ended without a message.",
        title="The run of flights did not start",
        severity="error",
        timeout=600,
    )
    await settle(pilot)


def _error() -> Screen[Any]:
    return ErrorDialog("drawing a chart", ValueError("the series has 3 values and 4 times"))


def _export() -> Screen[Any]:
    formats = {"SVG": ".svg", "PNG": ".png", "text": ".txt"}
    choices = [
        ExportChoice("chart", name, "max-speed", suffix, lambda _path, _cancelled: "")
        for name, suffix in formats.items()
    ]
    return ExportDialog(choices, Path("/data/flights"))


def _checklist() -> Screen[Any]:
    series = ["clearance left", "clearance right", "clearance ahead", "limit"]
    return ChecklistDialog("Series in the chart", series, {0, 2}, lambda _: None)


def _no_answer() -> Screen[Any]:
    fetch = Fetch(problem="The server does not answer.", hint="Check the address of the API.")
    return FetchErrorDialog(fetch, "resim://project/batch")


QUERY = View(
    "emitted/jobs/calm/outputs", ("S",), ready=_result, needs=("duckdb", "sqlglot", "liquid")
)

VIEWS: dict[str, View] = {
    "metrics": View(FLIGHT),
    "filter": View(FLIGHT, ("slash", *"speed")),
    "data": View(FLIGHT, ("2", "j", "j", "enter", "right_square_bracket")),
    "events": View(FLIGHT, ("3",)),
    "findings": View("flaws/outputs", ("4",)),
    "inputs-pane": View(FLIGHT, ("5", "G")),
    "card": View(FLIGHT, ("slash", *"altitude", "enter", "enter")),
    "dashboard": View(FLIGHT, ("D",)),
    "raw": View(FLIGHT, ("B", "l", "j", "l", "j", "j")),
    "raw-cut-short": View("flaws/outputs", ready=_cut_short_opened, screen=RawScreen),
    "jobs-dashboard": View("flights", ("D",), ready=_jobs_read),
    "workspace": View("flights", ("l", "l", "j")),
    "column-chart": View("flights", (*["l"] * 4, "o")),
    "columns": View("flights", ("c", "j", "p")),
    "fetch": View(ADDRESS, ready=over),
    "run": View("nightly/run"),
    "log": View("nightly", ("slash", *"name:004", "enter", "O")),
    "run-dialog": View("flights", ("R",)),
    "comparison": View("two/outputs", base="one/outputs"),
    "compared-jobs": View("flights", base="flights-before"),
    "query": QUERY,
    "evaluating": View("emitted/jobs/calm/outputs"),
    "open": View(None, ("j", "enter")),
    "inputs": View("flight-017/inputs", ("j",)),
    "rows": View("tables/inputs", ("end",)),
    "rows-of-a-file": View("tables/inputs/logs/speed.csv", ("end",), screen=InputsScreen),
    "help": View(FLIGHT, ("question_mark",)),
    "jump": View(FLIGHT, ("J", *"al")),
    "pick": View("flights", ("D", "m", *"sp")),
    "labels": View(FLIGHT, ("ctrl+g",)),
    "prompt": View(
        "flaws/outputs", dialog=lambda: Prompt("Go to row", "a number from 1 to 240", "12")
    ),
    "choose": View(
        "flaws/outputs", dialog=lambda: ChoiceDialog("Editions", ["0.8.0", "0.7.4", "0.6.1"], 1)
    ),
    "tick": View("flaws/outputs", dialog=_checklist),
    "export": View("flaws/outputs", dialog=_export),
    "facts": View(FLIGHT, ("d",)),
    "error": View("flaws/outputs", dialog=_error),
    "trouble": View("flaws/outputs", dialog=_no_answer),
    "token": View(
        "flaws/outputs", dialog=lambda: TokenDialog(Fetch(problem="No token was found."))
    ),
    # Beyond the screens: states in which other colours are used.
    "group": View(FLIGHT, ("j", "j", "space"), screen=DocumentScreen),
    "data-chart": View(FLIGHT, ("2", "j", "j", "v"), screen=DocumentScreen),
    "data-file": View(FLIGHT, ("2", "G", "k"), screen=DocumentScreen),
    "states-chart": View(
        FLIGHT, ("slash", *"flight mode", "enter", "enter"), is_smaller_too=False, screen=CardScreen
    ),
    "bars-chart": View(
        FLIGHT, ("slash", *"energy by", "enter", "enter"), is_smaller_too=False, screen=CardScreen
    ),
    "dashboard-read": View(
        FLIGHT,
        ("D", "P", "G", "P", "g", "n", "n", "L", "L", "z"),
        is_smaller_too=False,
        screen=MetricsDashboard,
    ),
    "jobs-filter": View("flights", ("slash", *"p"), is_smaller_too=False, screen=WorkspaceScreen),
    "chart-of-change": View(
        "two/outputs",
        ("x", *["left"] * 3),
        base="one/outputs",
        is_smaller_too=False,
        screen=ComparisonScreen,
    ),
    "picture-of-change": View(
        "camera-two/outputs",
        ("x", "I"),
        base="camera-one/outputs",
        is_smaller_too=False,
        screen=ComparisonScreen,
    ),
    "query-error": QUERY._replace(ready=_query_error, is_smaller_too=False, screen=QueryScreen),
    "notices": View(FLIGHT, ready=_notified, is_smaller_too=False, screen=DocumentScreen),
    "palette": View(
        FLIGHT,
        ("ctrl+p", *"clearance"),
        in_new_app=True,
        is_smaller_too=False,
        screen=CommandPalette,
    ),
}
"""Views by the name of the scene in `tests/tui/scenes.py`, or a name of its own."""
