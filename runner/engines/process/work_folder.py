"""Folder of a run without a container, and its `/tmp/resim` where one is needed.

The removal of a dead runner's folders runs in its watchdog too, with the standard library only.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from runner.errors import EngineError
from runner.storage import lease
from runner.workspace.contract import ROOT

PREFIX = "resim-runner-"
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


def remove_runs_of(owner: str, temporary: str) -> bool:
    """End the runs of an owner with folders in `temporary`; return True if there were any."""
    removed = [end_run(work) for work, whose in work_folders(temporary) if whose == owner]
    return bool(removed)


def work_folders(temporary: str) -> Iterator[tuple[Path, str]]:
    """Yield the folders of all runs of this machine, each with its owner."""
    for work in Path(temporary).glob(PREFIX + "*"):
        try:
            owner, _, _ = (work / OWNER).read_text().partition("\n")
        except OSError:
            continue
        yield work, owner


def end_run(work: Path) -> list[str]:
    """Kill the processes of a run whose runner has ended and remove its folder; return both."""
    ended = [f"process {pid}" for pid in _processes_of(work) if _kill_group(pid)]
    remove_work(work, owns_tmp_resim(work))
    return [*ended, f"folder {work}"]


def _processes_of(work: Path) -> set[int]:
    processes = set()
    with suppress(OSError):
        _, _, process = (work / OWNER).read_text().partition("\n")
        pid, _, start = process.partition(" ")
        if pid.isdigit() and start and lease.process_start(int(pid)) == start:
            processes.add(int(pid))
    # A runner that died just after the start did not write the process down. It is found by its
    # outputs: in its environment, or as the folder that bubblewrap binds.
    outputs = os.fsencode(work / "outputs") + b"\0"
    for about in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words, env = (about / "cmdline").read_bytes(), (about / "environ").read_bytes()
            if b"--bind\0" + outputs in words or b"RESIM_OUTPUTS=" + outputs in env:
                processes.add(os.getpgid(int(about.name)))
    return processes - {os.getpgrp()}


def _kill_group(group: int) -> bool:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _make_writable(function: Callable[..., object], path: str, _: object) -> None:
    with suppress(OSError):
        Path(path).parent.chmod(0o700)
        if not Path(path).is_symlink():
            Path(path).chmod(0o700)
        function(path)
