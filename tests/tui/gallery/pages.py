"""A screen in all themes and forms as text: readable in a diff, and enough to draw it again.

A page has the screen's text once and, below it, the styles of each row as runs `COLUMNS INK/BACK`,
where a colour is the name of its role in the app (`accent`, `pick`, `series-1`). What a role looks
like in each theme is one table for all pages, `roles.txt`, so that a new accent of a theme changes
one line there, and a status word in the wrong role changes one run here. A picture of any theme can
be drawn from both. A colour that has no role, such as text under a dialog, is `~` and its value in
the first theme, with its values in all themes below the runs.

A whole SVG for each theme and screen would take ten times the room, differ in thousands of places
for one colour, and show nothing to a reader of the diff. That the text is the same in all themes is
checked when a page is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tests.tui.gallery.cells import Cell, CellStyle, Picture, text_rows
from tests.tui.gallery.roles import NONE, ColorNames, Values

_RUN = re.compile(r"(\d+) ([^ /]+)/([^ /+,]+)((?:\+\w+)*)")


ALL_THEMES = "in all themes"
"""Words at the end of the name of a form that has a picture for each theme."""
NO_COLOR = "without colours"
"""Words at the end of the name of a form that has no roles, only greys."""


@dataclass(frozen=True)
class Shown:
    """A screen of one form: its pictures, one for each theme in which it was taken."""

    form: str
    pictures: Sequence[Picture]


def differing_rows(pictures: Sequence[Picture]) -> list[int]:
    """Numbers of the rows, from 1, whose text is not that of the first picture."""
    rows = [text_rows(picture) for picture in pictures]
    first = rows[0]
    return [
        number
        for number, text in enumerate(first, 1)
        if any(other[number - 1] != text for other in rows)
    ]


def written(shown: Sequence[Shown], roles: Mapping[str, Values]) -> str:
    """The page of a screen."""
    lines: list[str] = []
    for each in shown:
        names = ColorNames(_known_in(each.form, roles))
        lines += [f"== {each.form}", *(f"|{row}" for row in text_rows(each.pictures[0])), "--"]
        lines += _numbered(_runs(each.pictures, names))
        lines += [f"{name} {' '.join(values)}" for name, values in sorted(names.mixed.items())]
    return "\n".join(lines) + "\n"


def _known_in(form: str, roles: Mapping[str, Values]) -> Mapping[str, Values]:
    """The roles of a form: in all themes, in the first alone, or none."""
    if form.endswith(ALL_THEMES):
        return roles
    return {} if form.endswith(NO_COLOR) else {name: value[:1] for name, value in roles.items()}


def _numbered(rows: Sequence[str]) -> Iterator[str]:
    """Rows after their numbers; equal ones below each other are one."""
    first = 0
    for number, row in enumerate(rows):
        if number + 1 == len(rows) or rows[number + 1] != row:
            where = f"{first + 1}" if first == number else f"{first + 1}-{number + 1}"
            yield f"{where}: {row}"
            first = number + 1


def _runs(pictures: Sequence[Picture], names: ColorNames) -> list[str]:
    return [_row_runs([picture[y] for picture in pictures], names) for y in range(len(pictures[0]))]


def _row_runs(rows: Sequence[Sequence[Cell]], names: ColorNames) -> str:
    """Runs of a row; a blank belongs to the text around it."""
    runs: list[tuple[int, Values, Values, str]] = []
    for cells in zip(*rows, strict=True):
        ink = tuple(cell.style.fg for cell in cells)
        back = tuple(cell.style.bg for cell in cells)
        attributes = cells[0].style.attributes
        if runs:
            count, last_ink, last_back, last_attributes = runs[-1]
            same = (ink, attributes) == (last_ink, last_attributes)
            if back == last_back and (same or not any(ink)):
                runs[-1] = (count + 1, last_ink, last_back, last_attributes)
                continue
            if back == last_back and not any(last_ink):
                runs[-1] = (count + 1, ink, back, attributes)
                continue
        runs.append((1, ink, back, attributes))
    return ", ".join(
        f"{count} {names.of(ink)}/{names.of(back)}{''.join(f'+{a}' for a in attributes.split())}"
        for count, ink, back, attributes in runs
    )


def read(page: str, roles: Mapping[str, Values]) -> dict[str, list[Picture]]:
    """The pictures of a page by form: in all themes, or the one that it has."""
    forms: dict[str, list[str]] = {}
    for line in page.splitlines():
        if line.startswith("== "):
            forms[line[3:]] = []
        else:
            forms[next(reversed(forms))].append(line)
    return {form: _pictures(lines, _known_in(form, roles)) for form, lines in forms.items()}


def _pictures(lines: Sequence[str], roles: Mapping[str, Values]) -> list[Picture]:
    end = lines.index("--")
    texts = [line[1:] for line in lines[:end]]
    colors = dict(roles)
    styles: list[str] = []
    for line in lines[end + 1 :]:
        if line.startswith("~"):
            name, *values = line.split()
            colors[name] = tuple(values)
            continue
        where, _, runs = line.partition(": ")
        first, _, last = where.partition("-")
        styles += [runs] * (int(last or first) - int(first) + 1)
    themes = len(next(iter(roles.values()))) if roles else 1
    return [
        [_row(text, runs, colors, theme) for text, runs in zip(texts, styles, strict=True)]
        for theme in range(themes)
    ]


def _row(text: str, runs: str, colors: Mapping[str, Values], theme: int) -> list[Cell]:
    chars: list[str] = []
    for char in text:
        width = cell_len(char)
        if width == 0:
            chars[-1] += char
        else:
            chars += [char] + [""] * (width - 1)
    row: list[Cell] = []
    for count, ink, back, attributes in _RUN.findall(runs):
        style = CellStyle(
            _value(ink, colors, theme),
            _value(back, colors, theme),
            " ".join(attributes.split("+")[1:]),
        )
        row += [Cell(style=style)] * int(count)
    chars += [" "] * (len(row) - len(chars))
    return [
        Cell(char, CellStyle(bg=cell.style.bg) if char == " " else cell.style)
        for char, cell in zip(chars, row, strict=True)
    ]


def _value(name: str, colors: Mapping[str, Values], theme: int) -> str:
    if name == NONE:
        return ""
    return name if name.startswith("#") else colors[name][theme]
