"""Every screen in every theme at 120×40, without colours, and at the two smaller sizes.

States of a screen that differ in their colours only are not shown at the smaller sizes.

Each screen is opened once; theme, size and `NO_COLOR` change while it is shown, which costs a tenth
of a new app each. `pytest tests/tui/gallery --snapshot-update` writes the pages again, and
`python -m tests.tui.gallery FOLDER [SCREEN...]` draws them as pictures, to be looked at.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.content import Content
from textual.filter import LineFilter, Monochrome
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from resim_inspect import derived
from resim_inspect.emissions.evaluation.folders import document_of
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.cloud import fetch_state
from resim_inspect.tui.open.evaluating import EvaluatingScreen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.query import database
from resim_inspect.tui.runs import run_dialog
from resim_inspect.tui.runs.run_bar import RunBar
from resim_inspect.tui.runs.run_plan import Plan, PlannedJob
from resim_inspect.tui.runs.run_request import RunRequest
from resim_inspect.tui.themes.following import screens_in_view
from resim_inspect.tui.widgets.chart.canvas import ChartCanvas
from tests.api.misbehaving_server import answer
from tests.tui.cloud.fake_cloud import FakeCloud
from tests.tui.conftest import press, settle, text
from tests.tui.gallery.cells import Picture, cells_of, text_rows
from tests.tui.gallery.files import write_files
from tests.tui.gallery.pages import ALL_THEMES, NO_COLOR, Shown, differing_rows, written
from tests.tui.gallery.roles import THEMES, role_table
from tests.tui.gallery.scenes import VIEWS, View
from tests.tui.open.test_evaluating import SlowEvaluator
from tests.tui.runs.run_harness import START
from tests.tui.scenes import SCENES
from tests.tui.state_pilot import screen_picture, until

FOLDER = Path(__file__).parent / "screens"
LARGE, SMALLER = (120, 40), ((80, 24), (60, 20))


class GalleryApp(InspectApp):
    """The app, whose colours can be turned on after it started without them."""

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        return filters if self.no_color else [f for f in filters if not isinstance(f, Monochrome)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """The folder with everything that is shown; not to be changed."""
    folder = tmp_path_factory.mktemp("gallery")
    write_files(folder, sample)
    return folder


@pytest.fixture
def desk(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working folder, with clocks that stand still and plans that are made at once."""
    monkeypatch.chdir(files)
    # Paths of the machine must not be in a picture.
    monkeypatch.setattr("resim_inspect.tui.open.screen.Path.absolute", lambda path: path)
    monkeypatch.setattr(RunBar, "now", lambda _: START + 9)
    monkeypatch.setattr(database, "monotonic", lambda: 0.0)
    monkeypatch.setattr(fetch_state, "SILENCE_THRESHOLD", 1e9)

    def plan(request: RunRequest, **_: Any) -> Plan:
        kept = "kept: nothing that it depends on has changed"
        jobs = [PlannedJob("calm-survey", "would run"), PlannedJob("tower-orbit", kept)]
        return Plan(request, tuple(jobs))

    monkeypatch.setattr(run_dialog, "read_plan", plan)
    monkeypatch.setattr(run_dialog, "PLAN_DELAY", 0.01)
    monkeypatch.setattr(RunRequest, "command_line", lambda *_: "resim-runner run flights --changes")


@pytest.fixture
def evaluator(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowEvaluator]:
    """An evaluator of emissions that waits at the twelfth of forty metrics."""
    slow = SlowEvaluator()
    monkeypatch.setattr(derived, "_sources", [])
    yield slow
    slow.go_on.set()


def _are_charts_drawn(screen: Screen[Any]) -> bool:
    """Return True if the charts of a screen have the colours of the theme."""
    return all(
        canvas._painted is not None and canvas._painted.request == wanted
        for canvas in screen.query(ChartCanvas)
        if (wanted := canvas._wanted()) is not None
    )


async def _rest(pilot: Pilot[Any]) -> None:
    """Wait until nothing is left to be drawn; the slow evaluation goes on all the time."""

    def is_evaluating() -> bool:
        return isinstance(pilot.app.screen, EvaluatingScreen)

    await until(pilot, lambda: not is_evaluating() or "12 of 40   M" in text(pilot))
    if is_evaluating():
        await pilot.pause(0.1)
        return
    await settle(pilot)
    # A chart under a dialog draws no frames that one could wait for.
    await until(pilot, lambda: all(map(_are_charts_drawn, screens_in_view(pilot.app))))
    await settle(pilot)


async def _show(pilot: Pilot[Any], view: View) -> None:
    """Lead the app, which has just started, to a screen."""
    app = pilot.app
    assert isinstance(app, InspectApp)
    await until(pilot, lambda: app.first_frame_drawn)
    await _rest(pilot)
    # A notice about a file that was opened lies on the picture.
    app.clear_notifications()
    await press(pilot, *view.keys)
    if view.dialog is not None:
        app.push_screen(view.dialog())
    if view.ready is not None:
        await view.ready(pilot)
    await _rest(pilot)


def _cut_words(screen: Screen[Any], picture: Picture) -> list[str]:
    """Hints in frames, and examples in empty fields, that are not in the picture as a whole."""
    screen_words = "\n".join(text_rows(picture))
    hints = [
        Content.from_markup(widget.border_subtitle).plain
        for widget in screen.query(Widget)
        if widget.border_subtitle and widget.is_on_screen
    ]
    examples = [field.placeholder for field in screen.query(Input) if not field.value]
    return [words for words in (*hints, *examples) if words not in screen_words]


async def taken(view: View, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Shown], type[Any]]:
    """All pictures of a screen, and its class."""

    def picture() -> Picture:
        cells = cells_of(screen_picture(app), *app.size)
        assert _cut_words(app.screen, cells) == []
        return cells

    opened = None if view.opens is None else open_path(_opened(view))
    base = None if view.base is None else Path(view.base)
    monkeypatch.setenv("NO_COLOR", "1")
    app = GalleryApp(opened, base=base, watch=False)
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await _show(pilot, view)
        plain, screen = picture(), type(app.screen)
        monkeypatch.delenv("NO_COLOR")
        app.no_color = False
        themed = {}
        # The first theme comes last, and stays for the smaller sizes.
        for theme in reversed(THEMES):
            if view.in_new_app:
                await press(pilot, "escape")
            app.theme = theme
            await _rest(pilot)
            if view.in_new_app:
                await press(pilot, *view.keys)
            themed[theme] = picture()
        shown = [
            Shown(f"120x40 {ALL_THEMES}", [themed[theme] for theme in THEMES]),
            Shown(f"120x40 {NO_COLOR}", [plain]),
        ]
        for width, height in SMALLER if view.is_smaller_too else ():
            await pilot.resize_terminal(width, height)
            await _rest(pilot)
            if not isinstance(app.screen, screen):  # Another size closes it.
                await press(pilot, *view.keys)
            shown.append(Shown(f"{width}x{height}", [picture()]))
        return shown, screen


def _opened(view: View) -> Any:
    return Path(view.opens) if isinstance(view.opens, str) else view.opens


def _compare(path: Path, page: str, *, update: bool) -> None:
    """Compare a page with the stored one, or store it."""
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(page, "utf-8")
        return
    assert path.is_file(), f"{path.name} is missing: make it with --snapshot-update and look at it"
    changes = difflib.unified_diff(
        path.read_text("utf-8").splitlines(), page.splitlines(), "stored", "now", lineterm="", n=1
    )
    assert not (lines := list(changes)), "\n".join(lines[:80])


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Return True with `--snapshot-update`."""
    return bool(request.config.getoption("update_snapshots"))


@pytest.mark.parametrize("name", VIEWS)
async def test_screen(
    name: str,
    desk: None,
    evaluator: SlowEvaluator,
    update: bool,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view = VIEWS[name]
    if isinstance(view.opens, BatchAddress):
        cloud: FakeCloud = request.getfixturevalue("cloud")
        cloud.server.on("/blob/1/data/0", answer(404))
    for library in view.needs:
        pytest.importorskip(library)
    slow = evaluator if name == "evaluating" else document_of
    monkeypatch.setattr(derived, "_evaluators", [slow])
    shown, screen = await taken(view, monkeypatch)
    assert screen is (view.screen or SCENES[name].screen)
    assert differing_rows(shown[0].pictures) == [], "a theme changes what is written"
    _compare(FOLDER / f"{name}.txt", written(shown, role_table()), update=update)


def test_the_colours_of_the_roles(update: bool) -> None:
    rows = [("", tuple(theme.removeprefix("resim-") for theme in THEMES)), *role_table().items()]
    lines = [
        f"{name:25}{''.join(f'{value:18}' for value in values)}".rstrip() for name, values in rows
    ]
    _compare(FOLDER / "roles.txt", "\n".join(lines) + "\n", update=update)


def test_every_screen_has_its_page() -> None:
    missing = set(SCENES) - set(VIEWS)
    assert not missing, "add a View for these scenes, and look at its pictures"
    pages = {path.stem for path in FOLDER.glob("*.txt")} - {"roles"}
    assert pages == set(VIEWS), "pages without a view, or views without a page"
