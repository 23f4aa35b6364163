"""The progress line of a fetch, which owns the process that fetches."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from textual import on, work
from textual.message import Message
from textual.strip import Strip

from resim_inspect.document.enums import MetricStatus
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.cloud.fetch_process import FetchProcess
from resim_inspect.tui.cloud.fetch_state import Fetch
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.progress_line import progress_bar, progress_strip
from resim_inspect.tui.widgets.row_list import StyledText
from resim_inspect.tui.workers import Background


class FetchBar(Background):
    """One line: a progress bar, the numbers of jobs and bytes, and what is missing."""

    DEFAULT_CSS = "FetchBar { height: 1; background: $panel; }"

    class Changed(Message):
        """The fetch has advanced; `event` is the kind of event that it sent."""

        def __init__(self, fetch: Fetch, event: str) -> None:
            super().__init__()
            self.fetch = fetch
            self.event = event

    class EventReceived(Message):
        """An event of a fetch, from its thread."""

        def __init__(self, process: FetchProcess, values: dict[str, Any]) -> None:
            super().__init__()
            self.process = process
            self.values = values

    def __init__(self, folder: Path, api: str, *, watch: bool = True) -> None:
        super().__init__()
        self.folder = folder
        self.api = api
        self.fetch = Fetch(running=False)
        self._watch = watch
        self._process: FetchProcess | None = None
        self._last_event = 0.0

    def on_mount(self) -> None:
        if self._watch:
            self.set_interval(1.0, self._tick)

    def on_unmount(self) -> None:
        self.stop()

    def begin(self, address: BatchAddress, token: str = "") -> None:
        """Fetch a batch or one of its jobs; a fetch in progress is stopped first."""
        self.stop()
        before = self._process
        self._process = FetchProcess(address, self.folder, self.api, os.environ, token)
        self.fetch = Fetch()
        self._last_event = time.monotonic()
        self._run(self._process, before)
        self.refresh()

    def stop(self) -> None:
        """Stop the fetch in progress; jobs that were fetched are kept."""
        if self._process is not None and self.fetch.running:
            self.fetch = self.fetch.stop()
            self._process.stop()
            self.refresh()

    @work(thread=True, group="fetch", exit_on_error=False, description="fetching the batch")
    def _run(self, process: FetchProcess, before: FetchProcess | None) -> None:
        if before is not None:
            # Two processes at once would compete for the folder's lock.
            before.wait()
        for values in process.events():
            self.post_message(self.EventReceived(process, values))

    @on(EventReceived)
    def _event_received(self, message: EventReceived) -> None:
        message.stop()
        if message.process is self._process:
            before = self.fetch
            self.fetch = before.after(message.values)
            if self.fetch != before:
                self._last_event = time.monotonic()
            self.refresh()
            self.post_message(self.Changed(self.fetch, message.values["event"]))

    def _tick(self) -> None:
        if self.fetch.running:
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        styles, width, fetch = theme_styles(self.app), self.size.width, self.fetch
        pieces: list[StyledText] = [(" ", styles.text)]
        if fetch.running:
            share = fetch.done / fetch.jobs if fetch.jobs else 0.0
            pieces += progress_bar(share, styles, width)
        elif fetch.problem:
            pieces.append(("E ", styles.of(MetricStatus.FAIL_BLOCK)))
        elif not fetch.missing and not fetch.stopped and fetch.jobs is not None:
            pieces.append(("✓ ", styles.of(MetricStatus.PASSED)))
        summary = fetch.summary(time.monotonic() - self._last_event)
        pieces.append((summary, styles.text))
        if fetch.missing:
            pieces.append((f" · ! {fetch.missing_summary}", styles.of(MetricStatus.FAIL_WARN)))
        return progress_strip(pieces, width, self.rich_style)
