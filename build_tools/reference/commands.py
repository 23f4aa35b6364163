"""The page of commands: the help of every command of both programs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from build_tools.parsers import ABOUT, EXIT_CODES, whole_parsers

WIDTH = 92


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# Commands"
    yield ""
    yield "`COMMAND --help` prints the same."
    for program, parser in whole_parsers(formatter=_Formatter).items():
        yield from (
            "",
            f"## {program}",
            "",
            f"{ABOUT[program][0].upper()}{ABOUT[program][1:]}.",
            "",
        )
        yield from _block(parser.format_help())
        yield from ("", *EXIT_CODES[program].splitlines())
        for name, command in subcommands(parser).items():
            yield from ("", f"### {program} {name}", "")
            yield from _block(command.format_help())


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of a program's commands by the command's name."""
    for action in parser._actions:
        if isinstance(action.choices, dict):
            return dict(action.choices)
    return {}


class _Formatter(argparse.HelpFormatter):
    """Help of one width, whatever the terminal's."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=WIDTH)


def _block(text: str) -> Iterator[str]:
    yield from ("```text", *text.rstrip().splitlines(), "```")
