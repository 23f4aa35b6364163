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
    "pick": "#003a66",
    "pick-away": "#262626",
    "success": "#5dff7f",
    "warning": "#ffd24a",
    "error": "#ff9d9d",
    "raw": "#8fd0ff",
}

DARK = theme_of("resim-dark", _DARK)
LIGHT = theme_of("resim-light", _LIGHT)
BUILT_IN = (
    DARK,
    LIGHT,
    theme_of(
        "resim-high-contrast",
        _HIGH_CONTRAST,
        ("#6ab7ff", "#ffb347", "#7dffb0", "#ff8fd0", "#fff27a", "#c9a0ff", "#5ffbf1", "#ffa28a"),
    ),
    theme_of(
        "resim-colorblind-dark",
        _DARK | _COLORBLIND_DARK,
        ("#56b4e9", "#e69f00", "#2bc59b", "#cc79a7", "#f0e442", "#e8703a", "#b8bfca", "#8fa3ff"),
    ),
    theme_of(
        "resim-colorblind-light",
        _LIGHT | _COLORBLIND_LIGHT,
        ("#0072b2", "#a86f00", "#007e5c", "#a34d7c", "#6f6a00", "#b84c00", "#4c5563", "#3c4fb0"),
    ),
)
