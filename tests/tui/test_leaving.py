"""Leaving at any moment: the app just ends, without a traceback."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

import resim_inspect.tui
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.widgets.dialogs import Dialog
from tests.soak import FACTOR
from tests.tui.runs.run_harness import RecordedRun
from tests.tui.scenes import BASES, DOCUMENT, SCENES, Scene
from tests.tui.widgets.chart_documents import waves

SIZE = (80, 24)
"""Columns and rows of the terminal: drawing a larger one takes much of the time of such a test."""
DELAYS = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55)
"""Milliseconds between a key and leaving; 0: not one turn of the event loop."""
PICKED = (0, 1, 0, 3, 0, 8, 0, 21, 0, 2, 0, 5, 0, 13, 0, 55)
"""Delays of one binding after the other in `make test`: most faults are at the first moment."""


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
                key = binding.key.split(",")[0]
                # One delay each, another one for the next key; all of them in a soak test.
                picked = PICKED[next(number) % len(PICKED)]
                for delay in (picked,) if FACTOR == 1 else DELAYS:
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
    end = time.monotonic() + 60
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
    await app.run_async(headless=True, size=SIZE)
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
@pytest.mark.parametrize("delay", range(0, 60, 6 if FACTOR == 1 else 2))
async def test_while_it_starts(
    folder: Path, delay: int, capsys: pytest.CaptureFixture[str]
) -> None:
    app = InspectApp(open_path(folder / DOCUMENT), watch=False)

    async def start() -> None:
        await _until(lambda: app.is_running, "the app does not start")
        await _wait(delay)

    await _leaves_cleanly(app, capsys, start)


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
