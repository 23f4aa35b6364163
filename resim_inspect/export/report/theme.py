"""Colours of the page as CSS variables, light and dark, from the palettes of the charts."""

from __future__ import annotations

from resim_inspect.charts.model.style import DARK, LIGHT, RGB, ColorRole, Palette
from resim_inspect.document.enums import MetricStatus

_PAGE: dict[str, tuple[RGB, RGB]] = {
    "text": ((27, 30, 36), (230, 232, 236)),
    "page": ((255, 255, 255), (22, 24, 29)),
    "card": ((250, 250, 251), (29, 32, 38)),
    "line": ((221, 224, 230), (52, 56, 66)),
}
"""Light and dark colours of everything outside of charts."""


def variable_name(color_role: ColorRole) -> str:
    """Name of the CSS variable of a role, without `--resim-`; not for a colour of a file."""
    if isinstance(color_role, MetricStatus):
        known = color_role if color_role in LIGHT.status else MetricStatus.UNSET
        return "status-" + known.name.lower().replace("_", "-")
    if isinstance(color_role, int):
        return f"series-{color_role % len(LIGHT.series) + 1}"
    known_name = isinstance(color_role, str) and (color_role in _PAGE or color_role in LIGHT.named)
    return str(color_role) if known_name else "text"


def style_variables() -> str:
    """CSS that sets every variable: light, dark by preference or by choice, light on paper."""
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f":root{{color-scheme:light;{light}}}\n"
        "@media screen and (prefers-color-scheme:dark){"
        f":root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )


def _variables(palette: Palette) -> str:
    roles: list[ColorRole] = [*palette.named, *palette.status, *range(len(palette.series))]
    colors = {variable_name(role): palette.rgb(role) for role in roles}
    colors |= {name: pair[0 if palette.light else 1] for name, pair in _PAGE.items()}
    return "".join(
        "--resim-{}:#{:02x}{:02x}{:02x};".format(name, *rgb)
        for name, rgb in colors.items()
        if rgb is not None
    )
