"""`resim-inspect compare` with batches: jobs matched, broken, lost and named."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from resim_inspect.commands.compare import FORMATS
from tests.cli.compare.compare_harness import as_json, batch, run, write


def test_batches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {f"job {number}": 3.0 for number in range(8)}
    after = {f"job {number}": 4.0 + number for number in range(8)}
    one = batch(tmp_path / "one", {**before, "lost": 1.0})
    two = batch(tmp_path / "two", {**after, "new": 1.0})
    (comparison,) = as_json(capsys, one, two)["comparisons"]
    assert comparison["is_batch"]
    assert comparison["matched_jobs"] == 8
    assert comparison["transitions"] == [
        {"before": "PASSED", "after": "PASSED", "jobs": 7},
        {"before": "PASSED", "after": "FAIL_BLOCK", "jobs": 1},
    ]
    speed, mass = comparison["metrics"]
    assert speed["jobs"]["worse"] == 1
    assert speed["jobs"]["changed"] == 7
    assert (speed["pairs"], speed["median"], speed["lowest"], speed["highest"]) == (8, 4.5, 1, 8)
    # All eight went up: 2 / 2**8.
    assert speed["p_value"] == pytest.approx(2 / 2**8)
    assert speed["significant"]
    assert speed["leading"][0] == {"job": "job 7", "difference": 8.0}
    assert (mass["jobs"]["same"], mass["significant"]) == (8, False)
    jobs = [(c["name"], c["direction"]) for c in comparison["changes"] if c["type"] == "JOB"]
    assert jobs == [("lost", "gone"), ("new", "added")]
    code, out, _ = run(capsys, one, two)
    assert code == 1
    assert "8 jobs on both sides\n        1 only before (lost)\n        1 only after (new)" in out
    assert re.search(r"▼ +1  ✓ PASSED +→ ✗ FAIL_BLOCK", out)
    assert re.search(r"▼ speed +1 +7 +\+4\.5 m +\+1 … \+8 m +job 7, job 6", out)
    assert "1 metric the same in every job" in out


def test_jobs_are_matched_by_experience_then_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, jobs in (
        ("one", {"r1": "Depot", "r2": "Pier", "r3": "Hill"}),
        ("two", {"r2": "Depot", "r7": "Pier", "r3": "Lake"}),
    ):
        batch(tmp_path / name, dict.fromkeys(jobs, 3.0))
        recorded = {job: {"experienceName": experience} for job, experience in jobs.items()}
        (tmp_path / name / "workspace.json").write_text(json.dumps({"jobs": recorded}))
    (comparison,) = as_json(capsys, str(tmp_path / "one"), str(tmp_path / "two"))["comparisons"]
    assert [one["job"] for one in comparison["verdicts"]] == ["r2", "r3", "r7"]
    assert not [one for one in comparison["changes"] if one["type"] == "JOB"]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_broken_job_stays_an_entry(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = batch(tmp_path / "one", {"a": 1.0, "b": 1.0, "c": None})
    two = batch(tmp_path / "two", {"a": 1.0, "b": None, "c": None})
    code, out, error = run(capsys, one, two, "--format", name)
    assert code == 2
    assert "the job b cannot be read (after)" in error
    assert out
    (comparison,) = as_json(capsys, one, two)["comparisons"]
    assert [(c["name"], c["direction"]) for c in comparison["changes"] if c["type"] == "JOB"] == [
        ("b", "worse"), ("c", "same")
    ]  # fmt: skip
    assert [(e["job"], e["side"]) for e in comparison["errors"]] == [
        ("b", "after"), ("c", "before"), ("c", "after")
    ]  # fmt: skip


def test_unreadable_jobs_beyond_the_listed_ones_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = batch(tmp_path / "one", {f"job {number}": 1.0 for number in range(23)})
    two = batch(tmp_path / "two", {f"job {number}": None for number in range(23)})
    code, _, error = run(capsys, one, two)
    assert code == 2
    lines = error.splitlines()
    assert len(lines) == 21
    assert lines[-1] == ("resim-inspect: 3 more jobs cannot be read; --format json has them all")


@pytest.mark.skipif(sys.platform == "win32", reason="such names are not allowed on Windows")
def test_json_has_the_names_of_jobs_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "a\x1b[31m\u202ejob"
    one = batch(tmp_path / "one", {name: 1.0, "lost\x07": 1.0})
    two = batch(tmp_path / "two", {name: 12.0})
    (comparison,) = as_json(capsys, one, two)["comparisons"]
    assert comparison["verdicts"][0]["job"] == name
    assert {change["job"] for change in comparison["changes"]} == {name, "lost\x07"}
    assert comparison["metrics"][0]["leading"][0]["job"] == name
    for shown in FORMATS:
        if shown != "json":
            _, out, error = run(capsys, one, two, "--format", shown)
            assert not set(out + error) & set("\x1b\x07\u202e")
            assert "job" in out


def test_a_job_that_lost_its_metrics_is_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = batch(tmp_path / "one", {"a": 1.0, "b": 1.0})
    two = batch(tmp_path / "two", {"a": 1.0, "b": 1.0})
    (tmp_path / "two/jobs/b/outputs/metrics.binproto").unlink()
    code, out, error = run(capsys, one, two)
    assert (code, error) == (1, "")
    assert "no metrics any more: the metrics file does not exist" in out
    assert run(capsys, two, one)[0] == 0


def test_a_lost_job_is_named_once_beside_several_sides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = batch(tmp_path / "one", {"a": 1.0, "stray": 1.0})
    two, three = (batch(tmp_path / side, {"a": 2.0}) for side in ("two", "three"))
    _, out, _ = run(capsys, one, two, three)
    assert "speed · a  " in out
    (row,) = (line for line in out.splitlines() if "stray" in line)
    assert row.split()[:2] == ["−", "stray"]
    assert row.count("stray") == 1


def test_a_file_against_a_batch_is_named_by_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = write(tmp_path / "one.binproto", speed=1.0), batch(tmp_path / "two", {"a": 1.0})
    _, out, _ = run(capsys, str(one), two)
    assert "1 only before (one.binproto)" in out
    assert "(no name)" not in out


def test_a_gone_job_with_blocking_metrics_is_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = batch(tmp_path / "one", {"a": 1.0}), batch(tmp_path / "two", {"a": 1.0})
    write(tmp_path / "one/jobs/b/outputs/metrics.binproto", blocking=1.0)
    code, out, _ = run(capsys, one, two)
    assert code == 1
    assert "job with 1 metric, 1 of them blocking" in out


def test_the_metrics_of_the_batch_are_compared_with_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = batch(tmp_path / "one", {"batch": 1.0}), batch(tmp_path / "two", {"batch": 1.0})
    write(tmp_path / "one/batch/outputs/metrics.binproto", mean=1.0)
    write(tmp_path / "two/batch/outputs/metrics.binproto", mean=2.0)
    (comparison,) = as_json(capsys, one, two, "--only-changes")["comparisons"]
    assert [(c["job"], c["name"]) for c in comparison["changes"]] == [("(batch)", "mean")]


def test_a_fault_of_both_sides_is_the_same_in_another_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for side, second in (("one", "version: [1"), ("two", "version: {1")):
        for job, config in (("alike", "version: [1"), ("other", second)):
            outputs = tmp_path / side / "jobs" / job / "outputs"
            outputs.mkdir(parents=True)
            outputs.joinpath("e.resim.jsonl").write_text("{}\n")
            outputs.joinpath("config.resim.yml").write_text(config)
    (comparison,) = as_json(capsys, str(tmp_path / "one"), str(tmp_path / "two"))["comparisons"]
    # The sentences name the config of each side.
    assert len({error["error"] for error in comparison["errors"]}) == 4
    changes = {change["name"]: change for change in comparison["changes"]}
    assert changes["alike"]["direction"] == "same"
    assert changes["other"]["direction"] == "changed"
    (why,) = changes["other"]["why"]
    assert str(tmp_path / "two") in why
    assert f"; before: the file cannot be evaluated: {tmp_path / 'one'}" in why
