"""Fixtures that make the app the same on every machine, and helpers to press its keys."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import textual.pilot
from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.document import Document
from resim_inspect.document.reloading.loading import load
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.tui import key_order
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.open.detect import DetectedPath, PathKind
from resim_inspect.tui.open.evaluating import EvaluatingScreen
from resim_inspect.tui.open.opening import Opened, open_path
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from tests.tui.cloud.fake_cloud import FakeCloud, fake_cloud
from tests.tui.looks import Look
from tests.tui.shared_rules import drop_strip_caches, share_rules
from tests.tui.state_pilot import Drawing, StatePilot, key_event, screen_picture, screen_text

LABEL = "flight-017/outputs/metrics.binproto"

Shot = Callable[[Pilot[Any], str], None]
"""Compares the screen with the picture of that name."""


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("NO_COLOR", "TEXTUAL_THEME", "COLORTERM", "TEXTUAL_ANIMATIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    Drawing.watch(monkeypatch)
    monkeypatch.setattr(textual.pilot, "Pilot", StatePilot)  # that of `App.run_test`
    share_rules(monkeypatch)
    drop_strip_caches(monkeypatch)
    # A key that holds up those after it is a fault, which no limit is to hide.
    monkeypatch.setattr(key_order, "DEADLINE", 3600.0)
    monkeypatch.setattr(key_order, "MAX_ROUNDS", sys.maxsize)
    # A cursor that blinks is in the picture or not, as chance has it.
    original = Input.__init__

    def still(self: Input, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.cursor_blink = False

    monkeypatch.setattr(Input, "__init__", still)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with its images, on disk; not to be changed."""
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def shot(snapshot: SnapshotAssertion) -> Shot:
    """Compare the screen with the stored picture of a name."""
    pictures = snapshot.use_extension(SVGImageExtension)

    def take(pilot: Pilot[Any], name: str) -> None:
        assert screen_picture(pilot.app) == pictures(name=name)

    return take


@pytest.fixture
def look(way: str, monkeypatch: pytest.MonkeyPatch) -> Look:
    """The form of a picture that the parameter `way` of a test names."""
    if way == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    return Look(way, "resim-light" if way == "light" else None)


@pytest.fixture
def notices(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sentences that the app notifies of, in their order; they are not shown."""
    sentences: list[str] = []
    monkeypatch.setattr(InspectApp, "notify", lambda _, text, **__: sentences.append(text))
    return sentences


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    """A cloud with three jobs, whose address is in the environment."""
    yield from fake_cloud(tmp_path, monkeypatch)


def session_of(source: Path | Document | DocumentBuilder) -> Session:
    """A session on a file, a document or what a builder holds."""
    if isinstance(source, Path):
        return Session.of(load(source), LABEL)
    document = source.document() if isinstance(source, DocumentBuilder) else source
    return Session(document, None, Catalog(document), label=LABEL)


@asynccontextmanager
async def opened(
    source: Path | Document | DocumentBuilder,
    size: tuple[int, int] = (120, 40),
    *,
    theme: str | None = None,
    watch: bool = False,
) -> AsyncIterator[Pilot[Any]]:
    """The app on a document, ready: every worker is done."""
    session = session_of(source)
    place = DetectedPath(
        PathKind.METRICS, session.document.path or Path("metrics.binproto"), "a metrics file"
    )
    app = InspectApp(Opened(place, session), theme=theme, watch=watch)
    async with running(app, size) as pilot:
        yield pilot


@asynccontextmanager
async def started(
    path: Path | None, size: tuple[int, int] = (120, 40), *, theme: str | None = None
) -> AsyncIterator[Pilot[Any]]:
    """The app on a path, or on the open screen, ready."""
    app = InspectApp(None if path is None else open_path(path), theme=theme, watch=False)
    async with running(app, size) as pilot:
        yield pilot


@asynccontextmanager
async def running(app: InspectApp, size: tuple[int, int]) -> AsyncIterator[StatePilot]:
    """An app in a terminal of this size, ready."""
    async with app.run_test(size=size):
        pilot = StatePilot(app)
        while not app.first_frame_drawn or isinstance(app.screen, EvaluatingScreen):
            await pilot.pause(0.01)
        await pilot.settle()
        yield pilot


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until no worker runs, no message waits and nothing is left to be drawn."""
    await StatePilot(pilot.app).settle()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, each when the one before has had its effect, workers included."""
    for key in keys:
        pilot.app.post_message(key_event(key))
        await settle(pilot)


def keys(pilot: Pilot[Any]) -> list[str]:
    """The keys that the last line offers."""
    return [hint.keys for hint in pilot.app.screen.query_one(BottomBar).hints]


def text(pilot: Pilot[Any]) -> str:
    """The text of the screen, row by row, without its blank pieces and blank rows."""
    return screen_text(pilot.app)
