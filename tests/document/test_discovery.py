"""Discovery of metrics files: the commands, the app and the runner mean the same by a path."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from resim_inspect import cli
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.discovery import metrics_files
from resim_inspect.errors import UnreadableError
from resim_inspect.exit_codes import ExitCode
from resim_inspect.job_rows import read_job, read_outline
from resim_inspect.tui.open.detect import PathKind, detect
from runner.workspace.bare_outputs import open_jobs

LAYOUTS = {
    "runs": ("a/outputs/metrics.binproto", "b/c/metrics.binproto", "b/c/other.binproto"),
    "files": ("one.binproto", "two.binproto", "deep/three.binproto"),
    "jobs": ("x/outputs/metrics.binproto", "x/inputs/logs/old.binproto", "y/metrics.binproto"),
}
NAMES = {
    "runs": ["a", "b/c"],
    "files": ["deep/three.binproto", "one.binproto", "two.binproto"],
    "jobs": ["x", "y"],
}


def write(folder: Path, *names: str) -> None:
    for name in names:
        build = DocumentBuilder(name)
        build.scalar("speed", float(len(name)))
        build.write(folder / name)


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_show_validate_app_and_runner_open_the_same_files(
    tmp_path: Path, layout: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, *LAYOUTS[layout])
    write(tmp_path, ".hidden/metrics.binproto")
    files = set(metrics_files(tmp_path))
    assert len(files) == len(NAMES[layout])
    for command in ("show", "validate"):
        assert cli.main([command, "--format", "json", str(tmp_path)]) == ExitCode.OK
        entries = json.loads(capsys.readouterr().out)["files"]
        assert {Path(entry["path"]) for entry in entries} == files
    assert detect(tmp_path).kind is PathKind.WORKSPACE
    jobs = open_jobs(tmp_path).jobs
    assert [job.name for job in jobs] == NAMES[layout]
    assert {job.folder.metrics for job in jobs} == files
    rows = [read_job(*job) for job in read_outline(tmp_path).jobs]
    assert {row.path for row in rows} == files
    assert all(row.cells["speed"].value for row in rows)


def test_the_jobs_of_a_workspace_are_opened_by_their_folder(tmp_path: Path) -> None:
    write(tmp_path, "jobs/a/outputs/metrics.binproto", "jobs/b/outputs/metrics.binproto")
    assert detect(tmp_path / "jobs").kind is PathKind.WORKSPACE
    assert [job.name for job in open_jobs(tmp_path / "jobs").jobs] == ["a", "b"]


def test_a_job_that_is_called_batch_is_no_batch_of_a_folder_of_outputs(tmp_path: Path) -> None:
    write(tmp_path, "a/outputs/metrics.binproto", "batch/outputs/metrics.binproto")
    folder = open_jobs(tmp_path)
    assert [job.name for job in folder.jobs] == ["a", "batch"]
    assert folder.batch_metrics is None
    write(tmp_path, "ws/jobs/a/outputs/metrics.binproto", "ws/batch/outputs/metrics.binproto")
    workspace = open_jobs(tmp_path / "ws")
    assert workspace.batch_metrics == tmp_path / "ws/batch/outputs/metrics.binproto"


def test_a_single_file_below_a_folder_is_opened_itself(tmp_path: Path) -> None:
    write(tmp_path, "deep/er/outputs/metrics.binproto")
    (tmp_path / "deep/er/inputs").mkdir()
    detected = detect(tmp_path)
    assert detected.path == tmp_path / "deep/er/outputs/metrics.binproto"
    assert (detected.kind, detected.inputs) == (PathKind.METRICS, tmp_path / "deep/er/inputs")


def test_a_file_means_itself_and_the_order_is_that_of_the_names(tmp_path: Path) -> None:
    write(tmp_path, "b/metrics.binproto", "a/outputs/metrics.binproto", "a/other.binproto")
    found = [path.relative_to(tmp_path).as_posix() for path in metrics_files(tmp_path)]
    assert found == ["a/outputs/metrics.binproto", "b/metrics.binproto"]
    for path in (tmp_path / "a/other.binproto", tmp_path / "missing"):
        assert list(metrics_files(path)) == [path]


def test_the_refusal_names_what_can_be_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.txt").write_text("no metrics")
    expected = r"jobs/NAME/outputs/metrics\.binproto\) or .* inputs have experience/"
    with pytest.raises(UnreadableError, match=expected):
        detect(tmp_path)
    for command in ("show", "validate"):
        assert cli.main([command, str(tmp_path)]) == ExitCode.ERROR
        shown = capsys.readouterr()
        assert "jobs/NAME/outputs/metrics.binproto" in shown.out + shown.err


@pytest.mark.parametrize("command", ["show", "validate", "compare", "export"])
def test_a_path_that_cannot_be_examined_is_one_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "good.binproto")
    too_long = tmp_path / ("long" * 100) / "metrics.binproto"
    good, out = str(tmp_path / "good.binproto"), str(tmp_path / "out.csv")
    more = {"compare": [good], "export": ["--to", "csv", "-o", out]}
    assert cli.main([command, str(too_long), *more.get(command, [])]) == ExitCode.ERROR
    shown = capsys.readouterr()
    assert "too long" in (shown.out + shown.err).lower()
    assert detect(too_long).kind is PathKind.METRICS


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("command", ["show", "validate", "compare", "export", "report"])
@pytest.mark.parametrize("below", ["", "outputs/metrics.binproto", "jobs"])
def test_a_folder_without_permission_is_one_sentence(
    command: str,
    below: str,
    tmp_path: Path,
    lock: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "locked"
    write(tmp_path, "good.binproto")
    write(folder, "outputs/metrics.binproto")
    write(folder, "jobs/a/outputs/metrics.binproto")
    lock(folder)
    more: dict[str, list[str | Path]] = {
        "compare": [tmp_path / "good.binproto"],
        "export": ["--to", "json", "-o", tmp_path / "out.json", "--table", "metrics"],
        "report": ["-o", tmp_path / "out.html"],
    }
    words = [command, folder / below, *more.get(command, [])]
    assert cli.main(list(map(str, words))) == ExitCode.ERROR
    shown = capsys.readouterr()
    assert "cannot be read: permission denied" in (shown.out + shown.err).lower()


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_the_app_says_of_a_folder_without_permission_that_it_cannot_be_read(
    tmp_path: Path, lock: Callable[[Path], None]
) -> None:
    write(tmp_path, "locked/outputs/metrics.binproto", "locked/jobs/a/outputs/metrics.binproto")
    lock(tmp_path / "locked")
    with pytest.raises(UnreadableError, match="cannot be read: permission denied"):
        detect(tmp_path / "locked")


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_job_without_permission_is_a_row_beside_the_others(
    tmp_path: Path, lock: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, *(f"ws/jobs/{name}/outputs/metrics.binproto" for name in ("a", "b")))
    lock(tmp_path / "ws/jobs/a")
    assert cli.main(["show", str(tmp_path / "ws")]) == ExitCode.ERROR
    shown = capsys.readouterr()
    assert "a: the file cannot be read: permission denied" in shown.out + shown.err
    assert detect(tmp_path / "ws").kind is PathKind.WORKSPACE
    (_, locked), (_, other) = read_outline(tmp_path / "ws").jobs
    assert read_job("a", locked).verdict is None
    assert read_job("b", other).verdict is not None
