"""What a path is: a metrics file, an outputs folder, an inputs folder, a workspace, or nothing."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from resim_inspect.errors import UnreadableError
from resim_inspect.tui.document.loading import FILE_NAME


class Kind(StrEnum):
    """What can be opened."""

    METRICS = "metrics"
    INPUTS = "inputs"
    WORKSPACE = "workspace"


class Place(NamedTuple):
    """What a path was recognised as."""

    kind: Kind
    path: Path
    """The metrics file, the inputs folder or the workspace."""
    said: str
    """What it was recognised as, in words."""
    inputs: Path | None = None
    """For a metrics file: the inputs folder beside it."""


def recognise(path: Path) -> Place:
    """Look at a path, not into its files. Raises UnreadableError for what is none of these."""
    if not path.is_dir():
        return Place(Kind.METRICS, path, "a metrics file", _inputs_beside(path.parent))
    for folder in (path, path / "outputs"):
        if (folder / FILE_NAME).is_file():
            said = "an outputs folder" if folder == path else "a job's folder"
            return Place(Kind.METRICS, folder / FILE_NAME, said, _inputs_beside(folder))
    from runner.workspace.contract import looks_like_inputs, mode_of, names_in
    from runner.workspace.layout import looks_like_workspace

    if looks_like_workspace(path):
        return Place(Kind.WORKSPACE, path, "a workspace")
    if looks_like_inputs(path):
        return Place(Kind.INPUTS, path, f"inputs of {mode_of(names_in(path))} mode")
    if looks_like_inputs(path / "inputs"):
        inputs = path / "inputs"
        return Place(Kind.INPUTS, inputs, f"inputs of {mode_of(names_in(inputs))} mode")
    raise UnreadableError(
        f"is a folder without {FILE_NAME}, and neither a build's inputs nor a workspace", path
    )


def _inputs_beside(outputs: Path) -> Path | None:
    """The inputs folder that belongs to an outputs folder."""
    folder = outputs.absolute().parent / "inputs"
    return folder if outputs.absolute().name == "outputs" and folder.is_dir() else None
