"""Blocks of commands in the documentation: found, and compared with what the commands print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^(`{3,})(.*)$")
ANYTHING = "…"
"""A line of it stands for any lines; within a line, for any text."""


class Block(NamedTuple):
    """A fenced block of a page: its language, the line where it starts, and its lines."""

    language: str
    line: int
    lines: tuple[str, ...]


class Step(NamedTuple):
    """A command of a console block, the line that it stands in, and the output that it shows."""

    command: str
    line: int
    output: tuple[str, ...]


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    fence, language, start = "", "", 0
    content: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        match = FENCE.match(line)
        if match is None or (fence and not line.startswith(fence)):
            if fence:
                content.append(line)
        elif fence:
            yield Block(language, start, tuple(content))
            fence = ""
        else:
            fence, language, start, content = match[1], match[2].strip(), number, []


def steps(page: Path) -> Iterator[Step]:
    """Yield the steps of all console blocks of a page, in order.

    `$ ` starts a command, `> ` goes on with it.
    """
    for block in blocks(page):
        if block.language != "console":
            continue
        command, start = "", 0
        output: list[str] = []
        for number, line in enumerate(block.lines, block.line + 1):
            if line.startswith("$ "):
                if command:
                    yield Step(command, start, tuple(output))
                command, start, output = line[2:], number, []
            elif (line == ">" or line.startswith("> ")) and not output:
                command += f"\n{line[2:]}"
            else:
                output.append(line)
        if command:
            yield Step(command, start, tuple(output))


def matches(shown: tuple[str, ...], printed: str) -> bool:
    """Return True if the output of a step is what was printed; a step may show none."""
    if not shown:
        return True
    pattern = ""
    for line in shown:
        if line.strip() == ANYTHING:
            pattern += r"(?:.*\n)*?"
        else:
            parts = (re.escape(part) for part in line.rstrip().split(ANYTHING))
            pattern += f"{'.*'.join(parts)}\\s*\n"
    text = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch(f"{pattern}\\s*", text) is not None


def calls(page: Path, programs: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each call of a program in the blocks that are not run.

    A line that ends with a backslash goes on in the next one. What stands two or more spaces
    behind a call explains it.
    """
    for block in blocks(page):
        if block.language not in {"", "sh", "bash", "yaml"}:
            continue
        lines = iter(enumerate(block.lines, block.line + 1))
        for number, line in lines:
            text = line.strip().removeprefix("$ ").removeprefix("- run: ")
            if not text.startswith(tuple(f"{program} " for program in programs)):
                continue
            while text.endswith("\\"):
                text = text[:-1] + next(lines)[1].strip()
            yield number, re.split(r"\s{2,}|\s#\s", text)[0]
