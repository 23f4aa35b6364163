"""The colours of the app: two themes of its own, and rich styles made of whichever is chosen."""

from __future__ import annotations

import os
from typing import NamedTuple

from rich.color import Color
from rich.style import Style
from textual.app import App
from textual.reactive import Reactive
from textual.theme import Theme

from resim_inspect.document.enums import MetricStatus
from resim_inspect.validation.findings import Severity

DARK = Theme(
    name="resim-dark",
    primary="#4fb8c8",
    secondary="#3a7f8c",
    accent="#4fb8c8",
    foreground="#d5d9e0",
    background="#111418",
    surface="#111418",
    panel="#1b2027",
    success="#5abe6e",
    warning="#ebaa3c",
    error="#e65858",
    dark=True,
    variables={
        "quiet": "#858d9a",
        "rule": "#333a45",
        "raw": "#6aa3f0",
        "pick": "#22414a",
        "pick-away": "#20262e",
        "border-blurred": "#333a45",
        "scrollbar": "#333a45",
        "scrollbar-hover": "#4a5462",
        "scrollbar-active": "#4fb8c8",
        "scrollbar-background": "#111418",
        "scrollbar-background-hover": "#111418",
        "scrollbar-background-active": "#111418",
        "scrollbar-corner-color": "#111418",
    },
)

LIGHT = Theme(
    name="resim-light",
    primary="#0f7383",
    secondary="#3a8a97",
    accent="#0f7383",
    foreground="#1d2430",
    background="#fbfbf9",
    surface="#fbfbf9",
    panel="#eeeeea",
    success="#1d7a35",
    warning="#a05a00",
    error="#bb2222",
    dark=False,
    variables={
        "quiet": "#666d78",
        "rule": "#cdcfcb",
        "raw": "#2a5fc0",
        "pick": "#cbe7eb",
        "pick-away": "#e6e7e3",
        "border-blurred": "#cdcfcb",
        "scrollbar": "#cdcfcb",
        "scrollbar-hover": "#a9aca7",
        "scrollbar-active": "#0f7383",
        "scrollbar-background": "#fbfbf9",
        "scrollbar-background-hover": "#fbfbf9",
        "scrollbar-background-active": "#fbfbf9",
        "scrollbar-corner-color": "#fbfbf9",
    },
)

_EXTRA = ("quiet", "rule", "raw", "pick", "pick-away")

BLOCKING_MARK = "■"
"""Mark of a metric whose failure blocks, in lists."""
HIDDEN_MARK = "◌"
"""Mark of a metric that ReSim does not show, in lists."""


def defaults(dark: bool) -> dict[str, str]:
    """Values of the app's own colour names, for themes without them."""
    source = DARK if dark else LIGHT
    return {name: source.variables[name] for name in _EXTRA}


class ThemedApp(App[None]):
    """An app that starts with the dark theme of its own.

    The theme is the initial value of the reactive: setting it would parse and apply all styles
    a second time before the first frame.
    """

    theme: Reactive[str] = Reactive(DARK.name)

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)

    def get_theme(self, theme_name: str) -> Theme | None:
        # Textual asks for it before anything can be registered.
        return DARK if theme_name == DARK.name else super().get_theme(theme_name)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return defaults(self.current_theme.dark)


class ThemeStyles(NamedTuple):
    """Rich styles for lines that widgets paint themselves."""

    dark: bool
    plain: bool
    """True if colour is off (`NO_COLOR`): everything must be readable without it."""
    text: Style
    quiet: Style
    strong: Style
    accent: Style
    pick: Style
    """The chosen row of the list that has the focus."""
    pick_away: Style
    """The chosen row of a list without the focus."""
    marks: Style
    """Text that a search matched."""
    status: dict[MetricStatus, Style]
    severity: dict[Severity, Style]

    def of(self, status: MetricStatus) -> Style:
        """The style of a status, known or not."""
        return self.status.get(status, self.quiet)


_KNOWN: dict[tuple[str, bool], ThemeStyles] = {}


def theme_styles(app: App[object]) -> ThemeStyles:
    """Styles of the app's current theme; cached, because every line asks for them."""
    key = (app.theme, colourless())
    known = _KNOWN.get(key)
    if known is None:
        known = _KNOWN[key] = _build_styles(app.current_theme, key[1])
    return known


def _build_styles(theme: Theme, plain: bool) -> ThemeStyles:
    own = defaults(theme.dark) | theme.variables
    fallback = DARK if theme.dark else LIGHT
    colours = {
        name: Color.parse(_hex(getattr(theme, name, None) or getattr(fallback, name)))
        for name in ("foreground", "accent", "success", "warning", "error")
    }
    for name in _EXTRA:
        colours[name] = Color.parse(_hex(own[name], fallback.variables[name]))

    def ink(name: str, *, bold: bool = False) -> Style:
        # Without colour, red would be a darker grey than all else: what is bold is bright.
        return Style(color=colours["foreground" if plain and bold else name], bold=bold or None)

    chosen = Style(bgcolor=colours["pick"])
    if plain:  # All of the row in one ink: reversed, quiet text would be grey on grey.
        chosen += Style(color=colours["foreground"], reverse=True)
    return ThemeStyles(
        dark=theme.dark,
        plain=plain,
        text=ink("foreground"),
        quiet=ink("quiet"),
        strong=ink("foreground", bold=True),
        accent=ink("accent"),
        pick=chosen,
        pick_away=Style(bgcolor=colours["pick-away"], bold=plain or None),
        marks=Style(color=colours["accent"], bold=True, underline=True),
        status={
            MetricStatus.PASSED: ink("success"),
            MetricStatus.FAIL_WARN: ink("warning", bold=True),
            MetricStatus.FAIL_BLOCK: ink("error", bold=True),
            MetricStatus.NOT_APPLICABLE: ink("quiet"),
            MetricStatus.RAW: ink("raw"),
            MetricStatus.UNSET: ink("quiet"),
        },
        severity={
            Severity.ERROR: ink("error", bold=True),
            Severity.WARNING: ink("warning", bold=True),
            Severity.INFO: ink("raw"),
        },
    )


def colourless() -> bool:
    """Return True if `NO_COLOR` is set."""
    return bool(os.environ.get("NO_COLOR"))


def _hex(value: str, fallback: str = "#888888") -> str:
    """A colour as rich reads it; names that only Textual knows become the fallback."""
    if value.startswith("#") and len(value) == 7:
        return value
    from textual.color import Color as TextualColor
    from textual.color import ColorParseError

    try:
        parsed = TextualColor.parse(value)
    except ColorParseError:
        return fallback
    return fallback if parsed.ansi is not None else parsed.hex6
