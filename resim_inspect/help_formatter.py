"""Formatters of the help of both programs, which load nothing to learn the terminal's width.

argparse makes a formatter for each argument that is added, and asks `shutil` for the width: its
import alone, with the compression libraries, takes a tenth of the time of `--help`.
"""

from __future__ import annotations

from argparse import HelpFormatter, RawDescriptionHelpFormatter

from resim_inspect.terminal import terminal_columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MARGIN = 2
"""Columns that argparse leaves free on the right."""


class CommandHelp(HelpFormatter):
    """Help of a command."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"width": terminal_columns() - _MARGIN, **options})


class ProgramHelp(CommandHelp, RawDescriptionHelpFormatter):
    """Help of a program, whose description and epilog keep their lines."""
