"""Defaults of flags from the project file: a flag of the call wins over it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from resim_inspect.settings import (
    BuildSettings,
    FlagSetting,
    ProjectSettings,
    find_project,
    read_project,
)
from resim_inspect.settings.project_model import BUILT_IMAGES
from resim_inspect.text import clean
from runner.errors import CallError

EXCLUSIVE = (("--image-user", "--user"), ("--api-image", "--api-on-host"))
"""Flags that contradict each other: one in the call also wins over the other one in the file."""
DEFAULT_WORKSPACE = frozenset({"run", "status"})
"""Commands whose argument WORKSPACE may be left out if the file has a default."""


@dataclass(frozen=True)
class FileDefaults:
    """Everything that the project file says about one call."""

    project: ProjectSettings
    build: BuildSettings | None = None
    """The build that the call uses; None if it names an image or a command itself."""
    flags: Mapping[str, FlagSetting] = field(default_factory=dict)
    """Values by flag, such as `--timeout`, of flags that the call does not have."""
    workspace: FlagSetting | None = None


def apply_project(
    parser: argparse.ArgumentParser, command: str, words: Sequence[str], folder: Path
) -> FileDefaults | None:
    """Set the parser's defaults from the project file of a folder; return what was set.

    `words` are the arguments of the call. Raises SettingsError for a file that cannot be used
    and CallError for a build without a file.
    """
    options = options_of(parser)
    set_flags = given_flags(options, words)
    path = find_project(folder)
    if path is None:
        if "--build" in set_flags:
            raise CallError(
                "--build needs a resim.toml, and none was found here or in a folder above.",
                "`resim-runner init` writes one.",
            )
        return None
    project = read_project(path)
    build = _build_of_call(project, options, set_flags, words)
    defaults = FileDefaults(
        project,
        build,
        _flags_of_file(project, build, command, options, set_flags),
        _workspace_of_file(project, command),
    )
    _set_defaults(parser, options, defaults)
    return defaults


def options_of(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Return the options of a parser by their long flags."""
    return {
        flag: action
        for action in parser._actions
        for flag in action.option_strings
        if flag.startswith("--")
    }


def given_flags(options: Mapping[str, argparse.Action], words: Sequence[str]) -> set[str]:
    """Return the flags of a parser that a call has.

    No value begins with a dash: argparse takes such a word for a flag as well.
    """
    return {flag for word in words if (flag := word.partition("=")[0]) in options}


def _build_of_call(
    project: ProjectSettings,
    options: Mapping[str, argparse.Action],
    set_flags: set[str],
    words: Sequence[str],
) -> BuildSettings | None:
    if "--build" not in options or set_flags & {"--image", "--command"}:
        return None
    only_build = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    only_build.add_argument("--build")
    try:
        name = only_build.parse_known_args(list(words))[0].build
    except argparse.ArgumentError:
        # The parser of the command says the same, with its usage.
        return None
    if name is None:
        name = project.default_build
    return project.build(name) if name or "--build" in set_flags else None


def _flags_of_file(
    project: ProjectSettings,
    build: BuildSettings | None,
    command: str,
    options: Mapping[str, argparse.Action],
    set_flags: set[str],
) -> dict[str, FlagSetting]:
    named = {**project.defaults.get(command, {}), **(build.flags if build else {})}
    values = {f"--{name}": value for name, value in named.items()}
    hidden = set(set_flags)
    for group in EXCLUSIVE:
        if set_flags & set(group):
            hidden |= set(group)
    return {flag: value for flag, value in values.items() if flag in options and flag not in hidden}


def _workspace_of_file(project: ProjectSettings, command: str) -> FlagSetting | None:
    if project.default_workspace is None or command not in DEFAULT_WORKSPACE:
        return None
    return FlagSetting(project.default_workspace, project.origin("default-workspace"))


def _set_defaults(
    parser: argparse.ArgumentParser,
    options: Mapping[str, argparse.Action],
    defaults: FileDefaults,
) -> None:
    for flag, setting in defaults.flags.items():
        action, value = options[flag], setting.value
        if isinstance(value, Path) and action.type is None:
            # A flag that takes a path or a word.
            value = str(value)
        action.default = list(value) if isinstance(value, tuple) else value
        action.required = False
        if value is True:
            opposite = opposite_of(flag)
            if opposite not in options:
                text = f"undo {flag} of {clean(str(setting.origin))}"
                parser.add_argument(opposite, dest=action.dest, action="store_false", help=text)
    if defaults.workspace is not None:
        for action in parser._actions:
            if action.dest == "workspace" and not action.option_strings:
                action.nargs, action.required = "?", False
                action.default = defaults.workspace.value
    parser.set_defaults(project_settings=defaults.project)
    build = defaults.build
    if build is not None:
        parser.set_defaults(
            build_settings=build,
            image=image_of(build),
            command=build.command or None,
            arguments=list(build.arguments),
        )


def opposite_of(flag: str) -> str:
    """Return the flag that undoes a flag which the file sets: `--no-quiet`, `--sandbox`."""
    name = flag.removeprefix("--")
    return f"--{name.removeprefix('no-')}" if name.startswith("no-") else f"--no-{name}"


def image_of(build: BuildSettings) -> str | None:
    """Return the name of a build's image, also of one that is to be built; None for a command."""
    if build.image or build.context is None:
        return build.image or None
    words = "".join(char if char.isalnum() else " " for char in build.name.lower()).split()
    return f"{BUILT_IMAGES}{'-'.join(words)}"
