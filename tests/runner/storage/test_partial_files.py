"""Files that a killed program was writing: the next call removes them, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from resim_inspect.files import Staging, is_temporary, remove_partial
from runner.storage.leftovers import leftovers_of_workspace, remove_all
from runner.workspace.layout import open_workspace
from runner.workspace.live_log import live_path
from tests.api.misbehaving_server import MisbehavingServer
from tests.containers.container_harness import call_runner
from tests.runner.fetch_harness import fetch, offer, tree
from tests.runner.named_jobs import workspace_of


def half_written(path: Path) -> Path:
    """Leave what a program leaves that is killed while it writes a file."""
    staging = Staging()
    staging.write(path, b"half")
    (left,) = (temporary for temporary, target in staging._files if target == path)
    return left


def partial_files(folder: Path) -> list[str]:
    return [path.name for path in sorted(folder.rglob(".*")) if is_temporary(path.name)]


def test_what_is_left_of_one_file_is_removed_and_of_others_stays(tmp_path: Path) -> None:
    left = [half_written(tmp_path / "result.json") for _ in range(3)]
    others = [
        half_written(tmp_path / "result.json.new"),
        half_written(tmp_path / "result"),
        *(
            tmp_path / name
            for name in (
                *("result.json", ".result.json.tmp", ".result.json.notes.of.me.tmp"),
                *(".result.json.0123456789AB.tmp", ".result.json.0123456789ab.txt"),
                *("result.json.0123456789ab.tmp", "..0123456789ab.tmp"),
            )
        ),
    ]
    for path in others[2:]:
        path.write_bytes(b"mine")
    remove_partial(tmp_path / "result.json")
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)
    assert partial_files(tmp_path) == sorted(path.name for path in others[:2])
    remove_partial(tmp_path / "missing" / "result.json")


def test_names_of_any_length_are_found_again(tmp_path: Path) -> None:
    for name in ("a", "x" * 49, "x" * 50, "\N{SNOWMAN}" * 85):
        half_written(tmp_path / name)
        remove_partial(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_fetch_after_a_killed_one_leaves_the_same_files(
    server: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = paths_written(monkeypatch)
    offer(server, jobs=2)
    fetch(server, tmp_path)
    before = set(tree(tmp_path))
    for path in set(written):
        half_written(path)
        if path.name == "fetched.json":
            # The job was not complete: it is fetched again.
            path.unlink()
    names = {name.rpartition(".")[0].rpartition(".")[0] for name in partial_files(tmp_path)}
    assert names == {".fetched.json", ".listing.json", ".workspace.json"}
    fetch(server, tmp_path)
    assert set(tree(tmp_path)) == before


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the builds of the test need a POSIX shell")
def test_a_run_after_a_killed_one_leaves_the_same_files(tmp_path: Path) -> None:
    folder, call = workspace_of(tmp_path, "a", "b")
    assert call_runner(*call).code == 0
    before = set(tree(folder))
    written = ["workspace.json", "run/owner.json", "run/events.jsonl"]
    written += ["jobs/a/run/result.json.new", "jobs/b/run/result.json.new"]
    for name in written:
        half_written(folder / name)
    # The ids of the workspace are written once.
    (folder / "workspace.json").unlink()
    assert call_runner(*call, "--rerun", "all").code == 0
    assert set(tree(folder)) == before


def test_clean_lists_and_removes_them(tmp_path: Path) -> None:
    folder, _ = workspace_of(tmp_path, "a")
    left = [half_written(folder / name) for name in ("listing.json", "jobs/a/run/result.json.new")]
    (folder / ".notes.tmp").write_text("mine")
    texts = list(remove_all(leftovers_of_workspace(open_workspace(folder), results=False)))
    assert sorted(texts) == sorted(
        f"half-written {path.name} of {where}, 4 B"
        for path, where in zip(left, ("the workspace", "the job a"), strict=True)
    )
    assert partial_files(folder) == []
    assert (folder / ".notes.tmp").is_file()


def test_clean_lists_what_a_killed_fetch_and_a_killed_run_leave(tmp_path: Path) -> None:
    folder, _ = workspace_of(tmp_path, "a")
    (folder / "jobs/a/.logs.new").mkdir()
    (folder / "jobs/a/run").mkdir()
    live_path(folder / "jobs/a/run/log.txt").write_bytes(b"half")
    texts = list(remove_all(leftovers_of_workspace(open_workspace(folder), results=False)))
    assert texts == [".logs.new of the job a, 0 B", "half-written log.txt.live of the job a, 4 B"]
    assert not (folder / "jobs/a/.logs.new").exists()


def paths_written(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Paths of the files that are written whole from now on."""
    written: list[Path] = []
    commit = Staging.commit

    def noting(self: Staging, *, overwrite: bool = True, durable: bool = True) -> None:
        written.extend(path for _, path in self._files)
        commit(self, overwrite=overwrite, durable=durable)

    monkeypatch.setattr(Staging, "commit", noting)
    return written
