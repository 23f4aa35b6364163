"""`resim-runner logs`: what the builds of a workspace wrote, and what they write now."""

from __future__ import annotations

import json
import re
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from resim_inspect.files import is_file, is_folder
from resim_inspect.schemas.window import Bounds, add_window_arguments
from resim_inspect.text import clean
from runner.commands.shared.arguments import (
    add_format_argument,
    add_jobs_argument,
    add_run_folder_argument,
    checked_bounds,
)
from runner.errors import CallError
from runner.exit_codes import ExitCode
from runner.workspace.errors import WorkspaceError
from runner.workspace.growing_file import GrowingFile
from runner.workspace.job_selection import select_jobs
from runner.workspace.layout import BATCH, Workspace, looks_like_workspace, open_workspace
from runner.workspace.live_log import MAX_NOTE, LiveLog, omission_note
from runner.workspace.results import FORMAT
from runner.workspace.run_events import Event
from runner.workspace.run_follower import RunFollower
from runner.workspace.run_record import RunRecord, record_of_outputs, record_of_workspace
from runner.workspace.run_state import Life, Phase, RunKey

POLL_INTERVAL = 0.2
"""Seconds between two looks at logs that are followed."""
LIVE_BUDGET = 4 << 20
"""Bytes that are read at once of the newest lines of a log that has reached its limit."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `logs`."""
    add_run_folder_argument(parser)
    add_jobs_argument(parser, "names or globs of jobs, or batch (default: all that have a log)")
    parser.add_argument(
        "--follow", action="store_true", help="also print new lines until the run has ended"
    )
    parser.add_argument(
        "--grep", type=_pattern, metavar="REGEX", help="print only lines that match the pattern"
    )
    add_format_argument(parser, "one document a line, with the job and its line")
    add_window_arguments(
        parser, "line", "lines of all logs, one log after the other; a last line has `next`"
    )


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise ArgumentTypeError(f"{text!r} is not a regular expression: {error}") from error


class Source(NamedTuple):
    """A log, and the job that it is of."""

    name: str
    mode: str
    path: Path


class BoundedLogLines:
    """JSON documents, one a line, within bounds; with these a last one says where to go on."""

    END_BYTES = 60
    """Bytes that are kept free for the last one."""

    def __init__(self, bounds: Bounds, stream: BinaryIO) -> None:
        self._bounds = bounds
        self._stream = stream
        self._next: int | None = None
        self._number = 0
        self._rows = 0
        self._bytes = self.END_BYTES

    @property
    def is_full(self) -> bool:
        """True if no further line is written."""
        return self._next is not None

    def write(self, name: str, text: str) -> None:
        """Write a line of a log, if it is within the bounds."""
        number = self._number
        self._number += 1
        if self.is_full or number < self._bounds.start:
            return
        line = json.dumps({"format": FORMAT, "job": name, "line": text}).encode() + b"\n"
        self._bytes += len(line)
        most = self._bounds.max_bytes
        too_large = most is not None and self._bytes > most and self._rows > 0
        if too_large or self._rows == self._bounds.limit:
            self._next = number
            return
        self._rows += 1
        self._stream.write(line)

    def end(self) -> None:
        """Write the number of the first line that is left out, if lines may be left out."""
        if self._bounds.are_given:
            line = json.dumps({"format": FORMAT, "next": self._next}).encode() + b"\n"
            self._stream.write(line)


class Printer:
    """Prints lines of logs to stdout, with the job's name if there are several logs.

    On a terminal the lines are clean text; elsewhere they are the bytes of the file, or go to
    `json_lines`.
    """

    def __init__(
        self,
        pattern: re.Pattern[str] | None,
        *,
        several: bool,
        terminal: bool,
        json_lines: BoundedLogLines | None = None,
    ) -> None:
        self._pattern = pattern
        self._json_lines = json_lines
        self._several = several
        self._terminal = terminal

    @property
    def is_full(self) -> bool:
        """True if no further line is printed."""
        return self._json_lines is not None and self._json_lines.is_full

    def __call__(self, name: str, lines: list[bytes]) -> None:
        """Print those lines of a log, without their ends, that match."""
        if self._json_lines is not None:
            texts = (line.decode("utf-8", "replace").rstrip("\r") for line in lines)
            for text in texts:
                if self._pattern is None or self._pattern.search(text):
                    self._json_lines.write(name, text)
        elif lines:
            prefix = f"[{clean(name, 40)}] | ".encode() if self._several else b""
            if self._pattern is not None or self._terminal:
                lines = [line for line in map(self._shown, lines) if line is not None]
            sys.stdout.buffer.writelines(prefix + line + b"\n" for line in lines)

    def _shown(self, line: bytes) -> bytes | None:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if self._pattern is not None and not self._pattern.search(text):
            return None
        if self._terminal:
            # A carriage return alone is a progress bar: its last state is the line.
            line = clean(text.rsplit("\r", 1)[-1]).encode("utf-8", "replace")
        return line


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    bounds = checked_bounds(args)
    if bounds.are_given and args.follow:
        raise CallError(
            "--limit, --max-bytes and --start shorten a list, and --follow prints lines without"
            " end.",
            "Leave out --follow, or those options.",
        )
    record, sources = _sources(args)
    if not args.follow:
        sources = [source for source in sources if is_file(source.path)]
        if not sources:
            location = clean(str(args.workspace))
            raise CallError(f"no log of a build was found in {location}.", "Run the jobs first.")
    several = len(sources) > 1
    is_terminal = sys.stdout.isatty()
    json_lines = BoundedLogLines(bounds, sys.stdout.buffer) if args.format == "json" else None
    printer = Printer(args.grep, several=several, terminal=is_terminal, json_lines=json_lines)
    logs = [FollowedLog(source, printer) for source in sources]
    if args.follow:
        _follow(record, logs)
    else:
        for log in logs:
            log.print_new()
            log.print_rest()
    if json_lines is not None:
        json_lines.end()
    sys.stdout.flush()
    return ExitCode.OK


class FollowedLog:
    """A log that may grow, and may begin again with another run of its job.

    Of one that has reached its limit the newest lines are read that the runner keeps beside it,
    until it has its end.
    """

    def __init__(self, source: Source, printer: Printer) -> None:
        self.source = source
        self._printer = printer
        self._file = GrowingFile(source.path)
        self._live: LiveLog | None = None
        """The newest lines of a log that has reached its limit, while they are read."""
        self.waits = False
        """True for the log of an earlier run, of a job that is queued to run again."""

    def print_new(self) -> bool:
        """Print the lines that are new; return True if there were any. Raises WorkspaceError."""
        printed, more = False, not self.waits
        while more and not self._printer.is_full:
            try:
                lines, more = self._read()
            except OSError as error:
                path = clean(str(self.source.path))
                raise WorkspaceError(f"{path} cannot be read: {error.strerror}.") from error
            self._printer(self.source.name, lines)
            printed = printed or bool(lines)
        return printed

    def _read(self) -> tuple[list[bytes], bool]:
        """Return lines, and True if there is more to read; raises OSError."""
        if self._live is None:
            live = LiveLog(self.source.path)
            # Looked for first: beside it the log has no more than its beginning.
            exists = live.exists()
            part = self._file.read()
            if exists and not part.more:
                self._live = live
            return part.lines, part.more or exists
        part_of_live = self._live.read(LIVE_BUDGET)
        if part_of_live is None:
            return self._go_on_in_log(self._live), True
        data, skipped = part_of_live
        return self._after_gap(skipped) + self._file.take(data), len(data) == LIVE_BUDGET

    def _go_on_in_log(self, live: LiveLog) -> list[bytes]:
        """Leave what is beside the log, as the log has its end."""
        self._live = None
        begin = self._file.offset
        with self.source.path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(begin)
            offset, skipped = live.end_in_log(file.read(MAX_NOTE))
        if size < begin:
            # Another run rewrites it.
            return []
        self._file.go_on_at(min(begin + offset, size))
        return self._after_gap(skipped)

    def _after_gap(self, skipped: int) -> list[bytes]:
        """Return the line that is broken off by a gap, and a note about it."""
        if not skipped:
            return []
        note = omission_note(skipped)
        return self._file.take(note if self._file.rest() else note.lstrip())

    def print_rest(self) -> None:
        """Print the last line, if it has no end."""
        if self._file.rest():
            self._printer(self.source.name, [self._file.rest()])

    def restart(self) -> None:
        """Read the log from its start: another run of the job writes it."""
        self.print_rest()
        self.waits = False
        self._file, self._live = GrowingFile(self.source.path), None


def _follow(record: RunRecord, logs: list[FollowedLog]) -> None:
    """Print the logs until the run of the record has ended; raises WorkspaceError.

    A log that a new run begins to write is read from its start.
    """
    follower = RunFollower(record)
    by_job = {RunKey(log.source.mode, log.source.name): log for log in logs}
    first = True

    def on_event(event: Event) -> None:
        if event.kind in {"started", "retry"} and not first:
            log = by_job.get(RunKey(event.mode, event.job))
            if log is not None:
                log.restart()

    while True:
        # The state first: of a run that has ended, everything is in the logs by now.
        state = follower.poll(on_event)
        if first:
            for key, job in state.jobs.items():
                if key in by_job:
                    by_job[key].waits = job.phase is Phase.QUEUED and state.life is Life.ALIVE
        first = False
        printed = [log.print_new() for log in logs]
        sys.stdout.flush()
        if state.life is not Life.ALIVE:
            break
        if not any(printed):
            time.sleep(POLL_INTERVAL)
    for log in logs:
        log.print_rest()


def _sources(args: Namespace) -> tuple[RunRecord, list[Source]]:
    """Return the record of the run and the logs that are asked for; raises WorkspaceError."""
    folder: Path = args.workspace
    record = record_of_outputs(folder)
    if not looks_like_workspace(folder) and is_folder(record.path):
        state = RunFollower(record).poll()
        path = Path(state.log) if state.log else record.build_log
        names = [(job.key.name, job.key.mode) for job in state.jobs.values()] or [("job", "job")]
        return record, [Source(name, mode, path) for name, mode in names[:1]]
    workspace = open_workspace(folder)
    return record_of_workspace(folder), list(_of_workspace(workspace, args.jobs))


def _of_workspace(workspace: Workspace, patterns: list[str]) -> Iterator[Source]:
    names = {job.name for job in workspace.jobs}
    selected, with_batch = names, not patterns
    if patterns:
        more = [] if BATCH in names else [BATCH]
        selected = select_jobs(workspace, patterns, more=more)
        with_batch = bool(selected.intersection(more))
    for job in workspace.jobs:
        if job.name in selected:
            yield Source(job.name, "job", job.folder.log)
    if with_batch:
        yield Source(BATCH, "batch", workspace.batch.log)
