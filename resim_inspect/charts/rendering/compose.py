"""A drawing in cells: panels side by side or one below the other, notes and a caption."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from resim_inspect.charts.analysis.captions import caption as caption_of
from resim_inspect.charts.analysis.readout import readout
from resim_inspect.charts.model.drawing import Drawing, Image, Panel, Plot
from resim_inspect.charts.model.picture import Picture, Rect
from resim_inspect.charts.model.readings import Readout
from resim_inspect.charts.model.style import DARK, Palette
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.painters import painter_of
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.text import cell_width, cut, wrap

_MIN_PANEL_WIDTH = 24
"""Columns of a subplot below which subplots are stacked instead of side by side."""

_MIN_GROWING = 5
"""Rows that a plot has at least if the height does not suffice for all panels."""

_MIN_ROOMY = 10
"""Rows that a plot has at least beside a panel that takes more than its natural height."""

_MAX_SIDE = 1_000
"""More cells than any screen has in one direction; a limit for the memory of a picture."""


def render(
    drawing: Drawing,
    width: int,
    height: int,
    *,
    window: tuple[float, float] | None = None,
    y_window: tuple[float, float] | None = None,
    fit_y: bool = False,
    cursor: float | None = None,
    palette: Palette = DARK,
) -> Picture:
    """Draw in `width` × `height` cells. Never raises for the content of a file.

    `window`: the x range to show, in axis units; `y_window`: that of the left y axis;
    `fit_y`: fit y to the data in the window alone; `cursor`: a position to mark and read out.
    Pure: the same arguments give the same picture. Call it off the UI loop.
    """
    # Overflows are expected of hostile numbers; a warning would spoil a screen.
    with np.errstate(all="ignore"):
        view = PanelRequest(width, height, palette, window, cursor, y_window, fit_y)
        return _render(drawing, view)


def _render(drawing: Drawing, view: PanelRequest) -> Picture:
    width, height = max(1, min(_MAX_SIDE, view.width)), max(1, min(10 * _MAX_SIDE, view.height))
    palette = view.palette
    main = drawing.main
    foot = 1 if height >= 6 and (main is not None or caption_of(drawing)) else 0
    # Notes have a quarter of the height, and what low panels leave free.
    spare = height - foot - _panel_rows(drawing, width) if drawing.notes else 0
    notes = _wrapped(drawing.notes, width, max(1, height // 4, spare) if height >= 4 else 0)
    room = max(1, height - len(notes) - foot)
    grid = Grid(width, height)
    # Directly below the panel, the last row has room for the title of its x axis.
    below = bool(foot and not notes and main is drawing.panels[-1] and _is_alone(main))
    main_panel, corner = None, (0, 0)
    followers: list[Rect] = []
    image: Rect | None = None
    painted_panels = _painted(drawing, _arranged(drawing.panels, width, room), view, below)
    for panel, rect, painted in painted_panels:
        grid.paste(rect.x, rect.y, painted.grid)
        if isinstance(panel, Image) and painted.plot is not None and len(drawing.panels) == 1:
            image = _on_grid(painted.plot, rect)
        if panel is main:
            main_panel, corner = painted, (rect.x, rect.y)
        elif _follows(panel) and painted.plot is not None:
            followers.append(_on_grid(painted.plot, rect))
    more = sum(painted.more for _, _, painted in painted_panels)
    caption = (main_panel.caption if main_panel is not None else "") or caption_of(drawing)
    for row, note in enumerate(notes):
        grid.put(0, room + row, note, palette.style("dim"))
    if foot:
        _paint_foot(grid, drawing, caption, view.cursor, palette)
        title = main_panel.x_title if main_panel is not None else ""
        start = width - cell_width(title)
        if title and grid.blank(start - 2, height - 1, cell_width(title) + 2):
            grid.put(start, height - 1, title, palette.style("dim"))
    picture = _picture(grid, main_panel, corner, caption, more, image)
    plot = picture.plot
    aligned = [at for at in followers if plot and (at.x, at.width) == (plot.x, plot.width)]
    return replace(picture, followers=tuple(aligned))


def _painted(
    drawing: Drawing, arranged: list[tuple[Panel, Rect]], view: PanelRequest, below: bool
) -> list[tuple[Panel, Rect, PaintedPanel]]:
    """All panels; those that follow the main one have its range of x, cursor and columns."""
    main = drawing.main
    rects = {id(panel): rect for panel, rect in arranged}
    painted: dict[int, PaintedPanel] = {}

    def paint_main(gutter: int) -> PaintedPanel:
        rect = rects[id(main)]
        request = replace(view, width=rect.width, height=rect.height, gutter=gutter)
        return _paint_main(drawing, replace(request, title_below=below), view.width)

    def paint_other(panel: Panel, gutter: int) -> PaintedPanel:
        rect = rects[id(panel)]
        request = PanelRequest(rect.width, rect.height, view.palette, gutter=gutter)
        leader = painted.get(id(main))
        if _follows(panel) and leader is not None:
            request = replace(request, window=leader.x_range, cursor=view.cursor, fit_y=view.fit_y)
        return painter_of(panel).paint(panel, request)

    if main is not None and id(main) in rects:
        painted[id(main)] = paint_main(0)
    for panel, _ in arranged:
        if panel is not main:
            painted[id(panel)] = paint_other(panel, 0)
    lined_up = [panel for panel, _ in arranged if panel is main or _follows(panel)]
    starts = {id(panel): plot.x for panel in lined_up if (plot := painted[id(panel)].plot)}
    # One cell is the line of the axis.
    gutter = max(starts.values(), default=0) - 1
    for panel in lined_up if len(lined_up) > 1 else ():
        if starts.get(id(panel), gutter + 1) <= gutter:
            painted[id(panel)] = paint_main(gutter) if panel is main else paint_other(panel, gutter)
    return [(panel, rect, painted[id(panel)]) for panel, rect in arranged]


def _paint_main(drawing: Drawing, request: PanelRequest, width: int) -> PaintedPanel:
    """The main panel, with the title of its x axis where the last row has no room for it."""
    main = drawing.main
    assert main is not None
    painted = painter_of(main).paint(main, request)
    if painted.x_title:
        foot_width = cell_width(painted.caption or caption_of(drawing)) + 2
        if foot_width + cell_width(painted.x_title) > width:
            painted = painter_of(main).paint(main, replace(request, title_below=False))
    return painted


def _follows(panel: Panel) -> bool:
    return isinstance(panel, Plot) and panel.follows_main


def _on_grid(inner: Rect, panel: Rect) -> Rect:
    """Cells of the whole grid for those of a panel."""
    return Rect(inner.x + panel.x, inner.y + panel.y, inner.width, inner.height)


def _is_alone(panel: Panel | None) -> bool:
    """Return True for a panel that has the whole width."""
    return panel is not None and panel.area is None


def natural_height(drawing: Drawing, width: int, max_height: int = 10_000) -> int:
    """Number of lines that show texts and tables in full, and plots at a good size."""
    panels = _panel_rows(drawing, width)
    foot = 1 if drawing.main is not None or caption_of(drawing) else 0
    return max(1, min(max_height, panels + foot + len(_wrapped(drawing.notes, width, max_height))))


def _panel_rows(drawing: Drawing, width: int) -> int:
    """Rows that show texts and tables in full, and plots at a good size."""
    if _roomy(drawing.panels, width) and any(p.area is not None for p in drawing.panels):
        # As many rows of subplots as begin at different heights.
        tops = {round(p.area[1], 2) for p in drawing.panels if p.area is not None}
        alone = sum(painter_of(p).rows(p, width) for p in drawing.panels if p.area is None)
        return max(20, 12 * len(tops)) + alone
    return sum(painter_of(panel).rows(panel, width) for panel in drawing.panels)


def _wrapped(notes: tuple[str, ...], width: int, max_lines: int) -> list[str]:
    """Notes in lines; the last one counts the lines that do not fit."""
    lines = [line for note in notes for line in wrap(note, width, hang="  ")]
    if len(lines) > max_lines == 1:
        # The first note is the most important one.
        return [cut(lines[0], max(1, width - 2)) + " …"]
    if len(lines) > max_lines:
        shown = lines[: max(0, max_lines - 1)]
        return [*shown, cut(f"… {len(lines) - len(shown)} more lines of notes", width)][:max_lines]
    return lines


def _paint_foot(
    grid: Grid, drawing: Drawing, caption: str, cursor: float | None, palette: Palette
) -> None:
    """The last row: the values at the cursor, else the caption."""
    row = grid.height - 1
    text = caption
    if cursor is not None:
        values = readout(drawing.main, cursor)
        if values.readings:
            end = grid.put(0, row, cut(values.text, grid.width), palette.style("accent"))
            left = grid.width - end - 3
            if left >= 12 and text:
                grid.put(end + 1, row, cut("· " + text, left + 2), palette.style("dim"))
            return
    grid.put(0, row, cut(text, grid.width), palette.style("dim"))


def _picture(
    grid: Grid,
    main_panel: PaintedPanel | None,
    corner: tuple[int, int],
    caption: str,
    more: int,
    image: Rect | None,
) -> Picture:
    plot, read = None, None
    if main_panel is not None and main_panel.plot is not None:
        inner = main_panel.plot
        plot = Rect(inner.x + corner[0], inner.y + corner[1], inner.width, inner.height)
        inner_read = main_panel.read

        def read(column: int, row: int) -> Readout | None:
            if inner_read is None:
                return None
            with np.errstate(all="ignore"):
                return inner_read(column - corner[0], row - corner[1])

    return Picture(
        width=grid.width,
        height=grid.height,
        lines=grid.lines(),
        plot=plot,
        x_range=main_panel.x_range if main_panel is not None else None,
        y_range=main_panel.y_range if main_panel is not None else None,
        caption=caption,
        more=more,
        reverse=main_panel.reverse if main_panel is not None else False,
        position_rows=_position_rows(main_panel, corner[1]),
        image=image,
        read=read,
    )


def _position_rows(main_panel: PaintedPanel | None, top: int) -> tuple[tuple[float, range], ...]:
    """Positions with their rows of the picture; `top`: the row at which the panel begins."""
    rows = main_panel.position_rows if main_panel is not None else ()
    return tuple((x, range(own.start + top, own.stop + top)) for x, own in rows)


def _roomy(panels: tuple[Panel, ...], width: int) -> bool:
    """Return True if panels with areas have the columns to be side by side."""
    return all(
        p.area is None or (p.area[2] - p.area[0]) * width >= _MIN_PANEL_WIDTH for p in panels
    )


def _arranged(panels: tuple[Panel, ...], width: int, height: int) -> list[tuple[Panel, Rect]]:
    """Cells of each panel: those with an area side by side, the others stacked."""
    placed: list[tuple[Panel, Rect]] = []
    side_by_side = _roomy(panels, width)
    stacked = [p for p in panels if p.area is None or not side_by_side]
    for panel in panels:
        if panel.area is not None and side_by_side:
            left, top, right, bottom = panel.area
            x, y = round(left * width), round(top * height)
            # Two blank columns between neighbours.
            across = round(right * width) - x - (2 if right < 1 else 0)
            down = round(bottom * height) - y
            placed.append((panel, Rect(x, y, max(1, across), max(1, down))))
    if not stacked:
        return placed
    growing = [painter_of(p).grows for p in stacked]
    wanted = _roomy_heights(stacked, width, height) or [
        painter_of(p).rows(p, width) for p in stacked
    ]
    heights = list(wanted)
    spare = height - sum(heights)
    if spare < 0:
        # The tallest growing panels give first, down to a few rows; then the last ones.
        while spare < 0:
            tallest = max(
                (h for h, grows in zip(heights, growing, strict=True) if grows), default=0
            )
            if tallest <= _MIN_GROWING:
                break
            last = max(k for k, h in enumerate(heights) if growing[k] and h == tallest)
            heights[last] -= 1
            spare += 1
    elif any(growing):
        each = spare // sum(growing)
        heights = [h + each if grows else h for h, grows in zip(heights, growing, strict=True)]
        last = max(k for k, grows in enumerate(growing) if grows)
        heights[last] += spare - each * sum(growing)
    elif len(stacked) == 1:
        heights = [height]
    y = 0
    for panel, tall in zip(stacked, heights, strict=True):
        tall = max(0, min(tall, height - y))
        if tall == 0 and placed:
            break
        placed.append((panel, Rect(0, y, width, max(1, tall))))
        y += tall
    return placed


def _roomy_heights(panels: list[Panel], width: int, height: int) -> list[int]:
    """Heights with a panel in more than its natural height; empty without one, or without room."""
    heights, is_roomy = [], False
    for panel in panels:
        painter = painter_of(panel)
        natural = painter.rows(panel, width)
        roomy = painter.roomy_rows(panel, width) if painter.roomy_rows else natural
        is_roomy |= roomy > natural
        heights.append(min(natural, _MIN_ROOMY) if painter.grows else roomy)
    return heights if is_roomy and sum(heights) <= height else []
