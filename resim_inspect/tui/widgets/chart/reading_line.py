"""Column of a chart's cursor, and the line of values below the chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from resim_inspect.contrast import MIN_CONTRAST_OF_SERIES, contrast
from resim_inspect.text import cell_width, cut, full_number, with_unit
from resim_inspect.tui.theme import ThemeStyles, ink_of
from resim_inspect.tui.widgets.row_list import StyledText

if TYPE_CHECKING:
    from resim_inspect.charts.analysis.value_range import ValueRange
    from resim_inspect.charts.model.drawing import Bars, Drawing, Plot
    from resim_inspect.charts.model.picture import Picture
    from resim_inspect.charts.model.readings import Readout


def idle_line(
    parts: Sequence[str],
    drawing: Drawing,
    extremes: ValueRange | None,
    width: int,
    styles: ThemeStyles,
) -> list[StyledText]:
    """Line without a cursor: what there is to say, the extremes, or a scalar in all its digits."""
    if not parts:
        words = exact_value(drawing) if extremes is None else extremes.in_words(width - 2)
        parts = [cut(words, width - 2)]
    return [(" " + " · ".join(parts), styles.quiet)]


def exact_value(drawing: Drawing) -> str:
    """A scalar in all its digits, with its unit; empty for other drawings."""
    from resim_inspect.charts.model.drawing import Gauge

    scalar = drawing.panels[0] if drawing.panels else None
    if not isinstance(scalar, Gauge) or not scalar.large or scalar.value is None:
        return ""
    return with_unit(full_number(scalar.value), scalar.unit)


def cursor_line(
    main: Plot | Bars | None,
    cursor: float,
    anchor: float | None,
    width: int,
    styles: ThemeStyles,
) -> list[StyledText]:
    """Line with a cursor: the values under it; with an anchor also their differences."""
    from resim_inspect.charts.analysis.differences import difference
    from resim_inspect.charts.analysis.readout import readout
    from resim_inspect.charts.rendering.cells import common_start

    values: Readout = readout(main, cursor)
    changes: Mapping[str, str] = {}
    pieces: list[StyledText] = [(f" {values.x_text}", styles.accent)]
    if anchor is not None:
        delta = difference(main, anchor, cursor)
        changes = delta.values
        pieces.append((f" Δ {delta.x_text}" if delta.x_text else " Δ", styles.accent))
    drop = 0
    if cell_width(values.text) > width - 2 * len(values.readings):
        # Where not all of it fits, the common prefix of the names is dropped.
        drop = common_start([reading.series for reading in values.readings])
    for reading in values.readings:
        name = reading.series[drop:]
        pieces.append(("   " + (name + " " if name else ""), styles.quiet))
        pieces.append((reading.text, styles.strong))
        if reading.status is not None:
            pieces.append((" " + reading.status.symbol, styles.of(reading.status)))
        if reading.series in changes:
            pieces.append((f" Δ {changes[reading.series]}", styles.accent))
        if reading.sample_x:
            pieces.append((f" at {reading.sample_x}", styles.quiet))
    return pieces


def _on_pick(style: Style, styles: ThemeStyles) -> Style:
    """The style of a character of the column that stands out."""
    picked = style + styles.pick
    if styles.plain or picked.color is None or picked.bgcolor is None:
        return picked
    # What is written on a filled area may have the ink of its fill.
    fits = contrast(ink_of(picked.color), ink_of(picked.bgcolor)) >= MIN_CONTRAST_OF_SERIES
    return picked if fits else picked + styles.text


def lit_column(line: Strip, column: int, styles: ThemeStyles) -> Strip:
    """The line with one column standing out."""
    before, cell, after = line.crop(0, column), line.crop(column, column + 1), line.crop(column + 1)
    bright = styles.pick + styles.accent if not styles.plain else styles.pick
    lit = [
        Segment("│", (segment.style or Style()) + bright)
        if segment.text.isspace()
        else Segment(segment.text, _on_pick(segment.style or Style(), styles))
        for segment in cell
    ]
    return Strip.join([before, Strip(lit, cell.cell_length), after])


def lit_line(
    line: Strip, row: int, x: float | None, picture: Picture, styles: ThemeStyles
) -> Strip:
    """A row of a picture; what belongs to the position of a cursor stands out.

    That is a column of the canvas, or the whole row of a horizontal bar. None for no cursor.
    """
    if x is None:
        return line
    if row in picture.rows_of(x):
        lit = [Segment(part.text, _on_pick(part.style or Style(), styles)) for part in line]
        return Strip(lit, line.cell_length)
    column = picture.column_of(x) if picture.is_plot_row(row) else None
    return line if column is None else lit_column(line, column, styles)
