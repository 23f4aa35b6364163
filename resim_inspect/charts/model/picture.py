"""A drawing in lines of text, and the values under its cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from resim_inspect.charts.model.readings import Readout
from resim_inspect.charts.model.style import Line, Span, Style
from resim_inspect.document.enums import MetricStatus

ROUNDING = 1e-9
"""Share of a cell: positions this close below a cell's lower edge belong to it.

Ticks, marks, lines and the cursor all round alike, so equal values are in the same cell.
"""


@dataclass(frozen=True, slots=True)
class Rect:
    """Cells: columns x..x+width-1, rows y..y+height-1."""

    x: int
    y: int
    width: int
    height: int

    def __contains__(self, cell: object) -> bool:
        if not isinstance(cell, tuple) or len(cell) != 2:
            return False
        column, row = cell
        across = self.x <= column < self.x + self.width
        return bool(across and self.y <= row < self.y + self.height)


@dataclass(frozen=True)
class Picture:
    """Lines of a drawing: at most `height`, none wider than `width` cells."""

    width: int
    height: int
    lines: tuple[Line, ...]
    plot: Rect | None = None
    """The cells of the canvas that is zoomed and read; None without one."""
    followers: tuple[Rect, ...] = ()
    """The cells of canvases with the same columns and range of x, such as that of a difference."""
    x_range: tuple[float, float] | None = None
    """Range of x of the canvas, in axis units."""
    y_range: tuple[float, float] | None = None
    """Range of y of the canvas in units of the left axis; None if rows are not a scale."""
    caption: str = ""
    """Number of points that the drawing shows."""
    more: int = 0
    """Number of lines that did not fit."""
    reverse: bool = False
    position_rows: tuple[tuple[float, range], ...] = ()
    """Positions of horizontal bars in view, each with its rows; empty if x runs across."""
    image: Rect | None = None
    """The cells of an image that is the only panel."""
    read: Callable[[int, int], Readout | None] | None = field(default=None, compare=False)

    def at(self, column: int, row: int) -> Readout | None:
        """The values under a cell: the samples nearest to it, exact; None outside the plot."""
        if self.read is None or self.plot is None or (column, row) not in self.plot:
            return None
        return self.read(column, row)

    def position_at(self, column: int, row: int) -> float | None:
        """The position under a cell, in axis units; None outside the plot."""
        if self.plot is None or (column, row) not in self.plot:
            return None
        if not self.position_rows:
            return self.x_of(column)
        return next((x for x, rows in self.position_rows if row in rows), None)

    def rows_of(self, x: float) -> range:
        """The rows of the horizontal bars at a position; empty if there are none in view."""
        return next((rows for at, rows in self.position_rows if at == x), range(0))

    def shows(self, x: float) -> bool:
        """Return True if a position is in view."""
        return self.column_of(x) is not None or bool(self.rows_of(x))

    def x_of(self, column: int) -> float | None:
        """The position at the middle of a column, in axis units."""
        if self.plot is None or self.x_range is None or self.position_rows:
            return None
        low, high = self.x_range
        part = (column - self.plot.x + 0.5) / max(1, self.plot.width)
        return low + (high - low) * (1 - part if self.reverse else part)

    def column_of(self, x: float) -> int | None:
        """The column in which a position lies; None outside the shown range."""
        if self.plot is None or self.x_range is None or self.position_rows:
            return None
        low, high = self.x_range
        if not low <= x <= high or high <= low:
            return None
        part = (x - low) / (high - low)
        if self.reverse:
            part = 1 - part
        return self.plot.x + min(self.plot.width - 1, int(part * self.plot.width + ROUNDING))

    def is_plot_row(self, row: int) -> bool:
        """Return True for a row of a canvas in which `column_of` is the column of a position."""
        plots = self.followers if self.plot is None else (self.plot, *self.followers)
        return any(plot.y <= row < plot.y + plot.height for plot in plots)

    @property
    def text(self) -> str:
        """The lines without any style."""
        return "\n".join("".join(span.text for span in line) for line in self.lines)


def status_word(status: MetricStatus) -> str:
    """A status with its symbol: `! FAIL_WARN`."""
    return f"{status.symbol} {status.name}"


def to_ansi(picture: Picture, color: bool = True) -> str:
    """The lines for a terminal, with SGR codes if `color`; each ends in a line break."""
    if not color:
        return "".join(
            "".join(span.text for span in line).rstrip() + "\n" for line in picture.lines
        )
    return "".join("".join(_ansi(span) for span in line) + "\n" for line in picture.lines)


def _ansi(span: Span) -> str:
    codes = _codes(span.style)
    return f"\x1b[{codes}m{span.text}\x1b[0m" if codes else span.text


def _codes(style: Style) -> str:
    codes = [
        code
        for code, on in (
            ("1", style.bold),
            ("2", style.dim),
            ("3", style.italic),
            ("4", style.underline),
            ("7", style.reverse),
        )
        if on
    ]
    if style.fg is not None:
        codes.append("38;2;{};{};{}".format(*style.fg))
    if style.bg is not None:
        codes.append("48;2;{};{};{}".format(*style.bg))
    return ";".join(codes)
