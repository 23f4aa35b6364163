"""Themes of the user: `themes/NAME.toml` beside `config.toml`, read and checked by their schema."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.theme import BUILTIN_THEMES, Theme

from resim_inspect.files import is_file
from resim_inspect.settings.user import refuse_foreign
from resim_inspect.text import clean
from resim_inspect.tui.themes.built_in import BUILT_IN, AppTheme, theme_of

if TYPE_CHECKING:
    from resim_inspect.settings.faults import SettingsError

SCHEMA = "theme.schema.json"
HINT = "Correct the file, or choose another theme; --no-config leaves out both."
MAX_THEMES = 500
"""Number of files in the folder that are looked at."""


def shared_themes() -> dict[str, Theme]:
    """Built-in themes and those of Textual, by name; without those in the terminal's colours."""
    # Their colours are unknown, and so is the contrast of everything that is painted in them.
    others = {name: theme for name, theme in BUILTIN_THEMES.items() if not _is_ansi(theme)}
    return {theme.name: theme for theme in BUILT_IN} | others


def _is_ansi(theme: Theme) -> bool:
    """Return True for a theme in the terminal's own colours, which older Textuals do not mark."""
    colors = (theme.primary, theme.foreground, theme.background)
    return any((color or "").startswith("ansi_") for color in colors)


def user_theme_names(folder: Path | None) -> list[str]:
    """Names of the themes in the user's folder, sorted; none if it cannot be read."""
    if folder is None:
        return []
    try:
        names = sorted(path.stem for path in folder.iterdir() if path.suffix == ".toml")
    except OSError:
        return []
    return names[:MAX_THEMES]


def unlisted_reason(folder: Path | None) -> str:
    """End of a sentence about a folder that is there and cannot be listed; empty otherwise."""
    if folder is None:
        return ""
    try:
        next(folder.iterdir(), None)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"cannot be read: {error.strerror}."
    return ""


def known_theme_names(folder: Path | None) -> list[str]:
    """Names of all themes: those of the app, of Textual, and of the user."""
    return list(dict.fromkeys([*shared_themes(), *user_theme_names(folder)]))


def theme_named(name: str, folder: Path | None) -> Theme | None:
    """Return a theme by its name; None if it is unknown. Raises SettingsError for a broken file."""
    shared = shared_themes()
    in_folder = name in user_theme_names(folder)
    if folder is not None and in_folder:
        path = folder / f"{name}.toml"
        if name in shared:
            from resim_inspect.settings.faults import SettingsError

            text = "the file has the name of a theme that is built in; give it another name."
            raise SettingsError(text, path, hint=HINT)
        return read_theme(path)
    return shared.get(name)


def unknown_theme(name: str, known: Iterable[str]) -> str:
    """Sentence about a theme that does not exist, with the nearest name."""
    from resim_inspect.settings.faults import near_or_all

    return f'the theme "{clean(name, 60)}" does not exist{near_or_all(name, list(known))}'


def read_theme(path: Path) -> AppTheme:
    """Read and check a theme file; raises SettingsError with the line of the first fault."""
    values, faults = _examined(path)
    for fault in faults:
        raise fault
    return theme_of(path.stem, values["colors"], values.get("series", ()))


def theme_faults(name: str, folder: Path | None) -> list[SettingsError]:
    """Return what is wrong with a theme of the user; nothing for one that is not."""
    from resim_inspect.settings.faults import SettingsError

    try:
        if folder is not None and name in user_theme_names(folder) and name not in shared_themes():
            return _examined(folder / f"{name}.toml")[1]
        theme_named(name, folder)
    except SettingsError as error:
        return [error]
    return []


def _examined(path: Path) -> tuple[dict[str, Any], list[SettingsError]]:
    """Return the values of a theme file and the faults in them; raises SettingsError."""
    from resim_inspect.settings.faults import NOT_A_FILE, SettingsError, line_of
    from resim_inspect.settings.schema_check import mismatches, shipped_schema
    from resim_inspect.settings.toml_file import key_lines_of, parsed, read_bytes

    if not is_file(path):
        raise SettingsError(NOT_A_FILE, path, hint=HINT)
    refuse_foreign(path)
    schema = shipped_schema(SCHEMA)
    try:
        data = read_bytes(path)
        values = parsed(data, path)
        lines = key_lines_of(data, path)
    except SettingsError as error:
        error.hint = error.hint or HINT
        raise
    errors = mismatches(values, schema, schema)
    faults = [SettingsError(e.reason, path, line_of(lines, e.key), HINT) for e in errors]
    return values, faults
