"""The line that says how a fetch stands; it owns the process that fetches."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from textual import on, work
from textual.message import Message
from textual.strip import Strip

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import fit
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.cloud.fetch_child import Child
from resim_inspect.tui.cloud.fetch_state import Fetch
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.row_list import StyledText, strip_of
from resim_inspect.tui.workers import Background

WIDTH = 20
"""Cells of the bar."""


class FetchBar(Background):
    """One line: a bar, jobs and bytes, what does not come."""

    DEFAULT_CSS = "FetchBar { height: 1; background: $panel; }"

    class Changed(Message):
        """The fetch is further; `event` is what it told."""

        def __init__(self, fetch: Fetch, event: str) -> None:
            super().__init__()
            self.fetch = fetch
            self.event = event

    class Told(Message):
        """An event of a fetch, from its thread."""

        def __init__(self, child: Child, values: dict[str, Any]) -> None:
            super().__init__()
            self.child = child
            self.values = values

    def __init__(self, folder: Path, api: str, *, watch: bool = True) -> None:
        super().__init__()
        self.folder = folder
        self.api = api
        self.fetch = Fetch(running=False)
        self._watch = watch
        self._child: Child | None = None
        self._heard = 0.0

    def on_mount(self) -> None:
        if self._watch:
            self.set_interval(1.0, self._tick)

    def on_unmount(self) -> None:
        self.stop()

    def begin(self, address: BatchAddress, token: str = "") -> None:
        """Fetch a batch or one of its jobs; what was under way is ended first."""
        self.stop()
        before = self._child
        self._child = Child(address, self.folder, self.api, os.environ, token)
        self.fetch = Fetch()
        self._heard = time.monotonic()
        self._run(self._child, before)
        self.refresh()

    def stop(self) -> None:
        """End what is under way; what came is kept."""
        if self._child is not None and self.fetch.running:
            self.fetch = self.fetch.stop()
            self._child.stop()
            self.refresh()

    @work(thread=True, group="fetch", exit_on_error=False, description="fetching the batch")
    def _run(self, child: Child, before: Child | None) -> None:
        if before is not None:
            # Two at once would be in each other's way.
            before.wait()
        for values in child.events():
            self.post_message(self.Told(child, values))

    @on(Told)
    def _told(self, message: Told) -> None:
        message.stop()
        if message.child is self._child:
            before = self.fetch
            self.fetch = before.after(message.values)
            if self.fetch != before:
                self._heard = time.monotonic()
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
            full = round(share * WIDTH)
            pieces += [
                ("━" * full, styles.accent),
                ("─" * (WIDTH - full), styles.quiet),
                (" ", styles.text),
            ]
        elif fetch.problem:
            pieces.append(("E ", styles.of(MetricStatus.FAIL_BLOCK)))
        elif not fetch.lost and not fetch.stopped and fetch.jobs is not None:
            pieces.append(("✓ ", styles.of(MetricStatus.PASSED)))
        said = fetch.said(time.monotonic() - self._heard)
        pieces.append((said, styles.text))
        if fetch.lost:
            pieces.append((f" · ! {fetch.losses}", styles.of(MetricStatus.FAIL_WARN)))
        used = sum(len(text) for text, _ in pieces)
        if used > width:
            text, style = pieces.pop()
            pieces.append((fit(text, width - used + len(text)), style))
        return strip_of(pieces, width, self.rich_style)
