"""Elements of an SVG as text: finite numbers, escaped texts, estimated text widths, marks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape

from resim_inspect.charts.model.style import RGB
from resim_inspect.charts.svg.theme import PaintColor, Theme
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import cell_width, clean

FONT_SIZE = 12.0
SMALL = 11.0
LINE_HEIGHT = 16.0
MONOSPACE = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

_THIN = frozenset("iljtfrI.,:;'|!()[]{}·•/\\ -")
_BROAD = frozenset("mwMW@%…—")


@dataclass(frozen=True, slots=True)
class Room:
    """A rectangle in px; y runs downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """y of the lower edge."""
        return self.y + self.height

    def below(self, rows: float) -> Room:
        """The room that is left below `rows` px."""
        return replace(self, y=self.y + rows, height=max(0.0, self.height - rows))


def decimal(value: float) -> str:
    """A coordinate with at most two decimals; ValueError unless it is finite."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a coordinate")
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def text_width(text: str, size: float = FONT_SIZE, *, bold: bool = False) -> float:
    """Estimate the width in px of a text in a common sans serif font, rather too wide."""
    ems = 0.0
    for char in text:
        if char in _THIN:
            ems += 0.36
        elif char in _BROAD:
            ems += 0.95
        elif char.isascii():
            ems += 0.7 if char.isupper() else 0.585
        else:
            ems += 0.66 * cell_width(char)
    return ems * size * (1.15 if bold else 1.0)


def shortened(text: str, width: float, size: float = FONT_SIZE) -> str:
    """`text` in about `width` px; a text that is cut ends in `…`."""
    if text_width(text, size) <= width:
        return text
    prefix = ""
    room = width - text_width("…", size)
    for char in text:
        room -= text_width(char, size)
        if room < 0:
            break
        prefix += char
    return prefix.rstrip() + "…" if width >= size else ""


def wrapped(text: str, width: float, size: float = FONT_SIZE) -> list[str]:
    """`text` as lines of about `width` px, broken at blanks and line breaks."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return [shortened(line, width, size) for line in lines]


@dataclass
class Canvas:
    """Elements of one SVG in the order in which they are drawn."""

    theme: Theme
    id_prefix: str
    parts: list[str] = field(default_factory=list)
    _ids: int = 0

    def new_id(self, name: str) -> str:
        """An id that no other element of this SVG has."""
        self._ids += 1
        return f"{self.id_prefix}-{name}-{self._ids}"

    def open(self, tag: str, **attributes: str | float) -> None:
        """Begin a group or another element that holds elements."""
        self.parts.append(f"<{tag}{_attributes(attributes)}>")

    def close(self, tag: str) -> None:
        """End an element that `open` began."""
        self.parts.append(f"</{tag}>")

    def draw(
        self,
        tag: str,
        *,
        fill: PaintColor | None = None,
        stroke: PaintColor | None = None,
        title: str = "",
        **attributes: str | float,
    ) -> None:
        """Add a shape with the colours of roles; `title` is shown to a reader who points at it."""
        colored = self.theme.attributes(fill, stroke)
        if fill is None and tag != "image":
            colored["fill"] = "none"
        self._add(tag, {**attributes, **colored}, title)

    def _add(self, tag: str, attributes: dict[str, str | float], title: str) -> None:
        text = _attributes(attributes)
        inner = f"<title>{escaped(title)}</title>" if title else ""
        self.parts.append(f"<{tag}{text}>{inner}</{tag}>" if inner else f"<{tag}{text}/>")

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        stroke: PaintColor,
        *,
        stroke_width: float = 1.0,
        stroke_dasharray: str = "",
    ) -> None:
        """Add a straight line."""
        self.draw(
            "line",
            stroke=stroke,
            x1=x1,
            y1=y1,
            x2=x2,
            y2=y2,
            stroke_width=stroke_width,
            stroke_dasharray=stroke_dasharray,
        )

    def swatch(self, room: Room, color: RGB, title: str = "") -> None:
        """Add a rectangle in a colour that is the same in every theme."""
        # Neighbours overlap and have hard edges: else the background shines through between them.
        sides = {"x": room.x, "y": room.y, "width": room.width + 0.3, "height": room.height + 0.3}
        fill = "#{:02x}{:02x}{:02x}".format(*color)
        self._add("rect", {**sides, "fill": fill, "shape_rendering": "crispEdges"}, title)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        color: PaintColor = "text",
        *,
        size: float = FONT_SIZE,
        anchor: str = "start",
        width: float = math.inf,
        behind: str = "",
        **attributes: str | float,
    ) -> None:
        """Add a text on a base line; one that is cut to `width` px keeps its whole as title.

        `behind`: a smaller text that follows it.
        """
        whole = clean(text)
        bold = attributes.get("font_weight") == "600"
        shown = whole
        if math.isfinite(width):
            shown = shortened(whole, width / (1.15 if bold else 1.0), size)
        if not shown:
            return
        own: dict[str, str | float] = {"x": x, "y": y, "font_size": size}
        own["text_anchor"] = "" if anchor == "start" else anchor
        tag = _attributes({**own, **attributes, **self.theme.attributes(color, None)})
        title = f"<title>{escaped(whole)}</title>" if shown != whole else ""
        if behind:
            smaller: dict[str, str | float] = {
                "dx": 10,
                "font_size": FONT_SIZE,
                "font_weight": "400",
            }
            span = _attributes({**smaller, **self.theme.attributes("dim", None)})
            title += f"{escaped(shown)}<tspan{span}>{escaped(behind)}</tspan>"
            shown = ""
        self.parts.append(f"<text{tag}>{title}{escaped(shown)}</text>")

    def mark(self, x: float, y: float, sign: str, color: PaintColor, size: float = 4.0) -> None:
        """Add a mark around a point: a shape for common signs, else the sign itself."""
        shape = _SHAPES.get(sign)
        if shape is None:
            self.text(x, y + size * 0.9, sign, color, size=size * 2.6, anchor="middle")
            return
        kind, points = shape
        if kind == "circle":
            self.draw("circle", fill=color, cx=x, cy=y, r=size * 0.85)
        elif kind == "ring":
            self.draw("circle", stroke=color, cx=x, cy=y, r=size * 0.8, stroke_width=1.5)
        elif kind == "filled":
            self.draw("path", fill=color, d=_path(x, y, size, points) + "z")
        else:
            self.draw(
                "path",
                stroke=color,
                d=_path(x, y, size, points),
                stroke_width=max(1.6, size * 0.45),
            )

    def status(self, x: float, y: float, status: MetricStatus, size: float = 4.0) -> None:
        """Add the symbol of a status in its colour, its middle at a point."""
        self.mark(x, y, status.symbol, status, size)


_Polyline = tuple[tuple[float, float], ...]
_SHAPES: dict[str, tuple[str, tuple[_Polyline, ...]]] = {
    "●": ("circle", ()),
    "•": ("circle", ()),
    "o": ("ring", ()),
    "○": ("ring", ()),
    "✗": ("open", (((-1, -1), (1, 1)), ((-1, 1), (1, -1)))),
    "x": ("open", (((-1, -1), (1, 1)), ((-1, 1), (1, -1)))),
    "✓": ("open", (((-1, 0.1), (-0.3, 0.9), (1.1, -0.9)),)),
    "!": ("open", (((0, -1.2), (0, 0.3)), ((0, 0.85), (0, 1.2)))),
    "+": ("open", (((-1, 0), (1, 0)), ((0, -1), (0, 1)))),
    "↑": ("open", (((0, 1.2), (0, -1.1)), ((-0.8, -0.2), (0, -1.1), (0.8, -0.2)))),
    "↓": ("open", (((0, -1.2), (0, 1.1)), ((-0.8, 0.2), (0, 1.1), (0.8, 0.2)))),
    "◆": ("filled", (((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),)),
    "▼": ("filled", (((-1.1, -0.9), (1.1, -0.9), (0, 1)),)),
    "▲": ("filled", (((-1.1, 0.9), (1.1, 0.9), (0, -1)),)),
    "■": ("filled", (((-1, -1), (1, -1), (1, 1), (-1, 1)),)),
}
"""Shapes of signs in units of their size: fonts draw them too differently, or not at all."""


def _path(x: float, y: float, size: float, lines: Iterable[_Polyline]) -> str:
    return "".join(
        "M" + "L".join(f"{decimal(x + dx * size)} {decimal(y + dy * size)}" for dx, dy in line)
        for line in lines
    )


def escaped(text: str) -> str:
    """A text of a file, safe as the content of an element or of a quoted attribute."""
    return escape(clean(text), {'"': "&quot;"})


def _attributes(attributes: dict[str, str | float]) -> str:
    texts = []
    for name, value in attributes.items():
        if value == "":
            continue
        shown = escaped(value) if isinstance(value, str) else decimal(value)
        texts.append(f' {name.rstrip("_").replace("_", "-")}="{shown}"')
    return "".join(texts)
