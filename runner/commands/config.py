"""`resim-runner config`: the settings that are in force, and where each of them comes from."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from resim_inspect.schemas.window import Bounds, Window, add_window_arguments, write_bounded
from resim_inspect.settings import (
    FlagSetting,
    Origin,
    ProjectSettings,
    find_project,
    project_faults,
    read_project,
)
from resim_inspect.settings.faults import Key
from resim_inspect.settings.schema_check import dotted, shipped_schema
from resim_inspect.settings.secrets import looks_like_a_secret
from resim_inspect.terminal import write_failures
from resim_inspect.text import cell_width, clean, pad
from runner.commands import COMMANDS, PROGRAM, WITHOUT_PROJECT
from runner.commands.shared.arguments import add_format_argument, checked_bounds
from runner.commands.shared.project_args import (
    FileDefaults,
    apply_project,
    given_flags,
    options_of,
)
from runner.commands.shared.session import log_path
from runner.errors import CallError
from runner.exit_codes import ExitCode
from runner.workspace.results import FORMAT

NO_FILE = "No resim.toml was found here or in a folder above: only flags and defaults apply."
WIDEST_VALUE = 48
"""Cells of the column of values; the sources of longer ones are moved to the right."""


class Setting(NamedTuple):
    """A value in force."""

    name: str
    value: Any
    """A JSON value."""
    source: str
    """`file`, `flag` or `default`."""
    origin: Origin | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `config`."""
    add_format_argument(parser)
    add_window_arguments(parser, "setting")
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of resim.toml, for editors"
    )
    parser.add_argument(
        "call",
        nargs=argparse.REMAINDER,
        metavar="COMMAND [ARGUMENT...]",
        help="a command line of resim-runner whose settings are shown; options of config itself "
        "stand before it (default: show the content of the file)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the settings, or every fault in the file; raises SettingsError and CallError."""
    bounds = checked_bounds(args)
    if args.schema:
        schema = shipped_schema("resim.schema.json")
        sys.stdout.write(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
        return ExitCode.OK
    folder = Path()
    path = find_project(folder)
    faults = [] if path is None else project_faults(path)
    if faults:
        write_failures(PROGRAM, [(str(fault), fault.hint) for fault in faults])
        return ExitCode.ERROR
    if args.call:
        name, *words = args.call
        path, settings = _of_call(name, words, args.arguments, folder)
    else:
        settings = [] if path is None else list(_of_file(read_project(path)))
    if args.format == "json":
        _write_json(path, settings, bounds)
    else:
        sys.stdout.write("\n".join(_as_lines(path, settings)) + "\n")
    return ExitCode.OK


def _of_file(project: ProjectSettings) -> Iterator[Setting]:
    """Yield every value of the file, and the build that is the default as the only one."""
    if project.default_build and "default-build" not in project.values:
        origin = project.builds[project.default_build].origin
        yield Setting("default-build", project.default_build, "file", origin)
    yield from _below((), project.values, project)


def _below(key: Key, value: Any, project: ProjectSettings) -> Iterator[Setting]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _below((*key, name), inner, project)
    else:
        yield Setting(dotted(key), value, "file", project.origin(*key))


def _of_call(
    command: str, words: list[str], arguments: list[str], folder: Path
) -> tuple[Path | None, list[Setting]]:
    """Return the file's path and the values of every flag of a call."""
    if command not in COMMANDS or command in WITHOUT_PROJECT:
        others = ", ".join(name for name in COMMANDS if name not in WITHOUT_PROJECT)
        raise CallError(
            f'"{clean(command, 60)}" is not a command with settings.',
            f"Commands with settings are {others}.",
        )
    parser = argparse.ArgumentParser(f"{PROGRAM} {command}", allow_abbrev=False)
    import_module(f"runner.commands.{command}").add_arguments(parser)
    defaults = apply_project(parser, command, words, folder)
    options = options_of(parser)
    for action in parser._actions:
        # A call need not be complete to be explained.
        action.required = False
        if not action.option_strings:
            action.nargs = "?" if action.nargs is None else "*"
    args = parser.parse_args(words)
    settings = list(_of_build(defaults)) if defaults and defaults.build else []
    if arguments:
        settings.append(Setting("arguments", arguments, "flag"))
    set_options = {options[flag].dest for flag in given_flags(options, words)}
    known = _known_to_file(defaults)
    named = {setting.name for setting in settings}
    for action in parser._actions:
        name = (action.option_strings or [action.dest])[-1].removeprefix("--")
        hidden = isinstance(action, argparse._HelpAction | argparse._StoreFalseAction)
        if hidden or name in named:
            continue
        value = _plain(getattr(args, action.dest, None), is_variable=action.dest == "env")
        setting = known.get(name)
        is_given = action.dest in set_options or (not action.option_strings and bool(value))
        if (
            setting is not None
            and action.dest not in set_options
            and value == _plain(setting.value)
        ):
            settings.append(Setting(name, value, "file", setting.origin))
        else:
            settings.append(Setting(name, value, "flag" if is_given else "default"))
    return (None if defaults is None else defaults.project.path), settings


def _known_to_file(defaults: FileDefaults | None) -> Mapping[str, FlagSetting]:
    if defaults is None:
        return {}
    known = {flag.removeprefix("--"): setting for flag, setting in defaults.flags.items()}
    return known | ({"workspace": defaults.workspace} if defaults.workspace else {})


def _of_build(defaults: FileDefaults) -> Iterator[Setting]:
    """Yield what the build of a call is, by the keys that are not flags."""
    build = defaults.build
    assert build is not None
    yield Setting("build", build.name, "file", build.origin)
    table = defaults.project.values["build"][build.name]
    for key, value in table.items():
        if key not in build.flags and key not in {"limits", "hardening"}:
            yield Setting(key, value, "file", build.origins[key])


def _plain(value: Any, *, is_variable: bool = False) -> Any:
    """Return a value of a flag as a JSON value, without secrets."""
    if isinstance(value, list | tuple):
        return [_plain(each, is_variable=is_variable) for each in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str):
        if is_variable and looks_like_a_secret(value):
            return value.partition("=")[0] + "=[redacted]"
        return "[redacted]" if looks_like_a_secret(value) else value
    return value if isinstance(value, bool | int | float | None) else str(value)


def _write_json(path: Path | None, settings: list[Setting], bounds: Bounds) -> None:
    def build(window: Window) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "path": None if path is None else str(path),
            "settings": window.take(settings, _setting_entry) or [],
        }

    write_bounded(sys.stdout, bounds, build, partial(json.dump, indent=1, default=str))


def _setting_entry(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.name,
        "value": setting.value,
        "source": setting.source,
        "file": None if setting.origin is None else str(setting.origin.path),
        "line": None if setting.origin is None else setting.origin.line,
    }


def _as_lines(path: Path | None, settings: list[Setting]) -> Iterator[str]:
    yield NO_FILE if path is None else clean(str(path))
    rows = [(clean(s.name), _shown(s.value), _source(s)) for s in settings]
    name_width = max((cell_width(name) for name, _, _ in rows), default=0)
    widths = [cell_width(value) for _, value, _ in rows]
    value_width = max((width for width in widths if width <= WIDEST_VALUE), default=0)
    for name, value, source in rows:
        yield f"  {pad(name, name_width)}  {pad(value, value_width)}  {source}".rstrip()


def _source(setting: Setting) -> str:
    if setting.origin is None:
        return setting.source
    return f"{log_path(setting.origin.path)}:{setting.origin.line}"


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{clean(str(k))}={_shown(v)}" for k, v in value.items()) or "-"
    return clean(str(value)) or "-"
