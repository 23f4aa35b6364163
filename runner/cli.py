"""The command `resim-runner`: choice of the subcommand, and exit codes of errors."""

from __future__ import annotations

import argparse
import sys

from resim_inspect import __version__
from resim_inspect.help_formatter import CommandHelp, Parser, ProgramHelp
from resim_inspect.interruption import exit_on_interrupt, raise_on_interrupt
from resim_inspect.terminal import Failure, before_separator, load_command, run_program
from runner.commands import COMMANDS as COMMANDS
from runner.commands import PROGRAM, WITHOUT_PROJECT
from runner.exit_codes import ExitCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from resim_inspect.terminal import Command

EPILOG = """\
Exit codes: 0 fine, 2 error (a wrong call, a broken run, missing or invalid outputs),
6 timed out, 7 a FAIL_BLOCK, 8 a FAIL_WARN with --fail-on warn, 5 cancelled,
130 and 143 interrupted, 1 an error of this program.
"""


def run() -> NoReturn:
    """Run the command line of this process."""
    code = main(sys.argv[1:])
    exit_on_interrupt()
    sys.exit(code)


def main(argv: Sequence[str]) -> int:
    """Run one call and return its exit code."""
    return run_program(PROGRAM, argv, _call, _failure_of, ExitCode.INTERNAL)


def _call(argv: list[str]) -> int:
    # The arguments after a bare -- are the build's own, whatever they are.
    own = before_separator(argv)
    name = next((word for word in own if word in COMMANDS), "")
    # Only the command that is called is imported, and only its arguments are added.
    command = load_command(f"runner.commands.{name}") if name else None
    args = _arguments(argv, own, name, command)
    if args.command_name is None or command is None:
        _parser("", None)[0].print_help(sys.stderr)
        return ExitCode.ERROR
    # A call that is repeated reads the project file again.
    args.again = lambda: _arguments(argv, own, name, command)
    raise_on_interrupt()
    return command.run(args)


def _arguments(
    argv: list[str], own: list[str], name: str, command: Command | None
) -> argparse.Namespace:
    """Parse a call, with defaults from the project file; raises SettingsError and SystemExit."""
    parser, subparser = _parser(name, command)
    if name and name not in WITHOUT_PROJECT and not {"-h", "--help"} & set(own):
        # Not at import: `--help` needs no paths.
        from pathlib import Path

        from runner.commands.shared.project_args import apply_project

        apply_project(subparser, name, own, Path())
    args, unknown = parser.parse_known_args(own)
    if unknown:
        # `parse_args` would print the usage of the program.
        subparser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if len(own) < len(argv) or not hasattr(args, "arguments"):
        args.arguments = argv[len(own) + 1 :]
    args.call_words = [PROGRAM, *argv]
    return args


def _failure_of(error: BaseException) -> Failure | None:
    from resim_inspect.settings import SettingsError
    from runner.errors import RunnerError
    from runner.execution.cancellation import Interrupted

    if isinstance(error, RunnerError | SettingsError):
        return Failure(ExitCode.ERROR, str(error), error.hint)
    if isinstance(error, Interrupted):
        return Failure(error.code, "the command was interrupted before it started a build.")
    return None


def _parser(
    called: str, command: Command | None
) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """Return the parser of the program, and within it that of the called command."""
    parser = Parser(
        PROGRAM,
        description="Runs ReSim metrics builds on this machine, for one job or for many.",
        epilog=EPILOG,
        formatter_class=ProgramHelp,
        allow_abbrev=False,
    )
    version = f"{PROGRAM} {__version__}"
    parser.add_argument("--version", action="version", version=version)
    called_parser = parser
    commands = parser.add_subparsers(dest="command_name", metavar="COMMAND")
    for name, about in COMMANDS.items():
        sentence = about[:1].upper() + about[1:] + "."
        # The others stand here for their names and lines of help only: -h is costly to add.
        subparser = commands.add_parser(
            name,
            help=about,
            description=sentence,
            formatter_class=CommandHelp,
            allow_abbrev=False,
            add_help=called == name,
        )
        if called == name and command is not None:
            called_parser = subparser
            command.add_arguments(subparser)
            subparser.add_argument(
                "--debug", action="store_true", help="print the traceback of an error"
            )
    return parser, called_parser
