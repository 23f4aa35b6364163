"""The command `resim-inspect`: finds the command that is meant, and says how it ended.

Only the parser that is needed is built and only the module that is needed is imported:
`validate` of a small file is over before a terminal app would have loaded.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

from resim_inspect import __version__
from resim_inspect.commands import CommandError, ExitCode
from resim_inspect.errors import DocumentError, InspectError
from resim_inspect.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resim_inspect.tui.batch_address import BatchAddress

PROGRAM = "resim-inspect"
COMMANDS = {
    "validate": "check files by the rules of ReSim's validator, and say what is wrong and where",
    "show": "print what is in a file",
    "rules": "list the rules, or explain one",
    "browse": "open a plotly figure or an image in the browser or viewer",
    "demo": "open the app on a sample that it makes itself",
}
INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell reports of a program that nobody listens to any more."""


class Command(Protocol):
    """What a module in `commands` has."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def run() -> NoReturn:
    """The entry point of the installed command."""
    code = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _pipe_closed()
    sys.exit(code)


def main(argv: Sequence[str]) -> int:
    """Runs one call and returns its exit code; argparse's own exits come back as codes too."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character gets a mark, not a traceback.
            stream.reconfigure(errors="replace")
    debug = "--debug" in argv[: argv.index("--") if "--" in argv else None]
    try:
        name, rest = split(argv)
        return _app(rest) if name is None else _command(name, rest)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else ExitCode.OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _pipe_closed()
    except InspectError as error:
        return _fail(describe(error), ExitCode.ERROR, debug)
    except Exception as error:  # noqa: BLE001 - a crash must not read as "invalid"
        hint = "" if debug else f" (a fault in {PROGRAM}; --debug shows where)"
        return _fail(f"{type(error).__name__}: {error}{hint}", ExitCode.INTERNAL, debug)


def split(argv: Sequence[str]) -> tuple[str | None, list[str]]:
    """The command that is called, None for the app, and its arguments.

    `--debug` and `--color` may stand before the command's name. A path that is named
    like a command is written `./show`, or after `--`.
    """
    before: list[str] = []
    rest = list(argv)
    while rest:
        word = rest[0]
        if word in COMMANDS:
            return word, before + rest[1:]
        if word == "--color" and len(rest) > 1:
            before += [rest.pop(0), rest.pop(0)]
        elif word == "--debug" or word.startswith("--color="):
            before.append(rest.pop(0))
        else:
            break
    return None, before + rest


def describe(error: Exception) -> str:
    """An error as one line: the path, where there is one, and the reason."""
    return error.located() if isinstance(error, DocumentError) else str(error)


def _command(name: str, argv: list[str]) -> int:
    command = cast(Command, import_module(f"resim_inspect.commands.{name}"))
    summary = COMMANDS[name]
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {name}", description=summary[0].upper() + summary[1:] + "."
    )
    command.add_arguments(parser)
    _add_common(parser)
    args = parser.parse_args(argv)
    _refuse_addresses(name, args)
    return command.run(args)


def _refuse_addresses(name: str, args: argparse.Namespace) -> None:
    for path in (*getattr(args, "paths", ()), getattr(args, "path", None)):
        if isinstance(path, Path) and path.parts[:1] == ("resim:",) and not path.exists():
            raise CommandError(
                f"`{name}` reads files: bring the batch home with `resim-runner fetch`, or look "
                f"at it with `{PROGRAM} resim://PROJECT/BATCH`"
            )


def _app(argv: list[str]) -> int:
    width = max(map(len, COMMANDS))
    listing = "\n".join(f"  {name:{width}}  {what}" for name, what in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [PATH]\n       {PROGRAM} COMMAND ...",
        description="Opens the metrics of a ReSim metrics build in the terminal.",
        epilog=f"commands:\n{listing}\n\n"
        f"`{PROGRAM} COMMAND --help` tells more. A path named like a command: ./NAME, or -- NAME."
        "\n\n"
        "Exit codes: 0 fine, 1 some file is invalid, 2 a file could not be read or the call was\n"
        "wrong, 70 a fault in this program, 130 interrupted.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        help="a metrics.binproto, its folder, a build's inputs, a workspace, or a batch of the "
        "cloud: resim://PROJECT/BATCH[/JOB]",
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parser.add_argument(
        "--images",
        choices=("auto", "half", "sixel", "kitty"),
        default="auto",
        help="images: graphics where the terminal is known to have them (auto), half blocks, "
        "sixel or kitty",
    )
    _add_common(parser)
    args = parser.parse_args(argv)
    path = _place(args.path)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        instead = f"`{PROGRAM} show {path or 'PATH'}` prints the metrics"
        if path is not None and not isinstance(path, Path):
            instead = "`resim-runner fetch` brings a batch onto disk"
        raise CommandError(f"the app needs a terminal; {instead}")
    # The variable that terminal libraries ask for; Textual heeds an empty one too.
    if args.color == "never":
        os.environ["NO_COLOR"] = "1"
    elif args.color == "always" or not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)
    from resim_inspect.tui.app import run_app

    well = run_app(path, images=args.images)
    return ExitCode.OK if well else ExitCode.INTERNAL


def _place(text: str | None) -> Path | BatchAddress | None:
    if text is None or not text.startswith("resim:"):
        return None if text is None else Path(text)
    from resim_inspect.tui.batch_address import parse_address

    return parse_address(text)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colours: on a terminal without NO_COLOR (auto), always, or never",
    )
    parser.add_argument("--debug", action="store_true", help="show where an error comes from")


def _fail(message: str, code: ExitCode, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exc()
    sys.stderr.write(f"{PROGRAM}: {clean(message)}\n")
    return code


def _pipe_closed() -> int:
    # Python flushes stdout once more on its way out; there must be something to take it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE
