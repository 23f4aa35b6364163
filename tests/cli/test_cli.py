"""The command line: which command is meant, how it ends, what it says when it cannot."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import ModuleType

import pytest

from resim_inspect import __version__, cli
from resim_inspect.building.sample import write_sample
from resim_inspect.commands import CommandError
from resim_inspect.errors import MalformedError
from resim_inspect.exit_codes import BROKEN_PIPE, ExitCode
from resim_inspect.terminal import use_color

ROOT = Path(__file__).parents[2]


def call(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "resim_inspect", *words],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    ("argv", "name", "rest"),
    [
        ([], None, []),
        (["a.binproto"], None, ["a.binproto"]),
        (["show", "x"], "show", ["x"]),
        (["--debug", "show", "x"], "show", ["--debug", "x"]),
        (["--color", "never", "rules"], "rules", ["--color", "never"]),
        (["--color=never", "rules", "R"], "rules", ["--color=never", "R"]),
        (["--config", "f", "config"], "config", ["--config", "f"]),
        (["--config=f", "demo"], "demo", ["--config=f"]),
        (["--no-state", "--no-config", "demo"], "demo", ["--no-state", "--no-config"]),
        (["--config", "config"], None, ["--config", "config"]),
        (["./show"], None, ["./show"]),
        (["--", "show"], None, ["--", "show"]),
        (["--version"], None, ["--version"]),
        (["x", "show"], None, ["x", "show"]),
        (["--color"], None, ["--color"]),
    ],
)
def test_the_first_word_names_the_command(
    argv: list[str], name: str | None, rest: list[str]
) -> None:
    assert cli.split(argv) == (name, rest)


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == ExitCode.OK
    assert capsys.readouterr().out == f"resim-inspect {__version__}\n"
    assert cli.main(["--help"]) == ExitCode.OK
    shown = capsys.readouterr().out
    for name, what in cli.COMMANDS.items():
        assert f"{name} " in shown
        assert what in shown


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([name, "--help"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: resim-inspect {name}")
    assert "--color" in shown


@pytest.mark.parametrize(
    "argv",
    [["--nonsense"], ["a", "b", "c"], ["show"], ["show", "--nonsense"], ["--color", "blue", "x"]],
)
def test_a_wrong_call_ends_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == ExitCode.ERROR
    assert "usage: resim-inspect" in capsys.readouterr().err


def test_without_a_terminal_the_app_names_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert cli.main(["some.binproto"]) == ExitCode.ERROR
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "resim-inspect show some.binproto" in error


def install(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Put a command `rules` in place that raises this."""

    def run(args: Namespace) -> int:
        raise error

    def add_arguments(parser: ArgumentParser) -> None:
        pass

    module = ModuleType("resim_inspect.commands.rules")
    module.run = run  # type: ignore[attr-defined]
    module.add_arguments = add_arguments  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "resim_inspect.commands.rules", module)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (CommandError("no such thing"), ExitCode.ERROR, "no such thing"),
        (
            MalformedError("is damaged at byte 3", Path("x/y.binproto"), 3),
            ExitCode.ERROR,
            "x/y.binproto is damaged at byte 3",
        ),
        (ZeroDivisionError("oh"), ExitCode.INTERNAL, "ZeroDivisionError: oh (a fault in"),
        (OSError(5, "broken disk"), ExitCode.INTERNAL, "broken disk"),
    ],
)
def test_an_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: ExitCode,
    message: str,
) -> None:
    install(monkeypatch, error)
    assert cli.main(["rules"]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("resim-inspect: ")
    assert message in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [(CommandError("no"), ExitCode.ERROR), (ValueError("no"), ExitCode.INTERNAL)],
)
def test_debug_shows_the_traceback_and_keeps_the_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: ExitCode,
) -> None:
    install(monkeypatch, error)
    assert cli.main(["rules", "--debug"]) == code
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize(
    "words",
    [
        ["resim_inspect", "rules"],
        ["resim_inspect", "rules", "--debug"],
        ["resim_inspect", "--help"],
        ["resim_inspect", "rules", "--help"],
        ["resim_inspect", "--version"],
        ["runner", "--help"],
        ["runner", "--version"],
        ["runner", "doctor", "--format", "json"],
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_device_for_the_output_is_one_sentence(words: list[str], unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "the output cannot be written: No space left on device.\n" in done.stderr
    assert ("Traceback" in done.stderr) == ("--debug" in words)
    assert "fault in" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, KeyboardInterrupt())
    assert cli.main(["rules"]) == 130


def test_a_hostile_message_cannot_reach_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, CommandError("x\x1b[2Jy\nz\u202e"))
    cli.main(["rules"])
    assert capsys.readouterr().err == "resim-inspect: x�[2Jy z�\n"


def test_a_closed_pipe_is_not_an_error(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "resim_inspect", "show", str(path)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == BROKEN_PIPE
    assert error == b""


def test_a_poor_terminal_encoding_is_no_error(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    shown = call("show", str(path), env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert shown.returncode == ExitCode.OK
    assert "? FAIL_BLOCK" in shown.stdout


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colour_follows_choice_terminal_and_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert use_color("auto", Terminal())
    assert not use_color("auto", io.StringIO())
    assert use_color("always", io.StringIO())
    assert not use_color("never", Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not use_color("auto", Terminal())
    assert use_color("always", Terminal())
    monkeypatch.setenv("NO_COLOR", "")
    assert use_color("auto", Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert not use_color("auto", Terminal())


def test_python_m_is_the_command() -> None:
    shown = call("--version")
    assert (shown.returncode, shown.stdout) == (0, f"resim-inspect {__version__}\n")


@pytest.mark.parametrize(
    "words",
    [
        ("browse",),
        ("compare", "metrics.binproto"),
        ("evaluate",),
        ("export", "--to", "csv", "-o", "tables"),
        ("report", "-o", "page.html"),
        ("report", "--format", "markdown"),
        ("show",),
        ("web",),
        ("--plain",),
    ],
    ids=" ".join,
)
def test_every_command_says_in_the_same_words_that_a_path_does_not_exist(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_sample(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert cli.main([*words, str(tmp_path / "none")]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"resim-inspect: {tmp_path}/none does not exist\n")
