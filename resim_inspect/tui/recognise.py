"""What a path is: a metrics file, an outputs folder, an inputs folder, a workspace."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.document.errors import UnreadableError
from resim_inspect.tui.loading import FILE_NAME


def recognise(path: Path | None) -> Path:
    """The metrics file that a path means. Raises DocumentError."""
    if path is None:
        path = Path()
    if not path.is_dir():
        return path
    for candidate in (path / FILE_NAME, path / "outputs" / FILE_NAME):
        if candidate.is_file():
            return candidate
    raise UnreadableError(f"the folder has no {FILE_NAME}", path)
