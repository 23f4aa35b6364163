"""Outputs that no run made are kept beside those of a run, however the run ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.storage import publish as publishing
from runner.storage.publish import PENDING, new_outputs, publish, recover_publication
from runner.workspace.layout import RunFolder
from runner.workspace.results import JobResult, Outcome
from tests.containers.container_harness import call_runner, make_jobs


def folder_with_outputs(path: Path) -> RunFolder:
    folder = RunFolder(path)
    folder.outputs.mkdir(parents=True)
    (folder.outputs / "metrics.binproto").write_text("copied")
    return folder


def run_with(folder: RunFolder, outcome: Outcome, text: str) -> None:
    """Publish the result of a run that wrote a text, or nothing."""
    if text:
        new_outputs(folder).mkdir()
        (new_outputs(folder) / "metrics.binproto").write_text(text)
    publish(folder, JobResult("job", "id", outcome, "PASSED", files=int(bool(text))))


def texts(folder: RunFolder) -> dict[str, str]:
    """The text of each metrics file, by the name of its folder."""
    files = folder.path.glob("outputs*/metrics.binproto")
    return {path.parent.name: path.read_text() for path in files}


@pytest.mark.parametrize("text", ["", "new"])
@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.FAILED])
def test_copied_outputs_are_kept_once(tmp_path: Path, outcome: Outcome, text: str) -> None:
    folder = folder_with_outputs(tmp_path / "job")
    run_with(folder, outcome, text)
    now = {"outputs": text} if text else {}
    assert texts(folder) == {"outputs.before": "copied"} | now
    # What a run made is replaced by the next one, and no copies pile up.
    run_with(folder, outcome, "newer")
    assert texts(folder) == {"outputs.before": "copied", "outputs": "newer"}


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    folder = folder_with_outputs(tmp_path / "job")
    (folder.path / "outputs.before").mkdir()
    (folder.path / "outputs.before" / "metrics.binproto").write_text("first")
    (folder.path / "outputs.before.2").symlink_to("nowhere")
    run_with(folder, Outcome.DONE, "new")
    assert texts(folder) == {
        "outputs.before": "first",
        "outputs.before.3": "copied",
        "outputs": "new",
    }


def test_a_run_that_the_engine_broke_loses_nothing(tmp_path: Path) -> None:
    folder = folder_with_outputs(tmp_path / "job")
    run_with(folder, Outcome.BROKEN, "")
    run_with(folder, Outcome.FAILED, "")
    assert texts(folder) == {"outputs.before": "copied"}


def test_a_stopped_run_moves_nothing(tmp_path: Path) -> None:
    folder = folder_with_outputs(tmp_path / "job")
    run_with(folder, Outcome.CANCELLED, "new")
    assert texts(folder) == {"outputs": "copied"}


@pytest.mark.parametrize("steps", range(4))
def test_a_crash_at_any_step_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    folder = folder_with_outputs(tmp_path / "job")
    done = 0

    def step(path: Path, to: Path, original: str) -> Path:
        nonlocal done
        if not path.match(f".{PENDING}.*.tmp"):
            if done == steps:
                raise KeyboardInterrupt
            done += 1
        return Path(getattr(type(path), f"_{original}")(path, to))

    with monkeypatch.context() as patch:
        for name in ("rename", "replace"):
            patch.setattr(Path, f"_{name}", getattr(Path, name), raising=False)
            patch.setattr(Path, name, lambda path, to, name=name: step(path, to, name))
        if steps < 3:
            with pytest.raises(KeyboardInterrupt):
                run_with(folder, Outcome.DONE, "new")
        else:
            run_with(folder, Outcome.DONE, "new")
    recover_publication(folder)
    assert texts(folder) == {"outputs.before": "copied", "outputs": "new"}
    assert folder.read_result() is not None
    assert not new_outputs(folder).exists()
    assert not (folder.path / publishing.OLD_OUTPUTS).exists()


def test_a_run_that_fails_says_where_the_outputs_are(tmp_path: Path) -> None:
    workspace = make_jobs(tmp_path / "flights", 2)
    outputs = folder_with_outputs(workspace / "jobs" / "job-000")
    words = ("--command", "false", "--no-sandbox", "--only", "jobs")
    call = call_runner("run", *words, workspace)
    assert call.code != 0
    sentence = (
        "The outputs of job-000 were not written by a run in this workspace; they are kept as"
        " outputs.before."
    )
    assert call.err.count(sentence) == 1
    assert texts(outputs) == {"outputs.before": "copied"}
    again = call_runner("run", *words, "--rerun", "all", workspace)
    assert sentence not in again.err
    assert texts(outputs) == {"outputs.before": "copied"}
