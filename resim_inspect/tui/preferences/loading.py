"""Preferences made of the user's settings, the environment and the terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from resim_inspect.filtering.catalog import Grouping
from resim_inspect.settings.user import UserSettings
from resim_inspect.terminal import light_terminal
from resim_inspect.tui.preferences.model import DEFAULTS, Images, Preferences
from resim_inspect.tui.preferences.theme_in_force import (
    resolved_theme,
    theme_choice,
    themes_folder,
)

if TYPE_CHECKING:
    from resim_inspect.charts.model.drawing import TimeMode
    from resim_inspect.tui.preferences.terminal_background import Background, BackgroundQuestion


def make_preferences(
    settings: UserSettings | None,
    *,
    images: Images | None = None,
    question: BackgroundQuestion | None = None,
    environ: Mapping[str, str] | None = None,
) -> Preferences:
    """Create the preferences of an app; raises SettingsError.

    `images` is the flag of the command line, which wins over the file. `question` is what the
    terminal was asked; its answer is awaited, so that it does not become input of the app.
    """
    folder = themes_folder(settings)
    chosen = theme_choice(settings, os.environ if environ is None else environ, folder)
    keys: Mapping[str, tuple[str, ...]] = {}
    if settings is not None and settings.keys:
        from resim_inspect.tui.key_settings.rebinding import checked_keys

        keys = checked_keys(settings)
    known: Background = "light" if light_terminal() else "dark"
    behind = (question.answer() if question else None) or known
    return Preferences(
        theme=resolved_theme(chosen.name, behind, folder),
        background=behind,
        configured_theme=None if settings is None else settings.theme,
        themes=folder,
        grouping=Grouping((settings and settings.grouping) or DEFAULTS.grouping),
        time=cast("TimeMode", (settings and settings.time) or DEFAULTS.time),
        images=images or cast(Images, (settings and settings.images) or DEFAULTS.images),
        mouse=settings.mouse if settings and settings.mouse is not None else DEFAULTS.mouse,
        keys=keys,
        question=question,
    )
