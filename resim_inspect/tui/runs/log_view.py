"""View of a run's log: it follows the file while it grows, and wraps or cuts its lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message

from resim_inspect.text import fit, size
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.runs import LOG
from resim_inspect.tui.keys.searching import HITS
from resim_inspect.tui.runs.log_buffer import LogBuffer
from resim_inspect.tui.runs.log_tail import LogPiece, LogTail
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import RowList, StyledText
from resim_inspect.tui.widgets.searchable_list import SearchableList
from resim_inspect.tui.workers import Background

READ_INTERVAL = 0.2
"""Seconds between two looks at the log."""


class LogView(SearchableList, Background):
    """The last lines of a log; the cursor stays at the end while the log is followed."""

    BINDINGS: ClassVar[list[BindingType]] = [*HITS, *LOG]
    RETRIED = ("_read",)
    DEFAULT_CSS = """
    LogView {
        height: 1fr; border: round $rule; border-title-color: $foreground;
        border-subtitle-color: $quiet;
    }
    LogView:focus { border: round $accent; }
    """

    class PieceRead(Message):
        """A part of the log has been read; None if it has not grown."""

        def __init__(self, tail: LogTail, piece: LogPiece | None) -> None:
            super().__init__()
            self.tail = tail
            self.piece = piece

    class StateChanged(Message):
        """The log is followed or not, wrapped or not, or has another size."""

    def __init__(self, *, watch: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self.following = True
        self.wrapping = True
        self.bytes = 0
        """Size of the whole log."""
        self._buffer = LogBuffer()
        self._tail: LogTail | None = None
        self._watch = watch
        self._reading = False

    def on_mount(self) -> None:
        if self._watch:
            self.set_interval(READ_INTERVAL, self._read_if_current)

    def _read_if_current(self) -> None:
        # In another mode each look would start a thread for nothing.
        if self.screen.is_current:
            self.read()

    @property
    def path(self) -> Path | None:
        """Path of the log that is shown."""
        return None if self._tail is None else self._tail.path

    def show(self, path: Path | None) -> None:
        """Show another log, from its end; one that is shown already stays as it is."""
        if path == self.path:
            return
        self._tail = None if path is None else LogTail(path)
        self._buffer.clear()
        self.following, self.bytes = True, 0
        self._count_rows()
        self.read()

    def read(self) -> None:
        """Read what the log has grown by, unless that is being done."""
        if self._tail is not None and not self._reading and self.is_attached:
            self._reading = True
            self._read(self._tail)

    @work(thread=True, group="log", exit_on_error=False, description="reading a log")
    def _read(self, tail: LogTail) -> None:
        piece = None
        try:
            piece = tail.read()
        finally:
            self.post_message(self.PieceRead(tail, piece))

    @on(PieceRead)
    def _piece_read(self, message: PieceRead) -> None:
        message.stop()
        self._reading = False
        if message.tail is not self._tail:
            self.read()
        elif message.piece is not None:
            dropped = self._buffer.append(message.piece)
            self.bytes = message.piece.size
            self._count_rows(dropped)

    def _count_rows(self, dropped: int = 0) -> None:
        """Follow a change of the lines; `dropped` rows at the start are gone."""
        rows = self._buffer.rows
        if self.following:
            self.set_count(rows, rows - 1)
            self.reveal(self.cursor)
        else:
            top = max(0, round(self.scroll_target_y) - dropped)
            self.set_count(rows, max(0, self.cursor - dropped))
            if dropped:
                self.scroll_to(y=top, animate=False, force=True)
        self.post_message(self.StateChanged())

    # Rows.

    def selectable(self, row: int) -> bool:
        return 0 <= row < self.count and self._buffer.line_at(row)[1] == 0

    def reveal(self, row: int) -> None:
        if 0 <= row < self.count:
            line, _ = self._buffer.line_at(row)
            last = self._buffer.row_of(line + 1) - 1
            if last - row < self.scrollable_content_region.height:
                super().reveal(last)
        super().reveal(row)

    def empty_text(self) -> str:
        return "no log" if self._tail is None else "nothing was written yet"

    def copy_text(self, row: int) -> str:
        return self._buffer.lines[self._buffer.line_at(row)[0]]

    def matching_rows(self, wanted: str) -> list[int]:
        lines = [i for i, line in enumerate(self._buffer.lines) if wanted in line.casefold()]
        return self._buffer.rows_of(lines)

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        text = self._buffer.part(*self._buffer.line_at(row))
        if not self.wrapping:
            text = fit(text, max(1, width - 2))
        mark = ("▌" if row == self.cursor else " ", styles.accent)
        return [mark, *self.marked([(text, styles.text)], styles.marks)]

    def on_resize(self) -> None:
        self._rewrap()

    def _rewrap(self) -> None:
        """Wrap the lines to the width; the cursor stays on its line."""
        line = self._buffer.line_at(self.cursor)[0] if 0 <= self.cursor < self.count else 0
        width = max(8, self.scrollable_content_region.width - 2)
        self._buffer.wrap_to(width if self.wrapping else 0)
        rows = self._buffer.rows
        self.set_count(rows, rows - 1 if self.following else self._buffer.row_of(line))
        self.reveal(self.cursor)

    # Keys and the mouse.

    def on_mouse_scroll_up(self) -> None:
        self._follow_if(False)

    def watch_cursor(self, old: int, new: int) -> None:
        super().watch_cursor(old, new)
        self._follow_if(self._is_last(new) and (self.following or new > old))

    def _is_last(self, row: int) -> bool:
        if not 0 <= row < self.count:
            return True
        return self._buffer.line_at(row)[0] == len(self._buffer.lines) - 1

    def _follow_if(self, following: bool) -> None:
        if following != self.following:
            self.following = following
            self.post_message(self.StateChanged())

    def state_hints(self) -> tuple[Hint, Hint]:
        """Keys that change how the log is shown, with what they do now."""
        return (
            Hint("log.follow", "stop following" if self.following else ""),
            Hint("log.wrap", "cut" if self.wrapping else ""),
        )

    def action_follow(self) -> None:
        if self.following:
            self._follow_if(False)
        else:
            self.action_edge(1)
            self._follow_if(True)

    def action_wrap(self) -> None:
        self.wrapping = not self.wrapping
        self._rewrap()
        self.post_message(self.StateChanged())

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        """Show the whole line, which may be cut."""
        message.stop()
        from resim_inspect.tui.widgets.dialogs import DetailsDialog

        self.app.push_screen(
            DetailsDialog("Line of the log", [("text", self.copy_text(message.row))])
        )

    def summary(self) -> str:
        """State of the log for its frame: `12.3 MB · following`."""
        note = f"the last {len(self._buffer.lines):,} lines"
        return " · ".join(
            (size(self.bytes), "following" if self.following else "not followed")
            + ((note,) if self._buffer.has_dropped else ())
            + (() if self.wrapping else ("not wrapped",))
        )
