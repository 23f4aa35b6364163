"""Detection of a path's kind: a metrics file, outputs, inputs, a workspace, or a run."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from resim_inspect.derived import is_derived
from resim_inspect.document.discovery import METRICS_FILE, inputs_beside, metrics_files
from resim_inspect.errors import THE_PATH, UnreadableError
from resim_inspect.files import is_file, is_folder
from resim_inspect.inputs.file_kinds import file_kind


class PathKind(StrEnum):
    """Kind of thing that can be opened."""

    METRICS = "metrics"
    INPUTS = "inputs"
    WORKSPACE = "workspace"
    RUN = "run"


class DetectedPath(NamedTuple):
    """A path that can be opened, and its kind."""

    kind: PathKind
    path: Path
    """Path of the metrics file, the inputs (a folder or one file of them), the workspace or the
    record of a run."""
    description: str
    """The kind in words, with an article: `an outputs folder`."""
    inputs: Path | None = None
    """Inputs folder beside a metrics file, if there is one."""


def detect(path: Path) -> DetectedPath:
    """Detect the kind of a path from names alone. Raises UnreadableError for an unknown kind."""
    kind = file_kind(path)
    if kind and is_file(path):
        return DetectedPath(PathKind.INPUTS, path, kind)
    if not is_folder(path):
        return DetectedPath(PathKind.METRICS, path, "a metrics file", inputs_beside(path.parent))
    for folder in (path, path / "outputs"):
        if is_file(folder / METRICS_FILE) or is_derived(folder / METRICS_FILE):
            description = "an outputs folder" if folder == path else "a job's folder"
            return DetectedPath(
                PathKind.METRICS, folder / METRICS_FILE, description, inputs_beside(folder)
            )
    from runner.workspace.contract import looks_like_inputs, mode_of, names_in
    from runner.workspace.layout import looks_like_workspace
    from runner.workspace.run_record import looks_like_record

    if looks_like_workspace(path):
        return DetectedPath(PathKind.WORKSPACE, path, "a workspace")
    if looks_like_record(path):
        return DetectedPath(PathKind.RUN, path, "a run")
    for folder in (path, path / "inputs"):
        if looks_like_inputs(folder):
            description = f"inputs of {mode_of(names_in(folder))} mode"
            return DetectedPath(PathKind.INPUTS, folder, description)
    return _runs_below(path)


def _runs_below(path: Path) -> DetectedPath:
    """Detect the metrics files below a folder: one is opened itself, several are its jobs."""
    try:
        first, *more = islice(metrics_files(path, derived=True), 2)
    except UnreadableError as error:
        raise UnreadableError(
            f"{error.problem}; a build's inputs have experience/ and logs/, and a file of them is "
            "opened by its own path",
            path,
            subject=THE_PATH,
        ) from error
    if more:
        return DetectedPath(PathKind.WORKSPACE, path, "a folder of metrics files")
    return DetectedPath(PathKind.METRICS, first, "a metrics file", inputs_beside(first.parent))
