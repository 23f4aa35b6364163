"""`resim-runner shell`: a shell in a build's image, with a job's inputs where it finds them."""

from __future__ import annotations

import os
import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from resim_inspect.files import is_folder
from resim_inspect.terminal import before_separator
from resim_inspect.text import clean, count
from runner.commands.shared.build_args import add_build_arguments, build_of, engine_options
from runner.engines import discovery
from runner.engines.entry import Inputs
from runner.engines.protocol import Build, Engine, Task, remove_leftovers
from runner.errors import CallError
from runner.execution.cancellation import Interrupted, Signals
from runner.workspace.contract import INPUTS, OUTPUTS, inputs_below
from runner.workspace.job_selection import select_jobs
from runner.workspace.layout import JOBS, RunFolder, looks_like_workspace, open_workspace

SHELL = ("/bin/sh", "-c", "command -v bash >/dev/null 2>&1 && exec bash; exec sh")
"""The better one of the two shells that an image may have."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `shell`."""
    add_build_arguments(parser)
    parser.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="the folder with a job's experience/ and logs/, or a workspace; arguments after --"
        " are run in place of a shell",
    )
    parser.add_argument("--job", metavar="NAME", help="the job of the workspace")


def run(args: Namespace) -> int:
    """Run the shell and return its exit code; raises RunnerError."""
    build = build_of(args, os.environ)
    name, inputs = _inputs(args)
    words = args.call_words[len(before_separator(args.call_words)) + 1 :]
    with Signals() as signals:
        try:
            engine = discovery.connect(build, engine_options(args), os.environ)
            try:
                return _run(engine, build, Task(uuid4().hex, name, inputs), tuple(words))
            finally:
                engine.close()
        except Interrupted as interrupted:
            return signals.code or interrupted.code


def _run(engine: Engine, build: Build, task: Task, words: tuple[str, ...]) -> int:
    remove_leftovers(engine, _say)
    prepared = engine.prepare(build, _say)
    for warning in prepared.warnings:
        _say(f"warning: {warning}")
    program, *arguments = words or SHELL
    if build.image:
        build = replace(build, entrypoint=(program,), command=tuple(arguments))
    else:
        build = replace(build, command=(program, *arguments))
    about = count(len(task.inputs), "folder")
    _say(
        f"{clean(task.job, 60)} in {prepared.description}: {about} in {INPUTS} (or RESIM_INPUTS);"
        f" {OUTPUTS} and everything else that is written is removed at the end."
    )
    begun = time.monotonic()
    code = engine.shell(build, prepared, task)
    _say(f"The shell ended with {code} after {time.monotonic() - begun:,.0f} s.")
    return code


def _inputs(args: Namespace) -> tuple[str, Inputs]:
    """Return the name and the inputs of the job; raises RunnerError."""
    path: Path = args.path
    name = path.resolve().name
    if looks_like_workspace(path):
        workspace = open_workspace(path)
        names = select_jobs(workspace, [args.job]) if args.job else {j.name for j in workspace.jobs}
        if len(names) != 1:
            raise CallError(
                f"{clean(str(path))} has {count(len(workspace.jobs), 'job')}, and a shell is for"
                " one job.",
                "Name it with --job NAME.",
            )
        (name,) = names
        folder = RunFolder(path / JOBS / name).inputs
    elif args.job:
        raise CallError(f"--job is for a workspace, and {clean(str(path))} is not one.")
    else:
        folder = path / INPUTS.name if is_folder(path / INPUTS.name) else path
    inputs = inputs_below(folder)
    if not inputs:
        raise CallError(
            f"{clean(str(folder))} has no inputs of a job.",
            "It needs experience/ or logs/, or is a workspace.",
        )
    return name, inputs


def _say(text: str) -> None:
    sys.stderr.write(f"{clean(text, 400)}\n")
    sys.stderr.flush()
