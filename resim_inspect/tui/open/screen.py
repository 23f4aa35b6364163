"""The open screen: recent documents, a tree of folders, and a field for a path."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from resim_inspect.files import absolute
from resim_inspect.text import clean, fit
from resim_inspect.tui.batch_address import AddressError, BatchAddress, parse_path_or_address
from resim_inspect.tui.inputs.files import FileEntry, list_folder
from resim_inspect.tui.inputs.view import FileTree
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.app import FOCUS
from resim_inspect.tui.keys.opening import OPEN, PATH
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.open.recent import complete, read_recent
from resim_inspect.tui.open.recent_details import RecentDetails, distinct_names, read_details
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.containers import HorizontalBox
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.widgets.row_list import RowList, StyledText
from resim_inspect.tui.workers import Background

NO_DETAILS = RecentDetails(None, "")


class PathSuggester(Suggester):
    """Completion of paths, which reads the disk in a thread."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(complete, value)


class PathInput(Input):
    """A field for a path or an address, which is completed from the disk."""

    BINDINGS: ClassVar[list[BindingType]] = [*PATH]


class RecentList(RowList):
    """List of recently opened paths and batches."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: Sequence[Path | BatchAddress] = ()
        self._details: Mapping[Path, RecentDetails] = {}
        self._names: tuple[int, list[str]] = (0, [])
        """Names of the rows, and the width that they are cut to."""

    def show(
        self, paths: Sequence[Path | BatchAddress], details: Mapping[Path, RecentDetails]
    ) -> None:
        """Set the rows; the cursor stays in its row."""
        self.paths, self._details, self._names = paths, details, (0, [])
        self.set_count(len(paths), max(0, self.cursor))

    def empty_text(self) -> str:
        return "no recent files"

    def copy_text(self, row: int) -> str:
        return str(self.paths[row])

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        path = self.paths[row]
        details = self._details.get(path, NO_DETAILS) if isinstance(path, Path) else NO_DETAILS
        verdict = details.verdict
        mark = "  " if verdict is None else f"{verdict.symbol} "
        age = f" {details.age:>8} " if width >= 36 else ""
        room = max(4, width - 3 - len(age))
        if self._names[0] != room:
            texts = [clean(str(path), 1000) for path in self.paths]
            self._names = room, distinct_names(texts, room)
        chosen = row == self.cursor
        return [
            ("▌" if chosen else " ", styles.accent),
            (mark, styles.quiet if verdict is None else styles.of(verdict)),
            (fit(self._names[1][row], room), styles.strong if chosen else styles.text),
            (age, styles.quiet),
        ]


class OpenScreen(MainScreen[None], Background):
    """Screen to choose what to open."""

    BOXES = ("RecentList", "FileTree")
    # A list has the focus once it is read, unless a path is being typed by then.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*OPEN, *FOCUS]
    DEFAULT_CSS = """
    OpenScreen > #banner { height: 1; background: $panel; padding: 0 1; }
    OpenScreen Input, OpenScreen Input:focus {
        border: round $rule; height: 3; background: $surface; border-title-color: $foreground;
    }
    OpenScreen Input:focus, OpenScreen RowList:focus { border: round $accent; }
    OpenScreen RowList { border: round $rule; border-title-color: $foreground; width: 1fr; }
    """

    class FoldersRead(Message):
        """The folder and the list of recent paths have been read."""

        def __init__(
            self,
            folder: Path,
            unfolded: frozenset[Path],
            entries: Sequence[FileEntry],
            recent: Sequence[Path | BatchAddress],
            details: Mapping[Path, RecentDetails],
        ) -> None:
            super().__init__()
            self.folder = folder
            self.unfolded = unfolded
            self.entries = entries
            self.recent = recent
            self.details = details

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self._unfolded: frozenset[Path] = frozenset()

    def compose(self) -> ComposeResult:
        yield Static(id="banner")
        yield PathInput(
            placeholder="a path; → completes; or resim://PROJECT/BATCH", suggester=PathSuggester()
        )
        with HorizontalBox():
            yield RecentList()
            yield FileTree()
        yield BottomBar()

    def on_mount(self) -> None:
        self._update_banner()
        self.query_one(Input).border_title = "Path"
        self.query_one(RecentList).border_title = "Recent"
        self._read_folder()

    def key_hints(self) -> Iterable[Hint]:
        enter = (Hint("rows.choose"), Hint("open.submit"))
        return (*enter, Hint("open.path"), Hint("focus.next"), Hint("open.back"))

    def _update_banner(self) -> None:
        styles = theme_styles(self.app)
        text = Text("resim-inspect", styles.strong)
        text.append("   open a file, folder, workspace or batch")
        self.query_one("#banner", Static).update(text)

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self._update_banner()

    def _read_folder(self) -> None:
        self._read_in_thread(self.folder, self._unfolded)

    @work(
        thread=True,
        exclusive=True,
        group="folder",
        exit_on_error=False,
        description="reading the folder",
    )
    def _read_in_thread(self, folder: Path, unfolded: frozenset[Path]) -> None:
        entries = list_folder(folder, unfolded)
        recent = read_recent()
        details = read_details(recent)
        self.post_message(self.FoldersRead(folder, unfolded, entries, recent, details))

    @on(FoldersRead)
    def _folders_read(self, message: FoldersRead) -> None:
        message.stop()
        if (message.folder, message.unfolded) != (self.folder, self._unfolded):
            return  # Of a thread that another one has replaced.
        tree, recent = self.query_one(FileTree), self.query_one(RecentList)
        tree.unfolded = self._unfolded
        tree.show(message.entries)
        tree.border_title = Text(clean(str(absolute(message.folder)), 200))
        recent.show(message.recent, message.details)
        if self.focused is None:
            (recent if message.recent and recent.display else tree).focus()

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        tree = self.query_one(FileTree)
        if message.list is not tree:
            self.post_message(OpenRequested(self.query_one(RecentList).paths[message.row]))
        elif tree.entry is not None and tree.entry.folder:
            self._unfolded = self._unfolded ^ {tree.entry.path}
            self._read_folder()
        elif tree.entry is not None:
            self.post_message(OpenRequested(tree.entry.path))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if not message.value.strip():
            return
        try:
            self.post_message(OpenRequested(parse_path_or_address(message.value)))
        except AddressError as error:
            text = clean(str(error), 400)
            self.app.notify(text, title="Cannot open", severity="warning", timeout=8, markup=False)

    def on_paste(self, event: events.Paste) -> None:
        """Take a pasted path or address wherever the focus is."""
        lines = event.text.strip().splitlines()
        if lines:
            event.stop()
            box = self.query_one(Input)
            box.value = lines[0].strip().strip("'\"")
            box.cursor_position = len(box.value)
            box.focus()

    def action_path(self) -> None:
        self.query_one(Input).focus()

    def action_open(self) -> None:
        entry = self.query_one(FileTree).entry
        if entry is not None:
            self.post_message(OpenRequested(entry.path))

    def action_up(self) -> None:
        self.folder = absolute(self.folder).parent
        self._read_folder()

    async def action_back(self) -> None:
        await self.run_action("app.previous")
