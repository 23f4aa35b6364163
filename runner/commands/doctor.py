"""`resim-runner doctor`: checks of engine, image, sandbox and leftovers of earlier runs."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from resim_inspect.text import clean, size
from runner.commands.shared.build_args import add_build_arguments, build_of, engine_of
from runner.engines.docker.container_settings import UNKEPT
from runner.engines.process.engine import ProcessEngine
from runner.engines.protocol import Build, Engine, EngineInfo
from runner.errors import RunnerError
from runner.exit_codes import ExitCode
from runner.workspace.results import FORMAT

MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


class Check(NamedTuple):
    """Result of one check."""

    level: str
    """`ok`, `warning` or `error`."""
    name: str
    text: str
    hint: str = ""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `doctor`."""
    add_build_arguments(parser, required=False)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: Namespace) -> int:
    """Print all checks; return 0 if the build that is named can run, else 2."""
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
    options = build_args.engine_options(args)
    for entry in registry.ENGINES:
        yield from entry.checks(build, options, os.environ)


def _storage() -> Iterator[Check]:
    folder = Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free
    if free < 1 << 30:
        yield Check(
            "warning", "disk", f"only {size(free)} are free in {folder}", "Free some space."
        )
    else:
        yield Check("ok", "disk", f"{size(free)} are free in {folder}")


def _sandbox(args: Namespace, build: Build) -> Iterator[Check]:
    path = shutil.which("bwrap")
    wanted = bool(build.command) and not build.image
    bare = args.no_sandbox or args.use_tmp_resim
    engine = ProcessEngine(bubblewrap=None if bare else path, use_tmp_resim=args.use_tmp_resim)
    for left in engine.sweep():
        yield Check("ok", "leftovers", f"removed {left}")
    try:
        if wanted:
            prepared = engine.prepare(build, lambda _: None)
            yield Check("ok", "command", f"{prepared.about} exists")
        else:
            engine.prepare(Build(command=("true",)), lambda _: None)
    except RunnerError as error:
        yield Check("error" if wanted else "warning", "command", str(error), error.hint)
        return
    if engine.sandboxed:
        yield Check("ok", "bubblewrap", f"{path} makes sandboxes for --command")
    else:
        hint = "With bubblewrap installed, every run has its own /tmp/resim and no network."
        yield Check("warning", "bubblewrap", f"not used: {engine.info.sandbox}", hint)


def _engine(args: Namespace, build: Build) -> Iterator[Check]:
    args.command = None
    try:
        engine = engine_of(args, os.environ)
    except RunnerError as error:
        # Without an image no engine is required: builds of this machine need none.
        yield Check("error" if build.image else "warning", "engine", str(error), error.hint)
        return
    try:
        yield from _answering(engine, build)
    finally:
        engine.close()


def _ways(info: EngineInfo) -> Iterator[Check]:
    """Yield the peculiarities of an engine that is rootless, remote or under SELinux."""
    if info.remote:
        text = "the engine is remote: inputs and --mount folders are copied into containers"
        yield Check("ok", "files", text)
    elif info.selinux:
        text = "SELinux is active: inputs are copied into containers, so that none is relabelled"
        hint = "Folders of --mount need a label that containers may read: SRC:DST:z."
        yield Check("ok", "files", text, hint)
    else:
        yield Check("ok", "files", "inputs are mounted read-only, outputs copied out")
    if info.rootless:
        text = "the engine is rootless: root in a container is your user on this machine"
        yield Check("ok", "user", text)
    if info.unkept:
        lost = ", ".join(sorted(info.unkept))
        text = f"the engine cannot enforce these limits: {lost}"
        yield Check("warning", "limits", text, UNKEPT if info.rootless else "")
    else:
        yield Check("ok", "limits", "memory, processes and CPUs can be limited")


def _answering(engine: Engine, build: Build) -> Iterator[Check]:
    info = engine.info
    about = f"{info.name} {info.version} at {info.address}, {info.platform}"
    yield Check("ok", "engine", f"{about}, {info.cpus} CPUs, {size(info.memory)} of memory")
    yield from _ways(info)
    try:
        left = engine.sweep()
        for each in left:
            yield Check("ok", "leftovers", f"removed {each}")
        if not left:
            yield Check("ok", "leftovers", "there are none")
        if build.image:
            prepared = engine.prepare(build, lambda _: None)
            yield Check("ok", "image", f"{build.image} is {prepared.identity}")
            for warning in prepared.warnings:
                yield Check("warning", "image", warning)
    except RunnerError as error:
        yield Check("error", "engine", str(error), error.hint)
