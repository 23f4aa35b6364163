"""Arguments and argument types that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.schemas.window import Bounds, bounds_of
from runner.errors import CallError

if TYPE_CHECKING:
    from resim_inspect.settings import BuildSettings, ProjectSettings

Target = argparse.ArgumentParser | argparse._ArgumentGroup
"""A parser or a group of it."""


def add_run_folder_argument(parser: argparse.ArgumentParser) -> None:
    """Add `WORKSPACE`, of commands that read the record of a run: see `record_at`."""
    parser.add_argument(
        "workspace",
        type=Path,
        metavar="WORKSPACE",
        help="a workspace, or the folder --outputs of a single run",
    )


def add_jobs_argument(parser: argparse.ArgumentParser, about: str) -> None:
    """Add `JOB...`, which may be left out; `about` is its help."""
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=about)


def checked_bounds(args: argparse.Namespace) -> Bounds:
    """Return the bounds of a JSON document; raises CallError without --format json."""
    try:
        return bounds_of(args)
    except ValueError as error:
        raise CallError(f"{error}.") from error


def add_format_argument(target: Target, document: str = "one document on stdout") -> None:
    """Add `--format`; `document` is the help for `json`."""
    target.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help=f"text, or json: {document} (default: text)",
    )


def add_events_argument(target: Target) -> None:
    """Add `--events`."""
    target.add_argument(
        "--events", metavar="FILE", help="write one JSON line per event to FILE; - is stdout"
    )


def add_outputs_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--outputs` and `--log`, of commands that run a build once."""
    parser.add_argument(
        "--outputs",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder for the build's outputs; a run that succeeds replaces earlier ones, one that"
        " fails leaves them alone and writes to DIR.failed",
    )
    parser.add_argument("--log", type=Path, metavar="FILE", help="write the build's output to FILE")


def add_watch_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--watch` and `--changes`, of commands that can be repeated."""
    parser.add_argument(
        "--watch",
        action="store_true",
        help="run again what becomes stale when code, image context, resim.toml or inputs change;"
        " keys: r all, f the failed ones, p pause, q quit",
    )
    parser.add_argument(
        "--changes",
        action="store_true",
        help="with each result, say what changed since the previous one (--watch always does)",
    )


def add_config_fields(target: Target) -> None:
    """Add `--config-fields`."""
    target.add_argument(
        "--config-fields",
        type=int,
        choices=(3, 4),
        default=4,
        help="3 for builds from before 2024, which do not know projectID (default: 4)",
    )


def add_hide_images(target: Target) -> None:
    """Add `--hide-images`."""
    target.add_argument(
        "--hide-images",
        action="store_true",
        help="leave out image metrics, on which open-core before 0.14.1 fails",
    )


def project_of(args: argparse.Namespace) -> ProjectSettings | None:
    """Return the project file of a call; None without one, and for commands that ignore it."""
    project: ProjectSettings | None = getattr(args, "project_settings", None)
    return project


def build_settings_of(args: argparse.Namespace) -> BuildSettings | None:
    """Return the build of the project file that a call uses; None if the call names its own."""
    settings: BuildSettings | None = getattr(args, "build_settings", None)
    return settings


def non_negative(text: str) -> int:
    """Convert an argument to a whole number of at least 0; raises ArgumentTypeError."""
    value = int(text) if text.isascii() and text.isdecimal() else -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return value


def positive_number(text: str) -> float:
    """Convert an argument to a finite number above 0; raises ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value
