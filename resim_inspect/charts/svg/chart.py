"""A drawing as one SVG: heading, panels, notes and caption, with a text for screen readers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resim_inspect.charts.analysis.captions import caption as caption_of
from resim_inspect.charts.analysis.gauge_scale import limits_text, value_text
from resim_inspect.charts.analysis.scales import Range
from resim_inspect.charts.analysis.value_range import value_range
from resim_inspect.charts.model.drawing import Area, Drawing, Gauge, Message, Panel, Plot
from resim_inspect.charts.svg.area import WHOLE, View
from resim_inspect.charts.svg.canvas import (
    Canvas,
    Room,
    decimal,
    escaped,
    text_width,
    wrapped,
)
from resim_inspect.charts.svg.panels.registry import SVG_PAINTERS
from resim_inspect.charts.svg.theme import CLASS, Theme, ThemeName, style_sheet
from resim_inspect.document.enums import MetricStatus

_MARGIN = 16.0
_HEADING = 28.0
_LINE = 16.0
_MIN_SUBPLOT = 220.0
"""px of a subplot below which subplots are stacked instead of side by side."""
_MIN_PANEL = 140.0
_WIDTHS = (240, 8_000)
_MAX_NOTES = 12
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class SvgOptions:
    """Size, theme and parts of an SVG."""

    width: int = 860
    """px, 240 to 8,000"""
    height: int | None = None
    """px; None: as much as texts need, and plots at a good size."""
    theme: ThemeName = "auto"
    heading: bool = True
    """Write the title, the type and the status above the chart."""
    background: bool = True
    """Fill the background."""
    style: bool = True
    """Put the style sheet in; else the page has that of `chart_style_sheet`."""
    id_prefix: str = "resim"
    """Start of all ids: a page with several charts needs one for each."""
    window: Range | None = None
    """Range of x to show of the main panel, in axis units; None for all."""
    y_window: Range | None = None
    fit_y: bool = False
    """Fit y to the data in the window alone."""


DEFAULTS = SvgOptions()


def svg_chart(drawing: Drawing, options: SvgOptions = DEFAULTS) -> str:
    """A drawing as the text of an SVG. Never raises for the content of a file.

    Without script and without a reference to anything outside. Pure: the same arguments give
    the same text. Series are decimated to the extremes of each px, and the caption says so.
    """
    # Overflows are expected of hostile numbers; a warning would spoil a terminal.
    with np.errstate(all="ignore"):
        return _svg(drawing, options)


def _svg(drawing: Drawing, options: SvgOptions) -> str:
    width = float(max(_WIDTHS[0], min(_WIDTHS[1], options.width)))
    inner = width - 2 * _MARGIN
    canvas = Canvas(Theme(options.theme), options.id_prefix)
    head = _MARGIN + (_HEADING if options.heading else 0.0)
    notes = _notes(drawing, inner)
    foot = _LINE * len(notes) + _LINE + 8 + _MARGIN / 2
    body = _natural_height(drawing.panels, inner)
    if options.height is not None:
        body = max(_MIN_PANEL, options.height - head - foot)
    view = View(options.window, options.y_window, options.fit_y)
    caption = ""
    remarks: list[str] = []
    if options.heading:
        _paint_heading(canvas, drawing, inner)
    for panel, room in _arranged(drawing.panels, Room(_MARGIN, head, inner, body)):
        shown = view if panel is drawing.main else WHOLE
        painted = SVG_PAINTERS[type(panel)].paint(canvas, panel, room, shown)
        remarks += painted.remarks
        if panel is drawing.main:
            caption = painted.caption
    if sum(isinstance(panel, Plot) and bool(panel.curves) for panel in drawing.panels) > 1:
        # That of the main panel counts its own points only.
        reduced = "drawn from extremes" in caption
        caption = caption_of(drawing) + (", drawn from extremes" if reduced else "")
    caption = " · ".join(filter(None, (caption or caption_of(drawing), *dict.fromkeys(remarks))))
    y = head + body + 16
    for note in notes:
        canvas.text(_MARGIN, y, note, "dim")
        y += _LINE
    if caption:
        canvas.text(_MARGIN, y, caption, "dim", size=11, width=inner)
        y += _LINE
    return _document(canvas, drawing, options, (width, y), caption)


def _document(
    canvas: Canvas,
    drawing: Drawing,
    options: SvgOptions,
    size: tuple[float, float],
    caption: str,
) -> str:
    """The root element with its texts for screen readers, its style and all elements."""
    width, height = (decimal(round(side)) for side in size)
    prefix = options.id_prefix
    title, described = f"{prefix}-title", f"{prefix}-desc"
    back = Canvas(canvas.theme, prefix)
    if options.background:
        back.draw("rect", fill="background", width=float(width), height=float(height))
    style = ""
    if options.style and options.theme == "auto":
        style = f"<style>{style_sheet(canvas.theme.used)}</style>"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{CLASS}" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img"'
        f' aria-labelledby="{escaped(title)} {escaped(described)}"'
        f' font-family="{escaped(_FONT)}" font-size="12">',
        f'<title id="{escaped(title)}">{escaped(drawing.title or "chart")}</title>',
        f'<desc id="{escaped(described)}">{escaped(description(drawing, caption))}</desc>',
        style,
        *back.parts,
        *canvas.parts,
        "</svg>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def description(drawing: Drawing, caption: str = "") -> str:
    """A drawing in words, for readers who cannot see it: type, status, size, range, notes."""
    parts = [drawing.type_label]
    if drawing.status:
        parts.append(f"status {drawing.status.name}")
    if drawing.series:
        more = f" and {len(drawing.series) - 12} more" if len(drawing.series) > 12 else ""
        parts.append("series " + ", ".join(drawing.series[:12]) + more)
    for panel in drawing.panels:
        if isinstance(panel, Gauge):
            parts += [value_text(panel), limits_text(panel), panel.detail]
        elif isinstance(panel, Message):
            parts.append(panel.text)
    parts.append(caption or caption_of(drawing))
    extremes = value_range(drawing.main)
    if extremes is not None:
        parts.append(extremes.in_words(200))
    return ". ".join(part for part in (*parts, *drawing.notes) if part)


def _paint_heading(canvas: Canvas, drawing: Drawing, width: float) -> None:
    baseline = _MARGIN + 14
    status = drawing.status if drawing.status is not MetricStatus.UNSET else None
    room = width
    if status is not None:
        word = text_width(status.name, 13)
        canvas.text(_MARGIN + width, baseline, status.name, status, size=13, anchor="end",
                    font_weight="600")  # fmt: skip
        canvas.status(_MARGIN + width - word - 12, baseline - 4.5, status, 4.4)
        room -= word + 36
    title = drawing.title or "(no name)"
    label = drawing.type_label
    if text_width(title, 16, bold=True) + 16 + text_width(label) > room:
        label = ""
    canvas.text(_MARGIN, baseline, title, size=16, width=room, font_weight="600", behind=label)


def _notes(drawing: Drawing, width: float) -> list[str]:
    lines = [line for note in drawing.notes for line in wrapped(note, width)]
    if len(lines) > _MAX_NOTES:
        more = len(lines) - _MAX_NOTES + 1
        lines = [*lines[: _MAX_NOTES - 1], f"… {more} more lines of notes"]
    return lines


def _by_place(
    panels: tuple[Panel, ...], width: float
) -> tuple[list[tuple[Panel, Area]], list[Panel]]:
    """The panels that are side by side, with their areas, and those that are stacked.

    Panels with areas are stacked, too, if one of them would have too few px.
    """
    beside = [(panel, panel.area) for panel in panels if panel.area is not None]
    if any((area[2] - area[0]) * width < _MIN_SUBPLOT for _, area in beside):
        return [], list(panels)
    return beside, [panel for panel in panels if panel.area is None]


def _height(panel: Panel, width: float) -> float:
    return SVG_PAINTERS[type(panel)].height(panel, width)


def _natural_height(panels: tuple[Panel, ...], width: float) -> float:
    beside, stacked = _by_place(panels, width)
    tall = sum(_height(panel, width) + 8 for panel in stacked)
    needed = [
        _height(panel, (right - left) * width) / max(0.05, bottom - top)
        for panel, (left, top, right, bottom) in beside
    ]
    return tall + min(2_400.0, max(needed, default=0.0))


def _arranged(panels: tuple[Panel, ...], room: Room) -> list[tuple[Panel, Room]]:
    """The room of each panel: those with an area side by side, the others stacked."""
    beside, stacked = _by_place(panels, room.width)
    heights = [_height(p, room.width) for p in stacked]
    spare = room.height - sum(heights) - 8 * len(stacked)
    growing = [k for k, p in enumerate(stacked) if SVG_PAINTERS[type(p)].grows]
    if growing and not beside:
        for k in growing:
            heights[k] = max(_MIN_PANEL, heights[k] + spare / len(growing))
    arranged: list[tuple[Panel, Room]] = []
    if beside:
        tall = max(_MIN_PANEL, spare)
        for panel, (left, top, right, bottom) in beside:
            gap = 14 if right < 0.999 else 0
            label_room = Room(
                room.x + left * room.width,
                room.y + top * tall,
                max(40.0, (right - left) * room.width - gap),
                max(40.0, (bottom - top) * tall - 8),
            )
            arranged.append((panel, label_room))
        room = room.below(tall)
    y = room.y
    for panel, tall in zip(stacked, heights, strict=True):
        arranged.append((panel, Room(room.x, y, room.width, tall)))
        y += tall + 8
    return arranged
