"""Completion scripts of both programs, which are made when the package is built."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.errors import InspectError

if TYPE_CHECKING:
    from argparse import ArgumentParser

SHELLS = ("bash", "zsh", "fish")
FOLDER = "completion"
"""Folder of the scripts within the package."""
HOW_TO_INSTALL = """\
Install the script once, then start a new shell:
  bash   {0} completion bash > ~/.local/share/bash-completion/completions/{0}
  zsh    {0} completion zsh > DIR/_{0}     (DIR: a folder in $fpath)
  fish   {0} completion fish > ~/.config/fish/completions/{0}.fish
"""


class ShellFileError(InspectError):
    """The package was not built, so that it has no completion scripts."""


def script_name(program: str, shell: str) -> str:
    """File name of the script that completes a program's words in a shell."""
    return f"{program}.{shell}"


def completion_script(program: str, shell: str, folder: Path | None = None) -> str:
    """Return the script that completes a program's words; raises ShellFileError without one."""
    folder = folder or Path(__file__).parent / FOLDER
    try:
        return (folder / script_name(program, shell)).read_text(encoding="utf-8")
    except OSError as error:
        raise ShellFileError(
            "the completion scripts are made when the package is built, and this copy has none: "
            "install it with pip"
        ) from error


def add_completion_arguments(parser: ArgumentParser, program: str) -> None:
    """Add the arguments of `completion`, which both programs have."""
    from argparse import RawDescriptionHelpFormatter

    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")
    parser.epilog = HOW_TO_INSTALL.format(program)
    parser.formatter_class = RawDescriptionHelpFormatter
