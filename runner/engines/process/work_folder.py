"""Folder of a run without a container, and its `/tmp/resim` where one is needed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from runner.errors import EngineError
from runner.workspace.contract import ROOT

OWNER = "owner"


def take_tmp_resim(inputs: Path, outputs: Path) -> None:
    """Create `/tmp/resim`, which serves as a lock: only one run can create it."""
    root = Path(str(ROOT))
    try:
        root.mkdir(mode=0o700)
    except FileExistsError:
        raise EngineError(
            f"{root} exists already; another run or program uses it.",
            "Wait for it, or remove the folder; runs with bubblewrap or an engine do not need it.",
        ) from None
    (root / OWNER).write_text(str(inputs.parent))
    (root / "inputs").symlink_to(inputs)
    (root / "outputs").symlink_to(outputs)


def owns_tmp_resim(work: Path) -> bool:
    """Return True if `/tmp/resim` belongs to the run of that folder."""
    try:
        return Path(str(ROOT), OWNER).read_text() == str(work)
    except OSError:
        return False


def remove_work(work: Path, at_tmp: bool) -> None:
    """Remove the folder of a run and, with `at_tmp`, its `/tmp/resim`."""
    if at_tmp and owns_tmp_resim(work):
        shutil.rmtree(str(ROOT), ignore_errors=True)
    # A build may have removed its own permissions on its folders.
    shutil.rmtree(work, onerror=_make_writable)


def _make_writable(function: Callable[..., object], path: str, _: object) -> None:
    with suppress(OSError):
        Path(path).parent.chmod(0o700)
        if not Path(path).is_symlink():
            Path(path).chmod(0o700)
        function(path)
