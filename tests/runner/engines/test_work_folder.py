"""Folders of runs without a container: whose they are, and that none stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.engines.process import engine as process_engine
from runner.engines.process import work_folder
from runner.engines.process.engine import ProcessEngine
from runner.engines.protocol import Build, Task
from runner.errors import StorageError
from runner.storage import lease
from runner.storage.scratch import WORKER_PREFIX, stale_folders
from tests.runner.engines.process_harness import processes

ENDED = f"{lease.current_owner().rpartition('/')[0]}/0"
"""Owner that is a process of this machine which has ended."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        yield process
        process.kill()


def claimed(folder: Path, process: subprocess.Popen[bytes]) -> Path:
    """A folder that names a process as that of a run whose runner has ended."""
    folder.mkdir()
    text = f"{ENDED}\n{process.pid} {lease.process_start(process.pid)}"
    (folder / work_folder.OWNER).write_text(text)
    return folder


def test_a_folder_of_this_user_names_a_process_to_end(
    temporary: Path, victim: subprocess.Popen[bytes]
) -> None:
    work = claimed(temporary / "resim-runner-a", victim)
    assert ProcessEngine().sweep() == [f"process {victim.pid}", f"folder {work}"]
    assert victim.wait(30) == -signal.SIGKILL
    assert not work.exists()


def test_a_folder_of_another_user_names_nothing_to_end(
    temporary: Path, victim: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = claimed(temporary / "resim-runner-a", victim)
    worker = temporary / f"{WORKER_PREFIX}a"
    worker.mkdir()
    (worker / ".owner").write_text(ENDED)
    user = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: user + 1)
    assert ProcessEngine().sweep() == []
    assert not list(ProcessEngine().leftovers())
    assert not stale_folders(WORKER_PREFIX)
    assert victim.poll() is None
    assert work.exists()


def test_a_link_to_a_folder_names_nothing_to_end(
    temporary: Path, victim: subprocess.Popen[bytes]
) -> None:
    claimed(temporary / "mine", victim)
    (temporary / "resim-runner-a").symlink_to(temporary / "mine")
    assert ProcessEngine().sweep() == []
    assert victim.poll() is None


def test_a_fifo_in_place_of_an_owner_blocks_no_reader(temporary: Path) -> None:
    for name, owner in (("resim-runner-a", "owner"), (f"{WORKER_PREFIX}a", ".owner")):
        (temporary / name).mkdir()
        os.mkfifo(temporary / name / owner)
    assert ProcessEngine().sweep() == []
    assert not stale_folders(WORKER_PREFIX)


@pytest.fixture
def without_privileges() -> Iterator[Path]:
    """A folder of a user who has no rights but those of the files, as root is not."""
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, 65_534, 65_534)
        os.seteuid(65_534)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        shutil.rmtree(folder, ignore_errors=True)


def test_folders_without_permissions_are_removed(without_privileges: Path) -> None:
    kept = without_privileges / "kept"
    kept.mkdir()
    kept.chmod(0o500)
    work = without_privileges / "work"
    inner = work / "outputs" / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "file").touch()
    (inner / "link").symlink_to(kept)
    for folder in (inner, inner.parent, inner.parent.parent):
        folder.chmod(0)
    work_folder.remove_work(work, at_tmp=False)
    assert not work.exists()
    assert kept.stat().st_mode & 0o777 == 0o500


@pytest.mark.parametrize("writes_before", [0, 1])
def test_a_start_that_cannot_be_recorded_leaves_no_process(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, writes_before: int
) -> None:
    written: list[int | None] = []

    def write_owner(work: Path, pid: int | None = None) -> None:
        if len(written) == writes_before:
            raise OSError(28, "No space left on device")
        written.append(pid)
        work_folder.write_owner(work, pid)

    monkeypatch.setattr(process_engine, "write_owner", write_owner)
    engine, build = ProcessEngine(), Build(command=("sleep", "64209"))
    prepared = engine.prepare(build, lambda _: None)
    with pytest.raises(StorageError, match="the disk is full"):
        engine.start(build, prepared, Task("run", "a", ()), _Log())
    assert not processes("64209")
    assert not list(temporary.iterdir())


class _Log:
    def write(self, stream: int, data: bytes) -> None:
        """Take a build's output."""
