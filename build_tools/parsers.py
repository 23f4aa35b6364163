"""The whole parser of each program, with every command; a call builds only what it needs."""

from __future__ import annotations

from argparse import ArgumentParser, HelpFormatter
from collections.abc import Mapping
from importlib import import_module

from resim_inspect import __version__
from resim_inspect.arguments import EXIT_CODES as INSPECT_EXIT_CODES
from resim_inspect.arguments import add_app_options, add_common
from resim_inspect.cli import COMMANDS as INSPECT_COMMANDS
from resim_inspect.cli import PROGRAM as INSPECT
from runner.cli import EPILOG as RUNNER_EXIT_CODES
from runner.commands import COMMANDS as RUNNER_COMMANDS
from runner.commands import PROGRAM as RUNNER

ABOUT = {
    INSPECT: "open, check and compare the metrics of ReSim metrics builds in the terminal",
    RUNNER: "run ReSim metrics builds on this machine, for one job or for many",
}
EXIT_CODES = {INSPECT: INSPECT_EXIT_CODES, RUNNER: RUNNER_EXIT_CODES}


def whole_parsers(
    formatter: type[HelpFormatter] = HelpFormatter,
) -> dict[str, ArgumentParser]:
    """Return the parsers of both programs by the program's name.

    The paths that `resim-inspect` takes without a command are left out: beside subcommands they
    would hide these from completion, to which `shell_files` adds files.
    """
    inspect = _with_commands(INSPECT, "resim_inspect", INSPECT_COMMANDS, formatter)
    inspect.usage = f"{INSPECT} [PATH] | {INSPECT} BASE PATH | {INSPECT} COMMAND ..."
    add_app_options(inspect, INSPECT)
    runner = _with_commands(RUNNER, "runner", RUNNER_COMMANDS, formatter)
    runner.add_argument("--version", action="version", version=f"{RUNNER} {__version__}")
    return {INSPECT: inspect, RUNNER: runner}


def _with_commands(
    program: str, package: str, commands: Mapping[str, str], formatter: type[HelpFormatter]
) -> ArgumentParser:
    parser = ArgumentParser(
        program, description=_sentence(ABOUT[program]), formatter_class=formatter
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", title="commands")
    for name, about in commands.items():
        command = subparsers.add_parser(
            name, help=about, description=_sentence(about), formatter_class=formatter
        )
        import_module(f"{package}.commands.{name}").add_arguments(command)
        if program == INSPECT:
            add_common(command)
        else:
            command.add_argument("--debug", action="store_true", help="print tracebacks of errors")
    return parser


def _sentence(about: str) -> str:
    return f"{about[0].upper()}{about[1:]}."
