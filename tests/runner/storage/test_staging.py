"""The folder `--outputs`: good outputs stay, failed ones are kept, and no kill loses either."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runner.commands.shared.staging import FAILED, check_outputs, keep
from runner.errors import CallError, RunnerError
from runner.storage.staging import NEW, OLD, recover, staging_folder
from runner.workspace.results import JobResult, Outcome
from tests.containers.container_harness import ROOT


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(folder: Path, **files: str) -> None:
    """Write files; an underscore in a name stands for a dot."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)


def result(outcome: Outcome, verdict: str | None = None, findings: int = 0) -> JobResult:
    return JobResult("job", "id", outcome, verdict, "it failed.", finding_count=findings)


def kept(outputs: Path, kept_result: JobResult, **files: str) -> JobResult:
    """Keep the outputs of one run."""
    check_outputs(outputs)
    with staging_folder(outputs) as staging:
        if files:
            write(staging / NEW, **files)
        return keep(kept_result, staging, outputs)


DONE = result(Outcome.DONE, "PASSED")
FAILED_RUN = result(Outcome.FAILED, "PASSED")


@pytest.mark.parametrize("failure", [FAILED_RUN, result(Outcome.TIMEOUT, "PASSED")])
def test_a_failed_run_without_earlier_outputs_leaves_its_own(
    tmp_path: Path, failure: JobResult
) -> None:
    out = tmp_path / "out"
    given = kept(out, failure, debug_txt="why")
    assert (out / "debug.txt").read_text() == "why"
    assert given.hint == f"What it wrote is in {out}."
    # The next run replaces it, failed or not.
    kept(out, failure, other_txt="why")
    assert names(out) == [FAILED, "other.txt"]
    kept(out, DONE, metrics_binproto="good")
    assert names(out) == ["metrics.binproto"]
    assert names(tmp_path) == ["out"]


def test_a_failed_run_leaves_good_outputs_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    kept(out, DONE, metrics_binproto="good", plot_png="plot")
    given = kept(out, FAILED_RUN, debug_txt="why", metrics_binproto="valid")
    assert names(out) == ["metrics.binproto", "plot.png"]
    assert (out / "metrics.binproto").read_text() == "good"
    failed = tmp_path / "out.failed"
    assert names(failed) == [FAILED, "debug.txt", "metrics.binproto"]
    assert given.hint == f"What it wrote is in {failed}."
    for empty in (FAILED_RUN, result(Outcome.CANCELLED), result(Outcome.BROKEN)):
        assert kept(out, empty).hint == ""
        assert (out / "metrics.binproto").read_text() == "good"
    kept(out, FAILED_RUN, debug_txt="again")
    kept(out, DONE, metrics_binproto="better")
    assert (out / "metrics.binproto").read_text() == "better"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("findings", [0, 2])
def test_invalid_metrics_are_kept_under_another_name(tmp_path: Path, findings: int) -> None:
    out = tmp_path / "out"
    invalid = result(Outcome.FAILED, "PASSED" if findings else None, findings)
    kept(out, invalid, metrics_binproto="bad")
    assert names(out) == [FAILED, "metrics.binproto.rejected"]
    kept(out, invalid, debug_txt="only")
    assert names(out) == [FAILED, "debug.txt"]


def test_a_folder_with_other_content_is_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tmp_path / "out.failed", mine_txt="mine")
    kept(out, DONE, metrics_binproto="good")
    given = kept(out, FAILED_RUN, debug_txt="why")
    assert "out.failed has other content, so what the build wrote is not kept" in given.hint
    assert names(tmp_path / "out.failed") == ["mine.txt"]
    for other in (tmp_path / "out.failed", tmp_path / "out.failed" / "mine.txt"):
        with pytest.raises(CallError):
            check_outputs(other)
    (tmp_path / "link").symlink_to(out)
    with pytest.raises(CallError, match="is not a folder"):
        check_outputs(tmp_path / "link")


@pytest.mark.parametrize("name", [".", "..", "out/..", "/"])
def test_a_folder_without_a_name_of_its_own_is_refused_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "empty" / "out").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(CallError, match="has no name of its own"):
        check_outputs(Path(name))


def test_the_second_run_on_one_folder_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = (
        "import sys; from pathlib import Path; from runner.storage.staging import staging_folder\n"
        "with staging_folder(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", program, str(out)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert first.stdout is not None
    assert first.stdout.readline() == "in\n"
    refused = pytest.raises(RunnerError, match="another run is active with --outputs")
    with refused, staging_folder(out):
        pass
    # Another folder beside it is free.
    with staging_folder(tmp_path / "out2") as staging:
        assert staging.is_dir()
    # Neither the refused run nor a watchdog that comes too late takes anything from the first.
    assert not recover(str(out))
    assert len(list(tmp_path.glob(".out.resim-staging-*"))) == 1
    first.communicate("", timeout=30)
    assert first.returncode == 0
    assert names(tmp_path) == []


@pytest.mark.parametrize("step", ["before", "between", "after"])
def test_a_kill_while_outputs_are_swapped_loses_none(tmp_path: Path, step: str) -> None:
    out = tmp_path / "out"
    staging = tmp_path / ".out.resim-staging-1"
    write(out, metrics_binproto="earlier")
    write(staging / NEW, metrics_binproto="newer")
    (tmp_path / ".out.resim-lock").touch()
    if step != "before":
        out.rename(staging / OLD)
    if step == "after":
        (staging / NEW).rename(out)
    assert recover(str(out))
    assert (out / "metrics.binproto").read_text() == ("earlier" if step == "before" else "newer")
    assert names(tmp_path) == ["out"]
    assert not recover(str(out))


def test_a_lock_file_that_its_holder_removed_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / ".out.resim-lock"
    removed: list[Path] = []
    real = os.open

    def slow_open(path: Any, *more: Any, **options: Any) -> int:
        descriptor = real(path, *more, **options)
        if path == lock and not removed:
            removed.append(path)
            lock.unlink()
        return descriptor

    monkeypatch.setattr(os, "open", slow_open)
    with staging_folder(tmp_path / "out"):
        assert lock.exists()
    assert removed == [lock]
