"""Rows of a file that are searched as a whole by a worker, which tells what it finds meanwhile."""

from __future__ import annotations

from textual import on
from textual.message import Message

from resim_inspect.inputs.records.record_file import RecordFile
from resim_inspect.tui.inputs.records.reading import RecordReading
from resim_inspect.tui.inputs.records.row_search import RowSearch
from resim_inspect.tui.key_hints import found_text
from resim_inspect.tui.widgets.row_list import RowList


class SearchedRows(RowList, RecordReading):
    """Rows of a file with a search that starts at the cursor and goes round."""

    class StateChanged(Message):
        """The rows, the search or the columns in view are others."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SearchedRows.StateChanged)

    def __init__(self) -> None:
        super().__init__()
        self.records: RecordFile | None = None
        self.search: RowSearch | None = None
        self.match: int | None = None
        """Row of a match whose column is to be selected."""
        self.following = False
        self.target: int | None = None
        """Row to go to as soon as it has been counted."""

    def show_match(self) -> None:
        """Select the column of the match at the cursor, if its row has been read."""
        raise NotImplementedError

    @property
    def is_searching(self) -> bool:
        """True while a worker searches the file."""
        return self.search is not None and self.search.is_running

    def action_search(self) -> None:
        from resim_inspect.tui.widgets.prompt import Prompt

        def typed(text: str | None) -> None:
            if text and self.records is not None:
                self.following, self.target = False, None
                self.search = RowSearch(text, max(0, self.cursor))
                self.search_file(self.records, self.search)
                self.post_message(self.StateChanged())

        self.app.push_screen(
            Prompt("Find text", "a part of a row, in the whole file", done="find"), typed
        )

    @on(RecordReading.SearchProgress)
    def _search_progress(self, message: RecordReading.SearchProgress) -> None:
        message.stop()
        search = message.search
        if message.records is not self.records or search is not self.search:
            return
        for step in message.steps:
            search.add(step)
        if not message.steps:
            search.is_running = False
        row = search.first_match()
        if row is not None and not search.has_jumped:
            search.has_jumped = True
            self._go_to_match(row)
        if not message.steps:
            self._tell_end(search)
        self.refresh()
        self.post_message(self.StateChanged())

    def _tell_end(self, search: RowSearch) -> None:
        if search.match_count:
            text = found_text(search.match_count, "row", "records.next_hit")
            self.app.notify(text, timeout=3)
        else:
            self.app.notify(f"No row has {search.wanted}.", timeout=3, markup=False)

    def action_hit(self, by: int) -> None:
        if self.search is None:
            self.action_search()
            return
        row = self.search.next_row(self.cursor, by)
        if row is not None:
            self.search.has_jumped = True
            self._go_to_match(row)
        elif not self.search.is_running:
            self.app.notify(f"No row has {self.search.wanted}.", timeout=3, markup=False)

    def _go_to_match(self, row: int) -> None:
        if row < self.count:
            self.match = self.cursor = row
            self.show_match()
        else:
            # The search is ahead of the worker that counts.
            self.match = self.target = row

    def action_stop(self) -> None:
        self.stop_search()

    def stop_search(self) -> bool:
        """Stop a search that runs, and keep what it has found; return False if none runs."""
        if self.search is None or not self.search.is_running:
            return False
        self.workers.cancel_group(self, "record-search")
        self.search.is_running = False
        self.post_message(self.StateChanged())
        return True
