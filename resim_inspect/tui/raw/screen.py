"""Screen of the bytes of a file: the tree of its fields, and the bytes of the chosen one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static
from textual.worker import Worker

from resim_inspect.document.raw_tree.nodes import RawNode
from resim_inspect.document.raw_tree.reader import RawReader
from resim_inspect.text import clean, size
from resim_inspect.tui import clipboard
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.raw import RAW
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.raw.bytes_view import BytesView
from resim_inspect.tui.raw.reading import RawReadingScreen, RawSubject, RawTarget, subject_of
from resim_inspect.tui.raw.tree_list import RawHeading, RawTreeList
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.row_list import RowList


class RawScreen(RawReadingScreen):
    """The tree of the fields of a file, which is read where it is unfolded."""

    BINDINGS: ClassVar[list[BindingType]] = [*RAW]
    DEFAULT_CSS = """
    RawScreen > #location { height: 1; background: $panel; padding: 0 1; }
    RawScreen > #problem { height: auto; max-height: 4; padding: 0 1; color: $error; }
    RawScreen > #fields {
        height: 1fr; border: round $rule; border-title-color: $foreground;
        border-subtitle-color: $quiet;
    }
    RawScreen > #fields:focus-within { border: round $accent; }
    RawScreen.-narrow BytesView { height: 7; }
    """

    def __init__(self, subject: RawSubject, target: RawTarget) -> None:
        super().__init__()
        self.subject = subject
        self.reader: RawReader | None = None
        self._target = target
        self._worker: Worker[None] | None = None
        """The search that goes on."""
        self._request = 0
        self._state = ""
        self._direction = 1
        self._stopped_at: tuple[str, int, int] | None = None
        """Text of the last search, if that did not come to the end, the offset from which it was
        started, and the one that it came to."""

    def compose(self) -> ComposeResult:
        yield Static(id="location", markup=False)
        yield Static(id="problem", markup=False)
        with VerticalBox(id="fields"):
            yield RawHeading()
            yield RawTreeList()
        yield BytesView()
        yield BottomBar()

    def on_mount(self) -> None:
        self.query_one("#fields").border_title = "Fields"
        self.tree_list.focus()
        self._lines()
        self.open_file(self.subject, self._target)

    def on_unmount(self) -> None:
        self._stop_search()

    @property
    def tree_list(self) -> RawTreeList:
        """The tree."""
        return self.query_one(RawTreeList)

    # Reading.

    @on(RawReadingScreen.Opened)
    def _opened(self, message: RawReadingScreen.Opened) -> None:
        message.stop()
        self._stop_search()
        if self.subject.problem and not message.subject.problem and self.subject.path is not None:
            # The file has been written to its end meanwhile.
            self.app.post_message(OpenRequested(self.subject.path))
            self.dismiss(None)
            return
        self.subject = message.subject
        self.reader = message.reader
        self.tree_list.show_place(message.place, message.below, message.reader.source.size)
        self._lines()

    @on(RawReadingScreen.Failed)
    def _failed(self, message: RawReadingScreen.Failed) -> None:
        message.stop()
        sentence = clean(message.error.sentence, 200)
        if message.error.about_file:
            self._stop_search()
            self.reader = None
            self.tree_list.show_problem(f"✗ {sentence} {key_of('raw.reload')} reads it again.")
            self.query_one(BytesView).show(None)
        else:
            self.app.notify(sentence, severity="warning", timeout=5, markup=False)
        self._lines()

    @on(RawTreeList.UnfoldRequested)
    def _unfold_requested(self, message: RawTreeList.UnfoldRequested) -> None:
        message.stop()
        if self.reader is not None:
            self.read_level(self.reader, message.node)

    @on(RawReadingScreen.LevelRead)
    def _level_read(self, message: RawReadingScreen.LevelRead) -> None:
        message.stop()
        if message.reader is self.reader:
            self.tree_list.unfold_node(message.node, message.nodes)
            self.update_hints()

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        node = self.tree_list.node
        self.query_one(BytesView).show(node)
        if self.reader is not None and node is not None:
            self.read_bytes(self.reader, node)
        self.update_hints()

    @on(RawReadingScreen.BytesRead)
    def _bytes_read(self, message: RawReadingScreen.BytesRead) -> None:
        message.stop()
        if message.reader is self.reader and message.node is self.tree_list.node:
            self.query_one(BytesView).show(message.node, message.content)

    @on(RawTreeList.CopyRequested)
    def _copy_requested(self, message: RawTreeList.CopyRequested) -> None:
        message.stop()
        if self.reader is not None:
            self.read_value(self.reader, message.node)

    @on(RawReadingScreen.ValueRead)
    def _value_read(self, message: RawReadingScreen.ValueRead) -> None:
        message.stop()
        if message.text:
            clipboard.copy(self.app, message.text)
        else:
            self.app.notify("This field is empty.", timeout=3)

    def action_reread(self) -> None:
        node = self.tree_list.node
        if node is not None:
            self._target = RawTarget(steps=node.steps)
        self.open_file(self.subject, self._target)

    def session_changed(self, old: Session, new: Session) -> None:
        """Show the new version of the file, at the same field."""
        if new.document is not old.document:
            self.subject = subject_of(new)
            self.action_reread()

    # Searching.

    @on(RawTreeList.SearchRequested)
    def _search_requested(self, message: RawTreeList.SearchRequested) -> None:
        message.stop()
        if self.reader is not None:
            node = self.tree_list.node
            offset = self._offset_beside(node, message.by)
            if self._stopped_at is not None and self._stopped_at[:2] == (message.wanted, offset):
                # The search before this one came to an end without an answer: it goes on.
                offset = self._stopped_at[2]
            self._search_from(offset, message.wanted, message.by)

    def _offset_beside(self, node: RawNode | None, by: int) -> int:
        """Offset after which, or before which, the next match is looked for."""
        if node is None:
            return -1
        # A page starts where its first field does, which has not been looked at.
        return node.start - 1 if node.is_paging and by > 0 else node.start

    def _search_from(self, offset: int, wanted: str, by: int) -> None:
        assert self.reader is not None
        self._stop_search()
        self._request += 1
        self._state, self._direction = "searching…", by
        self._worker = self.start_search(
            self._request, self.reader, wanted, offset, backwards=by < 0
        )
        self._lines()

    def _stop_search(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
        self._worker, self._state = None, ""
        self._request += 1

    @on(RawReadingScreen.SearchedTo)
    def _searched_to(self, message: RawReadingScreen.SearchedTo) -> None:
        message.stop()
        if message.request == self._request and self.reader is not None:
            part = message.offset / max(1, self.reader.source.size)
            self._state = f"searching… at {part:.0%} of the file"
            self._lines()

    @on(RawReadingScreen.Searched)
    def _searched(self, message: RawReadingScreen.Searched) -> None:
        message.stop()
        if message.request != self._request:
            return
        by = self._direction
        self._worker, self._state = None, ""
        node = self.tree_list.node
        self._stopped_at = None
        hit_place, wanted = message.result.place, clean(self.tree_list.wanted, 60)
        if hit_place is not None:
            self.tree_list.reveal_place(hit_place)
        elif message.result.is_complete:
            keys = f"{key_of('raw.next')} and {key_of('raw.previous')}"
            self.app.notify(
                f"No further name or value has {wanted}; {keys} search down and up.",
                timeout=4,
                markup=False,
            )
        else:
            reached, key = message.result.reached, key_of("raw.next" if by > 0 else "raw.previous")
            self._stopped_at = self.tree_list.wanted, self._offset_beside(node, by), reached
            self.app.notify(
                f"The search has come to byte {reached:,} without {wanted}; {key} goes on.",
                timeout=4,
                markup=False,
            )
        self._lines()

    def action_back(self) -> None:
        if self._worker is not None:
            self._stop_search()
            self._lines()
        else:
            self.dismiss(None)

    # The lines around.

    def _lines(self) -> None:
        self.query_one(RawHeading).refresh()
        styles = theme_styles(self.app)
        location = Text(no_wrap=True, overflow="ellipsis")
        location.append(clean(self.subject.label, 80), styles.strong)
        location.append("   raw bytes", styles.text)
        if self.reader is not None:
            location.append(f"   {size(self.reader.source.size)}", styles.quiet)
        if self._state:
            location.append(f"   {self._state}", styles.accent)
        self.query_one("#location", Static).update(location)
        problem = self.query_one("#problem", Static)
        problem.display = bool(self.subject.problem)
        problem.update(f"✗ {clean(self.subject.problem, 400)}")
        self.update_hints()

    def key_hints(self) -> Iterable[Hint]:
        words = self.tree_list.fold_hint()
        fold = (Hint("rows.choose", words),) if words else ()
        hints = (Hint("raw.next"), Hint("raw.previous")) if self.tree_list.wanted else ()
        if self.subject.problem:
            hints = (*hints, Hint("raw.reload", "reload"))
        return (
            *fold,
            Hint("raw.search"),
            *hints,
            Hint("rows.copy", "value"),
            Hint("raw.copy_path"),
            Hint("raw.back", "stop" if self._worker is not None else "back"),
        )

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self._lines()
        self.tree_list.refresh()
        self.query_one(BytesView).refresh()
