"""The parser and the formatters of help of both programs.

The formatters load nothing to learn the terminal's width: argparse makes one for each argument
that is added, and asks `shutil` for the width, whose import alone, with the compression libraries,
takes a tenth of the time of `--help`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, HelpFormatter, RawDescriptionHelpFormatter

from resim_inspect.terminal import terminal_columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from _typeshed import SupportsWrite

_MARGIN = 2
"""Columns that argparse leaves free on the right."""


class Parser(ArgumentParser):
    """Parser that reports what its help cannot be written to.

    argparse ignores the error of a full device, which it sees where stdout has no buffer
    (PYTHONUNBUFFERED, as in many images), and ends with 0.
    """

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Write a message; raises OSError for stdout."""
        if message and file is not None and file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


class CommandHelp(HelpFormatter):
    """Help of a command."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"width": terminal_columns() - _MARGIN, **options})


class ProgramHelp(CommandHelp, RawDescriptionHelpFormatter):
    """Help of a program, whose description and epilog keep their lines."""
