"""Files of a job, for the stub API's lists."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from runner.workspace.layout import RunFolder


def files_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield (absolute path, relative name) of regular files below a folder, without links."""
    root = folder.resolve()
    for where, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            file = Path(where, name)
            if file.is_file() and not file.is_symlink():
                yield file, file.relative_to(root).as_posix()


def modified(run_folder: RunFolder) -> float:
    """Modification time of a job's metrics, else of its folder, in seconds since 1970; else 0."""
    for path in (run_folder.metrics, run_folder.path):
        try:
            return path.stat().st_mtime
        except OSError:
            continue
    return 0.0
