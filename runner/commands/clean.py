"""`resim-runner clean`: removal of what runs left in workspaces, engines and on this machine."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from resim_inspect.schemas.window import Bounds, Window, add_window_arguments, write_bounded
from resim_inspect.text import clean, count
from runner.commands.shared.arguments import add_format_argument, checked_bounds
from runner.engines import registry
from runner.engines.entry import EngineOptions
from runner.engines.protocol import Engine
from runner.errors import CallError, EngineError
from runner.exit_codes import ExitCode
from runner.storage.leftovers import Leftover, leftovers_of_workspace, remove_all, remove_path
from runner.storage.publish import locked
from runner.storage.scratch import SCRATCH_KINDS, stale_folders
from runner.workspace.layout import open_workspace
from runner.workspace.results import FORMAT

MAX_SHOWN = 40
"""Maximum of lines of the list."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `clean`."""
    parser.add_argument(
        "workspace",
        type=Path,
        nargs="?",
        metavar="WORKSPACE",
        help="also clean this workspace; its inputs and ids always stay",
    )
    parser.add_argument(
        "--results",
        action="store_true",
        help="also remove all outputs, logs and results of the workspace",
    )
    parser.add_argument(
        "--images",
        action="store_true",
        help="also remove the images that were built from the contexts of a resim.toml",
    )
    parser.add_argument(
        "--engine",
        default="",
        metavar="ADDRESS",
        help="the engine to clean (default: as for run)",
    )
    parser.add_argument("--yes", action="store_true", help="remove without asking")
    add_format_argument(parser, "one document of what is left; nothing is removed without --yes")
    add_window_arguments(parser, "leftover")


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    if args.results and args.workspace is None:
        raise CallError("--results needs a workspace.", "Name it: clean WORKSPACE --results.")
    bounds = checked_bounds(args)
    if bounds.are_given and args.yes:
        raise CallError(
            "--limit, --max-bytes and --start shorten a list, and --yes removes all of it.",
            "Leave out --yes, or those options.",
        )
    with ExitStack() as stack:
        leftovers: list[Leftover] = []
        if args.workspace is not None:
            workspace = open_workspace(args.workspace)
            # Nothing may begin to run here between the list and the removal.
            stack.enter_context(locked(args.workspace))
            leftovers += leftovers_of_workspace(workspace, results=args.results)
        leftovers += _of_this_machine()
        for engine in _engines(args, stack):
            leftovers += engine.leftovers(images=args.images)
        if args.format == "json":
            return _as_document(leftovers, bounds, removes=args.yes)
        if not leftovers:
            sys.stdout.write("No leftovers of earlier runs were found.\n")
            return ExitCode.OK
        _print(leftovers)
        if not args.yes and not _confirmed(len(leftovers)):
            sys.stdout.write("Nothing was removed.\n")
            return ExitCode.CANCELLED
        return _remove(leftovers)


def _engines(args: Namespace, stack: ExitStack) -> Iterator[Engine]:
    """Yield the engines that answer; raises EngineError if one that is named does not."""
    options = EngineOptions(args.engine)
    for entry in registry.ENGINES:
        if args.engine and not entry.names:
            continue
        try:
            engine = entry.connect(options, os.environ)
        except EngineError as error:
            if args.engine:
                raise
            sys.stderr.write(f"An engine was not cleaned: {clean(str(error))}\n")
            continue
        stack.callback(engine.close)
        yield engine


def _of_this_machine() -> Iterator[Leftover]:
    for kind in SCRATCH_KINDS:
        for path in stale_folders(kind.prefix):
            text = f"folder {clean(str(path))} of a {kind.owner}"
            yield Leftover(text, partial(remove_path, path))


def _print(leftovers: Sequence[Leftover]) -> None:
    for leftover in leftovers[:MAX_SHOWN]:
        sys.stdout.write(f"{leftover.text}\n")
    if len(leftovers) > MAX_SHOWN:
        sys.stdout.write(f"and {len(leftovers) - MAX_SHOWN:,} more\n")
    sys.stdout.flush()


def _as_document(leftovers: Sequence[Leftover], bounds: Bounds, *, removes: bool) -> int:
    """Write a JSON document of the leftovers, which are removed first if asked; return the code."""
    rows = []
    for leftover in leftovers:
        problem = leftover.remove() if removes else ""
        removed = removes and not problem
        rows.append({"text": leftover.text, "removed": removed, "problem": problem})

    def build(window: Window) -> dict[str, Any]:
        return {"format": FORMAT, "leftovers": window.take(rows, lambda row: row) or []}

    write_bounded(sys.stdout, bounds, build, partial(json.dump, indent=1))
    return ExitCode.ERROR if any(row["problem"] for row in rows) else ExitCode.OK


def _confirmed(number: int) -> bool:
    """Ask on the terminal; raises CallError without a terminal."""
    what = count(number, "item")
    if not sys.stdin.isatty():
        raise CallError(
            f"{what} would be removed, and nothing was removed without a confirmation.",
            "Confirm it with --yes.",
        )
    sys.stderr.write(f"Remove {'it' if number == 1 else f'these {number:,}'}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _remove(leftovers: Sequence[Leftover]) -> int:
    failed = 0
    for leftover, text in zip(leftovers, remove_all(leftovers), strict=True):
        if text != leftover.text:
            failed += 1
            sys.stderr.write(f"Not removed: {text}\n")
    sys.stdout.write(f"{count(len(leftovers) - failed, 'item')} removed.\n")
    return ExitCode.ERROR if failed else ExitCode.OK
