"""`resim-runner init`: a project file for a folder, by what is in it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from resim_inspect.files import is_folder
from resim_inspect.settings import find_project
from resim_inspect.settings.project_model import FILE_NAME
from resim_inspect.text import clean
from runner.commands.shared.session import log_path
from runner.commands.shared.survey import FolderSurvey, SurveyedBuild, survey
from runner.errors import CallError
from runner.exit_codes import ExitCode
from runner.storage.fs import write_atomic

HEAD = """\
# Settings of resim-runner and resim-inspect for this folder and all below it.
# Paths are relative to this file; a flag of a call wins over it.
# `resim-runner config` shows what is in force, docs/project-file.md has every key.
"""
NO_BUILD = """\
# A build is an image, or a command of this machine. Remove the "#" of one of them.
# [build.metrics]
# image = "my-metrics:dev"
# context = "."                    # builds the image first
# command = "python3 metrics.py"   # instead of an image
"""
TAIL = """\
# Defaults of flags, by command and by their names without the dashes.
# [defaults.run]
# parallel = 4
# fail-on = "warn"

# Tolerances of comparisons, by metric or glob: relative, or "abs:X" in the metric's unit.
# [compare]
# "Max speed" = 0.05
# "*latency*" = "abs:0.5"

# Files that --watch follows in addition to those of the build, and files that it leaves out.
# [watch]
# paths = ["config/*.yaml"]
# ignore = ["*.md"]
"""
OPTIONS = """\
# env = ["RESIM_TOKEN"]              # taken from your environment: the place for secrets
# env-set = { LOG_LEVEL = "debug" }  # plain values
# timeout = 3600                     # seconds
# limits = { memory-mib = 2048, cpus = 2 }
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `init`."""
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=Path(),
        metavar="DIR",
        help="the folder of the file (default: the current one)",
    )


def run(args: argparse.Namespace) -> int:
    """Write the file; raises CallError if it exists, and StorageError."""
    folder: Path = args.folder.absolute()
    if not is_folder(folder):
        raise CallError(f"{clean(str(args.folder))} is not a folder.")
    path = folder / FILE_NAME
    # A link or a folder of that name is not replaced either.
    existing = path if os.path.lexists(path) else find_project(folder)
    if existing is not None and existing.parent == folder:
        raise CallError(
            f"{log_path(existing)} already exists, and nothing was changed.",
            "`resim-runner config` shows its settings.",
        )
    folder_survey = survey(folder)
    write_atomic(path, project_text(folder_survey).encode())
    lines = [f"{log_path(path)} was written.", *_found_lines(folder_survey)]
    if existing is not None:
        lines.append(f"It replaces {log_path(existing)} for this folder and all below it.")
    sys.stdout.write("\n".join(lines) + "\n")
    return ExitCode.OK


def _found_lines(folder_survey: FolderSurvey) -> Iterator[str]:
    for build in folder_survey.builds:
        yield f"  build {build.name}: {clean(build.reason)}"
    if not folder_survey.builds:
        yield "  No Dockerfile and no module with job_metrics was found: add a build to it."
    if folder_survey.workspace:
        yield f"  workspace {clean(folder_survey.workspace)}"
    if folder_survey.inputs:
        yield f"  inputs {clean(folder_survey.inputs)}"


def project_text(folder_survey: FolderSurvey) -> str:
    """Return the content of a project file for what a folder has."""
    parts = [HEAD]
    top = []
    if len(folder_survey.builds) > 1:
        top.append(f"default-build = {_text(folder_survey.builds[0].name)}\n")
    if folder_survey.workspace:
        top.append(f"default-workspace = {_text(folder_survey.workspace)}\n")
    parts += ["".join(top)] if top else []
    parts += [_build_text(build) + OPTIONS for build in folder_survey.builds] or [NO_BUILD]
    if folder_survey.inputs:
        parts.append(
            f'[defaults.job]\ninputs = {_text(folder_survey.inputs)}\noutputs = "outputs"\n'
        )
    return "\n".join([*parts, TAIL])


def _build_text(build: SurveyedBuild) -> str:
    lines = [f"[build.{build.name}]"]
    for key, value in build.values.items():
        if isinstance(value, dict):
            inner = ", ".join(f"{name} = {_text(text)}" for name, text in value.items())
            lines.append(f"{key} = {{ {inner} }}")
        else:
            lines.append(f"{key} = {_text(value)}")
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    # The escapes of JSON are those of TOML.
    return json.dumps(text, ensure_ascii=False)
