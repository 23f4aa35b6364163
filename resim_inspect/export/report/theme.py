"""Colours of the page: those of the charts as CSS variables, and the choice of light or dark."""

from __future__ import annotations

from resim_inspect.charts.model.style import DARK, LIGHT
from resim_inspect.charts.svg.theme import CLASS, chart_style_sheet, color_variables

_CARD = {"light": "#f9fafb", "dark": "#1d2026"}
"""Background of the cards."""


def style_variables() -> str:
    """CSS that sets every variable: light, dark by preference or by choice, light on paper.

    The charts have variables of their own, which follow those of the page.
    """
    light = f"color-scheme:light;--resim-card:{_CARD['light']};{color_variables(LIGHT)}"
    dark = f"color-scheme:dark;--resim-card:{_CARD['dark']};{color_variables(DARK)}"
    preferred = ":root:not([data-theme=light])"
    rules = [
        chart_style_sheet(),
        f":root,.{CLASS}{{{light}}}",
        "@media screen and (prefers-color-scheme:dark){"
        f"{preferred},{preferred} .{CLASS}{{{dark}}}}}",
        f"@media screen{{:root[data-theme=dark],:root[data-theme=dark] .{CLASS}{{{dark}}}}}",
    ]
    for prop in ("fill", "stroke"):
        # Colours of a file have a light and a dark form at the element itself.
        rules += [
            f"@media screen{{:root[data-theme={theme}] .{CLASS} .resim-own-{prop}"
            f"{{{prop}:var(--resim-{prop}-{theme})}}}}"
            for theme in ("light", "dark")
        ]
    return "\n".join(rules) + "\n"
