"""`resim-inspect completion`: the script that completes its words in a shell."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from resim_inspect.exit_codes import ExitCode
from resim_inspect.shell_files import add_completion_arguments, completion_script

PROGRAM = "resim-inspect"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `completion`."""
    add_completion_arguments(parser, PROGRAM)


def run(args: Namespace) -> int:
    """Print the script; return 0."""
    sys.stdout.write(completion_script(PROGRAM, args.shell))
    return ExitCode.OK
