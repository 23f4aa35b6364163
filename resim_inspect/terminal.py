"""The kernel of both command-line programs: streams, exit codes of errors, colour, numbers."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from importlib import import_module

from resim_inspect.exit_codes import BROKEN_PIPE, ExitCode
from resim_inspect.interruption import INTERRUPTED

# `--help` loads this module, and neither `typing` nor what only errors need.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol, TextIO

    class Command(Protocol):
        """Interface of the modules in `commands` of both programs."""

        def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

        def run(self, args: argparse.Namespace) -> int: ...


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_COLUMNS = 80
"""Width without a terminal."""


class Failure:
    """An expected error of a call: its exit code, one sentence, and what to do."""

    def __init__(self, code: int, text: str, hint: str = "") -> None:
        self.code = code
        self.text = text
        self.hint = hint


def load_command(module: str) -> Command:
    """Import the module of a command, which is done only when it is called."""
    loaded: Any = import_module(module)
    command: Command = loaded
    return command


def run_program(
    name: str,
    argv: Sequence[str],
    call: Callable[[list[str]], int],
    failure_of: Callable[[BaseException], Failure | None],
    internal: int,
) -> int:
    """Run one call of a program and return its exit code; argparse's exits are codes as well.

    `failure_of` describes the errors that a program expects, and returns None for all others:
    those are faults in the program, with the exit code `internal`. `--debug` prints tracebacks.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character gets a mark, not a traceback.
            stream.reconfigure(errors="replace")
    try:
        code = _code_of(call, argv)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _discard_stdout()
        return BROKEN_PIPE
    except BaseException as error:
        try:
            reported = _report(name, argv, error, failure_of, internal)
        except KeyboardInterrupt:
            return INTERRUPTED
        if reported is None:
            raise
        return reported


def _report(
    name: str,
    argv: Sequence[str],
    error: BaseException,
    failure_of: Callable[[BaseException], Failure | None],
    internal: int,
) -> int | None:
    """Write what ended a call to stderr and return its exit code; None for exits of Python."""
    failure = failure_of(error) or _full_device(error)
    if failure is None and _is_interruption(error):
        return INTERRUPTED
    if failure is None and not isinstance(error, Exception):
        return None
    debug = "--debug" in before_separator(argv)
    if debug:
        import traceback

        traceback.print_exception(error)
    if failure is None:
        hint = "" if debug else f" (a fault in {name}; --debug shows where)"
        failure = Failure(internal, f"{type(error).__name__}: {error}{hint}")
    write_failure(name, failure.text, failure.hint)
    return failure.code


def _is_interruption(error: BaseException | None) -> bool:
    """Return True for Ctrl-C, and for what an import made of it: an enumeration that is
    interrupted while it is made raises a RuntimeError, an extension module an ImportError."""
    if isinstance(error, KeyboardInterrupt):
        return True
    if not isinstance(error, RuntimeError | ImportError | SystemError):
        return False
    return _is_interruption(error.__cause__ or error.__context__)


def write_failure(name: str, text: str, hint: str) -> None:
    """Write a program's error, and what to do if anything helps, to stderr; raises OSError."""
    from resim_inspect.text import clean

    sys.stderr.write(f"{name}: {clean(text)}\n")
    if hint:
        sys.stderr.write(f"  {clean(hint)}\n")


def write_failures(name: str, failures: Sequence[tuple[str, str]]) -> None:
    """Write errors, each with what to do, as `write_failure` does; repeated advice stands last."""
    following = [hint for _, hint in failures[1:]] + [""]
    for (text, hint), next_hint in zip(failures, following, strict=True):
        write_failure(name, text, "" if hint == next_hint else hint)


def _code_of(call: Callable[[list[str]], int], argv: Sequence[str]) -> int:
    try:
        return call(list(argv))
    except SystemExit as end:
        if end.code is None:
            return ExitCode.OK
        return end.code if isinstance(end.code, int) else ExitCode.ERROR


def before_separator(argv: Sequence[str]) -> list[str]:
    """Return the arguments before a bare `--`: those that are the program's own."""
    return list(argv[: argv.index("--")] if "--" in argv else argv)


def use_color(choice: str, stream: TextIO) -> bool:
    """Return True to colour a stream: by `always` or `never`, else by NO_COLOR and terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def terminal_columns() -> int:
    """Return the columns of the terminal: those of COLUMNS, else of stdout's, else 80."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    stream = sys.__stdout__  # That of the process, whatever stands for it now.
    try:
        size = os.get_terminal_size(stream.fileno()) if stream is not None else None
    except (ValueError, OSError):  # closed, or not a terminal
        size = None
    return (size.columns if size else 0) or _COLUMNS


def light_terminal() -> bool:
    """Return True if COLORFGBG says that the background is light; most terminals are dark."""
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return background in {"7", "15"}


def positive(text: str) -> int:
    """Convert an argument to a whole number of at least 1; raises ArgumentTypeError."""
    value = int(text) if text.isascii() and text.isdecimal() else 0
    if value < 1:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return value


def _full_device(error: BaseException) -> Failure | None:
    """Failure for an error of writing to a full device, such as stdout's; None for others."""
    if not isinstance(error, OSError) or error.errno not in _FULL or error.filename is not None:
        return None
    _discard_stdout()
    text = f"the output cannot be written: {error.strerror}."
    return Failure(ExitCode.ERROR, text, "Free some space, or write it elsewhere.")


def _discard_stdout() -> None:
    # Python flushes stdout once more at exit: its descriptor must take what is left.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def shell_line(words: Sequence[str], folder: str = "") -> str:
    """Return a command line as the shell of this system reads it.

    `folder` is the working folder that it needs; empty for any.
    """
    if sys.platform == "win32":
        from subprocess import list2cmdline

        join, change = list2cmdline, ["cd", "/d"]
    else:
        import shlex  # Late, as the start needs none.

        join, change = shlex.join, ["cd"]
    line = join(words)
    return f"{join([*change, folder])} && {line}" if folder else line
