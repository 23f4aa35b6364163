"""The command `resim-runner`: choice of the subcommand, and exit codes of errors."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from resim_inspect import __version__
from resim_inspect.terminal import Command, Failure, before_separator, run_program
from runner.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROGRAM = "resim-runner"
COMMANDS = {
    "job": "run a metrics build on one job's inputs",
    "run": "run a metrics build on every job of a workspace, then on the batch",
    "batch": "run a metrics build in batch mode on jobs that have their metrics",
    "report": "run a metrics build in report mode on the batches of workspaces",
    "status": "show every job of a workspace with its outcome, also while a run is under way",
    "logs": "print the logs of builds, and follow them",
    "serve": "serve a workspace by a stub of ReSim's API, to develop a batch mode",
    "fetch": "download a batch of the cloud as a workspace",
    "demo": "run an example build on generated flights, and open the inspector on the result",
    "init": "write a resim.toml for a folder, by what is in it",
    "config": "show the settings that are in force, and where each comes from",
    "doctor": "check the engine, the image and leftovers of earlier runs",
}
WITHOUT_PROJECT = {"demo", "init", "config"}
"""Commands that take no defaults from the project file."""
EPILOG = """\
Exit codes: 0 fine, 2 error (a wrong call, a broken run, missing or invalid outputs),
6 timed out, 7 a FAIL_BLOCK, 8 a FAIL_WARN with --fail-on warn, 5 cancelled,
130 and 143 interrupted, 1 an error of this program.
"""


def run(loaded: Callable[[], None] = lambda: None) -> NoReturn:
    """Run the command line of this process; `loaded` is called before the command begins."""
    sys.exit(main(sys.argv[1:], loaded))


def main(argv: Sequence[str], loaded: Callable[[], None] = lambda: None) -> int:
    """Run one call and return its exit code."""
    return run_program(
        PROGRAM, argv, lambda words: _call(words, loaded), _failure_of, ExitCode.INTERNAL
    )


def _call(argv: list[str], loaded: Callable[[], None]) -> int:
    # The arguments after a bare -- are the build's own, whatever they are.
    own = before_separator(argv)
    name = next((word for word in own if word in COMMANDS), "")
    # Only the command that is called is imported, and only its arguments are added.
    command = cast(Command, import_module(f"runner.commands.{name}")) if name else None
    parser, subparser = _parser(name, command)
    if name and name not in WITHOUT_PROJECT and not {"-h", "--help"} & set(own):
        from runner.commands.shared.project_args import apply_project

        apply_project(subparser, name, own, Path.cwd())
    args = parser.parse_args(own)
    if len(own) < len(argv) or not hasattr(args, "arguments"):
        args.arguments = argv[len(own) + 1 :]
    args.call_words = [PROGRAM, *argv]
    if args.command_name is None or command is None:
        _parser("", None)[0].print_help(sys.stderr)
        return ExitCode.ERROR
    loaded()
    return command.run(args)


def _failure_of(error: BaseException) -> Failure | None:
    from resim_inspect.settings import SettingsError
    from runner.errors import RunnerError
    from runner.execution.cancellation import Interrupted

    if isinstance(error, RunnerError):
        return Failure(ExitCode.ERROR, str(error), error.hint)
    if isinstance(error, SettingsError):
        return Failure(ExitCode.ERROR, str(error), error.hint)
    if isinstance(error, Interrupted):
        return Failure(error.code, "interrupted before any build was started.")
    return None


def _parser(
    called: str, command: Command | None
) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """Return the parser of the program, and within it that of the called command."""
    parser = argparse.ArgumentParser(
        PROGRAM,
        description="Runs ReSim metrics builds on this machine, for one job or for many.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    version = f"{PROGRAM} {__version__}"
    parser.add_argument("--version", action="version", version=version)
    called_parser = parser
    commands = parser.add_subparsers(dest="command_name", metavar="COMMAND")
    for name, about in COMMANDS.items():
        sentence = about[:1].upper() + about[1:] + "."
        subparser = commands.add_parser(name, help=about, description=sentence, allow_abbrev=False)
        if called == name and command is not None:
            called_parser = subparser
            command.add_arguments(subparser)
            subparser.add_argument(
                "--debug", action="store_true", help="print the traceback of an error"
            )
    return parser, called_parser
