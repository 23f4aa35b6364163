"""Names of outputs as ReSim's worker gives them: it keeps a job's logs and outputs together."""

from __future__ import annotations

import os
from pathlib import Path

from runner.storage.fs import disk_errors
from runner.workspace.contract import METRICS

PREFIX = "metrics-"


def prefix_clashes(outputs: Path, logs: Path) -> list[tuple[str, str]]:
    """Rename outputs whose names the job's logs have too; return old and new relative names.

    `metrics.binproto` keeps its name. Raises StorageError.
    """
    renamed = []
    with disk_errors(outputs):
        for where, _, names in os.walk(outputs):
            folder = Path(where)
            for name in sorted(names):
                path = folder / name
                relative = path.relative_to(outputs)
                if relative.as_posix() == METRICS.name or not (logs / relative).is_file():
                    continue
                target = path.with_name(PREFIX + name)
                while target.exists():
                    target = target.with_name(PREFIX + target.name)
                path.rename(target)
                renamed.append((relative.as_posix(), target.relative_to(outputs).as_posix()))
    return sorted(renamed)
