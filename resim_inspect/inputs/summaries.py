"""Summary of a file or folder of the inputs by its name: which reader it needs, and its faults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from resim_inspect.files import is_file
from resim_inspect.inputs.mcap_summary import read_mcap
from resim_inspect.inputs.recording import Recording, RecordingError, recording_lines
from resim_inspect.inputs.rosbag import METADATA, read_bag, read_metadata

SQLITE = "The file is the SQLite file of a rosbag2, whose topics are in a metadata.yaml beside it."


def summary_lines(path: Path, *, folder: bool) -> tuple[str, ...] | None:
    """Return the summary of a recording as lines, or why there is none in one sentence.

    None for a path that is not a recording.
    """
    try:
        recording = read_recording(path, folder=folder)
    except RecordingError as error:
        return (str(error),)
    except OSError as error:
        return (f"It cannot be read: {(error.strerror or str(error)).lower()}.",)
    return None if recording is None else tuple(recording_lines(recording))


def read_recording(path: Path, *, folder: bool) -> Recording | None:
    """Summarise a file or folder; None if it is not a recording.

    Raises RecordingError and OSError.
    """
    reader = _reader(path, folder)
    return None if reader is None else reader()


def _reader(path: Path, folder: bool) -> Callable[[], Recording | None] | None:
    suffix = path.suffix.lower()
    if folder:
        inside = path / METADATA
        return (lambda: read_metadata(inside)) if is_file(inside) else None
    if path.name == METADATA:
        return lambda: read_metadata(path)
    if suffix == ".mcap":
        return lambda: read_mcap(path)
    if suffix == ".bag":
        return lambda: read_bag(path)
    return (lambda: _sqlite(path)) if suffix == ".db3" else None


def _sqlite(path: Path) -> Recording | None:
    """Summarise a .db3 by the metadata beside it; its own tables are not read."""
    beside = path.with_name(METADATA)
    recording = read_metadata(beside) if is_file(beside) else None
    if recording is None:
        raise RecordingError(SQLITE)
    return recording
