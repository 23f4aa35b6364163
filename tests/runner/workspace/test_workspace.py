"""A workspace read from disk: ids, names, results, and what is none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from runner.errors import WorkspaceError
from runner.workspace.layout import RunFolder, config_values, looks_like_workspace, open_workspace
from runner.workspace.results import JobResult, Outcome, result_from_bytes


def workspace_of(folder: Path, *names: str) -> Path:
    for name in names:
        for part in ("experience", "logs"):
            (folder / "jobs" / name / "inputs" / part).mkdir(parents=True)
    return folder


def test_jobs_are_sorted_and_ids_follow_from_the_workspace(tmp_path: Path) -> None:
    workspace = open_workspace(workspace_of(tmp_path, "b", "a", "c"))
    assert [job.name for job in workspace.jobs] == ["a", "b", "c"]
    assert workspace.jobs[0].id == uuid5(workspace.id, "a")
    assert len({workspace.id, workspace.project_id, workspace.batch_id}) == 3
    assert workspace == open_workspace(tmp_path)
    assert not workspace.recorded


def test_recorded_ids_and_names_win(tmp_path: Path) -> None:
    workspace_of(tmp_path, "a", "b")
    batch = UUID("0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21")
    job = UUID("0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f22")
    config = {
        "format": 1,
        "batchID": str(batch),
        "jobs": {"a": {"jobID": str(job), "experienceName": "Left turn"}},
    }
    (tmp_path / "workspace.json").write_text(json.dumps(config))
    workspace = open_workspace(tmp_path)
    assert workspace.batch_id == batch
    assert workspace.jobs[0].id == job
    assert workspace.jobs[0].experience_name == "Left turn"
    assert workspace.jobs[1].experience_name == "b"
    (tmp_path / "workspace.json").write_text(json.dumps(config_values(workspace)))
    again = open_workspace(tmp_path)
    assert again.recorded
    assert again.jobs == workspace.jobs


@pytest.mark.parametrize(
    "config",
    [
        *("{", "[]", '{"format": 9}', '{"batchID": "x"}', '{"jobs": []}', '{"jobs": {"a": 1}}'),
        '{"jobs": {"a": {"jobID": "x"}}}',
    ],
)
def test_a_broken_workspace_json_is_one_clear_error(tmp_path: Path, config: str) -> None:
    workspace_of(tmp_path, "a")
    (tmp_path / "workspace.json").write_text(config)
    with pytest.raises(WorkspaceError, match=r"^/.*/workspace\.json\b"):
        open_workspace(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["workspace.json", "jobs/a/run/result.json"])
def test_a_pipe_in_place_of_a_file_is_an_error(tmp_path: Path, name: str) -> None:
    workspace_of(tmp_path, "a")
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path)
    with pytest.raises(WorkspaceError, match="cannot be read: it is not a regular file"):
        open_workspace(tmp_path).jobs[0].folder.read_result()


def test_other_folders_are_no_workspaces(tmp_path: Path) -> None:
    (tmp_path / "jobs" / "readme").mkdir(parents=True)
    assert not looks_like_workspace(tmp_path)
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(WorkspaceError):
            open_workspace(folder)


def test_a_name_that_is_no_text_still_has_an_id(tmp_path: Path) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    workspace = open_workspace(workspace_of(tmp_path, name))
    assert workspace.jobs[0].name == name
    json.dumps(config_values(workspace)).encode()


def test_a_result_comes_back_and_a_broken_one_says_so(tmp_path: Path) -> None:
    run_folder = RunFolder(tmp_path)
    assert run_folder.read_result() is None
    result = JobResult("a", "id", Outcome.DONE, verdict="FAIL_WARN", statuses={"PASSED": 2})
    run_folder.result.parent.mkdir()
    run_folder.result.write_bytes(result.as_bytes())
    assert run_folder.read_result() == result
    for data in (b"[]", b"{}", b'{"format": 1}', b'{"format": 1, "outcome": "x"}'):
        with pytest.raises(ValueError, match=r"is |has "):
            result_from_bytes(data)
        run_folder.result.write_bytes(data)
        with pytest.raises(WorkspaceError):
            run_folder.read_result()


@pytest.mark.parametrize("locked", ["", "jobs", "jobs/a"])
def test_what_may_not_be_read_is_not_taken_for_missing(
    locked: str, tmp_path: Path, lock: Callable[[Path], None]
) -> None:
    (tmp_path / "ws/jobs/a/inputs/logs").mkdir(parents=True)
    lock(tmp_path / "ws" / locked)
    with pytest.raises(WorkspaceError, match=r"jobs.* cannot be read: Permission denied\."):
        open_workspace(tmp_path / "ws")
