"""The built-in themes, made of the colours that a theme file of the user has too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.theme import Theme

from resim_inspect.contrast import is_dark, mixed, rgb_of


class AppTheme(Theme):
    """A theme with every colour of the app."""

    series: tuple[str, ...] = ()
    """Colours of curves and bars in charts; empty for those of the dark or light palette."""


def theme_of(name: str, colors: Mapping[str, str], series: Sequence[str] = ()) -> AppTheme:
    """Create a theme from colours by the names of `theme.schema.json`, each as `#1a2b3c`."""
    background, rule, accent = colors["background"], colors["rule"], colors["accent"]
    variables = {each: colors[each] for each in ("quiet", "rule", "raw", "pick", "pick-away")}
    variables |= {
        "border-blurred": rule,
        "scrollbar": rule,
        "scrollbar-hover": mixed(rule, colors["foreground"], 0.2),
        "scrollbar-active": accent,
        "scrollbar-background": background,
        "scrollbar-background-hover": background,
        "scrollbar-background-active": background,
        "scrollbar-corner-color": background,
    }
    theme = AppTheme(
        name=name,
        primary=accent,
        secondary=accent,
        accent=accent,
        foreground=colors["foreground"],
        background=background,
        surface=background,
        panel=colors["panel"],
        success=colors["success"],
        warning=colors["warning"],
        error=colors["error"],
        dark=is_dark(rgb_of(background)),
        variables=variables,
    )
    theme.series = tuple(series)
    return theme


_DARK = {
    "foreground": "#d5d9e0",
    "background": "#111418",
    "panel": "#1b2027",
    "accent": "#4fb8c8",
    "quiet": "#969eab",
    "rule": "#333a45",
    "pick": "#1e3840",
    "pick-away": "#20262e",
    "success": "#5abe6e",
    "warning": "#ebaa3c",
    "error": "#f27979",
    "raw": "#7aaef5",
}
_LIGHT = {
    "foreground": "#1d2430",
    "background": "#fbfbf9",
    "panel": "#eeeeea",
    "accent": "#0d6b7a",
    "quiet": "#5b616b",
    "rule": "#cdcfcb",
    "pick": "#cbe7eb",
    "pick-away": "#e6e7e3",
    "success": "#196f30",
    "warning": "#8f5100",
    "error": "#b52020",
    "raw": "#2a5fc0",
}
# The colours of Okabe and Ito, lighter or darker as the background asks for.
_COLORBLIND_DARK = {
    "success": "#56b4e9",
    "warning": "#f0e442",
    "error": "#ff8a5c",
    "raw": "#c9b6e4",
    "quiet": "#9aa1ab",
}
_COLORBLIND_LIGHT = {
    "success": "#005f9e",
    "warning": "#7a5c00",
    "error": "#8c0038",
    "raw": "#6a4a9c",
}
_HIGH_CONTRAST = {
    "foreground": "#ffffff",
    "background": "#000000",
    "panel": "#1a1a1a",
    "accent": "#4ff0ff",
    "quiet": "#d0d0d0",
    "rule": "#8a8a8a",
    "pick": "#00294a",
    "pick-away": "#262626",
    "success": "#5dff7f",
    "warning": "#ffd24a",
    "error": "#ff9d9d",
    "raw": "#8fd0ff",
}

# Series differ from each other and from statuses, in the colour-blind-safe themes also for eyes
# without a kind of cone; tests/tui/themes/test_series.py measures it.
_HIGH_CONTRAST_SERIES = (
    *("#6ab7ff", "#ff9d3c", "#78e4fc", "#ff8fd0", "#ecf0a0", "#c9a0ff", "#a8e05f", "#d8c0a0"),
)
_COLORBLIND_DARK_SERIES = (
    *("#3ccc9c", "#c078a8", "#e69f00", "#8fa3ff", "#9c8454", "#d9c7ff", "#6c6c84", "#7fe3e0"),
)
_COLORBLIND_LIGHT_SERIES = (
    *("#007e5c", "#905484", "#b37400", "#243c9c", "#603c18", "#906ccc", "#184860", "#3090a8"),
)

DARK = theme_of("resim-dark", _DARK)
LIGHT = theme_of("resim-light", _LIGHT)
BUILT_IN = (
    DARK,
    LIGHT,
    theme_of("resim-high-contrast", _HIGH_CONTRAST, _HIGH_CONTRAST_SERIES),
    theme_of("resim-colorblind-dark", _DARK | _COLORBLIND_DARK, _COLORBLIND_DARK_SERIES),
    theme_of("resim-colorblind-light", _LIGHT | _COLORBLIND_LIGHT, _COLORBLIND_LIGHT_SERIES),
)
