"""The outputs folder that somebody named: filled whole or not at all, whatever was in it before."""

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
    """Outputs are replaced as a whole: refuse a folder that holds something else."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CallError(f"--outputs {clean(str(folder))} is no folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / METRICS.name).is_file():
        raise CallError(
            f"--outputs {clean(str(folder))} holds other things than earlier outputs.",
            "Give a new folder, or one with a metrics.binproto, which is then replaced.",
        )


@contextmanager
def staging_folder(outputs: Path) -> Iterator[Path]:
    """A folder beside the outputs to gather in; gone again afterwards, at the latest next time."""
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
    """Remove what a runner that was killed staging here."""
    for stale in outputs.absolute().parent.glob(_prefix(outputs) + "*/owner"):
        if lease.is_stale(stale.read_text()):
            remove_tree(stale.parent)
