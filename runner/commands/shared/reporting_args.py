"""Arguments that choose how a call is reported, and the options that they describe."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from resim_inspect.terminal import use_color
from runner.commands.shared.arguments import add_events_argument, add_format_argument
from runner.errors import CallError
from runner.workspace.verdict_gate import FAIL_ON, VerdictGate


@dataclass(frozen=True)
class ReportingOptions:
    """Progress, results and exit code of a call. Raises CallError for two uses of stdout."""

    format: str = "text"
    events: str | None = None
    """A file, `-` for stdout, or None."""
    junit: Path | None = None
    quiet: bool = False
    color: bool = False
    """Colour on stderr."""
    gate: VerdictGate = VerdictGate()  # noqa: RUF009 - is frozen

    def __post_init__(self) -> None:
        check_stdout(self.format, self.events)

    @property
    def prints_summary(self) -> bool:
        """True if stdout is for the summary, and not for JSON or events."""
        return self.format == "text" and self.events != "-"


def check_stdout(format_: str, events: str | None) -> None:
    """Refuse two kinds of output on stdout; raises CallError."""
    if events == "-" and format_ == "json":
        raise CallError("--events - and --format json cannot both write to stdout.")


def add_reporting_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of progress, results and exit code."""
    group = parser.add_argument_group("progress, results and exit code")
    group.add_argument("--dry-run", action="store_true", help="print what would be run, and exit")
    add_format_argument(group, "one document on stdout, at the end")
    add_events_argument(group)
    group.add_argument(
        "--junit", type=Path, metavar="FILE", help="write a JUnit file with a test case per job"
    )
    group.add_argument(
        "--quiet", action="store_true", help="no progress and no output of the builds"
    )
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colours: on a terminal without NO_COLOR (auto, the default), always, or never",
    )
    group.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default="block",
        help="the mildest verdict that counts as a failure, with exit code 7 or 8 (default: block)",
    )


def reporting_of(args: argparse.Namespace) -> ReportingOptions:
    """Return the reporting options of the arguments; raises CallError."""
    return ReportingOptions(
        format=args.format,
        events=args.events,
        junit=args.junit,
        quiet=args.quiet,
        color=use_color(args.color, sys.stderr),
        gate=VerdictGate(args.fail_on, getattr(args, "fail_fast", False)),
    )
