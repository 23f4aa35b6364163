"""Progress on a terminal: rows of finished jobs above, running ones and the progress below."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from resim_inspect.text import clean, number
from runner.execution.events import Event
from runner.reporting.lines import headline
from runner.reporting.rows import Row, row_of, worth_repeating
from runner.workspace.results import JobResult
from runner.workspace.run_state import seconds_left

STYLES = {"passed": "green", "warn": "yellow", "block": "red", "error": "bold red", "quiet": "dim"}
MAX_RUNNING = 12
"""Maximum of running jobs that are shown; further ones are counted."""


class LiveTable:
    """Draws to stderr, at most eight times a second."""

    def __init__(self, *, color: bool, log_of: Callable[[JobResult], str]) -> None:
        self._console = Console(
            stderr=True, no_color=not color, highlight=False, markup=False, emoji=False
        )
        self._log_of = log_of
        self._running: dict[str, tuple[float, str]] = {}
        self._spinner = Spinner("dots")
        self._todo = 0
        self._done = 0
        self._parallel = 1
        self._width = 0
        self._begun = time.monotonic()
        self._spent = 0.0
        self._note = ""
        self._live = Live(
            get_renderable=self._draw,
            console=self._console,
            refresh_per_second=8,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def __call__(self, event: Event) -> None:
        """Show an event."""
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
        elif event.kind == "started":
            self._running[event.job] = (time.monotonic(), "")
        elif event.kind == "line" and event.job in self._running and event.text.strip():
            self._running[event.job] = (self._running[event.job][0], event.text)
        elif event.kind == "finished" and event.result is not None:
            self._running.pop(event.job, None)
            self._done += 1
            self._spent += event.result.seconds
            row = row_of(event.result, self._log_of(event.result))
            self._console.print(self._row(row))
        elif event.kind == "kept" and event.result is not None:
            again = worth_repeating(event.result, self._log_of(event.result))
            if again is not None:
                self._console.print(self._row(again))

    def close(self) -> None:
        """End the display; the rows of finished jobs stay."""
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
        return Group(*parts)

    def _remaining(self, now: float) -> str:
        """Return an estimate of the remaining time: by the mean duration of finished jobs."""
        elapsed = [now - since for since, _ in self._running.values()]
        rest = seconds_left(self._todo, self._done, self._spent, elapsed, self._parallel)
        if rest is None or rest < 1:
            return ""
        return f" · {rest:.0f} s left" if rest < 120 else f" · {rest / 60:.0f} min left"
