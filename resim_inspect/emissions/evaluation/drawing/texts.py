"""The templates `scalar` and `table`, and texts in place of a drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.emissions.evaluation.drawing.canvas import Canvas, label, labels
from resim_inspect.text import count

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_ROWS = 2000
_MAX_CELL = 500
"""Characters of a cell."""


def scalar(canvas: Canvas) -> None:
    """Draw the first value; a text in the place of a number becomes a text metric."""
    canvas.need(1, "1 column: the value")
    column = canvas.columns[0]
    if canvas.result.rows > 1:
        canvas.notes.append(f"The first of {canvas.result.rows:,} rows is the value.")
    value = column.python()[0]
    if column.is_number and not isinstance(value, bool) and value is not None:
        unit = canvas.spec.units or None
        canvas.builder.scalar(canvas.spec.name, float(value), unit=unit, **canvas.common)
        return
    text = f"{labels(column)[0]} {canvas.spec.units}".strip()
    canvas.builder.text(canvas.spec.name, _plain(text), **canvas.common)


def table(canvas: Canvas) -> None:
    """Draw all columns as a table in Markdown."""
    canvas.need(1, "at least 1 column")
    rows = min(canvas.result.rows, _MAX_ROWS)
    cells = [[label(value) for value in column.python()[:rows]] for column in canvas.columns]
    lines = markdown_table(
        [column.name for column in canvas.columns],
        [list(row) for row in zip(*cells, strict=True)],
        [column.is_number for column in canvas.columns],
    )
    if rows < canvas.result.rows:
        more = count(canvas.result.rows - rows, "more row")
        lines += ["", f"*{more}*"]
        canvas.notes.append(f"The table has {more} than are shown.")
    canvas.builder.text(canvas.spec.name, "\n".join(lines), **canvas.common)


def markdown_table(
    names: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]
) -> list[str]:
    """Return the lines of a table in Markdown; `right` tells the columns of numbers."""
    lines = [_row(names), _row(["--:" if number else "---" for number in right], escape=False)]
    return lines + [_row(row) for row in rows]


def _row(cells: Sequence[str], *, escape: bool = True) -> str:
    return "| " + " | ".join(_cell(cell) if escape else cell for cell in cells) + " |"


def _cell(text: str) -> str:
    return _plain(" ".join(text.split())[:_MAX_CELL]).replace("|", "\\|")


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join(f"\\{char}" if char in "\\`*_[]<#" else char for char in text)


def code_block(text: str, language: str = "") -> str:
    """A text as a block of code, fenced by more backticks than it has."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.strip()}\n{fence}"
