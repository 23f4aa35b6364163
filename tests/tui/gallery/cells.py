"""Cells of a screen read from its SVG picture, and an SVG picture drawn from cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import NamedTuple

from rich.cells import cell_len

CELL_WIDTH, LINE_HEIGHT = 12.2, 24.4
"""Size of a cell in the pictures of rich."""
_CLASS = re.compile(r"\.terminal-\w+-(r\d+) \{ (.*?) ?\}")
_BACK = re.compile(
    r'<rect fill="(#\w{6})" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="24.65"'
)
_TEXT = re.compile(r'<text class="terminal-\w+-(r\d+)" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>')
_ATTRIBUTES = {
    "font-weight: bold": "bold",
    "font-style: italic": "italic",
    "text-decoration: underline": "underline",
    "text-decoration: line-through": "strike",
}


class CellStyle(NamedTuple):
    """Colours of a cell as `#1a2b3c`, `""` for none, and its attributes, separated by blanks."""

    fg: str = ""
    bg: str = ""
    attributes: str = ""


class Cell(NamedTuple):
    """A character, empty in the second column of a wide one, and its style."""

    char: str = " "
    style: CellStyle = CellStyle()


Picture = list[list[Cell]]
"""Rows of cells, from the top; all of the same length."""


def cells_of(svg: str, width: int, height: int) -> Picture:
    """Read the cells of a screen from a picture by `App.export_screenshot`."""
    inks = {name: _ink(rules) for name, rules in _CLASS.findall(svg)}
    backs = [[""] * width for _ in range(height)]
    for color, x, y, length in _BACK.findall(svg):
        first, count = round(float(x) / CELL_WIDTH), round(float(length) / CELL_WIDTH)
        # The rectangle of a row begins 1.5 below the top of the row.
        backs[int(float(y) / LINE_HEIGHT)][first : first + count] = [color] * count
    blanks = {back: Cell(style=CellStyle(bg=back)) for row in backs for back in row}
    picture = [[blanks[back] for back in row[:width]] for row in backs]
    styles: dict[tuple[str, str], CellStyle] = {}
    for name, x, y, words in _TEXT.findall(svg):
        line = int(float(y) / LINE_HEIGHT)
        row, behind = picture[line], backs[line]
        column = round(float(x) / CELL_WIDTH)
        decorated = "underline" in inks[name][1] or "strike" in inks[name][1]
        for char in unescape(words).replace("\xa0", " "):
            if column >= width:
                break
            if char == " " and not decorated:
                column += 1
                continue
            columns = 1 if char.isascii() else cell_len(char)
            if columns == 0:  # A mark that combines with the character before.
                before = row[column - 1]
                row[column - 1] = before._replace(char=before.char + char)
                continue
            key = name, behind[column]
            if key not in styles:
                color, attributes = inks[name]
                styles[key] = CellStyle(color, behind[column], attributes)
            row[column] = Cell(char, styles[key])
            for further in range(column + 1, min(column + columns, width)):
                row[further] = Cell("", styles[key])
            column += columns
    return picture


def _ink(rules: str) -> tuple[str, str]:
    """Colour and attributes of a class of a picture."""
    color = re.search(r"fill: (#\w{6})", rules)
    attributes = [word for rule, word in _ATTRIBUTES.items() if rule in rules]
    return color.group(1) if color else "", " ".join(attributes)


def text_rows(picture: Picture) -> list[str]:
    """The text of each row, without blanks at its end."""
    return ["".join(cell.char for cell in row).rstrip() for row in picture]


def words_of(row: list[Cell]) -> Iterator[tuple[str, CellStyle]]:
    """The pieces of a row that have one style, from the left; blanks without style separate."""
    text, style = "", CellStyle()
    for cell in row:
        if cell.style == style:
            text += cell.char
            continue
        if text.strip():
            yield text, style
        text, style = cell.char, cell.style
    if text.strip():
        yield text, style


def svg_of(picture: Picture) -> str:
    """Draw cells as an SVG picture, for looking at."""
    width, height = len(picture[0]) * CELL_WIDTH, len(picture) * LINE_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" font-family="DejaVu Sans Mono, monospace" '
        'font-size="20" xml:space="preserve">'
    ]
    for y, row in enumerate(picture):
        top = y * LINE_HEIGHT
        for x, cell in enumerate(row):
            if cell.style.bg:
                parts.append(
                    f'<rect x="{x * CELL_WIDTH:g}" y="{top:g}" width="{CELL_WIDTH + 0.4:g}" '
                    f'height="{LINE_HEIGHT + 0.4:g}" fill="{cell.style.bg}"/>'
                )
        for x, cell in enumerate(row):
            if cell.char.strip():
                parts.append(
                    f'<text x="{x * CELL_WIDTH:g}" y="{top + 18.5:g}" '
                    f'textLength="{cell_len(cell.char) * CELL_WIDTH:g}" '
                    f'lengthAdjust="spacingAndGlyphs" {_look(cell.style)}>'
                    f"{escape(cell.char)}</text>"
                )
    return "\n".join([*parts, "</svg>\n"])


def _look(style: CellStyle) -> str:
    looks = [f'fill="{style.fg}"'] if style.fg else []
    if "bold" in style.attributes:
        looks.append('font-weight="bold"')
    if "italic" in style.attributes:
        looks.append('font-style="italic"')
    if "underline" in style.attributes:
        looks.append('text-decoration="underline"')
    return " ".join(looks)
