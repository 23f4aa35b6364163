"""A grid of terminal cells to write and paint on, and its rows as lines of spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from resim_inspect.charts.model.style import PLAIN_STYLE, Line, Span, Style
from resim_inspect.contrast import MIN_CONTRAST_OF_SERIES, legible
from resim_inspect.text import cell_width, cut

_MIN_NAME = 3
"""Cells of a name that say too little: a title with no more room than this is its unit alone."""


def cut_title(title: str, room: int) -> str:
    """The title of an axis in `room` cells, cut before its unit: `clear… [m]`, `[m]`."""
    name, bracket, unit = title.rpartition(" [")
    left = room - cell_width(unit) - 2
    if cell_width(title) <= room or not bracket or left < 0:
        return cut(title, room)
    return f"{cut(name, left)} [{unit}" if left > _MIN_NAME else f"[{unit}"


def common_start(names: Sequence[str], words: bool = False) -> int:
    """Number of characters to drop from the start of all names without losing a difference.

    They end at a separator of paths, with `words` also at one between words; 0 for none.
    """
    if len(names) < 2:
        return 0
    same = takewhile(lambda pair: pair[0] == pair[1], zip(min(names), max(names), strict=False))
    common = "".join(char for char, _ in same)
    drop = max(common.rfind(end) for end in "·/:." + " _-" * words) + 1
    drop += len(common[drop:]) - len(common[drop:].lstrip())
    return drop if all(name[drop:].strip() for name in names) else 0


def distinct_labels(names: Sequence[str], width: int) -> list[str]:
    """Names in at most `width` cells, cut where they do not differ.

    A common path is dropped (`states · planner` to `planner`), common words only where names
    that are cut could not be told apart. What still could not keeps its end too.
    """
    if len(names) < 2 or all(cell_width(name) <= width for name in names):
        return [cut(name, width) for name in names]
    different = len(set(names))
    words = len({cut(name, width) for name in names}) < different
    drop = common_start(names, words)
    distinct_ends = [name[drop:] for name in names]
    if drop > common_start(names):
        distinct_ends = _with_context(names, drop, width)
    ways = [
        [cut(name, width) for name in distinct_ends],
        [_cut_middle(name, width) for name in distinct_ends],
    ]
    for labels in ways:
        if len(set(labels)) == different:
            return labels
    same = takewhile(
        lambda pair: pair[0] == pair[1], zip(min(distinct_ends), max(distinct_ends), strict=False)
    )
    common = sum(1 for _ in same)
    ways.append([cut("…" + name[common:], width) for name in distinct_ends])
    return max(ways, key=lambda labels: len(set(labels)))


def _with_context(names: Sequence[str], drop: int, width: int) -> list[str]:
    """Names from `drop` on, with `…` and as much of what precedes as fits: `…/variant_1`."""
    starts = [at for at in range(1, drop + 1) if names[0][at - 1] in "·/:. _-"]
    for start in starts:
        shown = ["…" + name[start:].lstrip() for name in names]
        if all(cell_width(name) <= width for name in shown):
            return shown
    return [name[drop:] for name in names]


def _cut_middle(text: str, width: int) -> str:
    """`text` in at most `width` cells: its start, `…` and its end."""
    if cell_width(text) <= width or width < 3:
        return cut(text, width)
    start = cut(text, width - (width - 1) // 2)
    end = ""
    for char in reversed(text):
        if cell_width(char + end) > width - cell_width(start):
            break
        end = char + end
    return start + end


_MAX_CLUSTER = 8
"""Characters in one cell; further combining ones are dropped."""


def _clusters(text: str) -> Iterator[str]:
    """Characters with those that follow in the same cells: accents, joined emoji, selectors."""
    cluster = ""
    for char in text:
        joined = cluster + char
        if cluster and (not cell_width(char) or cell_width(joined) == cell_width(cluster)):
            cluster = joined if len(cluster) < _MAX_CLUSTER else cluster
            continue
        if cluster:
            yield cluster
        cluster = char
    if cluster:
        yield cluster


UP = " ▁▂▃▄▅▆▇█"
RIGHT = " ▏▎▍▌▋▊▉█"
"""A cell filled from below, from the left, by eighths."""


class Grid:
    """width × height cells; text outside of them is dropped."""

    def __init__(self, width: int, height: int) -> None:
        self.width = max(0, width)
        self.height = max(0, height)
        self._chars = [[" "] * self.width for _ in range(self.height)]
        self._styles = [[PLAIN_STYLE] * self.width for _ in range(self.height)]

    def put(self, x: int, y: int, text: str, style: Style = PLAIN_STYLE) -> int:
        """Write a text from cell (x, y) on; returns the column behind it."""
        if not 0 <= y < self.height:
            return x + cell_width(text)
        chars, styles = self._chars[y], self._styles[y]
        for char in text if text.isascii() else _clusters(text):
            size = cell_width(char)
            if x >= 0 and size and x + size <= self.width:
                for column in range(x, x + size):
                    self._free(chars, column)
                    styles[column] = style
                chars[x] = char
                if size == 2:
                    chars[x + 1] = ""
            x += size
        return x

    def _free(self, chars: list[str], column: int) -> None:
        """Overwrite half of a wide character: its other half becomes blank."""
        if chars[column] == "" and column > 0:
            chars[column - 1] = " "
        elif column + 1 < self.width and chars[column + 1] == "":
            chars[column + 1] = " "
        chars[column] = " "

    def part(self, x: int, y: int, eighths: int, style: Style, side: str) -> None:
        """Fill some eighths of a cell from one side (`low`, `high`, `left`, `right`).

        The part that another shape filled from the opposite side stays. The terminal's
        background cannot be a text's colour: upper and right parts are reversed lower and
        left ones.
        """
        if not (0 <= x < self.width and 0 <= y < self.height):
            return
        blocks = UP if side in ("low", "high") else RIGHT
        char, there = self._chars[y][x], self._styles[y][x]
        partial = char != " " and char in blocks[1:8]
        if side in ("low", "left"):
            back = there.fg if (partial and there.reverse) or char == "█" else None
            self.put(x, y, blocks[eighths], Style(fg=style.fg, bg=back))
        elif char == "█":
            self.put(x, y, blocks[8 - eighths], Style(fg=there.fg, bg=style.fg))
        elif partial and not there.reverse:
            self._styles[y][x] = Style(fg=there.fg, bg=style.fg)
        else:
            self.put(x, y, blocks[8 - eighths], Style(fg=style.fg, reverse=True))

    def char(self, x: int, y: int) -> str:
        """Text of a cell; a blank outside the grid."""
        if 0 <= x < self.width and 0 <= y < self.height:
            return self._chars[y][x]
        return " "

    def blank(self, x: int, y: int, width: int) -> bool:
        """Return True if `width` cells from (x, y) on are inside and empty."""
        if not (0 <= y < self.height and x >= 0 and x + width <= self.width):
            return False
        return all(
            self._chars[y][column] == " " and self._styles[y][column].bg is None
            for column in range(x, x + width)
        )

    def over(self, x: int, y: int, char: str, style: Style) -> None:
        """Write one narrow character over a cell: a filled cell stays as its background."""
        if 0 <= x < self.width and 0 <= y < self.height:
            below, there = self._styles[y][x], self._chars[y][x]
            back = below.fg if there in "▄▅▆▇█▌▋▊▉" and not below.reverse else below.bg
            if back is not None:
                # A mark may have nearly the colour of the area that it is written on.
                ink = style.fg and legible(style.fg, [back], MIN_CONTRAST_OF_SERIES)
                style = replace(style, fg=ink, bg=back)
            self.put(x, y, char, style)

    def paste(self, x: int, y: int, other: Grid) -> None:
        """Copy another grid onto this one, with its left top corner at (x, y)."""
        wide = min(other.width, self.width - x)
        if x < 0 or wide <= 0:
            return
        for row in range(max(0, -y), min(other.height, self.height - y)):
            chars = self._chars[y + row]
            # Wide characters that the edges would cut in half become blank.
            for edge in (x, x + wide):
                if 0 < edge < self.width and chars[edge] == "":
                    chars[edge - 1] = chars[edge] = " "
            chars[x : x + wide] = other._chars[row][:wide]
            if wide < other.width and other._chars[row][wide] == "":
                chars[x + wide - 1] = " "
            self._styles[y + row][x : x + wide] = other._styles[row][:wide]

    def lines(self) -> tuple[Line, ...]:
        """The rows as spans; blanks at the end of a row are left out."""
        return tuple(
            _line(chars, styles) for chars, styles in zip(self._chars, self._styles, strict=True)
        )


def _line(chars: list[str], styles: list[Style]) -> Line:
    end = len(chars)
    while end and chars[end - 1] == " " and styles[end - 1].bg is None:
        if styles[end - 1].reverse:
            break
        end -= 1
    spans: list[Span] = []
    start = 0
    for column in range(1, end + 1):
        if column == end or (
            styles[column] is not styles[start] and styles[column] != styles[start]
        ):
            text = "".join(chars[start:column])
            if text:
                spans.append(Span(text, styles[start]))
            start = column
    return tuple(spans)
