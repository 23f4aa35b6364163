"""The screen of a batch of the cloud: a workspace's table that fills while the batch is fetched."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from resim_inspect.job_rows import JobRow
from resim_inspect.text import clean, count
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.cloud.fetch_bar import FetchBar
from resim_inspect.tui.cloud.fetch_state import Fetch
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.workspace import FETCH
from resim_inspect.tui.messages import FetchRequested
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.workspace.screen import WorkspaceScreen

FETCH_SCAN_INTERVAL = 0.3
"""Seconds between two scans of the disk while jobs are being fetched."""


class FetchScreen(WorkspaceScreen):
    """Jobs × metrics of a batch, fetched into its cache folder; Enter opens a fetched job."""

    BINDINGS: ClassVar[list[BindingType]] = [*FETCH]
    TAKES = (FetchRequested,)

    def __init__(
        self, folder: Path, address: BatchAddress, api: str, *, watch: bool = True
    ) -> None:
        super().__init__(folder, watch=watch, fetched=True)
        self.address = address
        self.api = api
        self._job_to_open = address.job
        self._token = ""

    def above(self) -> ComposeResult:
        yield FetchBar(self.folder, self.api, watch=self.watch_disk)

    def on_mount(self) -> None:
        self.bar.begin(self.address)

    @property
    def bar(self) -> FetchBar:
        """The progress line of the fetch."""
        return self.query_one(FetchBar)

    def heading(self) -> Text:
        styles = theme_styles(self.app)
        batch, project = str(self.address.batch), str(self.address.project)
        if self.size.width < 100:
            batch, project = f"{batch[:8]}…", f"{project[:8]}…"
        text = Text().append(f"batch {batch}", styles.strong)
        return text.append(f"   project {project}", styles.quiet)

    def more_hints(self) -> tuple[Hint, ...]:
        fetch = self.bar.fetch
        first = Hint("fetch.stop" if fetch.running else "fetch.fetch")
        return (first, Hint("fetch.missing")) if fetch.missing else (first,)

    # The fetch.

    @on(FetchBar.Changed)
    def _fetch_changed(self, message: FetchBar.Changed) -> None:
        message.stop()
        fetch, event = message.fetch, message.event
        if event != "progress" or time.monotonic() - self.last_scan >= max(
            FETCH_SCAN_INTERVAL, self.scan_pause
        ):
            self.scan()
        self.update_lines()
        if not fetch.running:
            self._ended(fetch)

    def _ended(self, fetch: Fetch) -> None:
        if fetch.problem:
            self._show_error(fetch)
        elif self.address.job and not fetch.jobs and not fetch.stopped:
            text = f"the batch has no job “{clean(self.address.job, 80)}”."
            hint = f"{key_of('fetch.all')} fetches all of its jobs."
            self._show_error(replace(fetch, problem=text, hint=hint))
        elif fetch.missing:
            key = key_of("fetch.missing")
            text = f"{count(len(fetch.missing), 'item')} could not be fetched; {key} names them."
            self.app.notify(text, title=self.address.name, severity="warning", timeout=8)
        elif not self.is_current and not fetch.stopped:
            self.app.notify(fetch.summary(0.0), title=self.address.name, timeout=4, markup=False)

    def _show_error(self, fetch: Fetch) -> None:
        from resim_inspect.tui.cloud.fetch_dialogs import FetchErrorDialog, TokenDialog

        if not self.is_current:
            text = clean(fetch.problem, 300)
            self.app.notify(
                text, title=self.address.name, severity="error", timeout=8, markup=False
            )
        elif fetch.wants_token:
            self.app.push_screen(TokenDialog(fetch), self._with_token)
        else:
            self.app.push_screen(FetchErrorDialog(fetch, str(self.address)))

    def _with_token(self, token: str | None) -> None:
        if token:
            self._token = token
            self.action_reread()

    @on(FetchRequested)
    def _fetch_requested(self, message: FetchRequested) -> None:
        message.stop()
        wider = self.address.job not in ("", message.address.job)
        self.address = message.address if wider or not self.bar.fetch.running else self.address
        self._job_to_open = message.address.job
        self._open_job()
        if wider or not self.bar.fetch.running:
            self.action_reread()

    def action_reread(self) -> None:
        self.bar.begin(self.address, self._token)
        self.scan()
        self.update_lines()

    def action_stop(self) -> None:
        self.bar.stop()
        self.update_lines()

    def action_all(self) -> None:
        if self.address.job or not self.bar.fetch.running:
            self.address = self.address.whole_batch
            self.action_reread()

    def action_missing(self) -> None:
        from resim_inspect.tui.widgets.dialogs import DetailsDialog

        fetch = self.bar.fetch
        if fetch.missing:
            rows = [(item.job, f"{item.item}: {item.reason}") for item in fetch.missing]
            self.app.push_screen(DetailsDialog("Missing items", rows))
        else:
            self.app.notify("Nothing is missing.", timeout=3)

    # Opening of a job once it has been fetched.

    def job_awaited(self, job: JobRow) -> None:
        name = clean(job.name, 80)
        if self.bar.fetch.running:
            self._job_to_open = job.name
            text = f"{name} opens once it is fetched; {key_of('workspace.back')} cancels that."
        else:
            text = f"{name} was not fetched; {key_of('fetch.fetch')} fetches it."
        self.app.notify(text, title="Not fetched yet", timeout=5, markup=False)

    def rows_received(self) -> None:
        self._open_job()

    def _open_job(self) -> None:
        if not self._job_to_open or self.outline is None:
            return
        row = self._rows.get(self.outline.job_names.get(self._job_to_open, self._job_to_open))
        if row is None or not row.fetched:
            return
        self._job_to_open = ""
        if self.is_current:
            self.table.go_to(row.name)
            self.open_row(row)
        else:
            text = row.why_no_metrics or f"{clean(row.name, 80)} has been fetched."
            self.app.notify(text, timeout=5, markup=False)

    def action_dismiss_layer(self) -> None:
        self._job_to_open = ""
        super().action_dismiss_layer()
