"""Dialog of an export: what is written in which format, and the path of the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from resim_inspect.errors import InspectError
from resim_inspect.files import exists, expanded, is_folder
from resim_inspect.text import clean, pad
from resim_inspect.tui.exporting.choices import (
    ExportCancelledError,
    ExportChoice,
    proposed_path,
)
from resim_inspect.tui.gc_tuning import gc_paused
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.exporting import EXPORT_DIALOG
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.dialogs import CLOSE, ChoiceList, Dialog
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.workers import Background


class ExportDialog(Dialog[tuple[Path, str] | None], Background):
    """Writes the chosen thing; returns the file and a summary, None for Esc.

    It stays open until the file is written, and says why a file cannot be written.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*EXPORT_DIALOG]
    DEFAULT_CSS = """
    ExportDialog > .box { width: 72; }
    ExportDialog ChoiceList { height: auto; max-height: 12; }
    ExportDialog Input, ExportDialog Input:focus {
        height: 3; border: round $rule; background: $surface; border-title-color: $quiet;
    }
    ExportDialog Input:focus { border: round $accent; }
    ExportDialog #export-line { height: auto; max-height: 4; padding: 0 1; color: $quiet; }
    ExportDialog #export-line.-problem { color: $foreground; text-style: bold; }
    """

    class Written(Message):
        """The file is there."""

        def __init__(self, path: Path, summary: str) -> None:
            super().__init__()
            self.path = path
            self.summary = summary

    class Refused(Message):
        """The file could not be written, for a reason in one sentence; empty if cancelled."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason

    def __init__(self, choices: Sequence[ExportChoice], folder: Path) -> None:
        """`choices`: at least one; `folder`: the one that paths are relative to."""
        super().__init__()
        self.choices = choices
        self.folder = folder
        self._chosen = 0
        self._proposed = self._proposal(0)
        self._cancelled: Event | None = None
        """Set to cancel the writing in progress; None while nothing is written."""

    def _proposal(self, row: int) -> str:
        return proposed_path(self.choices[row], self.folder).name

    def compose(self) -> ComposeResult:
        widest = max(len(choice.format) for choice in self.choices)
        rows = [f"{pad(choice.format, widest)}  {choice.label}" for choice in self.choices]
        with VerticalBox(classes="box") as box:
            yield ChoiceList(rows, None)
            field = Input(self._proposed)
            field.border_title = Text("path")
            yield field
            yield Static(id="export-line", markup=False)
        box.border_title = "Export"
        self.show_hints(box, Hint("rows.choose", "write"), Hint("export.path"), CLOSE)

    def on_mount(self) -> None:
        self.query_one(ChoiceList).focus()
        self._say(f"in {clean(str(self.folder), 300)}")

    @property
    def field(self) -> Input:
        """The path."""
        return self.query_one(Input)

    def _say(self, words: str, *, is_problem: bool = False) -> None:
        line = self.query_one("#export-line", Static)
        line.update(Text(words))
        line.set_class(is_problem, "-problem")

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        if not 0 <= message.row < len(self.choices) or message.row == self._chosen:
            return
        old, new = self.choices[self._chosen], self.choices[message.row]
        self._chosen = message.row
        typed = self.field.value
        if typed == self._proposed:
            self._proposed = self._proposal(message.row)
            self.field.value = self._proposed
        elif typed.endswith(old.suffix):
            self.field.value = typed.removesuffix(old.suffix) + new.suffix

    @on(RowList.Chosen)
    def _row_chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        self.begin()

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.begin()

    def action_path(self) -> None:
        self.field.focus()

    def begin(self) -> None:
        """Write the chosen thing to the path in the field, unless one is being written."""
        if self._cancelled is not None:
            return
        path, problem = self._path()
        if path is None:
            self._say(problem, is_problem=True)
            return
        self._cancelled = Event()
        self._say(f"Writing {clean(str(path), 300)} …")
        self._write(self.choices[self._chosen], path, self._cancelled)

    def _path(self) -> tuple[Path | None, str]:
        """The path of the file to write, or the reason why there cannot be one."""
        typed = self.field.value.strip()
        if not typed:
            return None, "The path is empty: type the name of a file."
        if "\0" in typed:
            return None, "A path cannot contain a NUL character: type another name."
        path = self.folder / expanded(typed)
        shown = clean(str(path), 300)
        if is_folder(path):
            return None, f"{shown} is a folder: name a file in it."
        if exists(path):
            return None, f"{shown} exists: choose another name."
        if not is_folder(path.parent):
            return None, f"The folder {clean(str(path.parent), 300)} does not exist."
        return path, ""

    @work(thread=True, group="export", exit_on_error=False, description="exporting what is shown")
    def _write(self, choice: ExportChoice, path: Path, cancelled: Event) -> None:
        try:
            with gc_paused():
                summary = choice.write(path, cancelled)
        except ExportCancelledError:
            self.post_message(self.Refused(""))
        except FileExistsError:
            self.post_message(self.Refused(f"{path} exists: choose another name."))
        except InspectError as error:
            self.post_message(self.Refused(error.located()))
        except OSError as error:
            reason = error.strerror or error
            self.post_message(self.Refused(f"{path} cannot be written: {reason}."))
        else:
            self.post_message(self.Written(path, summary))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state in (WorkerState.ERROR, WorkerState.CANCELLED):
            self._cancelled = None
        if event.state is WorkerState.ERROR:
            self._say("The file was not written.", is_problem=True)

    @on(Written)
    def _written(self, message: Written) -> None:
        message.stop()
        self._cancelled = None
        self.dismiss((message.path, message.summary))

    @on(Refused)
    def _refused(self, message: Refused) -> None:
        message.stop()
        self._cancelled = None
        if message.reason:
            self._say(clean(message.reason, 600), is_problem=True)
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        if self._cancelled is None:
            self.dismiss(None)
            return
        # The thread closes the dialog: nothing is left behind by then.
        self._cancelled.set()
        self._say("Cancelling …")
