"""The user's own `config.toml`: where it is, its values, and a sentence for each fault.

What the app makes of a value is in `tui.preferences`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from resim_inspect.files import is_file

if TYPE_CHECKING:
    from resim_inspect.settings.faults import Key, Origin, SettingsError
    from resim_inspect.settings.schema_check import Schema

SCHEMA = "config.schema.json"
FILE_NAME = "config.toml"
THEMES = "themes"
"""Name of the folder beside the file with the user's themes."""
AUTO = "auto"
_DOTTED = r"[\w-]{1,60}(\.[\w-]{1,60}){1,4}"
HINT = "Correct the file, or leave it out with --no-config."


# Neither a dataclass nor a compiled pattern: the app starts sooner without.
class UserSettings(NamedTuple):
    """A user's `config.toml`, read and checked; None for a key that the file does not have."""

    path: Path
    """Absolute path of the file."""
    theme: str | None = None
    grouping: str | None = None
    time: str | None = None
    images: str | None = None
    mouse: bool | None = None
    keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Keys by the id of their binding, as they are written in the file."""
    lines: Mapping[Key, int] = MappingProxyType({})
    """Line of each key of the file, from 1."""
    is_missing: bool = False
    """True if the file does not exist."""

    def origin(self, *key: str | int) -> Origin:
        """Line of a key, or of the nearest table above it."""
        from resim_inspect.settings.faults import Origin, line_of

        return Origin(self.path, line_of(self.lines, key))

    def error(self, key: Key, reason: str, hint: str = HINT) -> SettingsError:
        """Create the error about a value of the file."""
        from resim_inspect.settings.faults import SettingsError, line_of

        return SettingsError(reason, self.path, line_of(self.lines, key), hint)


class Examined(NamedTuple):
    """Settings of a user and what is wrong with them."""

    settings: UserSettings
    """The settings without the values that have a fault."""
    faults: tuple[SettingsError, ...] = ()
    """Faults in the order of the file."""


def user_config_path() -> Path:
    """Path of the user's `config.toml`, in the folder of this system for it."""
    from platformdirs import user_config_path as folder_of

    return folder_of("resim-inspect", appauthor=False) / FILE_NAME


def load_user_settings(path: Path | None = None) -> UserSettings:
    """Read the user's `config.toml`, which may be missing, or another file that must exist.

    A file of another user that is not root is refused, unless it is named. Raises SettingsError
    with the line of the first fault.
    """
    examined = examine_user_settings(path)
    for fault in examined.faults:
        raise fault
    return examined.settings


def examine_user_settings(path: Path | None = None) -> Examined:
    """Read the user's settings as `load_user_settings`, and list the faults of their values.

    The names of bindings and themes, and conflicts of keys, are for the app to check.

    Raises SettingsError for a file that cannot be read, or that is not TOML.
    """
    named = path is not None
    path = (user_config_path() if path is None else path).absolute()
    closed = _closed_reason(path)
    if not named and not closed and not os.path.lexists(path):
        return Examined(UserSettings(path, is_missing=True))
    # Most users have no file, and the app starts without what reads it.
    from resim_inspect.settings.faults import NOT_A_FILE, SettingsError

    if closed:
        raise SettingsError(f"the file cannot be read: {closed}.", path, hint=HINT)
    if named and not os.path.lexists(path):
        raise SettingsError("the file does not exist.", path, hint="Name another with --config.")
    if not is_file(path):
        hint = "Replace it, or leave it out with --no-config."
        raise SettingsError(NOT_A_FILE, path, hint=hint)
    if not named:
        refuse_foreign(path)
    return _examined(path)


def _closed_reason(path: Path) -> str:
    """Reason why it is unknown whether a file exists in its folder; empty if that is known.

    Without it, settings in a folder without permission would be left out without a message. Where
    the folder itself is not visible, such as in a closed home, the file counts as missing.
    """
    try:
        path.lstat()
    except PermissionError as error:
        return (error.strerror or "") if os.path.lexists(path.parent) else ""
    except OSError:
        return ""
    return ""


def refuse_foreign(path: Path) -> None:
    """Refuse a file that belongs to another user than this one and root; raises SettingsError."""
    if sys.platform == "win32":
        return
    from resim_inspect.settings.faults import SettingsError

    try:
        owner = path.stat().st_uid
    except OSError as error:
        raise SettingsError(f"the file cannot be read: {error.strerror}.", path) from error
    if owner not in {0, os.getuid()}:
        text = f"the file belongs to another user (id {owner}) and is not used."
        hint = "Change its owner, name it with --config, or leave it out with --no-config."
        raise SettingsError(text, path, hint=hint)


def _examined(path: Path) -> Examined:
    from resim_inspect.settings.faults import SettingsError
    from resim_inspect.settings.toml_file import key_lines_of, parsed, read_bytes

    try:
        data = read_bytes(path)
        values = parsed(data, path)
        lines = key_lines_of(data, path)
    except SettingsError as error:
        error.hint = error.hint or HINT
        raise
    return check_settings(values, path, lines)


def quotes_hint(key: Key) -> str:
    """Advice for a key with a quoted name that has dots; empty for another key."""
    names = [
        name for name in key if isinstance(name, str) and re.fullmatch(_DOTTED, name, re.ASCII)
    ]
    if not names:
        return ""
    return f"Write {names[0]} without quotes, which make one name of it, dots included."


def check_settings(values: Mapping[str, Any], path: Path, lines: Mapping[Key, int]) -> Examined:
    """Check the values of a file by the schema, and leave out those with a fault."""
    from resim_inspect.settings.faults import SettingsError, line_of
    from resim_inspect.settings.schema_check import mismatches, shipped_schema

    schema = shipped_schema(SCHEMA)
    errors = list(mismatches(values, schema, schema))
    faults = [
        SettingsError(error.reason, path, line_of(lines, error.key), quotes_hint(error.key) or HINT)
        for error in errors
    ]
    if errors:
        values = _without(values, [error.key for error in errors])
    return Examined(_settings(values, path, lines), tuple(faults))


def _without(values: Mapping[str, Any], keys: list[Key]) -> dict[str, Any]:
    """Return the values without those of some keys; a list goes as a whole."""
    from copy import deepcopy

    sound_values = deepcopy(dict(values))
    for key in keys:
        names = [name for name in key if isinstance(name, str)]
        table: Any = sound_values
        for name in names[:-1]:
            table = table.get(name, {})
        table.pop(names[-1], None)
    return sound_values


def _settings(values: Mapping[str, Any], path: Path, lines: Mapping[Key, int]) -> UserSettings:
    keys = {
        f"{group}.{name}": (each,) if isinstance(each, str) else tuple(each)
        for group, table in values.get("keys", {}).items()
        for name, each in table.items()
    }
    return UserSettings(
        path,
        values.get("theme"),
        values.get("grouping"),
        values.get("time"),
        values.get("images"),
        values.get("mouse"),
        MappingProxyType(keys),
        MappingProxyType(dict(lines)),
    )


def complete_schema(bindings: Mapping[str, tuple[str, tuple[str, ...]]]) -> Schema:
    """Return the schema with the name of every binding, for editors.

    `bindings` are descriptions and default keys by id.
    """
    from copy import deepcopy

    from resim_inspect.settings.schema_check import shipped_schema

    schema: dict[str, Any] = deepcopy(dict(shipped_schema(SCHEMA)))
    keys = schema["properties"]["keys"]
    groups: dict[str, Any] = {}
    for id, (description, default) in bindings.items():
        group, name = id.split(".")
        table = groups.setdefault(
            group,
            {
                "type": "object",
                "additionalProperties": False,
                "description": f"Keys of {group}.",
                "properties": {},
            },
        )
        table["properties"][name] = {
            "$ref": "#/$defs/keys",
            "description": f"{description}.",
            "default": list(default),
        }
    keys["properties"] = groups
    keys["additionalProperties"] = False
    return schema
