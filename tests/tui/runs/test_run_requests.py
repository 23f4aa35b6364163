"""Requests of runs apart from the dialog: remembered builds, plans, command lines and targets."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from resim_inspect.tui.runs.known_builds import MAX_REMEMBERED, read_remembered, remember_build
from resim_inspect.tui.runs.run_plan import problem_of, read_plan
from resim_inspect.tui.runs.run_request import (
    BuildChoice,
    BuildKind,
    Rerun,
    RunRequest,
    RunTarget,
    target_of_document,
    target_of_inputs,
)
from resim_inspect.tui.user_state import state_file
from tests.tui.runs.run_harness import TYPED_COMMAND, make_jobs

# Builds that were typed in.


def test_builds_that_were_run_are_remembered_without_doubles() -> None:
    remember_build(BuildChoice(BuildKind.IMAGE, "flight:1"))
    remember_build(TYPED_COMMAND)
    remember_build(BuildChoice(BuildKind.IMAGE, "flight:1", "--cpus 2"))
    remember_build(BuildChoice(BuildKind.PROJECT, "flight"))
    assert read_remembered() == [
        BuildChoice(BuildKind.IMAGE, "flight:1", "--cpus 2"),
        TYPED_COMMAND,
    ]
    for number in range(20):
        remember_build(BuildChoice(BuildKind.IMAGE, f"flight:{number}"))
    assert len(read_remembered()) == MAX_REMEMBERED
    if os.name == "posix":
        assert stat.S_IMODE(state_file("builds").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"builds": 7}', '{"builds": [7, {"kind": "x"}, {"kind": "image"}]}']
)
def test_damaged_state_has_no_builds(content: str) -> None:
    remember_build(TYPED_COMMAND)
    state_file("builds").write_text(content)
    assert read_remembered() == []


# The runner's plan, and its last words.


def test_the_runner_plans_without_changing_anything(tmp_path: Path) -> None:
    workspace = make_jobs(tmp_path / "ws", "one", "two")
    before = sorted(tmp_path.rglob("*"))
    build = BuildChoice(BuildKind.COMMAND, f"{sys.executable} build.py")
    plan = read_plan(RunRequest(RunTarget(workspace), build, Rerun.ALL, watch=True))
    assert [job.job for job in plan.jobs] == ["one", "two", "batch"]
    assert plan.problem == ""
    assert sorted(tmp_path.rglob("*")) == before
    with_arguments = build._replace(flags="--cpus 2 -- --fast")
    assert read_plan(RunRequest(RunTarget(workspace), with_arguments)).problem == ""
    missing = read_plan(RunRequest(RunTarget(tmp_path / "none"), build))
    assert missing.problem == f"{tmp_path}/none does not exist."


@pytest.mark.parametrize(
    ("stderr", "expected"),
    [
        ("resim-runner: it is broken.\n  Mend it.\n", "it is broken.\n  Mend it."),
        ("usage: x\n  y\nresim-runner run: error: wrong flag\n", "wrong flag"),
        ("\x1b[31mTraceback", "�[31mTraceback"),
        ("", "The runner ended without a message."),
    ],
)
def test_the_last_words_of_the_runner(stderr: str, expected: str) -> None:
    assert problem_of(stderr) == expected


# Command lines and targets.


def test_the_command_line_is_that_of_a_shell_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "real" / "ws").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real" / "ws")
    request = RunRequest(RunTarget(tmp_path / "link" / ".." / "ws"), TYPED_COMMAND)
    real = (tmp_path / "real" / "ws").resolve()
    assert request.arguments()[1] == str(real)
    assert target_of_inputs(tmp_path / "link" / ".." / "in") == RunTarget(
        inputs=real.parent / "in", outputs=real.parent / "outputs"
    )
    request = RunRequest(RunTarget(inputs=Path("in"), outputs=Path("a/../out")), TYPED_COMMAND)
    assert request.arguments()[:5] == [
        *("job", "--inputs", str(Path.cwd() / "in"), "--outputs", str(Path.cwd().resolve() / "out"))
    ]
    assert request.command_line(tmp_path / "a b").startswith("cd ")
    if sys.platform != "win32":
        expected = f"cd '{tmp_path}/a b' && resim-runner job --inputs "
        assert request.command_line(tmp_path / "a b").startswith(expected)


def test_the_command_line_of_a_request(tmp_path: Path) -> None:
    workspace = make_jobs(tmp_path / "my flights", "one")
    build = BuildChoice(BuildKind.COMMAND, "python -m metrics")
    assert RunRequest(RunTarget(workspace), build).command_line() == (
        f"resim-runner run '{workspace}' --changes --command 'python -m metrics'"
    )
    request = RunRequest(
        RunTarget(workspace, "one"),
        BuildChoice(BuildKind.IMAGE, "-evil", "--parallel 4 --env 'A=b c'"),
        Rerun.ALL,
        watch=True,
    )
    assert request.arguments() == [
        *("run", str(workspace), "--job=one", "--rerun", "all"),
        *("--watch", "--image=-evil", "--parallel", "4", "--env", "A=b c"),
    ]
    inputs = workspace / "jobs/one/inputs"
    target = RunTarget(inputs=inputs, outputs=tmp_path / "out")
    assert RunRequest(target, BuildChoice(BuildKind.PROJECT, "flight")).arguments() == [
        *("job", "--inputs", str(inputs), "--outputs", str(tmp_path / "out")),
        *("--changes", "--build", "flight"),
    ]


def test_targets_of_inputs_and_documents(tmp_path: Path) -> None:
    workspace = make_jobs(tmp_path / "ws", "one")
    job = RunTarget(workspace, "one")
    assert target_of_inputs(workspace / "jobs/one/inputs") == job
    assert target_of_document(workspace / "jobs/one/outputs/metrics.binproto", None) == job
    assert target_of_document(workspace / "batch/outputs/m.binproto", None) == RunTarget(workspace)
    bare = tmp_path / "flight/inputs"
    expected = RunTarget(inputs=bare, outputs=tmp_path / "flight/outputs")
    assert target_of_inputs(bare) == expected
    assert target_of_document(tmp_path / "flight/outputs/metrics.binproto", bare) == expected
    assert target_of_document(tmp_path / "flight/outputs/metrics.binproto", None) is None
    assert target_of_document(tmp_path / "metrics.binproto", bare) is None
    assert target_of_document(None, None) is None
