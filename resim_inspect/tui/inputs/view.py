"""View of a build's inputs: a tree of files, a preview, and findings about the contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect.files import is_file
from resim_inspect.text import clean, count, fit, size
from resim_inspect.tui.inputs.files import FileEntry, Inputs, Preview, preview, read_inputs
from resim_inspect.tui.inputs.preview_lines import PreviewLines
from resim_inspect.tui.inputs.records.record_list import RecordList
from resim_inspect.tui.inputs.records.view import RecordView
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.lists import SIDE
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.chart.image_view import ImageView
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.row_list import RowList, StyledText
from resim_inspect.tui.widgets.side_list import SideHost
from resim_inspect.tui.workers import Background


class FileTree(RowList):
    """Tree of files and folders; Enter unfolds a folder."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: Sequence[FileEntry] = ()
        self.unfolded: frozenset[Path] = frozenset()

    @property
    def entry(self) -> FileEntry | None:
        """FileEntry at the cursor."""
        return self.entries[self.cursor] if 0 <= self.cursor < len(self.entries) else None

    def is_unfolded(self, entry: FileEntry) -> bool:
        """Return True for a folder whose entries are shown."""
        return entry.folder and entry.path in self.unfolded

    def show(self, entries: Sequence[FileEntry]) -> None:
        """Set the entries; the cursor stays on its path."""
        here = self.entry
        self.entries = entries
        row = next((i for i, e in enumerate(entries) if here and e.path == here.path), None)
        self.set_count(len(entries), max(0, self.cursor) if row is None else row)

    def copy_text(self, row: int) -> str:
        return str(self.entries[row].path)

    def empty_text(self) -> str:
        return "the folder is empty"

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        entry = self.entries[row]
        chosen = row == self.cursor
        sign = ("▾ " if self.is_unfolded(entry) else "▸ ") if entry.folder else "  "
        tail = f"{entry.size:,}" if entry.folder else "" if entry.note else size(entry.size)
        start = " " * (2 * entry.depth)
        room = max(4, width - len(start) - len(tail) - 5)
        name = fit(clean(entry.path.name, 200) + ("/" if entry.folder else ""), room)
        return [
            ("▌" if chosen else " ", styles.accent),
            (start + sign, styles.quiet),
            (name, styles.strong if chosen else styles.text),
            (" " + tail + " ", styles.quiet),
        ]


class InputsView(Background, SideHost):
    """Tree, preview and findings of an inputs folder."""

    BOXES = ("#tree-side", "#preview")
    BINDINGS: ClassVar[list[BindingType]] = [*SIDE]
    side_id = "tree-side"

    DEFAULT_CSS = """
    InputsView { layout: horizontal; height: 1fr; }
    InputsView > #tree-side { width: 44; }
    InputsView FileTree, InputsView #preview {
        border: round $rule; border-title-color: $foreground; height: 1fr;
        border-subtitle-color: $quiet;
    }
    InputsView #preview { width: 1fr; }
    InputsView FileTree:focus, InputsView #preview:focus-within { border: round $accent; }
    InputsView #input-findings {
        border: round $rule; border-title-color: $quiet; padding: 0 1;
        height: auto; max-height: 50%;
    }
    InputsView ImageView, InputsView RecordView { display: none; }
    InputsView.-image ImageView, InputsView.-rows RecordView { display: block; }
    InputsView.-image PreviewLines, InputsView.-rows PreviewLines { display: none; }
    """

    class InputsRead(Message):
        """The folder has been read."""

        def __init__(self, inputs: Inputs) -> None:
            super().__init__()
            self.inputs = inputs

    class PreviewRead(Message):
        """A preview has been read."""

        def __init__(self, preview_: Preview) -> None:
            super().__init__()
            self.preview = preview_

    def __init__(self, folder: Path, *, watch: bool = True) -> None:
        """`folder`: inputs, or one file of them; `watch`: follow changes of the file in view."""
        super().__init__()
        self.folder = folder
        self.is_single = is_file(folder)
        """True for one file in place of a folder."""
        self.side_hidden = self.is_single
        self._watch = watch
        self._previewed: Path | None = None
        """Path of the file in view."""
        self._to_focus: Path | None = None
        """Path of a file that gets the focus as soon as it is in view."""
        self.inputs: Inputs | None = None
        self._unfolded = self._first_unfolded
        self._wanted: Path | None = None
        """Path that gets the cursor once the folder has been read."""

    @property
    def _first_unfolded(self) -> frozenset[Path]:
        return frozenset({self.folder / "experience", self.folder / "logs"})

    @property
    def unfolded(self) -> frozenset[Path] | None:
        """Folders that are unfolded; None if they are those of the start."""
        return None if self._unfolded == self._first_unfolded else self._unfolded

    def restore(self, unfolded: frozenset[Path] | None, path: Path | None) -> None:
        """Unfold these folders alone, and put the cursor on a path if it is there.

        None stands for the folders of the start, and for the first path.
        """
        self._unfolded = self._first_unfolded if unfolded is None else unfolded
        self._wanted = path
        if path is None:
            self.files.cursor = min(self.files.count - 1, 0)
        self.reload()

    def compose(self) -> ComposeResult:
        with VerticalBox(id="tree-side"):
            yield FileTree()
            yield Static(id="input-findings")
        with VerticalBox(id="preview"):
            yield PreviewLines()
            yield ImageView()
            yield RecordView(watch=self._watch)

    def on_mount(self) -> None:
        self.query_one("#input-findings").border_title = "Contract"
        self.reload()

    def on_resize(self) -> None:
        self.layout_side()

    def side_list(self) -> FileTree:
        return self.files

    def other_list(self) -> Widget:
        if self.has_class("-image"):
            return self.query_one(ImageView)
        return self.query_one(RecordList if self.has_class("-rows") else PreviewLines)

    def stop_search(self) -> bool:
        """Stop a search of the file in view; return False if there is none."""
        return self.query_one(RecordList).stop_search()

    def focus_main(self) -> None:
        """Focus the tree, or the preview while the tree is hidden."""
        self.main_widget().focus()

    @property
    def files(self) -> FileTree:
        """The tree of files."""
        return self.query_one(FileTree)

    def key_hints(self) -> Iterable[Hint]:
        """Bindings that do something now."""
        entry = self.files.entry
        if entry is None:
            return ()
        if self.screen.focused not in (None, self.files):
            side = self.side_hints()
            leave = () if side else (Hint("focus.next", "files"),)
            if self.has_class("-rows"):
                return (*side, *self.query_one(RecordList).hints(), *leave)
            lines = self.query_one(PreviewLines)
            fold = (Hint("preview.fold"), Hint("preview.fold_all")) if lines.blocks else ()
            return (*side, *fold, *lines.search_hints(), *leave)
        does = "read" if not entry.folder else "fold" if self.files.is_unfolded(entry) else "unfold"
        return (Hint("rows.choose", does), Hint("focus.next", "preview"))

    def reload(self) -> None:
        """Read the folder again."""
        self._read(self.folder, self._unfolded)

    @work(
        thread=True,
        exclusive=True,
        group="inputs",
        exit_on_error=False,
        description="reading the inputs",
    )
    def _read(self, folder: Path, unfolded: frozenset[Path]) -> None:
        self.post_message(self.InputsRead(read_inputs(folder, unfolded)))

    @on(InputsRead)
    def _inputs_read(self, message: InputsRead) -> None:
        message.stop()
        if message.inputs.unfolded != self._unfolded:
            return  # Of a thread that another one has replaced.
        inputs = self.inputs = message.inputs
        self.files.unfolded = self._unfolded
        self.files.show(inputs.entries)
        if self._wanted is not None:
            paths = [entry.path for entry in inputs.entries]
            if self._wanted in paths:
                self.files.cursor = paths.index(self._wanted)
            self._wanted = None
        self.files.border_title = Text(f"Inputs · {inputs.mode} mode" if inputs.mode else "File")
        styles, text = theme_styles(self.app), Text()
        for finding in sorted(inputs.findings, key=lambda f: -f.severity.rank):
            text.append(finding.severity.symbol + " ", styles.severity[finding.severity])
            text.append(f"{clean(finding.where, 80)} ", styles.strong)
            text.append(clean(finding.message, 300), styles.text)
            text.append(f" {clean(finding.hint, 200)}\n", styles.quiet)
        text.rstrip()
        if not inputs.findings:
            text.append("✓ no findings", styles.quiet)
        box = self.query_one("#input-findings", Static)
        box.display = bool(inputs.mode)
        box.update(text)
        number = len(inputs.findings)
        box.border_title = "Contract" + (f" · {count(number, 'finding')}" if number else "")

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        if message.list is self.files and self.files.entry is not None:
            self._preview(self.files.entry)
            self.post_message(KeyHintsChanged())

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        entry = self.files.entry
        if message.list is not self.files or entry is None:
            return
        if entry.folder:
            self._unfolded = self._unfolded ^ {entry.path}
            self.reload()
        else:
            self._to_focus = entry.path
            if self._previewed == entry.path:
                self._focus_preview()

    def _focus_preview(self) -> None:
        self._to_focus = None
        self.other_list().focus()

    @work(
        thread=True,
        exclusive=True,
        group="preview",
        exit_on_error=False,
        description="reading a file of the inputs",
    )
    def _preview(self, entry: FileEntry) -> None:
        self.post_message(self.PreviewRead(preview(entry)))

    @on(PreviewRead)
    def _preview_read(self, message: PreviewRead) -> None:
        message.stop()
        contents, entry = message.preview, self.files.entry
        if entry is None or entry.path != contents.path:
            return
        rows, suffix = self.query_one(RecordView), contents.path.suffix.lower()
        records = rows.rows.records
        if contents.rows and records is not None and records.path == contents.path:
            # It follows the changes of its file, and stays where it is.
            rows.rows.poll()
            return
        self._previewed = contents.path
        frame = self.query_one("#preview")
        frame.border_title, frame.border_subtitle = Text(contents.title), ""
        had_focus = frame.has_pseudo_class("focus-within")
        self.set_class(contents.image, "-image")
        self.set_class(contents.rows is not None, "-rows")
        if contents.rows is not None:
            rows.show(*contents.rows, coloured=suffix in (".json", ".geojson"))
        else:
            rows.rows.clear()
            if contents.image:
                self.query_one(ImageView).show_file(contents.path)
            else:
                lines = self.query_one(PreviewLines)
                lines.show(
                    contents.lines,
                    json=contents.is_json,
                    foldable=contents.is_json,
                    sentences=contents.sentences,
                )
        if had_focus or self._to_focus == contents.path:
            self._focus_preview()

    @on(RecordList.StateChanged)
    def _rows_changed(self, message: RecordList.StateChanged) -> None:
        message.stop()
        rows, frame = self.query_one(RecordList), self.query_one("#preview")
        if rows.records is not None:
            name = clean(rows.records.path.name, 120)
            frame.border_title = Text(f"{name} · {size(rows.records.size)}")
            frame.border_subtitle = Text(rows.summary())
            self.post_message(KeyHintsChanged())

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        if self.inputs is not None:
            self.post_message(self.InputsRead(self.inputs))
