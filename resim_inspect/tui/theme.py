"""The colours of the app: rich styles made of whichever theme is chosen."""

from __future__ import annotations

import os
from typing import NamedTuple

from rich.color import Color
from rich.style import Style
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.notifications import SeverityLevel
from textual.reactive import Initialize, Reactive
from textual.theme import Theme

from resim_inspect.contrast import RGB, hex_of, legible, rgb_of
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean
from resim_inspect.tui.themes.built_in import DARK, LIGHT
from resim_inspect.tui.themes.following import ThemedStylesheet
from resim_inspect.validation.findings import Severity

_EXTRA = ("quiet", "rule", "raw", "pick", "pick-away")

BLOCKING_MARK = "■"
"""Mark of a metric whose failure blocks, in lists."""
HIDDEN_MARK = "◌"
"""Mark of a metric that ReSim does not show, in lists."""
NOTICE_MARKS = {
    "warning": (MetricStatus.FAIL_WARN.symbol, "Warning"),
    "error": (MetricStatus.FAIL_BLOCK.symbol, "Error"),
}
"""Mark in the title of a notice, and the title of one that has none, by severity."""


def defaults(dark: bool) -> dict[str, str]:
    """Values of the app's own colour names, for themes without them."""
    source = DARK if dark else LIGHT
    return {name: source.variables[name] for name in _EXTRA}


def _first_theme_of(app: object) -> str:
    return app.first_theme.name if isinstance(app, ThemedApp) else DARK.name


class ThemedApp(App[None]):
    """An app that starts with a theme of its own.

    The theme is the initial value of the reactive: setting it would parse and apply all styles
    a second time before the first frame.
    """

    first_theme: Theme = DARK
    theme: Reactive[str] = Reactive(Initialize(_first_theme_of))
    _css_variables: tuple[Theme, dict[str, str]] | None = None
    """Variables of the style sheet, and the theme that they were made of."""

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet: Stylesheet = ThemedStylesheet(variables=self.get_css_variables())

    def get_theme(self, theme_name: str) -> Theme | None:
        # Textual asks for it before anything can be registered.
        first = self.first_theme
        return first if theme_name == first.name else super().get_theme(theme_name)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return defaults(self.current_theme.dark)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        # A frame in the colour of the severity says nothing without colours.
        mark, word = NOTICE_MARKS.get(severity, ("", ""))
        title = clean(f"{mark} {title or word}".strip(), 200)
        # A sentence may name a file, and its name may have any characters.
        message = clean(message, lines=True)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def refresh_css(self, animate: bool = True) -> None:
        if isinstance(self.stylesheet, ThemedStylesheet):
            self.stylesheet.theme = self.current_theme
        super().refresh_css(animate=animate)

    def get_css_variables(self) -> dict[str, str]:
        theme, known = self.current_theme, self._css_variables
        # Asked for twice before the first frame.
        if known is None or known[0] is not theme:
            known = self._css_variables = theme, self._variables_of(theme)
        return known[1].copy()

    def _variables_of(self, theme: Theme) -> dict[str, str]:
        variables = super().get_css_variables()
        styles = styles_of(theme)
        # The style sheet has words in these colours too: as legible as those of the lines.
        legible_words = {"quiet": styles.quiet, "accent": styles.accent}
        return variables | {
            name: hex_of(ink_of(style.color))
            for name, style in legible_words.items()
            if style.color is not None
        }


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


_KNOWN: dict[tuple[str, bool], tuple[Theme, ThemeStyles]] = {}


def theme_styles(app: App[object]) -> ThemeStyles:
    """Styles of the app's current theme; cached, because every line asks for them."""
    key = (app.theme, colourless())
    known, theme = _KNOWN.get(key), app.current_theme
    # A theme of the user may have been changed, and read again.
    if known is None or known[0] is not theme:
        known = _KNOWN[key] = (theme, styles_of(theme, plain=key[1]))
    return known[1]


def styles_of(theme: Theme, *, plain: bool = False) -> ThemeStyles:
    """Make the styles of a theme; words in colour are made legible on every background."""
    own = defaults(theme.dark) | theme.variables
    fallback = DARK if theme.dark else LIGHT
    colours = {
        name: Color.parse(_hex(getattr(theme, name, None) or getattr(fallback, name)))
        for name in ("foreground", "accent", "success", "warning", "error")
    }
    for name in _EXTRA:
        colours[name] = Color.parse(_hex(own[name], fallback.variables[name]))

    behind = tuple(backgrounds_of(theme).values())
    for name in ("accent", "success", "warning", "error", "quiet", "raw"):
        colours[name] = Color.from_rgb(*legible(ink_of(colours[name]), behind))

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


def ink_of(color: Color) -> RGB:
    """Return the channels of a colour."""
    red, green, blue = color.get_truecolor()
    return red, green, blue


def backgrounds_of(theme: Theme) -> dict[str, RGB]:
    """Backgrounds on which the app writes words in colour, by name."""
    own = defaults(theme.dark) | theme.variables
    known = {"background": theme.background, "panel": theme.panel}
    if not all(known.values()):
        known = {name: theme.to_color_system().generate()[name] for name in known}
    known |= {name: own[name] for name in ("pick", "pick-away")}
    return {name: rgb_of(_hex(value or "")) for name, value in known.items()}


def rule_of(theme: Theme) -> str:
    """Colour of the frames of a theme, as `#1a2b3c`."""
    fallback = defaults(theme.dark)["rule"]
    return _hex(theme.variables.get("rule", fallback), fallback)


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
