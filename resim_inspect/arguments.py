"""Arguments of the app, and those that every command has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from resim_inspect import __version__

if TYPE_CHECKING:
    from argparse import ArgumentParser

EXIT_CODES = """\
Exit codes: 0 fine, 1 a file is invalid or something got worse, 2 a file could not be
read or the call was wrong, 70 a fault in this program, 129 the terminal was closed,
130 interrupted, 143 terminated."""


NO_STATE = "RESIM_INSPECT_NO_STATE"
"""Environment variable that `--no-state` sets: the state folder is neither read nor written."""


class AppOptions(NamedTuple):
    """Options of every call that opens the app."""

    images: Literal["auto", "half", "sixel", "kitty"] | None = None
    """None for the choice of the user's `config.toml`."""
    config: Path | None = None
    """Another file in place of the user's `config.toml`."""
    no_config: bool = False
    no_state: bool = False
    """True to leave the user's state folder alone."""


class AppArguments(NamedTuple):
    """Arguments of the app."""

    path: str | None = None
    compared: str | None = None
    """A second path, which is compared with the first."""
    color: Literal["auto", "always", "never"] = "auto"
    options: AppOptions = AppOptions()
    plain: bool = False
    """Lines in place of the app."""


def parse_app(argv: list[str], program: str, commands: Mapping[str, str]) -> AppArguments:
    """Parse the arguments of the app; `commands` are listed in its help.

    A path alone needs no parser: argparse is imported for everything else.
    """
    if len(argv) <= 1 and not any(word.startswith("-") for word in argv):
        return AppArguments(argv[0] if argv else None)
    from resim_inspect.help_formatter import Parser, ProgramHelp

    width = max(map(len, commands))
    listing = "\n".join(f"  {name:{width}}  {what}" for name, what in commands.items())
    parser = Parser(
        prog=program,
        usage=f"{program} [PATH]\n       {program} BASE PATH\n       {program} COMMAND ...",
        description="Opens the metrics of a ReSim metrics build in the terminal.",
        epilog=f"commands:\n{listing}\n\n"
        f"`{program} COMMAND --help` describes a command. A path with the name of a command:\n"
        "./NAME, or -- NAME."
        f"\n\n{EXIT_CODES}",
        formatter_class=ProgramHelp,
    )
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        help="a metrics.binproto, its folder, a build's inputs or a file of them, a workspace, or "
        "a batch of the cloud: resim://PROJECT/BATCH[/JOB]",
    )
    parser.add_argument(
        "compared",
        metavar="PATH",
        nargs="?",
        help="a second path: the app shows what changed from the first to it, and what got worse",
    )
    add_app_options(parser, program)
    args = parser.parse_args(argv)
    return AppArguments(
        args.path,
        args.compared,
        args.color,
        AppOptions(args.images, args.config, args.no_config, args.no_state),
        args.plain,
    )


def add_app_options(parser: ArgumentParser, program: str) -> None:
    """Add the options of the app."""
    parser.add_argument(
        "--plain",
        action="store_true",
        help="lines that a screen reader can follow in place of the app: one fact a line, changes "
        "announced as lines, commands typed",
    )
    parser.add_argument("--version", action="version", version=f"{program} {__version__}")
    parser.add_argument(
        "--images",
        choices=("auto", "half", "sixel", "kitty"),
        help="images: graphics if the terminal is known to support them (auto, the default), half "
        "blocks, sixel or kitty",
    )
    add_config_options(parser)
    add_state_option(parser)
    add_common(parser)


def add_config_options(parser: ArgumentParser) -> None:
    """Add the options that choose the user's settings."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="settings in place of the user's config.toml, which `config` describes",
    )
    group.add_argument("--no-config", action="store_true", help="leave config.toml out")


def add_state_option(parser: ArgumentParser) -> None:
    """Add the option that leaves the state folder alone."""
    parser.add_argument(
        "--no-state",
        action="store_true",
        help="neither read nor write the state folder: the list of recent files, saved views",
    )


def add_common(parser: ArgumentParser) -> None:
    """Add the arguments that the app and every command have."""
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colours: on a terminal without NO_COLOR (auto, the default), always, or never",
    )
    parser.add_argument("--debug", action="store_true", help="print the traceback of an error")
