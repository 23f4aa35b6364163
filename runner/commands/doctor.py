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

from resim_inspect.settings.project_model import SlurmSettings
from resim_inspect.text import clean, count, size
from runner.commands.shared.arguments import add_format_argument, project_of
from runner.commands.shared.build_args import add_build_arguments, build_of, engine_options
from runner.commands.shared.executor_args import (
    EXECUTOR_FLAGS,
    add_executor_arguments,
    scheduler_of,
)
from runner.commands.shared.registration import (
    check_name,
    check_platform,
    parse_image,
    registration_lines,
)
from runner.engines import registry
from runner.engines.checks import Check, failed
from runner.engines.protocol import Build
from runner.errors import CallError, RunnerError
from runner.executors.address import SLURM, THREADS, SchedulerAddress
from runner.executors.checks import COMPARED, ClusterSurvey, check_executor, check_storage
from runner.exit_codes import ExitCode
from runner.storage.scratch import SCRATCH_KINDS, stale_folders
from runner.workspace.results import FORMAT

MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `doctor`."""
    add_build_arguments(parser)
    add_executor_arguments(parser)
    add_format_argument(parser)
    register = parser.add_argument_group("registration with ReSim")
    register.add_argument(
        "--register",
        action="store_true",
        help="check the image's tag, registry and platform, and print the command lines that "
        "register it with ReSim",
    )
    register.add_argument(
        "--project",
        metavar="NAME",
        default="PROJECT",
        help="project of ReSim (default: a placeholder)",
    )
    register.add_argument(
        "--name", metavar="NAME", default="", help="name of the build (default: that of the image)"
    )
    register.add_argument(
        "--systems", metavar="A,B", default="", help="systems of ReSim that use the build"
    )


def run(args: Namespace) -> int:
    """Run all checks; return 0 if the named build can run, else 2."""
    if args.register and not args.image:
        raise CallError("--register needs a build with an image.", "Name it with --image.")
    checks = list(_checks(args))
    lines: list[str] = []
    if args.register:
        checks = list(_registered(checks, args.image, args.platform))
        name = args.name or parse_image(args.image).repository.rpartition("/")[2]
        lines = list(registration_lines(args.image, name, args.project, args.systems))
    if args.format == "json":
        rows = [check.as_dict() for check in checks]
        document = {"format": FORMAT, "checks": rows}
        document |= {"registration": lines} if args.register else {}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        for check in checks:
            sys.stdout.write(f"{MARKS[check.level]} {check.name}: {clean(check.text)}\n")
            if check.hint:
                sys.stdout.write(f"  {clean(check.hint)}\n")
        if lines:
            sys.stdout.write(f"\nRegister it with:\n  {clean(lines[0])}\n")
            sys.stdout.write(f"or, with an older program:\n  {clean(lines[1])}\n")
    is_broken = any(check.level == "error" for check in checks)
    return ExitCode.ERROR if is_broken else ExitCode.OK


def _registered(checks: list[Check], image: str, wanted: str | None) -> Iterator[Check]:
    """Add the checks of the image's name, and check its platform."""
    platform = ""
    for check in checks:
        if check.platform:
            platform = check.platform
        else:
            yield check
    yield from check_name(image)
    yield check_platform(platform, wanted)


def _checks(args: Namespace) -> Iterator[Check]:
    build = build_of(args, os.environ) if args.image or args.command else Build()
    yield from _storage()
    options = engine_options(args)
    for entry in registry.ENGINES:
        yield from entry.checks(build, options, os.environ)
    yield from _executor(args)


def _executor(args: Namespace) -> Iterator[Check]:
    """Check the executor of the arguments, or else the one that the project file has for `run`."""
    project = project_of(args)
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
    elif args.executor == SLURM:
        yield from _slurm(SlurmSettings() if project is None else project.slurm)
    if args.storage is not None:
        yield from check_storage(args.storage)


def _slurm(settings: SlurmSettings) -> Iterator[Check]:
    from runner.executors.slurm_checks import Trial, check_slurm

    def start(folder: Path) -> Trial:
        from runner.executors.slurm_cluster import SlurmCluster

        return SlurmCluster(settings).trial(folder)

    yield from check_slurm(settings, os.environ, start)


def _survey(address: SchedulerAddress) -> ClusterSurvey:
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
    for kind in SCRATCH_KINDS:
        stale = stale_folders(kind.prefix)
        if stale:
            names = ", ".join(str(path) for path in stale[:5])
            yield Check(
                "warning",
                "leftovers",
                f"{count(len(stale), 'folder')} of {kind.owners} that were killed: {names}",
                kind.about,
            )
