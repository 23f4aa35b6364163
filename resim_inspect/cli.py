"""The command `resim-inspect`: choice of the subcommand or the app, and exit codes.

Only the parser that is needed is built and only the module that is needed is imported:
`validate` of a small file ends before a terminal app would have loaded.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from resim_inspect.arguments import add_common, parse_app
from resim_inspect.commands import CommandError
from resim_inspect.errors import InspectError, missing
from resim_inspect.exit_codes import ExitCode
from resim_inspect.files import exists
from resim_inspect.interruption import exit_on_interrupt, raise_on_interrupt
from resim_inspect.terminal import Failure, load_command, run_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from resim_inspect.arguments import AppOptions
    from resim_inspect.derived import Control
    from resim_inspect.tui.batch_address import BatchAddress

PROGRAM = "resim-inspect"
COMMANDS = {
    "validate": "check files by the rules of ReSim's validator, with the place of every finding",
    "show": "print what is in a file",
    "compare": "say what changed between files or batches, and what got worse",
    "evaluate": "evaluate emissions and their config as ReSim would, into metrics",
    "export": "write tables of files or batches as Parquet, CSV, JSON or NDJSON",
    "report": "write files or batches as one page for a browser, or as Markdown",
    "rules": "list the rules, or explain one",
    "schema": "print the JSON Schema of a JSON document or of a file of settings, or list all",
    "browse": "open a plotly figure or an image in the browser or viewer",
    "config": "print the user's settings and keys that are in force, and where they come from",
    "demo": "open the app on a generated sample",
    "web": "serve the app to a browser on this machine",
    "completion": "print the script that completes words in a shell",
}

_SWITCHES = ("--debug", "--no-config", "--no-state")
"""Options without a value that may precede the name of a command."""


def run() -> NoReturn:
    """Entry point of the installed command."""
    code = main(sys.argv[1:])
    exit_on_interrupt()
    sys.exit(code)


def main(argv: Sequence[str]) -> int:
    """Run one call and return its exit code."""
    return run_program(PROGRAM, argv, _call, _failure_of, ExitCode.INTERNAL)


def _call(argv: list[str]) -> int:
    name, rest = split(argv)
    return _app(rest) if name is None else _command(name, rest)


def _failure_of(error: BaseException) -> Failure | None:
    if isinstance(error, InspectError):
        return Failure(ExitCode.ERROR, describe(error), error.hint)
    return None


def split(argv: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return the name of the command, None for the app, and its arguments.

    The options that several commands have may precede the command's name. A path with the name
    of a command is written `./show`, or after `--`.
    """
    before: list[str] = []
    rest = list(argv)
    while rest:
        word = rest[0]
        if word in COMMANDS:
            return word, before + rest[1:]
        if word in ("--color", "--config") and len(rest) > 1:
            before += [rest.pop(0), rest.pop(0)]
        elif word in _SWITCHES or word.startswith(("--color=", "--config=")):
            before.append(rest.pop(0))
        else:
            break
    return None, before + rest


def describe(error: Exception) -> str:
    """Describe an error in one line: its path, if it has one, and the reason."""
    return error.located() if isinstance(error, InspectError) else str(error)


def _command(name: str, argv: list[str]) -> int:
    from resim_inspect.help_formatter import CommandHelp, Parser

    command = load_command(f"resim_inspect.commands.{name}")
    summary = COMMANDS[name]
    parser = Parser(
        prog=f"{PROGRAM} {name}",
        description=summary[0].upper() + summary[1:] + ".",
        formatter_class=CommandHelp,
    )
    command.add_arguments(parser)
    add_common(parser)
    args = parser.parse_args(argv)
    _refuse_addresses(name, args)
    _evaluate_when_opened()
    raise_on_interrupt()
    gc.enable()
    return command.run(args)


def _evaluate_when_opened(cancelled: Callable[[], bool] | None = None) -> None:
    """Let emissions be opened as the metrics that they are evaluated to.

    `cancelled` tells, in a worker thread of the app, that its result is not wanted any more.
    """
    from resim_inspect.derived import register

    def evaluate(path: Path, control: Control) -> bytes | None:
        from resim_inspect.emissions.evaluation.folders import document_of

        if cancelled is None:
            return document_of(path, control)

        def is_cancelled() -> bool:
            return cancelled() or control.is_cancelled()

        return document_of(path, control._replace(is_cancelled=is_cancelled), with_topics=True)

    def sources(path: Path) -> Sequence[Path]:
        from resim_inspect.emissions.evaluation.folders import sources_of

        return sources_of(path)

    register(evaluate, sources)


def _refuse_addresses(name: str, args: argparse.Namespace) -> None:
    named = (*getattr(args, "paths", ()), *getattr(args, "others", ()))
    for path in (*named, getattr(args, "path", None), getattr(args, "base", None)):
        if isinstance(path, Path) and path.parts[:1] == ("resim:",) and not exists(path):
            raise CommandError(
                f"`{name}` reads files: download the batch with `resim-runner fetch`, or open it "
                f"in the app with `{PROGRAM} resim://PROJECT/BATCH`"
            )


def _app(argv: list[str]) -> int:
    args = parse_app(argv, PROGRAM, COMMANDS)
    path = _location(args.path if args.compared is None else args.compared)
    base = None if args.path is None or args.compared is None else Path(args.path)
    if args.plain:
        return _plain(path, base, args.options)
    if not _can_show():
        instead = f"`{PROGRAM} show {path or 'PATH'}` prints the metrics"
        if path is not None and not isinstance(path, Path):
            instead = "`resim-runner fetch` downloads a batch"
        elif base is not None:
            instead = f"`{PROGRAM} compare {base} {path}` prints the changes"
        raise CommandError(f"the app needs a terminal; {instead}")
    # The variable that terminal libraries read; Textual obeys an empty one too.
    if args.color == "never":
        os.environ["NO_COLOR"] = "1"
    elif args.color == "always" or not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)
    if base is not None and not isinstance(path, Path):
        raise CommandError(
            "a batch of the cloud can be compared only after `resim-runner fetch` has downloaded it"
        )
    if base is not None and not exists(base):
        raise missing(base)
    from resim_inspect.commands.shared.app_start import start_app

    def prepare() -> None:
        from resim_inspect.tui.workers import is_worker_cancelled

        _evaluate_when_opened(is_worker_cancelled)
        raise_on_interrupt()

    return start_app(path, args.options, base=base, prepare=prepare)


def _plain(path: Path | BatchAddress | None, base: Path | None, options: AppOptions) -> int:
    if base is not None:
        raise CommandError(
            f"--plain reads one path out; `{PROGRAM} compare {base} {path}` compares two"
        )
    if not isinstance(path, Path):
        raise CommandError(
            "--plain needs the path of a metrics file, its folder, a workspace or inputs"
        )
    from resim_inspect.commands.shared.app_start import refuse_faults, user_settings

    refuse_faults(user_settings(options.config, options.no_config))
    _evaluate_when_opened()
    raise_on_interrupt()
    from resim_inspect.commands.plain import run_plain

    gc.enable()
    return run_plain(path)


def _can_show() -> bool:
    """Return True on a terminal, and for a session of `web`, which has pipes in its place."""
    from resim_inspect.web import DRIVER_VARIABLE, WEB_DRIVER

    if os.environ.get(DRIVER_VARIABLE) == WEB_DRIVER:
        return True
    return sys.stdin.isatty() and sys.stdout.isatty()


def _location(text: str | None) -> Path | BatchAddress | None:
    if text is None or not text.startswith("resim:"):
        return None if text is None else Path(text)
    from resim_inspect.tui.batch_address import parse_address

    return parse_address(text)
