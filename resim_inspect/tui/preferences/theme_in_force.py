"""The theme in force: by the environment, the choice made in the app, or `config.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual.theme import Theme

from resim_inspect.settings.user import AUTO, THEMES, UserSettings
from resim_inspect.text import clean
from resim_inspect.tui.preferences.terminal_background import Background
from resim_inspect.tui.themes.built_in import DARK, LIGHT
from resim_inspect.tui.themes.files import (
    known_theme_names,
    theme_named,
    unknown_theme,
    unlisted_reason,
)
from resim_inspect.tui.user_state import read_state, state_file, write_state

if TYPE_CHECKING:
    from resim_inspect.settings.faults import Origin

STATE = "theme"
"""Name of the state file with the theme that was chosen in the app."""
VARIABLE = "TEXTUAL_THEME"


class ThemeChoice(NamedTuple):
    """Name of a theme, or `auto`, and where it comes from."""

    name: str
    source: str
    """`environment`, `app`, `file` or `default`."""
    origin: Origin | None = None


def themes_folder(settings: UserSettings | None) -> Path | None:
    """Folder of the user's themes, beside the `config.toml` that is in force."""
    return None if settings is None else settings.path.parent / THEMES


def theme_choice(
    settings: UserSettings | None, environ: Mapping[str, str], folder: Path | None
) -> ThemeChoice:
    """Return the theme in force; raises SettingsError for an unknown one in `config.toml`.

    The variable wins over a choice made in the app, and that over the file, until the theme in the
    file is another one than at the time of the choice. An unknown theme of the variable, which
    belongs to all apps of Textual, or one that was deleted since, is left out.
    """
    known = known_theme_names(folder)
    if environ.get(VARIABLE) in known:
        return ThemeChoice(environ[VARIABLE], "environment")
    configured = None if settings is None else settings.theme
    if settings is not None and configured is not None and configured not in {AUTO, *known}:
        text, reason = unknown_theme(configured, [AUTO, *known]), unlisted_reason(folder)
        if reason:
            text = f'the theme "{clean(configured, 60)}" was not found, since the folder of themes '
            text += f"{clean(str(folder), 300)} {reason}"
        raise settings.error(("theme",), text)
    chosen = read_state(STATE)
    if chosen.get("instead_of") == configured and chosen.get("theme") in {AUTO, *known}:
        from resim_inspect.settings.faults import Origin

        return ThemeChoice(str(chosen["theme"]), "app", Origin(state_file(STATE), 0))
    if settings is not None and configured is not None:
        return ThemeChoice(configured, "file", settings.origin("theme"))
    return ThemeChoice(AUTO, "default")


def remember_theme(name: str, configured: str | None) -> str:
    """Keep the theme that was chosen in the app, and the one of `config.toml` at that time.

    Returns the reason if it cannot be kept, else an empty text.
    """
    return write_state(STATE, {"theme": name, "instead_of": configured})


def resolved_theme(name: str, background: Background, folder: Path | None) -> Theme:
    """Return the theme of a name, or for `auto` that of the background; raises SettingsError."""
    if name != AUTO:
        theme = theme_named(name, folder)
        if theme is not None:
            return theme
    return LIGHT if background == "light" else DARK
