"""The plan of `run --dry-run`: what would run, what is kept, and why, by the keys of a real run."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.containers.container_harness import call_runner
from tests.runner.named_jobs import workspace_of

Words = list[str | Path]


def plan_of(call: Words, *more: str) -> dict[str, tuple[bool | None, str]]:
    """Return for each job if it runs, and the plan in words."""
    jobs: list[dict[str, Any]] = call_runner(*call, "--dry-run", "--format", "json", *more).json[
        "jobs"
    ]
    return {job["job"]: (job["runs"], job["plan"]) for job in jobs}


@pytest.fixture
def ran(tmp_path: Path) -> tuple[Path, Words]:
    """A workspace of which all jobs but one have run, and the call."""
    workspace, call = workspace_of(tmp_path, "block", "fails", "good", "new")
    call.remove("--quiet")
    assert call_runner(*call, "--quiet", "--job", "[bfg]*").code == 2
    return workspace, call


def test_the_plan_is_what_the_run_then_does(ran: tuple[Path, Words]) -> None:
    workspace, call = ran
    (workspace / "jobs/good/inputs/logs/name.txt").write_text("good, and changed")
    before = sorted(str(path) for path in workspace.rglob("*"))
    plan = plan_of(call)
    assert plan == {
        "block": (False, "kept: nothing that it depends on has changed"),
        "fails": (
            False,
            "kept: it failed, and nothing has changed since (--rerun failed runs it again)",
        ),
        "good": (True, "would run: its inputs have changed"),
        "new": (True, "would run: not run yet"),
    }
    assert sorted(str(path) for path in workspace.rglob("*")) == before
    values = call_runner(*call, "--format", "json").json
    cached = {job["job"] for job in values["jobs"] if job["kept"]}
    assert cached == {name for name, (runs, _) in plan.items() if not runs}


def test_every_reason_has_its_words(ran: tuple[Path, Words], tmp_path: Path) -> None:
    workspace, call = ran
    assert plan_of(call, "--rerun", "failed")["fails"] == (
        True,
        "would run: it failed, and failed jobs run again",
    )
    assert plan_of(call, "--timeout", "7")["fails"][1].endswith("limits or rights differ")
    assert plan_of(call, "--rerun", "all")["block"][1].endswith("runs again with --rerun all")
    (workspace / "jobs/good/outputs/metrics.binproto").unlink()
    (workspace / "jobs/new/run").mkdir()
    (workspace / "jobs/new/run/result.json").write_text("{")
    plan = plan_of(call)
    assert plan["good"] == (True, "would run: its metrics file is gone")
    assert plan["new"] == (True, "would run: its recorded result is damaged")
    with (tmp_path / "build.py").open("a") as file:
        file.write("# changed\n")
    assert plan_of(call)["block"] == (True, "would run: its build has changed")
    # A result of before does not tell its inputs from its build.
    result = workspace / "jobs/block/run/result.json"
    values = json.loads(result.read_text())
    del values["inputs"]
    result.write_text(json.dumps(values))
    assert plan_of(call)["block"][1] == "would run: its build or its inputs have changed"


def test_without_an_engine_the_plan_says_what_is_unknown(
    ran: tuple[Path, Words], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, _ = ran
    monkeypatch.setenv("DOCKER_HOST", f"unix://{workspace}/no.sock")
    plan = plan_of(["run", workspace, "--image", "flight:1"])
    assert plan["new"] == (True, "would run: not run yet")
    runs, words = plan["block"]
    assert runs is None
    assert words.startswith("would run only if its build has changed; no container engine answers")


def test_a_build_that_no_run_could_use_is_refused(ran: tuple[Path, Words]) -> None:
    workspace, _ = ran
    call = call_runner("run", workspace, "--command", "no-such-program", "--dry-run")
    assert (call.code, call.out) == (2, "")
    assert 'the command "no-such-program" was not found' in call.err


def test_the_batch_is_kept_with_all_its_jobs(tmp_path: Path) -> None:
    workspace, _ = workspace_of(tmp_path, "good")
    shutil.rmtree(workspace / "jobs/good/outputs", ignore_errors=True)
    program = tmp_path / "both.py"
    program.write_text(
        "import os, shutil\n"
        f"given = {str(workspace / 'jobs/good/inputs/experience/given.binproto')!r}\n"
        "shutil.copy(given, os.environ['RESIM_OUTPUTS'] + '/metrics.binproto')\n"
    )
    call: Words = ["run", workspace, "--no-sandbox", "--command", f"{sys.executable} {program}"]
    assert plan_of(call)["batch"][0] is True
    assert call_runner(*call, "--quiet").code == 0
    assert [runs for runs, _ in plan_of(call).values()] == [False, False]
    (workspace / "jobs/good/inputs/logs/name.txt").write_text("other")
    runs, words = plan_of(call)["batch"]
    assert (runs, words.partition(";")[0]) == (
        None,
        "would run after the jobs, unless build and metrics stay the same",
    )
    # Without its outputs it runs in any case.
    (workspace / "batch/outputs/metrics.binproto").unlink()
    assert plan_of(call)["batch"][0] is True
