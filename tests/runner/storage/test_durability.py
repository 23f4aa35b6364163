"""Durable records: the disk has what a record says before the record is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from resim_inspect import files
from runner.storage.fs import flush_tree, write_atomic
from runner.storage.publish import new_outputs, publish
from runner.storage.staging import NEW, staging_folder, swap_in
from runner.workspace.layout import RunFolder
from runner.workspace.results import JobResult, Outcome
from tests.api.misbehaving_server import misbehaving_server
from tests.runner.download.row_harness import ALL, file_row, put_rows
from tests.runner.fetch_harness import fetch, offer

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="a descriptor has its file's name on Linux only"
)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that the disk was told to take, in order; `*` stands for all."""
    names: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda fd: names.append(Path(f"/proc/self/fd/{fd}").readlink().name)
    )
    monkeypatch.setattr(os, "sync", lambda: names.append("*"))
    return names


def write_outputs(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_outputs_are_on_the_disk_before_their_result(tmp_path: Path, synced: list[str]) -> None:
    folder = RunFolder(tmp_path / "job")
    write_outputs(new_outputs(folder), "metrics.binproto", "plots/a.png")
    publish(folder, JobResult("job", "id", Outcome.DONE, "PASSED", files=2), b"{}")
    assert sorted(synced[:2]) == ["a.png", "metrics.binproto"]
    assert [name.rpartition(".")[0].rpartition(".")[0] for name in synced[2:]] == [
        ".result.json.new"
    ]


def test_outputs_of_a_job_are_on_the_disk_before_they_replace_others(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    moved: list[int] = []
    rename = Path.rename

    def note(path: Path, to: Path) -> Path:
        moved.append(len(synced))
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", note)
    with staging_folder(out) as staging:
        write_outputs(staging / NEW, "metrics.binproto", "b.csv")
        swap_in(staging, out)
    assert sorted(synced) == ["b.csv", "metrics.binproto"]
    assert moved == [2]


def test_files_of_a_download_are_on_the_disk_before_its_state(
    tmp_path: Path, synced: list[str]
) -> None:
    with misbehaving_server() as server:
        offer(server, jobs=1)
        put_rows(server, 0, "logs", [file_row(server, "a.txt", b"log")])
        fetch(server, tmp_path, ALL)
        before = len(synced)
        # Nothing is written again for a job that is complete.
        fetch(server, tmp_path, ALL)
    assert "logs-0" in synced
    assert "metrics.binproto" in synced[:before]
    assert not {"logs-0", "metrics.binproto"} & set(synced[before:])


def test_many_files_are_left_to_the_machine(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_outputs(tmp_path / "out", *map(str, range(5)))
    (tmp_path / "out" / "link").symlink_to("/dev/zero")
    flush_tree(tmp_path / "out")
    assert sorted(synced) == list("01234")
    monkeypatch.setattr(files, "MAX_FILES_FLUSHED", 4)
    flush_tree(tmp_path / "out")
    assert synced[5:] == ["*"]
    flush_tree(tmp_path / "missing")


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, synced: list[str]) -> None:
    write_atomic(tmp_path / "a.json", b"1")
    write_atomic(tmp_path / "b.json", b"2", durable=False)
    assert len(synced) == 1
    assert synced[0].startswith(".a.json.")
