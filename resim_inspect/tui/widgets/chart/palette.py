"""The palette of charts in the app's theme."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from resim_inspect.charts.model.style import DARK, LIGHT, PLAIN, Palette
from resim_inspect.contrast import (
    MIN_CONTRAST,
    MIN_CONTRAST_OF_SERIES,
    contrast,
    hex_of,
    legible,
    mixed,
    rgb_of,
)
from resim_inspect.document.enums import MetricStatus
from resim_inspect.tui.theme import ThemeStyles, backgrounds_of, ink_of, rule_of, theme_styles
from resim_inspect.tui.themes.built_in import DARK as DARK_THEME
from resim_inspect.tui.themes.built_in import LIGHT as LIGHT_THEME
from resim_inspect.tui.themes.built_in import AppTheme

if TYPE_CHECKING:
    from rich.style import Style
    from textual.app import App
    from textual.theme import Theme

    from resim_inspect.contrast import RGB

_KNOWN: dict[str, tuple[Theme, Palette]] = {}


def palette_of(app: App[object]) -> Palette:
    """Palette of the app's current theme; without colours if colour is off."""
    styles = theme_styles(app)
    if styles.plain:
        return PLAIN
    theme = app.current_theme
    known = _KNOWN.get(theme.name)
    if known is None or known[0] is not theme:
        known = _KNOWN[theme.name] = (theme, chart_palette(theme, styles))
    return known[1]


def chart_palette(theme: Theme, styles: ThemeStyles) -> Palette:
    """Return the palette of a theme: its statuses and its series, legible on its background.

    The dark and the light theme of the app have those that are printed on a terminal as well.
    """
    base = DARK if theme.dark else LIGHT
    if theme in (DARK_THEME, LIGHT_THEME):
        return base
    behind = backgrounds_of(theme)["background"]
    own = theme.series if isinstance(theme, AppTheme) else ()
    series = tuple(rgb_of(each) for each in own) or base.series
    failing = _ink(styles.of(MetricStatus.FAIL_BLOCK))
    lines = {
        # Of the two, the one that is seen better: a theme of high contrast has bright frames.
        "grid": max(base.named["grid"], rgb_of(rule_of(theme)), key=partial(contrast, behind)),
        "limit": legible(
            rgb_of(mixed(hex_of(failing), hex_of(behind), 0.2)), [behind], MIN_CONTRAST
        ),
        "dim": _ink(styles.quiet),
        "accent": _ink(styles.accent),
    }
    return Palette(
        theme.name,
        True,
        series=tuple(legible(each, [behind], MIN_CONTRAST_OF_SERIES) for each in series),
        status={status: _ink(style) for status, style in styles.status.items()},
        named={**base.named, **lines},
        light=base.light,
        on_fill=base.on_fill,
    )


def _ink(style: Style) -> RGB:
    assert style.color is not None
    return ink_of(style.color)
