"""Progress without a terminal: a line per event, the builds' own lines after the job's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from resim_inspect.text import clean, count
from runner.execution.events import Event
from runner.reporting.rows import as_text, row_of, unchanged_failure_row
from runner.workspace.results import JobResult
from runner.workspace.run_events import text_of, whole

STYLES = {"passed": "32", "warn": "33", "block": "31", "error": "31;1", "quiet": "2"}
MAX_WIDTH = 40
"""Maximum width of the column of names, in cells."""
COLORS = (36, 35, 34, 33, 32, 96, 95, 94)


class Lines:
    """Writes lines to a stream. `log_of` returns the path of a result's log.

    Without `builds` the output of the builds is left out.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        color: bool,
        quiet: bool,
        log_of: Callable[[JobResult], str],
        builds: bool = True,
    ) -> None:
        self._stream = stream
        self._color = color
        self._quiet = quiet
        self._builds = builds and not quiet
        self._log_of = log_of
        self._width = 0
        self._same = 0
        self._jobs: dict[str, int] = {}
        self._workers: dict[str, str] = {}

    def __call__(self, event: Event) -> None:
        """Write an event."""
        if event.kind == "plan":
            self._width = min(MAX_WIDTH, whole(event.data.get("width")))
            if not self._quiet:
                self._write(headline(event))
        elif event.kind == "started":
            self._workers[event.job] = clean(text_of(event.data.get("worker")), 80)
        elif event.kind in {"warning", "stopping", "retry"}:
            self._write(self._styled(f"{event.kind}: {clean(event.text)}", "warn"))
        elif event.kind == "finished" and event.result is not None:
            row = row_of(event.result, self._log_of(event.result))
            worker = self._workers.pop(event.job, "")
            if worker:
                row = row._replace(text=f"{row.text}  (on {worker})")
            if not self._quiet or row.style == "error":
                self._write(self._styled(as_text(row, self._width), row.style))
        elif event.kind == "kept" and event.result is not None and not self._quiet:
            again = unchanged_failure_row(event.result, self._log_of(event.result))
            if again is not None:
                self._write(self._styled(as_text(again, self._width), again.style))
        elif event.kind == "changed" and event.data.get("same"):
            self._same += 1
        elif event.kind == "end" and self._same and not self._quiet:
            self._write(f"   nothing changed in {count(self._same, 'result')}")
        elif event.kind == "changed" and not self._quiet:
            self._write(f"   {changed_line(event, self._width)}")
        elif event.kind == "line" and self._builds:
            self._write(f"{self._prefix(event.job)} | {clean(event.text, 500)}")
        elif event.kind == "note" and not self._quiet:
            self._write(clean(event.text, 200))

    def _prefix(self, job: str) -> str:
        prefix = f"[{clean(job, 40)}]"
        if not self._color:
            return prefix
        number = self._jobs.setdefault(job, len(self._jobs))
        return f"\x1b[{COLORS[number % len(COLORS)]}m{prefix}\x1b[0m"

    def _styled(self, text: str, style: str) -> str:
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self._color else text

    def _write(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()


def changed_line(event: Event, width: int) -> str:
    """Return the difference from the previous run: `night_patrol  Max speed 44.7 → 39.2 m/s`."""
    return f"{clean(event.job, 60):<{width}}  {clean(event.text, 300)}"


def headline(event: Event) -> str:
    """Return the plan in one line: `flight · image flight:dev (4f1c…) · 12 jobs, 4 at once · …`."""
    data = event.data
    jobs, todo = whole(data["jobs"]), whole(data["todo"])
    work = count(jobs, "job")
    if todo != jobs:
        work = f"{todo:,} of {work} to run" if todo else f"{work}, nothing to run"
    if todo > 1:
        work += f", {whole(data.get('parallel'))} at once"
    for mode in ("batch", "report"):
        if data.get(mode):
            work = f"{work}, then the {mode}" if jobs else mode
    return clean(f"{data['title']} · {data['build']} · {work} · {data['engine']}")
