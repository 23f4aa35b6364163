"""Colours of an SVG: a variable and a class for each role, for light, dark and paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from resim_inspect.charts.model.style import DARK, LIGHT, RGB, ColorRole, Palette
from resim_inspect.document.enums import MetricStatus

ThemeName = Literal["auto", "light", "dark"]
"""`auto` follows the reader's system, and is light on paper."""

CLASS = "resim-chart"
"""Class of the root element, on which the variables are set."""


@dataclass(frozen=True, slots=True)
class OnFill:
    """The colour of text on an area that is filled with a role's colour."""

    color_role: ColorRole


PaintColor = ColorRole | OnFill

_EXTRA: Mapping[str, tuple[RGB, RGB]] = {
    "text": ((27, 30, 36), (230, 232, 236)),
    "background": ((255, 255, 255), (22, 24, 29)),
    "rule": ((228, 230, 235), (46, 49, 58)),
}
"""Light and dark colours of the roles that no palette of a terminal has."""


def variable_name(role: ColorRole) -> str | None:
    """The name of a role's variable; None for a colour of a file."""
    if isinstance(role, tuple):
        return None
    if isinstance(role, MetricStatus):
        known = role if role in LIGHT.status else MetricStatus.UNSET
        return "status-" + known.name.lower().replace("_", "-")
    if isinstance(role, int):
        return f"series-{role % len(LIGHT.series) + 1}"
    return role if role in _EXTRA or role in LIGHT.named else "text"


def _rgb(role: ColorRole, palette: Palette) -> RGB:
    if isinstance(role, MetricStatus) and role not in palette.status:
        role = MetricStatus.UNSET
    if isinstance(role, str) and role not in palette.named:
        return _EXTRA.get(role, _EXTRA["text"])[not palette.light]
    return palette.rgb(role) or _EXTRA["text"][not palette.light]


def _resolved(color: PaintColor, palette: Palette) -> str:
    """The colour in one palette, as `#rrggbb`."""
    if isinstance(color, OnFill):
        back = _rgb(color.color_role, palette)
        luminous = (back[0] * 299 + back[1] * 587 + back[2] * 114) / 1000 > 125
        return "#101014" if luminous else "#ffffff"
    return "#{:02x}{:02x}{:02x}".format(*_rgb(color, palette))


@dataclass
class Theme:
    """Turns roles into attributes, and collects the variables that they use."""

    name: ThemeName = "auto"
    used: dict[str, PaintColor] = field(default_factory=dict)
    """The colours that have a variable, by its name."""

    def attributes(self, fill: PaintColor | None, stroke: PaintColor | None) -> dict[str, str]:
        """Attributes for a fill and a stroke; None draws without.

        Each has a plain colour, for programs that know no variables; a style sheet goes first.
        """
        attributes: dict[str, str] = {}
        classes: list[str] = []
        styles: list[str] = []
        for prop, color in (("fill", fill), ("stroke", stroke)):
            if color is None:
                continue
            light, dark = _resolved(color, LIGHT), _resolved(color, DARK)
            attributes[prop] = dark if self.name == "dark" else light
            if self.name != "auto":
                continue
            role = color.color_role if isinstance(color, OnFill) else color
            variable = variable_name(role)
            if variable is None:
                classes.append(f"resim-own-{prop}")
                styles.append(f"--resim-{prop}-light:{light};--resim-{prop}-dark:{dark}")
                continue
            variable = f"on-{variable}" if isinstance(color, OnFill) else variable
            self.used[variable] = color
            classes.append(f"resim-{prop}-{variable}")
        if classes:
            attributes["class"] = " ".join(classes)
        if styles:
            attributes["style"] = ";".join(styles)
        return attributes


def style_sheet(colors: Mapping[str, PaintColor]) -> str:
    """CSS for some colours, by the names of their variables: light, dark by preference, print.

    The rules that set the variables have no specificity: any rule of a page for
    `.resim-chart` overrides them.
    """
    names = sorted(colors)
    light, dark = (
        "".join(f"--resim-{name}:{_resolved(colors[name], palette)};" for name in names)
        for palette in (LIGHT, DARK)
    )
    rules = [
        f":where(.{CLASS}){{{light}}}",
        f"@media (prefers-color-scheme:dark){{:where(.{CLASS}){{{dark}}}}}",
        f"@media print{{:where(.{CLASS}){{{light}}}}}",
    ]
    for prop in ("fill", "stroke"):
        rules += [f".{CLASS} .resim-{prop}-{name}{{{prop}:var(--resim-{name})}}" for name in names]
        own = f".{CLASS} .resim-own-{prop}"
        rules += [
            f"{own}{{{prop}:var(--resim-{prop}-light)}}",
            f"@media (prefers-color-scheme:dark){{{own}{{{prop}:var(--resim-{prop}-dark)}}}}",
            f"@media print{{{own}{{{prop}:var(--resim-{prop}-light)}}}}",
        ]
    return "\n".join(rules)


def chart_style_sheet() -> str:
    """CSS for every colour, for a page that holds many charts without a style of their own."""
    return style_sheet(_all_colors())


def color_variables(palette: Palette) -> str:
    """Declarations of the variables of every colour, for a page that chooses its theme itself."""
    colors = _all_colors()
    return "".join(f"--resim-{name}:{_resolved(colors[name], palette)};" for name in sorted(colors))


def _all_colors() -> dict[str, PaintColor]:
    roles: list[ColorRole] = [*_EXTRA, *LIGHT.named, *LIGHT.status, *range(len(LIGHT.series))]
    colors: dict[str, PaintColor] = {}
    for role in roles:
        name = variable_name(role)
        if name is not None:
            colors[name] = role
            colors[f"on-{name}"] = OnFill(role)
    return colors
