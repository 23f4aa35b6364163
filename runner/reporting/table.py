"""Progress on a terminal: rows of finished jobs above, running ones and the progress below."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event as Flag
from threading import Lock, Thread

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from resim_inspect.text import clean, count, number
from runner.execution.events import Event
from runner.reporting.lines import changed_line, headline
from runner.reporting.rows import Row, row_of, unchanged_failure_row
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_events import text_of
from runner.workspace.run_state import seconds_left

STYLES = {"passed": "green", "warn": "yellow", "block": "red", "error": "bold red", "quiet": "dim"}
REFRESHES = 8
"""Refreshes a second."""
MAX_RUNNING = 12
"""Maximum of running jobs that are shown; further ones are counted."""
MAX_STALE = 8
"""Maximum of results of the previous run that are shown; further ones are counted."""


class LiveTable:
    """Draws to stderr, at most eight times a second; `hints` names keys in the last line."""

    def __init__(self, *, color: bool, log_of: Callable[[JobResult], str], hints: str = "") -> None:
        self._console = Console(
            stderr=True, no_color=not color, highlight=False, markup=False, emoji=False
        )
        self._log_of = log_of
        self._hints = hints
        self._running: dict[str, tuple[float, str]] = {}
        self._stale: dict[str, JobResult] = {}
        self._same = 0
        self._spinner = Spinner("dots")
        self._todo = 0
        self._done = 0
        self._measured = 0
        self._parallel = 1
        self._width = 0
        self._begun = time.monotonic()
        self._measured_seconds = 0.0
        self._note = ""
        self._live = Live(
            get_renderable=self._draw,
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        # Live draws from two threads without one lock: what one erases may be a row of the other.
        self._lock = Lock()
        self._closed = Flag()
        self._live.start()
        self._refresher = Thread(target=self._refresh, name="live table", daemon=True)
        self._refresher.start()

    def __call__(self, event: Event) -> None:
        """Show an event."""
        with self._lock:
            self._show(event)

    def _refresh(self) -> None:
        while not self._closed.wait(1 / REFRESHES):
            # The thread that shows events notices a terminal that is gone.
            with suppress(OSError), self._lock:
                self._live.refresh()

    def _show(self, event: Event) -> None:
        if event.kind == "plan":
            self._todo = int(event.data["todo"]) + int(event.data.get("batch", 0))
            self._parallel = int(event.data["parallel"])
            self._width = int(event.data["width"])
            self._begun = time.monotonic()
            self._note = ""
            self._console.print(Text(" " + headline(event), style="bold"))
        elif event.kind in {"warning", "stopping", "retry"}:
            self._console.print(Text(f" {event.kind}: {clean(event.text)}", style="yellow"))
        elif event.kind == "note":
            self._note = clean(event.text, 200)
        elif event.kind == "stale" and event.result is not None:
            self._stale[event.job] = event.result
        elif event.kind == "changed" and event.data.get("same"):
            self._same += 1
        elif event.kind == "end" and self._same:
            text = f"   nothing changed in {count(self._same, 'result')}"
            self._console.print(Text(text, style="dim"))
        elif event.kind == "changed":
            line = "   " + changed_line(event, max(4, min(self._width, 40)))
            self._console.print(Text(line, style="bold"))
        elif event.kind == "started":
            worker = text_of(event.data.get("worker"))
            self._running[event.job] = (time.monotonic(), f"on {worker}" if worker else "")
        elif event.kind == "line" and event.job in self._running and event.text.strip():
            self._running[event.job] = (self._running[event.job][0], event.text)
        elif event.kind == "finished" and event.result is not None:
            self._running.pop(event.job, None)
            self._stale.pop(event.job, None)
            self._done += 1
            if event.result.outcome is not Outcome.CANCELLED:
                self._measured += 1
                self._measured_seconds += event.result.seconds
            row = row_of(event.result, self._log_of(event.result))
            self._console.print(self._row(row))
        elif event.kind == "kept" and event.result is not None:
            again = unchanged_failure_row(event.result, self._log_of(event.result))
            if again is not None:
                self._console.print(self._row(again))

    def close(self) -> None:
        """End the display; the rows of finished jobs stay."""
        self._closed.set()
        self._refresher.join()
        self._live.stop()
        sys.stderr.flush()

    def _row(self, row: Row) -> RenderableType:
        table = self._grid()
        text = Text(row.text, overflow="fold")
        if row.style in {"warn", "block"}:
            word, _, rest = row.text.partition("  ")
            text = Text.assemble((word, STYLES[row.style]), "  ", rest, overflow="fold")
        table.add_row(Text(row.mark, style=STYLES[row.style]), row.job, row.seconds, text)
        if row.hint:
            table.add_row("", "", "", Text(row.hint, style="dim", overflow="fold"))
        return table

    def _grid(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(width=2, justify="right")
        table.add_column(width=max(4, min(self._width, 40)), no_wrap=True, overflow="ellipsis")
        table.add_column(width=8, justify="right", no_wrap=True)
        table.add_column(ratio=1, no_wrap=False)
        return table

    def _draw(self) -> RenderableType:
        now = time.monotonic()
        parts: list[RenderableType] = []
        table = self._grid()
        running = list(self._running.items())
        for job, (since, line) in running[:MAX_RUNNING]:
            took = f"{number(round(now - since, 1))} s"
            output = Text(clean(line, 200), style="dim", no_wrap=True, overflow="ellipsis")
            table.add_row(self._spinner, Text(clean(job, 60)), took, output)
        if running:
            parts.append(table)
        if len(running) > MAX_RUNNING:
            parts.append(Text(f"    and {len(running) - MAX_RUNNING} more", style="dim"))
        parts += self._stale_rows()
        if self._todo > 1:
            bar = Table.grid(padding=(0, 2, 0, 0))
            width = max(10, min(48, self._console.width - 32))
            bar.add_row(
                "",
                ProgressBar(
                    self._todo,
                    self._done,
                    width=width,
                    complete_style="cyan",
                    finished_style="cyan",
                ),
                f"{self._done:,}/{self._todo:,}{self._remaining(now)}",
            )
            parts.append(bar)
        if self._note:
            parts.append(Text(" " + self._note, style="dim"))
        if self._hints:
            parts.append(Text(" " + self._hints, style="dim", no_wrap=True, overflow="ellipsis"))
        return Group(*parts)

    def _stale_rows(self) -> list[RenderableType]:
        """Return the results of the previous run that wait for their new run, marked as stale."""
        waiting = [job for job in self._stale if job not in self._running]
        if not waiting:
            return []
        table = self._grid()
        for job in waiting[:MAX_STALE]:
            row = row_of(self._stale[job])
            text = Text(f"stale: {row.text}", style="dim", no_wrap=True, overflow="ellipsis")
            table.add_row(Text(row.mark, style="dim"), Text(row.job, style="dim"), "", text)
        rows: list[RenderableType] = [table]
        if len(waiting) > MAX_STALE:
            rows.append(Text(f"    and {len(waiting) - MAX_STALE} more are stale", style="dim"))
        return rows

    def _remaining(self, now: float) -> str:
        """Return an estimate of the remaining time: by the mean duration of finished jobs."""
        elapsed = [now - since for since, _ in self._running.values()]
        mean = self._measured_seconds / self._measured if self._measured else None
        rest = seconds_left(self._todo - self._done, mean, elapsed, self._parallel)
        if rest is None or rest < 1:
            return ""
        return f" · {rest:.0f} s left" if rest < 120 else f" · {rest / 60:.0f} min left"
