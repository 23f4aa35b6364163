"""Images as Sixel and Kitty graphics: which is chosen, what is written, and that nothing stays."""

from __future__ import annotations

import os
import re
import select
import struct
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.drivers import headless_driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.widgets import Static

from resim_inspect.charts.model.picture import Rect
from resim_inspect.cli import main
from resim_inspect.tui.widgets.chart import terminal_graphics
from resim_inspect.tui.widgets.chart.terminal_graphics import (
    Encoded,
    Graphics,
    GraphicsError,
    known,
    prepare,
    remembered,
    within,
)
from resim_inspect.tui.widgets.chart.view import ChartView
from tests.tui.conftest import opened, press, settle, text

if TYPE_CHECKING:
    from PIL.Image import Image
from tests.tui.widgets.graphics_harness import (
    BLUE,
    RED,
    Terminal,
    kitty,
    lines,
    pictures,
    show,
    sixel,
)


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sixel"),
        ({"TERM": "foot-extra"}, "sixel"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230804"}, "sixel"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "200400"}, None),
        # Started from Kitty, but another terminal.
        ({"TERM": "foot", "KITTY_WINDOW_ID": "1"}, "sixel"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1", "TERM_PROGRAM": "vscode"}, None),
        # A multiplexer hides the terminal.
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-0/default,1,0"}, None),
        ({"TERM": "xterm-kitty", "ZELLIJ": "0"}, None),
        ({"TERM": "xterm-256color"}, None),
        ({}, None),
    ],
)
def test_the_environment_tells_what_a_terminal_can(
    environ: dict[str, str], way: str | None
) -> None:
    assert known(environ) == way


def lacking(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    monkeypatch.setattr(terminal_graphics, "find_spec", lambda name: object() if there else None)


def test_a_choice_and_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    kitty = {"TERM": "xterm-kitty"}
    lacking(monkeypatch, there=True)
    assert prepare("half", kitty) is None
    assert prepare("auto", {"TERM": "xterm"}) is None
    found = prepare("auto", kitty)
    assert found is not None
    assert (found.way, found.trouble) == ("kitty", "")
    forced = prepare("sixel", kitty)
    assert forced is not None
    assert forced.way == "sixel"
    lacking(monkeypatch, there=False)
    said = prepare("auto", kitty)
    assert said is not None
    assert said.trouble == "kitty graphics need an extra: pip install 'resim-inspect[images]'"
    with pytest.raises(GraphicsError, match="sixel graphics need an extra: pip install"):
        prepare("sixel", kitty)


def test_sixel_is_not_chosen_where_pixels_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking(monkeypatch, there=True)
    monkeypatch.setattr(terminal_graphics, "cell_pixels", lambda: None)
    assert prepare("auto", {"TERM": "foot"}) is None
    monkeypatch.setattr(terminal_graphics, "cell_pixels", lambda: (8, 16))
    found = prepare("auto", {"TERM": "foot"})
    assert found is not None
    assert found.way == "sixel"


def test_asked_for_without_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sample: Path
) -> None:
    lacking(monkeypatch, there=False)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    assert main([str(sample), "--images", "kitty"]) == 2
    said = capsys.readouterr().err
    assert said == (
        "resim-inspect: kitty graphics need an extra: pip install 'resim-inspect[images]'\n"
    )


@pytest.mark.parametrize(
    ("image", "pixels", "area"),
    [
        ((1600, 800), (10, 20), Rect(5, 3, 40, 10)),
        ((800, 1600), (10, 20), Rect(15, 3, 20, 20)),
        ((1000, 1000), (9, 20), Rect(5, 4, 40, 18)),
        ((1, 1000), (10, 20), Rect(24, 3, 1, 20)),
    ],
)
def test_proportions_are_kept(image: tuple[int, int], pixels: tuple[int, int], area: Rect) -> None:
    found = within(Rect(5, 3, 40, 20), image, pixels)
    assert (found.width, found.height) == (area.width, area.height)
    assert 5 <= found.x <= 45 - found.width
    assert 3 <= found.y <= 23 - found.height


# In the app, with an encoder that writes marks.


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    found = Terminal()
    monkeypatch.setattr(HeadlessDriver, "write", lambda self, data: found.written.append(data))
    monkeypatch.setattr(headless_driver, "HeadlessDriver", remembered(HeadlessDriver))
    monkeypatch.setattr(terminal_graphics, "cell_pixels", lambda: (10, 20))
    return found


async def test_kitty_sends_each_image_once_and_drops_it(tmp_path: Path, terminal: Terminal) -> None:
    pictures(tmp_path)
    async with opened(tmp_path / "metrics.binproto") as pilot:
        assert "▀▀▀▀" in text(pilot)
        await show(pilot, Graphics("kitty", kitty))
        assert terminal.take() == [RED]
        assert "KKKK" in text(pilot)
        assert "▀" not in text(pilot)
        await press(pilot, "down")
        assert terminal.take() == ["<drop image (255, 0, 0)>", BLUE]
        await press(pilot, "down")
        assert terminal.take() == ["<drop image (0, 0, 255)>"]
        assert "KKKK" not in text(pilot)
        await press(pilot, "up", "4")
        assert "KKKK" not in text(pilot)
        await press(pilot, "1")
        assert "KKKK" in text(pilot)


async def test_under_a_dialog_an_image_is_half_blocks(tmp_path: Path, terminal: Terminal) -> None:
    pictures(tmp_path)
    async with opened(tmp_path / "metrics.binproto") as pilot:
        await show(pilot, Graphics("kitty", kitty))
        chart = pilot.app.screen.query_one("Card ChartView", ChartView)
        assert "KKKK" in lines(chart)
        await press(pilot, "J")
        assert "KKKK" not in lines(chart)
        assert "▀▀▀▀" in lines(chart)
        await press(pilot, "escape")
        assert "K" * 10 in text(pilot)


class Toast(Static):
    """A widget over the screen like a notification, of which Textual shows none in tests."""

    DEFAULT_CSS = """
    Toast { overlay: screen; position: absolute; offset: 70 10; width: 20; height: 5; }
    """


async def test_sixel_is_drawn_over_blank_cells(tmp_path: Path, terminal: Terminal) -> None:
    pictures(tmp_path)
    async with opened(tmp_path / "metrics.binproto") as pilot:
        await show(pilot, Graphics("sixel", sixel))
        last = terminal.take()[-1]
        assert "▀" not in text(pilot)
        chart = pilot.app.screen.query_one("Card ChartView", ChartView)
        found = re.fullmatch(
            r"\x1b7\x1b\[(\d+);(\d+)H<image \(255, 0, 0\) in \((\d+), (\d+)\) of \(10, 20\)>\x1b8",
            last,
        )
        assert found is not None, last
        row, column, across, down = map(int, found.groups())
        area = chart.content_region
        assert abs(3 * across - 8 * down) <= 6
        assert area.x < column <= area.right - across + 1
        assert area.y < row <= area.bottom - down
        # To look at the screen is to paint it, and so to draw the image again.
        await settle(pilot)
        terminal.take()
        await press(pilot, "J")
        assert "▀▀▀▀" in lines(chart)
        await settle(pilot)
        assert terminal.take() == []
        await press(pilot, "escape")
        assert terminal.take()[-1] == last
        toast = Toast("Something to say.")
        await pilot.app.screen.mount(toast)
        await settle(pilot)
        terminal.take()
        assert "▀▀▀▀" in text(pilot)
        await toast.remove()
        await settle(pilot)
        assert "▀" not in text(pilot)
        assert terminal.take()[-1] == last
        await press(pilot, "down", "down")
        terminal.take()
        await press(pilot, "4", "1")
        assert "▀" not in text(pilot)
        assert terminal.take() == []


async def test_another_size_is_another_image(tmp_path: Path, terminal: Terminal) -> None:
    pictures(tmp_path)
    async with opened(tmp_path / "metrics.binproto") as pilot:
        await show(pilot, Graphics("sixel", sixel))
        before = terminal.take()[-1]
        await pilot.resize_terminal(90, 24)
        await settle(pilot)
        after = terminal.take()[-1]
        assert re.findall(r"in \((\d+)", after) < re.findall(r"in \((\d+)", before)


async def test_what_fails_leaves_half_blocks_and_a_sentence(
    tmp_path: Path, terminal: Terminal
) -> None:
    def broken(image: Image, cells: tuple[int, int], _: tuple[int, int]) -> Encoded:
        raise ZeroDivisionError("cells of no size")

    pictures(tmp_path)
    async with opened(tmp_path / "metrics.binproto") as pilot:
        await show(pilot, Graphics("kitty", broken))
        assert "▀▀▀▀" in text(pilot)
        assert "no kitty graphics, textual-image failed: ZeroDivisionError" in text(pilot)
        await show(pilot, Graphics("kitty", trouble="kitty graphics need an extra: …"))
        assert "▀▀▀▀" in text(pilot)
        assert "kitty graphics need an extra" in text(pilot)
        await press(pilot, "down", "down")
        assert "kitty graphics need an extra" not in text(pilot)
        assert terminal.take() == []


async def test_without_colours_there_are_no_graphics(
    tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    pictures(tmp_path)
    async with opened(tmp_path / "metrics.binproto") as pilot:
        await show(pilot, Graphics("kitty", kitty))
        assert terminal.take() == []
        assert "KKKK" not in text(pilot)


# With the package, in a terminal.


def ran(path: Path, way: str, wanted: bytes) -> tuple[bytes, int | None]:
    """Output of the app on a terminal that answers nothing, until `wanted` comes or 60 s."""
    import fcntl
    import pty
    import termios

    main_end, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 1200, 800))
    environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environ.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "resim_inspect", "--images", way, str(path)],
        stdin=end, stdout=end, stderr=end, env=environ, start_new_session=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    os.close(end)
    written, until = b"", time.monotonic() + 60
    asked = False
    try:
        while time.monotonic() < until:
            if select.select([main_end], [], [], 0.2)[0]:
                try:
                    written += os.read(main_end, 65536)
                except OSError:
                    break
            if not asked and re.search(wanted, written, re.DOTALL):
                os.write(main_end, b"q")
                asked = True
        return written, process.wait(60)
    finally:
        process.kill()
        process.wait()
        os.close(main_end)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.skipif(find_spec("textual_image") is None, reason="textual-image is not installed")
@pytest.mark.parametrize(
    ("way", "wanted"),
    [
        ("sixel", rb'\x1bP[\d;]*q"1;1;\d+;\d+#.*?\x1b\\'),
        ("kitty", rb"\x1b_Gi=\d+,m=\d,f=100,q=2;iVBOR.*?\x1b_Ga=p,i=\d+,c=\d+,r=\d+,U=1,q=2"),
    ],
)
def test_the_terminal_gets_graphics(way: str, wanted: bytes, tmp_path: Path) -> None:
    pictures(tmp_path)
    written, code = ran(tmp_path / "metrics.binproto", way, wanted)
    assert re.search(wanted, written, re.DOTALL)
    assert code == 0
    # The terminal was not asked what it can.
    assert b"\x1b[c" not in written
    assert b"a=q" not in written
