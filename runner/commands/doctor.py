"""`resim-runner doctor`: checks of the disk, the engines, the build and leftovers."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from resim_inspect.settings.model import ProjectSettings
from resim_inspect.text import clean, count, size
from runner.commands.shared.build_args import add_build_arguments, build_of, engine_options
from runner.commands.shared.executor_args import (
    EXECUTOR_FLAGS,
    add_executor_arguments,
    scheduler_of,
)
from runner.engines import registry
from runner.engines.checks import Check, failed
from runner.engines.protocol import Build
from runner.errors import RunnerError
from runner.executors.address import THREADS, SchedulerAddress
from runner.executors.checks import COMPARED, Survey, check_executor
from runner.exit_codes import ExitCode
from runner.storage.scratch import SERVE_PREFIX, stale_folders
from runner.workspace.results import FORMAT

MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `doctor`."""
    add_build_arguments(parser)
    add_executor_arguments(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: Namespace) -> int:
    """Run all checks; return 0 if the named build can run, else 2."""
    checks = list(_checks(args))
    if args.format == "json":
        rows = [check._asdict() for check in checks]
        sys.stdout.write(json.dumps({"format": FORMAT, "checks": rows}, indent=1) + "\n")
    else:
        for check in checks:
            sys.stdout.write(f"{MARKS[check.level]} {check.name}: {clean(check.text)}\n")
            if check.hint:
                sys.stdout.write(f"  {clean(check.hint)}\n")
    failed = any(check.level == "error" for check in checks)
    return ExitCode.ERROR if failed else ExitCode.OK


def _checks(args: Namespace) -> Iterator[Check]:
    build = build_of(args, os.environ) if args.image or args.command else Build()
    yield from _storage()
    options = engine_options(args)
    for entry in registry.ENGINES:
        yield from entry.checks(build, options, os.environ)
    yield from _executor(args)


def _executor(args: Namespace) -> Iterator[Check]:
    """Check the executor of the arguments, or else the one that the project file has for `run`."""
    project: ProjectSettings | None = getattr(args, "project_settings", None)
    if args.executor == THREADS and project is not None:
        for flag, setting in project.defaults.get("run", {}).items():
            if flag in EXECUTOR_FLAGS:
                setattr(args, flag.replace("-", "_"), setting.value)
    try:
        address = scheduler_of(args)
    except RunnerError as error:
        yield failed("executor", error, needed=True)
        return
    if address is not None:
        yield from check_executor(address, partial(_survey, address))


def _survey(address: SchedulerAddress) -> Survey:
    from runner.executors.dask_cluster import DaskCluster

    with DaskCluster(address) as cluster:
        return cluster.survey(COMPARED)


def _storage() -> Iterator[Check]:
    folder = Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free
    if free < 1 << 30:
        yield Check(
            "warning", "disk", f"only {size(free)} are free in {folder}", "Free some space."
        )
    else:
        yield Check("ok", "disk", f"{size(free)} are free in {folder}")
    stale = stale_folders(SERVE_PREFIX)
    if stale:
        names = ", ".join(str(path) for path in stale[:5])
        yield Check(
            "warning",
            "leftovers",
            f"{count(len(stale), 'folder')} of servers that were killed: {names}",
            "Each holds copies of metrics; the next `resim-runner serve` removes it.",
        )
