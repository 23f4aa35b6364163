"""Folder of a run without a container, and its `/tmp/resim` where one is needed.

The removal of a dead runner's folders runs in its watchdog too, with the standard library only.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from resim_inspect.files import write_whole
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
    return lease.owner_record(Path(str(ROOT)), OWNER) == str(work)


def write_owner(work: Path, pid: int | None = None) -> None:
    """Write the owner of a run into its folder, and its process once it has one; raises OSError."""
    process = "" if pid is None else f"\n{pid} {lease.process_start(pid)}"
    write_whole(work / OWNER, f"{lease.current_owner()}{process}".encode(), durable=False)


def remove_work(work: Path, at_tmp: bool) -> None:
    """Remove the folder of a run and, with `at_tmp`, its `/tmp/resim`."""
    if at_tmp and owns_tmp_resim(work):
        shutil.rmtree(str(ROOT), ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)
    if work.exists():
        # A build may have removed its own permissions on its folders.
        _make_writable(work)
        shutil.rmtree(work, ignore_errors=True)


def remove_runs_of(owner: str, temporary: str) -> bool:
    """End the runs of an owner with folders in `temporary`; return True if there were any."""
    removed = [end_run(work) for work, whose in work_folders(temporary) if whose == owner]
    return bool(removed)


def work_folders(temporary: str) -> Iterator[tuple[Path, str]]:
    """Yield the folders of this user's runs on this machine, each with its owner."""
    for work in Path(temporary).glob(PREFIX + "*"):
        owner, _, _ = lease.owner_record(work, OWNER).partition("\n")
        if owner:
            yield work, owner


def end_run(work: Path) -> list[str]:
    """Kill the processes of a run whose runner has ended and remove its folder; return both."""
    ended = [f"process {pid}" for pid in _processes_of(work) if _kill_group(pid)]
    remove_work(work, owns_tmp_resim(work))
    return [*ended, f"folder {work}"]


def _processes_of(work: Path) -> set[int]:
    processes = set()
    _, _, process = lease.owner_record(work, OWNER).partition("\n")
    text, _, start = process.partition(" ")
    pid = lease.pid_in(text)
    if pid is not None and start and lease.process_start(pid) == start:
        processes.add(pid)
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


def _make_writable(folder: Path) -> None:
    """Let the user change a folder and all below it; links are not followed."""
    with suppress(OSError):
        folder.chmod(0o700)
    for path, names, _ in os.walk(folder):
        for below in (Path(path, name) for name in names):
            with suppress(OSError):
                if not below.is_symlink():
                    below.chmod(0o700)
