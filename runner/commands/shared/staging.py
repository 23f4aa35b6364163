"""The folder `--outputs`: replaced as a whole or not at all, by way of a staging folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resim_inspect.text import clean
from runner.errors import CallError
from runner.storage import lease
from runner.storage.fs import disk_errors, remove_tree
from runner.workspace.contract import METRICS
from runner.workspace.results import JobResult, Outcome


def check_outputs(folder: Path) -> None:
    """Refuse a folder with other content, as it is replaced as a whole; raises CallError."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CallError(f"--outputs {clean(str(folder))} is not a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / METRICS.name).is_file():
        raise CallError(
            f"--outputs {clean(str(folder))} has other content than earlier outputs.",
            "Name a new folder, or one with a metrics.binproto, which is then replaced.",
        )


@contextmanager
def staging_folder(outputs: Path) -> Iterator[Path]:
    """Create a folder beside the outputs; it is removed at the end, or by the next call."""
    parent = outputs.absolute().parent
    with disk_errors(outputs):
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(outputs)
        folder = Path(tempfile.mkdtemp(prefix=_prefix(outputs), dir=parent))
        (folder / "owner").write_text(lease.current_owner())
    try:
        yield folder
    finally:
        remove_tree(folder)


def keep(result: JobResult, staging: Path, target: Path) -> None:
    """Replace earlier outputs by new ones, which need a metrics.binproto to be kept."""
    if result.outcome in {Outcome.CANCELLED, Outcome.BROKEN}:
        return
    new = staging / "outputs"
    with disk_errors(target):
        if target.exists():
            target.rename(staging / "old")
        if (new / METRICS.name).is_file():
            new.rename(target)


def _prefix(outputs: Path) -> str:
    return f".{outputs.name}.resim-"


def _sweep(outputs: Path) -> None:
    """Remove the staging folders of runners that were killed."""
    for stale in outputs.absolute().parent.glob(_prefix(outputs) + "*/owner"):
        if lease.is_stale(stale.read_text()):
            remove_tree(stale.parent)
