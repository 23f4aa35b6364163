"""Preferences of the user, as the app uses them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from resim_inspect.filtering.catalog import Grouping
from resim_inspect.tui.themes.built_in import DARK

if TYPE_CHECKING:
    from textual.app import App
    from textual.theme import Theme

    from resim_inspect.charts.model.drawing import TimeMode
    from resim_inspect.tui.preferences.terminal_background import Background, BackgroundQuestion

Images = Literal["auto", "half", "sixel", "kitty"]


class Preferences(NamedTuple):
    """Values in force for one app; the defaults are those without any file."""

    theme: Theme = DARK
    background: Background = "dark"
    """Background of the terminal, which the theme `auto` follows."""
    configured_theme: str | None = None
    """The theme of `config.toml`, which a choice in the app replaces until it is changed there."""
    themes: Path | None = None
    """Folder with the user's themes."""
    grouping: Grouping = Grouping.STATUS
    time: TimeMode = "auto"
    images: Images = "auto"
    mouse: bool = True
    keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Keys that differ from the defaults, by the id of their binding."""
    question: BackgroundQuestion | None = None
    """The question that the terminal was asked; None if it was not."""


DEFAULTS = Preferences()


def preferences_of(app: App[Any]) -> Preferences:
    """Return the preferences of an app; the defaults for an app without any."""
    preferences = getattr(app, "preferences", None)
    return preferences if isinstance(preferences, Preferences) else DEFAULTS
