"""`resim-inspect config`: the user's settings that are in force, and where each comes from."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from resim_inspect.arguments import add_config_options
from resim_inspect.commands import checked_bounds
from resim_inspect.commands.shared.shipped_schemas import USER_SETTINGS, schema_text
from resim_inspect.exit_codes import ExitCode
from resim_inspect.schemas.window import (
    Bounds,
    Encoded,
    Window,
    add_window_arguments,
    write_bounded,
)
from resim_inspect.settings.faults import Origin, SettingsError
from resim_inspect.settings.schema_check import shipped_schema
from resim_inspect.settings.user import (
    SCHEMA,
    UserSettings,
    examine_user_settings,
    user_config_path,
)
from resim_inspect.terminal import write_failures
from resim_inspect.text import cell_width, clean, pad


class Setting(NamedTuple):
    """A value in force."""

    name: str
    value: Any
    """A JSON value."""
    source: str
    """`file`, `app`, `environment` or `default`."""
    origin: Origin | None = None


class BoundKeys(NamedTuple):
    """A binding and its keys."""

    name: str
    description: str
    default: tuple[str, ...]
    keys: tuple[str, ...]
    origin: Origin | None = None
    """Line of the user's file that changes the keys."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `config`."""
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="output format (default: text)"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--keys", action="store_true", help="list every action of the app with its name and keys"
    )
    what.add_argument("--themes", action="store_true", help="list the themes, and check the user's")
    what.add_argument(
        "--path", action="store_true", help="print the path of config.toml, which need not exist"
    )
    what.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of config.toml, for editors"
    )
    add_config_options(parser)
    add_window_arguments(parser, "row", "settings, then keys; with --keys or --themes, those")


def run(args: argparse.Namespace) -> int:
    """Print the settings, or every fault in them; raises SettingsError for a file without values.

    0: all is in order; 2: there are faults, and nothing else is printed.
    """
    bounds = checked_bounds(args)
    if args.path:
        path = user_config_path() if args.config is None else args.config.absolute()
        sys.stdout.write(f"{clean(str(path))}\n")
        return ExitCode.OK
    if args.schema:
        sys.stdout.write(schema_text(USER_SETTINGS))
        return ExitCode.OK
    # The app imports the rest of what is checked here.
    from resim_inspect.tui.key_settings.rebinding import examine_keys

    examined = None if args.no_config else examine_user_settings(args.config)
    settings = None if examined is None else examined.settings
    keys, key_faults = ({}, []) if settings is None else examine_keys(settings)
    faults = [*(() if examined is None else examined.faults), *key_faults]
    faults += _theme_faults(settings, of_all=args.themes)
    if faults:
        _write_faults(faults)
        return ExitCode.ERROR
    if args.themes:
        return _themes(settings, args.format, bounds)
    chosen = list(_settings(settings))
    bound = list(_keys(settings, keys))
    if args.format == "json":
        shown = [each for each in bound if args.keys or each.origin]
        lists: dict[str, Encoded] = {"keys": (shown, _keys_entry)}
        if not args.keys:
            lists = {"settings": (chosen, _setting_entry), **lists}
        _write_json(_path_entry(settings), lists, bounds)
        return ExitCode.OK
    lines = [_heading(settings)]
    if args.keys:
        rows = [
            (each.name, _written(each.keys), each.description, _source_of(each.origin, ""))
            for each in bound
        ]
    else:
        rows = [
            (setting.name, _shown(setting.value), _source_of(setting.origin, setting.source), "")
            for setting in chosen
        ]
        rows += [
            (f"keys.{each.name}", _written(each.keys), _source_of(each.origin, ""), "")
            for each in bound
            if each.origin
        ]
    lines += _aligned(rows)
    sys.stdout.write("\n".join(lines) + "\n")
    return ExitCode.OK


def _theme_faults(settings: UserSettings | None, *, of_all: bool) -> Iterator[SettingsError]:
    """Yield what is wrong with the choice of a theme, and with the theme or with all of them."""
    from resim_inspect.tui.preferences.theme_in_force import theme_choice, themes_folder
    from resim_inspect.tui.themes.files import known_theme_names, theme_faults, unlisted_reason

    folder = themes_folder(settings)
    reason = unlisted_reason(folder) if of_all else ""
    if folder is not None and reason:
        # A theme in it that is chosen has no other fault.
        yield SettingsError(f"the folder {reason}", folder)
        return
    names = []
    try:
        names = [theme_choice(settings, os.environ, folder).name]
    except SettingsError as error:
        yield error
    for name in known_theme_names(folder) if of_all else names:
        yield from theme_faults(name, folder)


def _write_faults(faults: Sequence[SettingsError]) -> None:
    """Write each fault to stderr as a line, those of a file by their lines, each advice once."""
    files = list(dict.fromkeys(fault.path for fault in faults))
    ordered = sorted(faults, key=lambda fault: (files.index(fault.path), fault.line))
    write_failures("resim-inspect", [(str(fault), fault.hint) for fault in ordered])


def _settings(settings: UserSettings | None) -> Iterator[Setting]:
    """Yield every value but the keys; raises SettingsError for a theme that cannot be used."""
    from resim_inspect.tui.preferences.theme_in_force import theme_choice, themes_folder

    theme = theme_choice(settings, os.environ, themes_folder(settings))
    yield Setting("theme", theme.name, theme.source, theme.origin)
    properties = shipped_schema(SCHEMA)["properties"]
    for name in ("grouping", "time", "images", "mouse"):
        value = None if settings is None else getattr(settings, name)
        if settings is None or value is None:
            yield Setting(name, properties[name]["default"], "default")
        else:
            yield Setting(name, value, "file", settings.origin(name))


def _keys(
    settings: UserSettings | None, rebound: dict[str, tuple[str, ...]]
) -> Iterator[BoundKeys]:
    from resim_inspect.tui.key_settings.rebinding import listed_bindings

    for binding, keys in listed_bindings(rebound):
        id = binding.id or ""
        origin = settings.origin("keys", *id.split(".")) if settings and id in rebound else None
        yield BoundKeys(id, binding.description, binding.default_keys, keys, origin)


def _themes(settings: UserSettings | None, format: str, bounds: Bounds) -> int:
    """Print the themes; raises SettingsError for a file of the user with a fault."""
    from resim_inspect.tui.preferences.theme_in_force import themes_folder
    from resim_inspect.tui.themes.files import known_theme_names, theme_named, user_theme_names

    folder = themes_folder(settings)
    own = {} if folder is None else {n: folder / f"{n}.toml" for n in user_theme_names(folder)}
    themes = [(name, theme_named(name, folder)) for name in known_theme_names(folder)]
    rows = [
        (name, "dark" if theme.dark else "light", str(own.get(name, "")))
        for name, theme in themes
        if theme is not None
    ]
    if format == "json":
        values = {"folder": None if folder is None else str(folder)}
        _write_json(values, {"themes": (rows, _theme_entry)}, bounds)
    else:
        lines = _aligned([(*row, "") for row in rows])
        sys.stdout.write("\n".join(lines) + "\n")
    return ExitCode.OK


def _heading(settings: UserSettings | None) -> str:
    if settings is None:
        return "config.toml is left out: only defaults apply."
    missing = " does not exist: only defaults apply." if settings.is_missing else ""
    return clean(str(settings.path)) + missing


def _path_entry(settings: UserSettings | None) -> dict[str, str | None]:
    return {"path": None if settings is None or settings.is_missing else str(settings.path)}


def _setting_entry(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.name,
        "value": setting.value,
        "source": setting.source,
        **_origin_entry(setting.origin),
    }


def _written(keys: tuple[str, ...]) -> str:
    from resim_inspect.tui.key_settings.key_names import written_key

    return " ".join(map(written_key, keys))


def _keys_entry(bound: BoundKeys) -> dict[str, Any]:
    return {
        "name": bound.name,
        "description": bound.description,
        "default": list(bound.default),
        "keys": list(bound.keys),
        **_origin_entry(bound.origin),
    }


def _origin_entry(origin: Origin | None) -> dict[str, Any]:
    return {
        "file": None if origin is None else str(origin.path),
        "line": None if origin is None else origin.line or None,
    }


def _theme_entry(row: tuple[str, str, str]) -> dict[str, Any]:
    name, background, file = row
    return {"name": name, "background": background, "file": file or None}


def _write_json(values: Mapping[str, Any], lists: Mapping[str, Encoded], bounds: Bounds) -> None:
    def build(window: Window) -> dict[str, Any]:
        empty: dict[str, Any] = {name: [] for name in lists}
        return {"format": 1, **values, **(window.take_lists(lists) or empty)}

    write_bounded(sys.stdout, bounds, build, partial(json.dump, indent=1))


def _source_of(origin: Origin | None, source: str) -> str:
    if origin is None:
        return source
    file_name = Path(origin.path).name
    return f"{file_name}:{origin.line}" if origin.line else f"chosen in the app ({file_name})"


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else clean(str(value), 60)


def _aligned(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    cells = [[clean(cell, 80) for cell in row] for row in rows]
    widths = [max((cell_width(row[at]) for row in cells), default=0) for at in range(3)]
    for row in cells:
        padded = [pad(cell, width) for cell, width in zip(row, widths, strict=False)]
        yield ("  " + "  ".join([*padded, row[3]])).rstrip()
