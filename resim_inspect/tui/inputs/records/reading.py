"""Workers that count, read and search the rows of a file, and the messages they post."""

from __future__ import annotations

import time
from pathlib import Path

from textual import work
from textual.message import Message

from resim_inspect.inputs.recording import RecordingError
from resim_inspect.inputs.records.opening import open_records
from resim_inspect.inputs.records.record_file import FileChangedError, RecordFile
from resim_inspect.inputs.records.rows import ParsedRecord
from resim_inspect.inputs.records.search import SearchStep, search_rows
from resim_inspect.inputs.records.table_page import TablePage
from resim_inspect.text import clean
from resim_inspect.tui.inputs.records.row_search import RowSearch
from resim_inspect.tui.workers import Background, is_worker_cancelled

PROGRESS_INTERVAL = 0.1
"""Seconds between two messages of progress."""


class RecordReading(Background):
    """A widget whose workers read a `RecordFile`; each of them runs once at a time."""

    class RecordsMessage(Message):
        """Base of the messages about a file."""

        def __init__(self, records: RecordFile) -> None:
            super().__init__()
            self.records = records

    class Counted(RecordsMessage):
        """More rows have been counted, or all of them, or none since the file is unreadable."""

        def __init__(self, records: RecordFile, *, is_done: bool, is_readable: bool = True) -> None:
            super().__init__(records)
            self.is_done = is_done
            self.is_readable = is_readable

    class PageRead(RecordsMessage):
        """A page has been read; None if it could not be."""

        def __init__(self, records: RecordFile, page: TablePage | None, size: int) -> None:
            super().__init__(records)
            self.page = page
            self.size = size
            """Size of the file that was known before."""

    class RecordRead(RecordsMessage):
        """A row has been read in full, to be shown or copied."""

        def __init__(
            self, records: RecordFile, row: int, record: ParsedRecord | None, *, is_copy: bool
        ) -> None:
            super().__init__(records)
            self.row = row
            self.record = record
            self.is_copy = is_copy

    class SearchProgress(RecordsMessage):
        """A search has found more, or has ended if there are no steps."""

        def __init__(
            self, records: RecordFile, search: RowSearch, steps: tuple[SearchStep, ...]
        ) -> None:
            super().__init__(records)
            self.search = search
            self.steps = steps

    class Unreadable(RecordsMessage):
        """The file cannot be read now; `sentence` says why."""

        def __init__(self, records: RecordFile, sentence: str) -> None:
            super().__init__(records)
            self.sentence = sentence

    class Reopened(RecordsMessage):
        """The file has other content, and was opened again."""

        def __init__(
            self, records: RecordFile, successor: RecordFile, page: TablePage, sentence: str
        ) -> None:
            super().__init__(records)
            self.successor = successor
            self.page = page
            self.sentence = sentence
            """Sentence about the change; empty for a file that had no complete row before."""

    @work(thread=True, group="records", exit_on_error=False, description="counting rows of a file")
    def count_rows(self, records: RecordFile) -> None:
        """Count the rows up to the end of the file."""
        reported_at, is_readable = time.monotonic(), False
        try:
            while records.extend() and not records.is_complete and not is_worker_cancelled():
                if time.monotonic() - reported_at >= PROGRESS_INTERVAL:
                    self.post_message(self.Counted(records, is_done=False))
                    reported_at = time.monotonic()
            is_readable = True
        except (FileChangedError, RecordingError, OSError) as error:
            self._explain(records, error)
        finally:
            self.post_message(self.Counted(records, is_done=True, is_readable=is_readable))

    @work(thread=True, group="records", exit_on_error=False, description="reading rows of a file")
    def read_page(self, records: RecordFile, first: int, most: int) -> None:
        """Read the rows in view and some around them."""
        page, size = None, records.size
        try:
            page = records.page(first, most)
        except (FileChangedError, RecordingError, OSError) as error:
            self._explain(records, error)
        self.post_message(self.PageRead(records, page, size))

    @work(thread=True, group="records", exit_on_error=False, description="reading a row of a file")
    def read_record(self, records: RecordFile, row: int, *, is_copy: bool) -> None:
        """Read a row in full."""
        try:
            record = records.record(row)
        except (FileChangedError, RecordingError, OSError) as error:
            self._explain(records, error)
        else:
            self.post_message(self.RecordRead(records, row, record, is_copy=is_copy))

    @work(
        thread=True,
        exclusive=True,
        group="record-search",
        exit_on_error=False,
        description="searching a file",
    )
    def search_file(self, records: RecordFile, search: RowSearch) -> None:
        """Find the rows that have a text."""
        steps: list[SearchStep] = []
        reported_at, has_match = time.monotonic(), False
        try:
            for step in search_rows(records, search.wanted, search.first):
                steps.append(step)
                # The first match is reported at once: the cursor goes there.
                is_first = bool(step.rows) and not has_match
                if is_first or time.monotonic() - reported_at >= PROGRESS_INTERVAL:
                    has_match = has_match or is_first
                    self.post_message(self.SearchProgress(records, search, tuple(steps)))
                    steps, reported_at = [], time.monotonic()
                if is_worker_cancelled():
                    break
        except (FileChangedError, RecordingError, OSError) as error:
            self._explain(records, error)
        finally:
            if steps:
                self.post_message(self.SearchProgress(records, search, tuple(steps)))
            self.post_message(self.SearchProgress(records, search, ()))

    def _explain(self, records: RecordFile, error: Exception) -> None:
        """Open a file that has changed again, or say why it cannot be read; for workers."""
        if isinstance(error, FileChangedError):
            try:
                successor = open_records(records.path)
                page = successor.page(0, 1)
            except (RecordingError, OSError) as reason:
                error = reason
            except FileChangedError:
                # It changes once more: the next look at it is soon.
                return
            else:
                self.post_message(self.Reopened(records, successor, page, str(error)))
                return
        self.post_message(self.Unreadable(records, reason_of(error, records.path)))


def reason_of(error: Exception, path: Path) -> str:
    """Return why a file cannot be read as a sentence."""
    name = clean(path.name, 120)
    if isinstance(error, FileNotFoundError):
        return f"{name} is gone; the rows that were read last are shown."
    if isinstance(error, OSError):
        return f"{name} cannot be read: {(error.strerror or str(error)).lower()}."
    return str(error)
