"""The command `resim-runner`: its arguments and exit codes; what it does lies in `commands`."""

from __future__ import annotations

import argparse
import os
import sys

from resim_inspect import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

PROGRAM = "resim-runner"
INTERNAL = 1
ERROR = 2
COMMANDS = {
    "job": "run a metrics build on one job's inputs",
    "run": "run a metrics build on every job of a workspace, then on the batch",
    "batch": "run a metrics build in batch mode on jobs that have their metrics",
    "report": "run a metrics build in report mode on the batches of workspaces",
    "serve": "serve a workspace as ReSim's API, for work on a batch mode",
    "fetch": "bring a batch of the cloud onto disk, as a workspace",
    "demo": "run an example build on flights made for it, jobs and then the batch, and look",
    "doctor": "check the engine, the image and what was left behind",
}
EPILOG = """\
Exit codes: 0 fine, 2 error (a wrong call, a broken run, missing or invalid outputs),
6 timed out, 7 a FAIL_BLOCK, 8 a FAIL_WARN with --fail-on warn, 5 cancelled,
130 and 143 interrupted, 1 an error of this program.
"""


def run() -> NoReturn:
    """The entry point of the installed command."""
    sys.exit(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """Run one call and return its exit code; argparse's own exits come back as codes too."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character gets a mark, not a traceback.
            stream.reconfigure(errors="replace")
    try:
        code = _call(list(argv))
        sys.stdout.flush()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else ERROR
    except BrokenPipeError:
        # Nobody reads any more; there is nobody to tell either.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the end of the process
        code = 141
    return code


def _call(argv: list[str]) -> int:
    # What follows a bare -- is the build's own, whatever it looks like.
    split = argv.index("--") if "--" in argv else len(argv)
    wanted = next((word for word in argv[:split] if word in COMMANDS), "")
    args = _parser(wanted).parse_args(argv[:split])
    args.arguments = argv[split + 1 :]
    if args.command_name is None:
        _parser("").print_help(sys.stderr)
        return ERROR
    return _guarded(args)


def _guarded(args: argparse.Namespace) -> int:
    from importlib import import_module

    from runner.errors import RunnerError
    from runner.execution.cancellation import Interrupted

    module = import_module(f"runner.commands.{args.command_name}")
    try:
        code: int = module.run(args)
    except RunnerError as error:
        if args.debug:
            raise
        _say(str(error), error.hint)
        return ERROR
    except Interrupted as interrupted:
        _say("interrupted before anything ran.")
        return interrupted.code
    except BrokenPipeError:
        raise
    except Exception as error:
        if args.debug:
            raise
        _say(f"internal error: {type(error).__name__}: {error}", "Run with --debug to see where.")
        return INTERNAL
    return code


def _say(text: str, hint: str = "") -> None:
    from resim_inspect.text import clean

    sys.stderr.write(f"{PROGRAM}: {clean(text)}\n")
    if hint:
        sys.stderr.write(f"  {clean(hint)}\n")


def _parser(wanted: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        PROGRAM,
        description="Runs ReSim metrics builds on this machine, for one job or for many.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    version = f"{PROGRAM} {__version__}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command_name", metavar="COMMAND")
    for name, about in COMMANDS.items():
        sentence = about[:1].upper() + about[1:] + "."
        command = commands.add_parser(name, help=about, description=sentence)
        if wanted == name:
            # Only the arguments of the command that is called are worth building.
            from runner.commands.shared import build_args

            build_args.add_arguments(command, name)
    return parser
