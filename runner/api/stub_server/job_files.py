"""What lies in the folders of a job, as far as the stub server tells of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from runner.workspace.layout import RunFolder


def files_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Regular files below a folder, without links: absolute, and relative to it; sorted."""
    root = folder.resolve()
    for where, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            file = Path(where, name)
            if file.is_file() and not file.is_symlink():
                yield file, file.relative_to(root).as_posix()


def modified(run_folder: RunFolder) -> float:
    """When a job's metrics were written; for want of them, when its folder changed."""
    for path in (run_folder.metrics, run_folder.path):
        try:
            return path.stat().st_mtime
        except OSError:
            continue
    return 0.0
