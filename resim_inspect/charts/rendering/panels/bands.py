"""Bands of states over time: runs quantised to columns, with names, marks and letters."""

from __future__ import annotations

from dataclasses import dataclass

from resim_inspect.charts.analysis.band_cells import band_cells, cell_runs
from resim_inspect.charts.model.layers import Plot
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.rendering.panels import legend
from resim_inspect.charts.rendering.panels.canvas import PlotFrame
from resim_inspect.text import cell_width, cut


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring cells of one state; unnamed if `state` and `mark` are empty."""

    state: str
    color_role: ColorRole
    mark: str = ""
    letter: str = ""


def paint_bands(frame: PlotFrame, panel: Plot) -> None:
    """Paint all bands of a plot, up to three rows each, with names in the middle row."""
    color_roles = {fill.name: fill.color_role for fill in panel.fills}
    letters = legend.state_letters(panel)
    height = frame.area.height
    for position, band in enumerate(panel.bands):
        cell = frame.y.cell(float(position))
        if cell is None:
            continue
        cells = band_cells(band, frame.x, panel.x)
        thickness = max(1, min(3, height // len(panel.bands) - 1))
        top = height - 1 - cell - thickness // 2
        for row in range(max(0, top), min(height, top + thickness)):
            named = row == min(height - 1, top + thickness // 2)
            for column, end, code in cell_runs(cells):
                state = band.states[code]
                run = _Run("", color_roles.get(state, 0))
                if named:
                    mark = band.mark(code, int(cells.severities[column]))
                    run = _Run(state, run.color_role, mark, letters.get(state, ""))
                x, y = frame.area.x + column, frame.area.y + row
                _paint_run(frame, x, y, end - column, run)


def _paint_run(frame: PlotFrame, x: int, y: int, width: int, run: _Run) -> None:
    """Fill the cells of a run, with its state's name inside if it fits.

    Without colours a narrow run has the mark of its failure, else the state's letter.
    """
    grid, palette, mark = frame.grid, frame.palette, run.mark
    text = f"{mark} {run.state}" if mark else run.state
    if not text:
        grid.put(x, y, (" " if palette.color else "═") * width, palette.fill(run.color_role))
        return
    if palette.color:
        style = palette.fill(run.color_role)
        grid.put(x, y, " " * width, style)
        if cell_width(text) + 1 <= width:
            grid.put(x + (1 if width > cell_width(text) + 1 else 0), y, text, style)
        elif width >= 5:
            grid.put(x, y, cut(text, width - 1), style)
        elif mark:
            grid.put(x + (width - 1) // 2, y, mark, style)
        return
    # Without colours the name gives the state, and a frame its start and end.
    if width == 1:
        grid.put(x, y, mark or run.letter or "│")
    elif width == 2:
        grid.put(x, y, "[" + (mark or run.letter or " "))
    else:
        grid.put(x, y, "[" + ("▒" if mark else "═") * (width - 2) + "]")
        inner = cut(text, width - 2)
        if cell_width(text) <= width - 2 or width >= 6:
            grid.put(x + 1, y, inner)
        else:
            grid.put(x + 1, y, mark or run.letter)
