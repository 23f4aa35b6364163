"""Many jobs with an engine that runs nothing: what runs, and what is kept."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from runner.engines.protocol import Build, EngineInfo, Limits, Prepared
from runner.errors import StorageError, WorkspaceError
from runner.execution import result_cache, scheduler
from runner.storage.publish import (
    PENDING,
    find_inputs,
    locked,
    make_workspace,
    publish,
    record,
    recover_publication,
)
from runner.workspace.layout import RunFolder, open_workspace
from runner.workspace.results import JobResult, Outcome
from runner.workspace.verdict_gate import VerdictGate
from tests.runner.execution.scheduler_harness import BUILD, call_of, go, outcomes, workspace_of
from tests.runner.fake import FakeEngine, Script, metrics


def test_every_job_runs_once_and_its_result_is_on_disk(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "c", "a", "b")
    engine = FakeEngine()
    call, seen = call_of(engine)
    results = go(workspace, call)
    assert [r.job for r in results] == ["a", "b", "c"]
    assert outcomes(results) == ["done"] * 3
    assert engine.most <= 2
    assert engine.alive == 0
    for job, result in zip(workspace.jobs, results, strict=True):
        assert job.folder.read_result() == result
        assert job.folder.metrics.is_file()
        assert job.folder.log.read_text() == f"hello from {job.name}\n"
        assert sorted(p.name for p in job.folder.path.iterdir()) == ["inputs", "outputs", "run"]
    kinds = [event.kind for event in seen]
    assert kinds.count("started") == kinds.count("finished") == 3


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({}, 0),
        ({"command": ("other",)}, 2),
        ({"env": (("A", "1"),)}, 2),
        ({"limits": Limits(memory_mib=512)}, 0),
        ({"platform": "linux/arm64"}, 2),
    ],
)
def test_what_makes_a_finished_job_run_again(
    tmp_path: Path, change: dict[str, object], again: int
) -> None:
    workspace = workspace_of(tmp_path, "a", "b")
    go(workspace, call_of(FakeEngine())[0])
    engine = FakeEngine()
    go(workspace, call_of(engine, replace(BUILD, **change))[0])  # type: ignore[arg-type]
    assert len(engine.started) == again


def test_another_image_behind_the_same_tag_runs_again(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a")
    go(workspace, call_of(FakeEngine())[0])
    engine = FakeEngine()
    call, _ = call_of(engine)
    go(workspace, replace(call, prepared=Prepared("sha256:other")))
    assert engine.started == ["a"]


def test_changed_inputs_run_again_even_with_the_same_size_and_time(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a", "b")
    go(workspace, call_of(FakeEngine())[0])
    path = workspace.jobs[0].folder.logs / "data.txt"
    about = path.stat()
    path.write_text("z")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    engine = FakeEngine()
    go(workspace, call_of(engine)[0])
    assert engine.started == ["a"]


def test_a_secret_counts_by_its_name_alone() -> None:
    one, two = (replace(BUILD, env=(("MY_TOKEN", value),)) for value in ("first", "second"))
    keys = [result_cache.cache_key(build, Prepared("i"), "inputs") for build in (BUILD, one, two)]
    assert keys[1] == keys[2] != keys[0]


def test_failures_run_again_when_asked_or_when_limits_changed(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a", "b")

    def script(job: str) -> Script:
        return Script(1) if job == "b" else Script()

    def started(rerun: str = "", build: Build = BUILD) -> list[str]:
        engine = FakeEngine(script)
        go(workspace, call_of(engine, build)[0], rerun)
        return sorted(engine.started)

    assert started() == ["a", "b"]
    assert started() == []
    assert started("failed") == ["b"]
    assert started(build=replace(BUILD, limits=Limits(memory_mib=9))) == ["b"]
    assert started("all") == ["a", "b"]


def test_an_engine_that_breaks_is_no_result_and_destroys_none(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a")
    go(workspace, call_of(FakeEngine())[0])
    before = workspace.jobs[0].folder.metrics.read_bytes()
    engine = FakeEngine(lambda _: Script(broken="the engine is gone."))
    results = go(workspace, call_of(engine)[0], "all")
    assert outcomes(results) == ["broken"]
    assert VerdictGate().exit_code(results) == 2
    assert workspace.jobs[0].folder.metrics.read_bytes() == before
    engine = FakeEngine()
    assert outcomes(go(workspace, call_of(engine)[0])) == ["done"]


def test_a_failed_run_takes_earlier_outputs_away(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a")
    go(workspace, call_of(FakeEngine())[0])
    results = go(workspace, call_of(FakeEngine(lambda _: Script(data=b"")))[0], "all")
    assert outcomes(results) == ["failed"]
    assert results[0].hint == "a hint of the engine"
    assert not workspace.jobs[0].folder.metrics.exists()


def test_the_longest_known_job_comes_first(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a", "b", "c")
    for job, seconds in zip(workspace.jobs, (1.0, 9.0), strict=False):
        publish(job.folder, JobResult(job.name, "", Outcome.BROKEN, seconds=seconds))
    planned = result_cache.plan(workspace, call_of(FakeEngine())[0])
    assert [p.job.name for p in planned] == ["b", "c", "a"]


def test_slots_follow_the_engine() -> None:
    info = EngineInfo("docker", "", 8, 16 << 30)
    assert scheduler.slots(info, Limits()) == 6
    assert scheduler.slots(info, Limits(memory_mib=None)) == 8
    assert scheduler.slots(info, Limits(memory_mib=16384, cpus=4)) == 1
    assert scheduler.slots(info._replace(cpus=2), Limits()) == 2


@pytest.mark.parametrize("moment", ["before the swap", "between the renames", "after the swap"])
def test_a_crash_while_publishing_is_finished_later(tmp_path: Path, moment: str) -> None:
    run_folder = RunFolder(tmp_path / "job")
    run_folder.outputs.mkdir(parents=True)
    run_folder.metrics.write_bytes(b"old")
    (run_folder.path / "run").mkdir()
    run_folder.result.write_bytes(JobResult("job", "id", Outcome.DONE, files=1).as_bytes())
    result = JobResult("job", "id", Outcome.DONE, verdict="PASSED", files=1)
    (run_folder.path / "run" / PENDING).write_bytes(result.as_bytes())
    new, old = run_folder.path / ".outputs.new", run_folder.path / ".outputs.old"
    new.mkdir()
    (new / "metrics.binproto").write_bytes(b"new")
    if moment != "before the swap":
        run_folder.outputs.rename(old)
    if moment == "after the swap":
        new.rename(run_folder.outputs)
    recover_publication(run_folder)
    recover_publication(run_folder)
    assert run_folder.metrics.read_bytes() == b"new"
    assert run_folder.read_result() == result
    assert sorted(p.name for p in run_folder.path.iterdir()) == ["outputs", "run"]


def test_a_crash_before_a_result_keeps_the_old_one(tmp_path: Path) -> None:
    run_folder = RunFolder(tmp_path / "job")
    run_folder.outputs.mkdir(parents=True)
    run_folder.metrics.write_bytes(b"old")
    (run_folder.path / ".outputs.new").mkdir()
    recover_publication(run_folder)
    assert run_folder.metrics.read_bytes() == b"old"
    assert [p.name for p in run_folder.path.iterdir()] == ["outputs"]


def test_a_full_disk_while_publishing_is_a_broken_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = workspace_of(tmp_path, "a")

    def full(*_: object) -> None:
        raise StorageError("the disk is full: here.", "Free some space.")

    monkeypatch.setattr(scheduler, "publish", full)
    results = go(workspace, call_of(FakeEngine())[0])
    assert outcomes(results) == ["broken"]
    assert "the disk is full" in results[0].message


def test_bad_inputs_break_one_job_and_no_other(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a", "b")
    (workspace.jobs[0].folder.inputs / "batch_metrics_config.json").write_text("{}")
    engine = FakeEngine()
    results = go(workspace, call_of(engine)[0])
    assert outcomes(results) == ["broken", "done"]
    assert engine.started == ["b"]


@pytest.mark.parametrize(
    ("shape", "names"),
    [
        (["x/inputs/experience", "x/inputs/logs", "y/inputs/logs"], ["x", "y"]),
        (["x/experience", "x/logs", "y/experience", "y/logs"], ["x", "y"]),
        (["experience", "x/logs", "y/logs"], ["x", "y"]),
        (["experience", "logs/x", "logs/y", "logs/z"], ["x", "y", "z"]),
        (["x/other"], []),
    ],
)
def test_inputs_are_found_in_the_shapes_people_have(
    tmp_path: Path, shape: list[str], names: list[str]
) -> None:
    source = tmp_path / "source"
    for folder in shape:
        (source / folder).mkdir(parents=True)
    if not names:
        with pytest.raises(WorkspaceError):
            make_workspace(source, tmp_path / "ws")
        return
    assert sorted(find_inputs(source)) == names
    made = make_workspace(source, tmp_path / "ws")
    assert [job.name for job in made.jobs] == names
    assert all(job.folder.logs.is_dir() for job in made.jobs)
    assert made.recorded
    assert make_workspace(source, tmp_path / "ws") == made
    moved = (tmp_path / "ws").rename(tmp_path / "moved")
    assert [job.id for job in open_workspace(moved).jobs] == [job.id for job in made.jobs]


def test_ids_of_new_jobs_are_added_and_foreign_keys_stay(tmp_path: Path) -> None:
    import json

    workspace = workspace_of(tmp_path, "a")
    record(workspace)
    path = tmp_path / "workspace.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"mine": 1}))
    again = workspace_of(tmp_path, "b")
    record(again)
    values = json.loads(path.read_text())
    assert values["mine"] == 1
    assert sorted(values["jobs"]) == ["a", "b"]
    assert open_workspace(tmp_path).jobs[0].id == workspace.jobs[0].id


def test_two_runs_do_not_share_a_workspace(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(WorkspaceError, match="another run"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_valid_files_with_verdicts(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a")
    engine = FakeEngine(lambda _: Script(data=metrics("FAIL_BLOCK")))
    (result,) = go(workspace, call_of(engine)[0])
    assert (result.outcome, result.verdict) == (Outcome.DONE, "FAIL_BLOCK")
    assert result.failing[0].name == "Max speed"
