"""`resim-runner completion`: the script that completes its words in a shell."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from resim_inspect.shell_files import ShellFileError, add_completion_arguments, completion_script
from runner.commands import PROGRAM
from runner.errors import RunnerError
from runner.exit_codes import ExitCode


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `completion`."""
    add_completion_arguments(parser, PROGRAM)


def run(args: Namespace) -> int:
    """Print the script; return 0. Raises RunnerError if the package has none."""
    try:
        sys.stdout.write(completion_script(PROGRAM, args.shell))
    except ShellFileError as error:
        raise RunnerError(f"{error}.") from error
    return ExitCode.OK
