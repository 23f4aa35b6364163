"""Colours, styles and palettes of lines of text, independent of a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from resim_inspect.contrast import MIN_CONTRAST, contrast
from resim_inspect.contrast import RGB as RGB
from resim_inspect.document.enums import MetricStatus

ColorRole = RGB | MetricStatus | int | str
"""Role of a colour: a colour of the file, a status, the n-th series colour, or one of the
names `text`, `dim`, `grid`, `accent`, `limit`. A palette maps it to RGB."""


@dataclass(frozen=True, slots=True)
class Style:
    """Style of a piece of text; None is the terminal's own colour."""

    fg: RGB | None = None
    bg: RGB | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN_STYLE = Style()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line in one style; never a line break or a control character in it."""

    text: str
    style: Style = PLAIN_STYLE


Line = tuple[Span, ...]

_BRIGHT: RGB = (245, 245, 245)

SERIES_MARKS = "ox+*#@%&"
"""Marks that tell series apart without colours."""

STATUS_MARKS = {MetricStatus.FAIL_WARN: "●", MetricStatus.FAIL_BLOCK: "✗"}
"""Marks of failing samples in a chart."""


VALUE_MARK = "◆"
"""The mark of the one value that a metric is about."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme. `color` False: no colours, marks tell series apart."""

    name: str
    color: bool
    series: tuple[RGB, ...] = ()
    status: Mapping[MetricStatus, RGB] = field(default_factory=dict)
    named: Mapping[str, RGB] = field(default_factory=dict)
    light: bool = False
    """True for a light background."""
    on_fill: RGB = (16, 16, 20)
    """The text on a filled area."""

    def rgb(self, color_role: ColorRole) -> RGB | None:
        """The colour of a role; None without colours or for the terminal's own."""
        if not self.color:
            return None
        if isinstance(color_role, tuple):
            return _legible(color_role, self.light)
        if isinstance(color_role, MetricStatus):
            return self.status.get(color_role)
        if isinstance(color_role, int):
            return self.series[color_role % len(self.series)]
        return self.named.get(color_role)

    def style(self, color_role: ColorRole, *, bold: bool = False) -> Style:
        """A text style for a role; without colours, `dim` and `grid` are plain text."""
        return Style(fg=self.rgb(color_role), bold=bold and self.color)

    def fill(self, color_role: ColorRole) -> Style:
        """The style of text on an area filled with a role's colour."""
        back = self.rgb(color_role)
        if back is None:
            return PLAIN_STYLE
        light = (back[0] * 299 + back[1] * 587 + back[2] * 114) / 1000 > 110
        inks = (self.on_fill, _BRIGHT) if light else (_BRIGHT, self.on_fill)
        fits = contrast(inks[0], back) >= MIN_CONTRAST
        return Style(
            fg=inks[0] if fits else max(inks, key=lambda ink: contrast(ink, back)), bg=back
        )


def _legible(color: RGB, light: bool) -> RGB:
    """A file's colour, moved away from the background if it would vanish in it."""
    brightness = (color[0] * 299 + color[1] * 587 + color[2] * 114) / 1000
    goal, part = (255, 0.0) if not light else (0, 0.0)
    if not light and brightness < 90:
        part = (90 - brightness) / (255 - brightness)
    elif light and brightness > 165:
        part = (brightness - 165) / brightness
    mixed = [round(channel + (goal - channel) * part) for channel in color]
    return mixed[0], mixed[1], mixed[2]


DARK = Palette(
    "dark",
    True,
    series=(
        (86, 156, 214),
        (178, 148, 240),
        (64, 196, 196),
        (232, 130, 180),
        (205, 190, 140),
        (170, 180, 220),
        (170, 210, 125),
        (200, 145, 115),
    ),
    status={
        MetricStatus.PASSED: (90, 190, 110),
        MetricStatus.FAIL_WARN: (235, 170, 60),
        MetricStatus.FAIL_BLOCK: (230, 80, 80),
        MetricStatus.NOT_APPLICABLE: (140, 145, 155),
        MetricStatus.RAW: (86, 156, 214),
        MetricStatus.UNSET: (140, 145, 155),
    },
    named={
        "dim": (140, 145, 155),
        "grid": (88, 92, 102),
        "accent": (86, 156, 214),
        "limit": (205, 110, 110),
    },
)

LIGHT = Palette(
    "light",
    True,
    light=True,
    series=(
        (20, 95, 175),
        (110, 70, 190),
        (0, 125, 125),
        (185, 50, 120),
        (125, 100, 20),
        (70, 90, 130),
        (80, 120, 5),
        (140, 75, 45),
    ),
    status={
        MetricStatus.PASSED: (25, 126, 48),
        MetricStatus.FAIL_WARN: (158, 94, 0),
        MetricStatus.FAIL_BLOCK: (195, 30, 40),
        MetricStatus.NOT_APPLICABLE: (105, 110, 120),
        MetricStatus.RAW: (20, 95, 175),
        MetricStatus.UNSET: (105, 110, 120),
    },
    named={
        "dim": (100, 105, 115),
        "grid": (160, 164, 172),
        "accent": (20, 95, 175),
        "limit": (190, 70, 70),
    },
)

PLAIN = Palette("plain", False)
