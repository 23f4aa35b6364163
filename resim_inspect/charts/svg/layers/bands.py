"""Bands of states over time: a rectangle a run, with its name and the mark of a failure."""

from __future__ import annotations

from dataclasses import replace

from resim_inspect.charts.analysis.band_cells import band_cells, cell_runs
from resim_inspect.charts.model.drawing import Plot
from resim_inspect.charts.svg.area import PlotArea
from resim_inspect.charts.svg.canvas import FONT_SIZE, shortened, text_width
from resim_inspect.charts.svg.theme import OnFill

_PARTS = 2
"""Columns in one px: runs begin and end in one of them."""
_MARK = 13.0
"""px of a mark before the name of a state."""


def paint_bands(area: PlotArea, panel: Plot) -> None:
    """One row a band; where samples have no state, a thin line alone."""
    color_roles = {fill.name: fill.color_role for fill in panel.fills}
    room, canvas = area.room, area.canvas
    x = replace(area.x, cells=int(room.width) * _PARTS)
    thickness = min(30.0, room.height / max(1, len(panel.bands)) * 0.72)
    for position, band in enumerate(panel.bands):
        middle = area.up(float(position))
        top = middle - thickness / 2
        canvas.line(room.x, middle, room.right, middle, "rule", stroke_width=1)
        cells = band_cells(band, x, panel.x)
        for column, end, code in cell_runs(cells):
            state = band.states[code]
            mark = band.mark(code, int(cells.severities[column]))
            left, width = room.x + column / _PARTS, (end - column) / _PARTS
            color_role = color_roles.get(state, 0)
            canvas.draw(
                "rect",
                fill=color_role,
                title=f"{mark} {state}".strip(),
                x=left,
                y=top,
                # A hair between runs, unless they are as thin as it.
                width=width - 0.5 if width > 4 else width,
                height=thickness,
            )
            ink, baseline = OnFill(color_role), middle + FONT_SIZE * 0.36
            lead = _MARK if mark else 0.0
            name = shortened(state, width - 8 - lead)
            if mark and width >= 8:
                at = left + (4 + 4.5 if name else width / 2)
                canvas.mark(at, middle, mark, ink, 3.6)
            if name and (name == state or text_width(name) >= 24):
                canvas.text(left + 4 + lead, baseline, name, ink)
