"""The view of an inputs folder: its unfolded folders, the file under the cursor, the layout."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from resim_inspect.tui.inputs.pane import InputsScreen
from resim_inspect.tui.inputs.view import InputsView
from resim_inspect.tui.session_state.model import MAX_FOLDED, SavedItem, SavedPane, SavedSession

PANE = "inputs"


def screen_view(screen: InputsScreen, known: SavedSession) -> SavedSession:
    """The view of the screen of an inputs folder."""
    inputs = screen.query_one(InputsView)
    layout = SavedPane(
        side_width=inputs.side_width,
        is_side_hidden=inputs.side_hidden,
        maximised=inputs.maximised,
    )
    saved = with_files(layout, inputs)
    return replace(known, panes=() if saved == SavedPane() else ((PANE, saved),))


def restore_screen(screen: InputsScreen, view: SavedSession) -> None:
    """Bring the screen of an inputs folder into a view, the default one included."""
    saved, inputs = view.view_of(PANE), screen.query_one(InputsView)
    inputs.side_width, inputs.side_hidden = saved.side_width, saved.is_side_hidden
    inputs.side_hidden |= inputs.is_single
    inputs.layout_side()
    inputs.maximise(saved.maximised)
    restore_files(inputs, saved)


def with_files(view: SavedPane, inputs: InputsView) -> SavedPane:
    """The view with the file under the cursor and the folders that are unfolded."""
    entry, item, unfolded = inputs.files.entry, None, None
    if entry is not None and inputs.files.cursor > 0:
        item = SavedItem(_relative(entry.path, inputs.folder))
    if inputs.unfolded is not None:
        folders = sorted(_relative(path, inputs.folder) for path in inputs.unfolded)
        unfolded = tuple(folders[:MAX_FOLDED])
    return replace(view, item=item, unfolded=unfolded)


def restore_files(inputs: InputsView, view: SavedPane) -> None:
    """Unfold the folders of a view, and go to its file; paths that are gone are left out."""
    paths = (_path_of(name, inputs.folder) for name in view.unfolded or ())
    inputs.restore(
        None if view.unfolded is None else frozenset(path for path in paths if path is not None),
        None if view.item is None else _path_of(view.item.name, inputs.folder),
    )


def _path_of(name: str, folder: Path) -> Path | None:
    """Path of an entry by its relative name; None for one outside, as a foreign view may have."""
    path = folder / name
    return None if ".." in Path(name).parts or not path.is_relative_to(folder) else path


def _relative(path: Path, folder: Path) -> str:
    """Path of an entry, relative to its inputs; with slashes on every system."""
    return path.relative_to(folder).as_posix()
