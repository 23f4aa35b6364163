"""Completion scripts and manual pages: all words of the programs, and shells that accept them."""

from __future__ import annotations

import re
import shutil
import subprocess
from argparse import SUPPRESS, ArgumentParser
from pathlib import Path

import pytest

from build_tools.parsers import whole_parsers
from build_tools.reference.commands import subcommands
from build_tools.shell_files import write_completion, write_manual
from resim_inspect.cli import main as inspect_main
from resim_inspect.shell_files import SHELLS, ShellFileError, completion_script, script_name
from runner.cli import main as runner_main

COMPLETE = """
source "$0"
complete_with=$(complete -p "$1" | sed -E 's/.*-F ([^ ]+).*/\\1/')
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=0
"$complete_with"
printf '%s\\n' "${COMPREPLY[@]}"
"""

ABSENT: tuple[object, ...] = (None, False, "", [], SUPPRESS)
"""Defaults of arguments that are left out: nothing that a text could name."""


@pytest.fixture(scope="module")
def completion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scripts."""
    folder = tmp_path_factory.mktemp("completion")
    write_completion(folder)
    return folder


def words(parser: ArgumentParser) -> set[str]:
    """Names of all commands and options of a parser."""
    named: set[str] = set()
    for action in parser._actions:
        named |= {option for option in action.option_strings if option.startswith("--")}
        if isinstance(action.choices, dict):
            for name, subparser in action.choices.items():
                named |= {name} | words(subparser)
    return named


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_has_every_command_and_every_option(completion: Path, shell: str) -> None:
    for program, parser in whole_parsers().items():
        script = completion_script(program, shell, completion)
        # fish names a long option without its dashes.
        missing = {word for word in words(parser) if word.lstrip("-") not in script}
        assert not missing


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_accepts_its_script(completion: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    for program in whole_parsers():
        path = completion / script_name(program, shell)
        result = subprocess.run([shell, "-n", path], capture_output=True, text=True, timeout=30)
        assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (("resim-inspect", "sh"), {"show"}),
        (("resim-inspect", "show", "--format", ""), {"text", "json"}),
        (("resim-runner", "run", "--pull", ""), {"missing", "always", "never"}),
        (("resim-runner", "job", "--inputs", "sample"), {"sample_inputs"}),
        (("resim-inspect", "validate", "sample"), {"sample_inputs"}),
    ],
)
def test_bash_offers_commands_choices_and_files(
    completion: Path, tmp_path: Path, typed: tuple[str, ...], offered: set[str]
) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    (tmp_path / "sample_inputs").mkdir()
    script = completion / script_name(typed[0], "bash")
    result = subprocess.run(
        ["bash", "-c", COMPLETE, script, *typed],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert set(result.stdout.split()) == offered


def test_paths_are_offered_where_a_command_may_be(completion: Path) -> None:
    """`resim-inspect outputs/` is the usual call; only the shell itself offers files there."""
    for program, offers in (("resim-inspect", True), ("resim-runner", False)):
        bash = completion_script(program, "bash", completion)
        assert bash.rstrip().endswith(f" {program}")
        assert ("-o default" in bash.rstrip().splitlines()[-1]) is offers
        zsh = completion_script(program, "zsh", completion)
        commands = zsh.partition("_commands() {")[2].partition("\n}\n")[0]
        assert ("_files" in commands) is offers
        assert ("*) _files ;;" in zsh) is offers


def test_a_manual_page_names_every_command_and_option(tmp_path: Path) -> None:
    write_manual(tmp_path)
    for program, parser in whole_parsers().items():
        page = (tmp_path / f"{program}.1").read_text(encoding="ascii")
        plain = page.replace("\\-", "-")
        assert not {word for word in words(parser) - {"--help"} if word not in plain}
        assert "EXIT STATUS" in page
        if shutil.which("groff") is not None:
            # In the encoding of every terminal, and in that which groff takes without being told.
            for device in (["-K", "utf8"], ["-T", "ascii"], ["-T", "utf8"], []):
                checked = subprocess.run(
                    ["groff", "-man", "-ww", "-z", *device, tmp_path / f"{program}.1"],
                    capture_output=True,
                    text=True,
                    timeout=30,
                )
                assert (checked.returncode, checked.stderr) == (0, "")


def test_characters_outside_of_ascii_are_escaped_in_a_manual_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = ArgumentParser("resim-inspect", description="“Quoted”, 3 µs → 𝒙.")
    monkeypatch.setattr("build_tools.shell_files.whole_parsers", lambda: {"resim-inspect": parser})
    write_manual(tmp_path)
    page = (tmp_path / "resim-inspect.1").read_text(encoding="ascii")
    assert r"\[u201C]Quoted\[u201D], 3 \[u00B5]s \[u2192] \[u1D499]." in page


def test_both_programs_print_a_script_that_is_there(
    completion: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The folder is absolute, so that it stands in place of the package's own.
    monkeypatch.setattr("resim_inspect.shell_files.FOLDER", str(completion))
    for program, main in (("resim-inspect", inspect_main), ("resim-runner", runner_main)):
        assert main(["completion", "fish"]) == 0
        assert capsys.readouterr().out == completion_script(program, "fish", completion)


def test_a_copy_that_was_not_built_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ShellFileError, match="install it with pip"):
        completion_script("resim-inspect", "bash", tmp_path)
    monkeypatch.setattr("resim_inspect.shell_files.FOLDER", str(tmp_path))
    for main in (inspect_main, runner_main):
        assert main(["completion", "bash"]) == 2
        assert "install it with pip" in capsys.readouterr().err


def test_a_shell_without_a_script_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert inspect_main(["completion", "tcsh"]) == 2
    assert "bash" in capsys.readouterr().err


def test_whole_parsers_have_the_options_that_the_programs_print(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Completion and manual are made from whole parsers; a call builds one of its own."""
    option = re.compile(r"--[a-z][a-z-]+")
    missing = []
    for program, main in (("resim-inspect", inspect_main), ("resim-runner", runner_main)):
        parser = whole_parsers()[program]
        for command in ("", *subcommands(parser)):
            assert main([*filter(None, [command]), "--help"]) == 0
            # The indented lines begin with the options; others only speak of them.
            printed = capsys.readouterr().out.partition("options:")[2]
            offered = {
                name
                for line in printed.splitlines()
                if line.startswith("  -")
                for name in option.findall(line.strip().partition("  ")[0])
            }
            assert "--help" in offered
            named = words(subcommands(parser)[command] if command else parser)
            missing += [f"{program} {command}: {name}" for name in offered - named]
    assert not missing


def test_a_usage_in_the_manual_keeps_its_lines_whatever_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    for columns in ("40", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        write_manual(tmp_path / columns)
        pages.append((tmp_path / columns / "resim-inspect.1").read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    usages = re.findall(r"^\.nf\n(usage: .*?)\n\.fi$", pages[0], re.MULTILINE | re.DOTALL)
    assert len(usages) == pages[0].count("usage: ") > 10
    for line in "\n".join(usages).replace("\\-", "-").splitlines():
        # An argument with its choices is not broken.
        assert len(line) < 72 or line.strip().count("[") == 1, line


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize("call", ["resim-inspect ", "resim-inspect base ", "resim-inspect show "])
def test_fish_completes_paths(completion: Path, tmp_path: Path, call: str) -> None:
    (tmp_path / "metrics.binproto").touch()
    source = completion / script_name("resim-inspect", "fish")
    words = ("fish", "-N", "-c", f"source {source}; complete -C '{call}met'")
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "metrics.binproto" in done.stdout


@pytest.mark.parametrize("program", whole_parsers())
def test_every_argument_has_a_help_text_with_its_default(program: str) -> None:
    unclear: list[str] = []
    whole = whole_parsers()[program]
    for command, parser in [("", whole), *subcommands(whole).items()]:
        for action in parser._actions:
            if isinstance(action.choices, dict):
                continue
            text, has_default = action.help or "", action.default not in ABSENT
            shows_default = "default" in text or not action.option_strings
            if len(text.split()) < 2 or text.startswith("default") or has_default > shows_default:
                unclear.append(f"{command} {'/'.join(action.option_strings) or action.dest}")
    assert not unclear, "\n".join(unclear)
