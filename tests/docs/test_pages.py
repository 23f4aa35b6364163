"""The documentation: it is built without a warning, and every command in it works."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from build_tools.parsers import whole_parsers
from build_tools.reference.commands import subcommands
from tests.docs.console import Step, calls, matches, steps

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(
    page
    for page in [*DOCS.rglob("*.md"), ROOT / "README.md", *ROOT.glob("examples/*/README.md")]
    if not {"_build", "reference"} & set(page.relative_to(ROOT).parts)
)
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
RUN = [page for page in PAGES if any(steps(page))]
ENDS = {"--", "|", "||", ">", ">>", "&&", "&", ";", "<"}
"""Words after which the arguments of a call have ended."""
PROGRAMS = ("resim-inspect", "resim-runner")


@pytest.mark.slow
def test_the_pages_are_built_without_a_warning(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", DOCS, tmp_path],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert (result.returncode, result.stderr) == (0, "")
    page = (tmp_path / "reference" / "commands.html").read_text(encoding="utf-8")
    assert "resim-inspect validate" in page


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_call_on_a_page_is_one_that_the_programs_take(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parsers = {program: subcommands(parser) for program, parser in whole_parsers().items()}
    for line, text in calls(page, PROGRAMS):
        where = f"{page.relative_to(ROOT)}:{line}: {text}"
        lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        program, *words = itertools.takewhile(lambda word: word not in ENDS, lexer)
        command = next((word for word in words if word in parsers[program]), None)
        if command is None:
            assert program == "resim-inspect", f"{where}: names no command"
            continue
        words.remove(command)
        try:
            parsers[program][command].parse_args(words)
        except SystemExit as end:
            said = capsys.readouterr().err
            # A call of --help ends as well, and a project file may name the workspace.
            assert end.code == 0 or said.endswith("required: WORKSPACE\n"), (  # noqa: PT017
                f"{where}\n{said}"
            )


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_is_named_on_a_page(program: str) -> None:
    named: set[str] = set()
    for page in PAGES:
        named |= set(re.findall(rf"{program} ([a-z]+)\b", page.read_text(encoding="utf-8")))
    assert subcommands(whole_parsers()[program]).keys() - named == set()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="The commands are those of a POSIX shell.")
@pytest.mark.parametrize("page", RUN, ids=[str(page.relative_to(ROOT)) for page in RUN])
def test_the_commands_of_a_page_print_what_it_shows(page: Path, tmp_path: Path) -> None:
    """Run the console blocks of a page from top to bottom in one shell and one empty folder."""
    programs = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "COLUMNS": "88",
        "NO_COLOR": "1",
        "PROJECT": str(ROOT),
    }
    shell = subprocess.Popen(
        ["bash", "--noprofile", "--norc"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for step in steps(page):
            code, printed = _run(shell, step)
            where = f"{page.relative_to(ROOT)}:{step.line}: {step.command}"
            assert code == 0, f"{where}: exit {code}\n{printed}"
            assert matches(step.output, printed), f"{where} printed\n{printed}"
    finally:
        shell.kill()
        shell.communicate()


def _run(shell: subprocess.Popen[str], step: Step) -> tuple[int, str]:
    """Run a step in the shell; returns its exit code and what it printed."""
    assert shell.stdin is not None
    assert shell.stdout is not None
    mark = "step has ended with"
    shell.stdin.write(f"{{ {step.command}\n}} </dev/null; echo; echo '{mark}' $?\n")
    shell.stdin.flush()
    printed = ""
    for line in shell.stdout:
        if line.startswith(mark):
            return int(line.split()[-1]), printed
        printed += line
    raise AssertionError(f"The shell ended at: {step.command}\n{printed}")


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ((), "anything\n", True),
        (("a b",), "a b\n\n", True),
        (("a", "…", "z"), "a\nb\nc\nz\n", True),
        (("a … z",), "a b c z\n", True),
        (("a",), "a\nb\n", False),
        (("a.c",), "abc\n", False),
        (("…",), "", True),
    ],
)
def test_outputs_are_compared(shown: tuple[str, ...], printed: str, same: bool) -> None:
    assert matches(shown, printed) is same
