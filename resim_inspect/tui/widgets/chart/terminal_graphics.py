"""Images as Sixel or Kitty graphics, through the optional package textual-image.

Only its encoders are used. At its import it would ask the terminal what it can, wait for an
answer and lose keys meanwhile; so it is shown no terminal, and the environment decides.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from weakref import WeakKeyDictionary

from resim_inspect.errors import InspectError
from resim_inspect.text import clean

if TYPE_CHECKING:
    from PIL.Image import Image
    from rich.console import RenderableType
    from rich.segment import Segment
    from textual.app import App
    from textual.driver import Driver
    from textual.strip import Strip

    from resim_inspect.charts.model.drawing import Drawing
    from resim_inspect.charts.model.picture import Picture, Rect

Way = Literal["sixel", "kitty"]
Choice = Literal["auto", "half", "sixel", "kitty"]
Size = tuple[int, int]

EXTRA = "pip install 'resim-inspect[images]'"
VT340 = (10, 20)
"""Pixels of a cell, across and down, where the terminal does not tell: the first with Sixel."""

MAX_CELLS = 297
"""Cells in each direction that Kitty's placeholders can number."""

_SIXEL_TERMS = ("foot", "mlterm", "contour", "wezterm")
_SIXEL_PROGRAMS = {"WezTerm", "iTerm.app", "mintty", "contour"}


class GraphicsError(InspectError):
    """Images cannot be shown as graphics: one sentence."""


class GraphicsImage(NamedTuple):
    """A picture whose image is graphics."""

    strips: tuple[Strip, ...]
    """The picture's lines; for Kitty with what stands for the image, for Sixel blank there."""
    area: Rect
    """The image's cells."""
    send: str = ""
    """Data to send before the lines."""
    drop: str = ""
    """Data that delete the image in the terminal."""
    stamp: str = ""
    """Data to send after the lines, with the text cursor at the image's corner."""


class Encoded(NamedTuple):
    """An image in the encoding of a terminal."""

    data: str
    """Escape sequences."""
    rows: tuple[Segment, ...] = ()
    """Text that stands for the image in Kitty, one segment a row."""
    drop: str = ""


Encode = Callable[["Image", Size, Size], Encoded]
"""Encodes an image for so many cells, of so many pixels each (across, down)."""


def known(environ: Mapping[str, str]) -> Way | None:
    """Graphics protocol of the terminal, from its environment alone.

    Kitty means its Unicode placeholders: Konsole and WezTerm lack them but have Sixel.
    What runs inside tmux, screen or zellij gets nothing, whatever terminal is around it.
    """
    term = environ.get("TERM", "")
    inside = any(environ.get(name) for name in ("TMUX", "STY", "ZELLIJ"))
    if inside or term.startswith(("tmux", "screen")):
        return None
    if term in ("xterm-kitty", "xterm-ghostty"):
        return "kitty"
    if term.split("-")[0] in _SIXEL_TERMS:
        return "sixel"
    program = environ.get("TERM_PROGRAM", "")
    if program:
        return "kitty" if program == "ghostty" else "sixel" if program in _SIXEL_PROGRAMS else None
    konsole = environ.get("KONSOLE_VERSION", "")
    if konsole.isdecimal():
        return "sixel" if int(konsole) >= 220400 else None
    return "kitty" if environ.get("KITTY_WINDOW_ID") else None


def cell_pixels() -> Size | None:
    """Pixels of a cell, across and down, as the terminal's driver knows them; None if it does not.

    Read again each time: another font size is another answer.
    """
    out = sys.__stdout__
    if sys.platform == "win32" or out is None:
        return None
    try:
        import fcntl
        import struct
        import termios

        answer = fcntl.ioctl(out, termios.TIOCGWINSZ, bytes(8))
    except (ImportError, OSError, ValueError):
        return None
    rows, columns, across, down = struct.unpack("HHHH", answer)
    if not (rows and columns and across >= columns and down >= rows):
        return None
    return across // columns, down // rows


def prepare(choice: Choice, environ: Mapping[str, str] | None = None) -> Graphics | None:
    """Create the encoder of images as graphics; None for half blocks. Loads nothing yet.

    `auto` takes what the environment tells of the terminal, and never fails.
    Raises GraphicsError where `sixel` or `kitty` is asked for and the package is not there.
    """
    if choice == "half":
        return None
    way = known(os.environ if environ is None else environ) if choice == "auto" else choice
    if way is None or (choice == "auto" and way == "sixel" and cell_pixels() is None):
        return None
    if find_spec("textual_image") is not None:
        return Graphics(way)
    missing = f"{way} graphics need an extra: {EXTRA}"
    if choice != "auto":
        raise GraphicsError(missing)
    return Graphics(way, trouble=missing)


class Graphics:
    """One way to show images, for one app."""

    def __init__(self, way: Way, encode: Encode | None = None, *, trouble: str = "") -> None:
        self.way = way
        self.trouble = trouble
        """Reason why images are drawn in half blocks; empty if they are not."""
        self._encode = encode
        self._off = bool(trouble)
        self._turn = threading.Lock()

    def image_of(
        self, drawing: Drawing, picture: Picture, strips: tuple[Strip, ...]
    ) -> GraphicsImage | None:
        """The picture with its image as graphics; None where it has none, or it cannot be.

        Encodes, so not for the thread that shows the screen.
        """
        from PIL import Image as Pillow

        from resim_inspect.charts.model.drawing import Image as Panel

        panel, room = drawing.panels[0] if len(drawing.panels) == 1 else None, picture.image
        if self._off or room is None or not isinstance(panel, Panel):
            return None
        tall, wide = panel.pixels.shape[:2]
        try:
            # One at a time: the package's Kitty writes where all of it does.
            with self._turn:
                if self._encode is None:
                    self._off = True
                    self._encode = load(self.way)
                    self._off = False
                pixels = cell_pixels() or VT340
                area = within(room, (wide, tall), pixels)
                image = Pillow.fromarray(panel.pixels)
                encoded = self._encode(image, (area.width, area.height), pixels)
        except Exception as error:  # noqa: BLE001 - a package of others; half blocks are left
            self.trouble = f"no {self.way} graphics, textual-image failed: {clean(repr(error), 80)}"
            return None
        self.trouble = ""
        lines = laid(strips, room, area, encoded.rows)
        if self.way == "sixel":
            return GraphicsImage(lines, area, stamp=encoded.data)
        return GraphicsImage(lines, area, encoded.data, encoded.drop)


def within(room: Rect, image: Size, pixels: Size) -> Rect:
    """The cells in the middle of a room that keep an image's proportions."""
    from resim_inspect.charts.model.picture import Rect

    wide, tall = min(room.width, MAX_CELLS), min(room.height, MAX_CELLS)
    scale = min(wide * pixels[0] / max(1, image[0]), tall * pixels[1] / max(1, image[1]))
    across = min(wide, max(1, round(image[0] * scale / pixels[0])))
    down = min(tall, max(1, round(image[1] * scale / pixels[1])))
    left, top = (room.width - across) // 2, (room.height - down) // 2
    return Rect(room.x + left, room.y + top, across, down)


def laid(
    strips: tuple[Strip, ...], room: Rect, area: Rect, rows: tuple[Segment, ...]
) -> tuple[Strip, ...]:
    """The lines with the room cleared, and rows of placeholders in the place, if there are any."""
    from rich.segment import Segment
    from textual.strip import Strip

    lines = list(strips)
    for y in range(room.y, min(room.y + room.height, len(lines))):
        lines[y] = Strip.blank(0)
    for y, row in enumerate(rows[: area.height], area.y):
        if y < len(lines):
            cells = [Segment(" " * area.x), row]
            lines[y] = Strip(cells, area.x + area.width)
    return tuple(lines)


_DRIVERS: WeakKeyDictionary[App[Any], Driver] = WeakKeyDictionary()


def remembered(driver: type[Driver]) -> type[Driver]:
    """The same driver, known by its app from its start on: see `send`."""
    start = driver.__init__

    def starts(self: Driver, app: App[Any], **options: Any) -> None:
        start(self, app, **options)
        _DRIVERS[app] = self

    return type(driver.__name__, (driver,), {"__init__": starts})


def send(app: App[Any], data: str) -> None:
    """Write to the terminal, in turn with what the app writes."""
    driver = _DRIVERS.get(app)
    if data and driver is not None:
        driver.write(data)


def stamp(image: GraphicsImage, corner: Size) -> str:
    """Data that draw the image relative to a widget's corner and keep the cursor."""
    column, row = corner[0] + image.area.x + 1, corner[1] + image.area.y + 1
    return f"\x1b7\x1b[{row};{column}H{image.stamp}\x1b8"


# The package.


def load(way: Way) -> Encode:
    """The package's encoder, which will ask the terminal nothing. Raises whatever that raises."""
    # With cells of one pixel, an image for Sixel is given its size to the pixel.
    across, down = (1, 1) if way == "sixel" else cell_pixels() or VT340
    # Its warnings would be printed on the screen.
    logging.getLogger("textual_image").addHandler(logging.NullHandler())
    with _no_terminal(across, down):
        import textual_image.widget  # noqa: F401 - looks once for the size of a cell
        from textual_image.renderable import sixel, tgp
    return _sixel(sixel) if way == "sixel" else _kitty(tgp)


@contextmanager
def _no_terminal(across: int, down: int) -> Iterator[None]:
    """No terminal in sight, but the pixels of a cell in the environment."""
    names = {"TEXTUAL_CELL_WIDTH": str(across), "TEXTUAL_CELL_HEIGHT": str(down)}
    before = {name: os.environ.get(name) for name in names}
    shown = sys.__stdout__
    sys.__stdout__ = io.StringIO()  # type: ignore[misc, assignment]
    os.environ.update(names)
    try:
        yield
    finally:
        sys.__stdout__ = shown  # type: ignore[misc]
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _rendered(renderable: RenderableType, columns: int, rows: int) -> list[Segment]:
    from rich.console import Console

    console = Console(file=io.StringIO(), width=columns, height=rows, force_terminal=True)
    return list(console.render(renderable, console.options.update(width=columns, height=rows)))


def _sixel(package: Any) -> Encode:
    def encode(image: Image, cells: Size, pixels: Size) -> Encoded:
        across, down = cells[0] * pixels[0], cells[1] * pixels[1]
        segments = _rendered(package.Image(image, width=across, height=down), across, down)
        sequences = [s.text for s in segments if s.control and s.text.startswith("\x1bP")]
        return Encoded("".join(sequences))

    return encode


def _kitty(package: Any) -> Encode:
    def encode(image: Image, cells: Size, _: Size) -> Encoded:
        drawn = package.Image(image, width=cells[0], height=cells[1])
        sent = io.StringIO()
        # It writes to the terminal past the app; here it gets something else to write to.
        package.sys = SimpleNamespace(__stdout__=sent)
        rows = tuple(
            segment._replace(text=segment.text.rstrip("\n"))
            for segment in _rendered(drawn, *cells)
            if segment.text.strip()
        )
        drop = f"\x1b_Ga=d,d=I,i={drawn.terminal_image_id},q=2;\x1b\\"
        return Encoded(sent.getvalue(), rows, drop)

    return encode
