"""Names of the colours of a theme, as the app uses them, and their values in each theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from textual.color import Color
from textual.theme import Theme

from resim_inspect.contrast import hex_of
from resim_inspect.document.enums import MetricStatus
from resim_inspect.tui.theme import ink_of, styles_of
from resim_inspect.tui.themes.built_in import BUILT_IN
from resim_inspect.tui.widgets.chart.palette import chart_palette

THEMES = tuple(theme.name for theme in BUILT_IN)
"""Names of the themes, in the order of the columns of a written screen."""
NONE = "-"
"""Name of the colour of a cell without text, or without a background."""

COVERED = 0.6
"""Part of the background in what a dialog covers, as in the app's style sheet."""

Values = tuple[str, ...]
"""A colour in each theme, as `#1a2b3c`."""


def _values_in(theme: Theme) -> dict[str, str]:
    """Values of all roles in one theme."""
    styles = styles_of(theme)
    palette = chart_palette(theme, styles)
    values = {
        "text": theme.foreground,
        "background": theme.background,
        "panel": theme.panel,
        "accent": theme.accent,
        "quiet": theme.variables["quiet"],
        "rule": theme.variables["rule"],
        "pick": theme.variables["pick"],
        "pick-away": theme.variables["pick-away"],
        "passed": theme.success,
        "warn": theme.warning,
        "block": theme.error,
        "raw": theme.variables["raw"],
        "scrollbar-hover": theme.variables["scrollbar-hover"],
    }
    found = {name: value for name, value in values.items() if value}
    for number, color in enumerate(palette.series, 1):
        found[f"series-{number}"] = hex_of(color)
    for status in MetricStatus:
        found[f"chart-{status.name.lower()}"] = hex_of(palette.status[status])
    for name, color in palette.named.items():
        found[f"chart-{name}"] = hex_of(color)
    for status, style in styles.status.items():
        assert style.color is not None
        found.setdefault(f"status-{status.name.lower()}", hex_of(ink_of(style.color)))
    behind = Color.parse(found["background"])
    return found | {
        f"dim:{name}": Color.parse(value).blend(behind, COVERED).hex6.lower()
        for name, value in found.items()
    }


@cache
def role_table() -> dict[str, Values]:
    """Every role and its value in each theme, in the order of `THEMES`."""
    columns = [_values_in(theme) for theme in BUILT_IN]
    return {name: tuple(column[name] for column in columns) for name in columns[0]}


def names_of(roles: Mapping[str, Values]) -> dict[Values, str]:
    """The first role of each tuple of colours."""
    names: dict[Values, str] = {}
    for name, values in roles.items():
        names.setdefault(values, name)
    return names


class ColorNames:
    """Names for tuples of colours: a role, the colour itself if it is the same in all themes, or
    the colour in the first theme after `~`, which is listed with the others."""

    def __init__(self, roles: Mapping[str, Values]) -> None:
        self._names = names_of(roles)
        self.mixed: dict[str, Values] = {}

    def of(self, values: Values) -> str:
        """The name of a colour that differs between pictures."""
        if not any(values):
            return NONE
        known = self._names.get(values)
        if known is not None:
            return known
        if len(set(values)) == 1:
            return values[0]
        name = f"~{values[0][1:] or 'none'}"
        while self.mixed.setdefault(name, values) != values:
            name += "'"
        return name
