"""Completion scripts by shtab and manual pages by argparse-manpage, made from the parsers."""

from __future__ import annotations

import os
import re
from argparse import Action, ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

from build_tools.parsers import ABOUT, EXIT_CODES, whole_parsers
from resim_inspect import __version__
from resim_inspect.shell_files import SHELLS, script_name

_USAGE = re.compile(r"^usage: .*(?:\n +\S.*)*", re.MULTILINE)
_USAGE_COLUMNS = 72
"""Columns of a usage: man indents it by 7."""
FILES = {"DIR", "FILE", "FOLDER", "PATH", "WORKSPACE", "BASE", "OTHER", "OUT"}
"""Placeholders of arguments that are names of files."""
TAKES_PATHS = {"resim-inspect"}
"""Programs that open the paths that are given in place of a command."""


def write_completion(folder: Path) -> None:
    """Write a script per program and shell into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for program, parser in whole_parsers().items():
        for action in _actions(parser):
            if action.choices is None and (action.type is Path or _placeholders(action) & FILES):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
        for shell in SHELLS:
            script = shtab.complete(parser, shell)
            if program in TAKES_PATHS:
                script = _with_paths(program, script, shell)
            path = folder / script_name(program, shell)
            path.write_text(script.rstrip() + "\n", encoding="utf-8", newline="\n")


def _with_paths(program: str, script: str, shell: str) -> str:
    """Return the script with files where a command may be, and after a first path."""
    if shell == "bash":
        return script.replace("complete -o bashdefault -F", "complete -o bashdefault -o default -F")
    if shell == "zsh":
        files = r"\g<0>; local described=$?\n  _files || return $described"
        script = re.sub(r"^  _describe .* _commands$", files, script, count=1, flags=re.MULTILINE)
        # After a first path, the words have no options of a command.
        return re.sub(
            r"^( +)(.*\n)( +esac\n  esac\n})",
            r"\1\2\1*) _files ;;\n\3",
            script,
            count=1,
            flags=re.MULTILINE,
        )
    # The condition of the options that need no command.
    condition = re.search(r"-n (\w+) -s h -l help", script)
    assert condition is not None
    return f"{script.rstrip()}\ncomplete -c {program} -n {condition[1]} -F\n"


def write_manual(folder: Path) -> None:
    """Write a manual page per program, `PROGRAM.1`, into a folder, which is made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for program, parser in whole_parsers().items():
        parser.man_short_description = ABOUT[program]  # type: ignore[attr-defined]
        path = folder / f"{program}.1"
        path.write_text(_manual_text(program, parser), encoding="utf-8", newline="\n")


def _manual_text(program: str, parser: ArgumentParser) -> str:
    """Return a page in which the lines of each usage stay as they are.

    They are broken for a terminal of 80 columns, whatever the one of the build has.
    """
    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(_USAGE_COLUMNS)
    try:
        page = Manpage(parser)
        page.source = f"resim-inspect {__version__}"
        page.manual = "Metrics builds"
        page.add_section("exit status", ">", EXIT_CODES[program])
        return _escaped(_USAGE.sub(r".nf\n\g<0>\n.fi", str(page)))
    finally:
        del os.environ["COLUMNS"]
        if columns is not None:
            os.environ["COLUMNS"] = columns


def _escaped(page: str) -> str:
    """Return a page in ASCII: roff reads other characters by the encoding that it was told, and
    warns about their bytes otherwise."""
    return re.sub(r"[^\x00-\x7f]", lambda found: rf"\[u{ord(found[0]):04X}]", page)


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    for action in parser._actions:
        if isinstance(action.choices, dict):
            for subparser in action.choices.values():
                yield from _actions(subparser)
        else:
            yield action


def _placeholders(action: Action) -> set[str]:
    named = action.metavar if action.metavar is not None else action.dest.upper()
    return {named} if isinstance(named, str) else set(named)
