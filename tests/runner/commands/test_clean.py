"""`clean`: lists what is left, asks, removes that and nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from runner.engines.docker.leftovers import found_leftovers
from runner.storage import lease
from runner.storage.leftovers import Leftover, leftovers_of_workspace, remove_all, remove_path
from runner.storage.publish import PENDING, locked
from runner.storage.scratch import SCRATCH_KINDS, ScratchKind
from runner.workspace.layout import open_workspace
from runner.workspace.results import JobResult, Outcome
from tests.containers.container_harness import ROOT, call_runner, command, make_jobs, runner

pytestmark = pytest.mark.slow


def alone(folder: Path) -> dict[str, str]:
    """An environment without an engine, and without the leftovers of other runs."""
    (folder / "tmp").mkdir(exist_ok=True)
    return {"DOCKER_HOST": "unix:///nowhere.sock", "TMPDIR": str(folder / "tmp")}


def used_workspace(folder: Path) -> Path:
    """A workspace with results, a record, and the parts of a run that broke off."""
    workspace = make_jobs(folder / "ws", 2)
    for name in ("job-000", "job-001"):
        for part in ("outputs", "run", ".outputs.new", ".outputs.old"):
            (workspace / "jobs" / name / part).mkdir()
            (workspace / "jobs" / name / part / "file").write_text("text")
    (workspace / "batch" / ".api").mkdir(parents=True)
    (workspace / "run").mkdir()
    (workspace / "run" / "events.jsonl").write_text("")
    return workspace


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_removed_without_a_yes(tmp_path: Path) -> None:
    workspace = used_workspace(tmp_path)
    before = sorted(workspace.rglob("*"))
    call = call_runner("clean", workspace, env=alone(tmp_path))
    assert call.code == 2
    assert "6 items would be removed, and nothing was removed" in call.err
    assert ".outputs.new of the job job-000, 4 B" in call.out
    assert sorted(workspace.rglob("*")) == sorted([*before, workspace / ".lock"])


def test_parts_of_broken_runs_go_and_results_stay(tmp_path: Path) -> None:
    workspace = used_workspace(tmp_path)
    call = call_runner("clean", workspace, "--yes", env=alone(tmp_path))
    assert call.code == 0
    assert call.out.splitlines()[-1] == "6 items removed."
    assert "An engine was not cleaned: no container engine answers" in call.err
    assert names(workspace / "jobs" / "job-000") == ["inputs", "outputs", "run"]
    assert names(workspace) == [".lock", "batch", "jobs"]
    again = call_runner("clean", workspace, "--yes", env=alone(tmp_path))
    assert again.out == "No leftovers of earlier runs were found.\n"


def test_results_go_on_request_and_inputs_never(tmp_path: Path) -> None:
    workspace = used_workspace(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("text")
    (workspace / "batch" / "outputs").symlink_to(tmp_path / "elsewhere")
    assert call_runner("clean", workspace, "--results", "--yes", env=alone(tmp_path)).code == 0
    assert names(workspace / "jobs" / "job-001") == ["inputs"]
    assert (workspace / "jobs/job-001/inputs/experience/given.binproto").is_file()
    assert names(workspace / "batch") == []
    assert (tmp_path / "elsewhere" / "file").read_text() == "text"
    assert call_runner("clean", "--results", env=alone(tmp_path)).code == 2


def test_unpublished_results_are_published_and_not_lost(tmp_path: Path) -> None:
    workspace = used_workspace(tmp_path)
    run = workspace / "jobs/job-000/run"
    result = JobResult("job-000", "", Outcome.DONE, "PASSED", files=1)
    (run / PENDING).write_bytes(result.as_bytes())
    leftovers = list(leftovers_of_workspace(open_workspace(workspace), results=False))
    assert leftovers[0].text == "unpublished results of the job job-000, to be published"
    assert list(remove_all(leftovers)) == [leftover.text for leftover in leftovers]
    assert (workspace / "jobs/job-000/outputs/file").read_text() == "text"
    assert open_workspace(workspace).jobs[0].folder.read_result() == result


def test_a_workspace_in_use_is_not_cleaned(tmp_path: Path) -> None:
    workspace = used_workspace(tmp_path)
    with locked(workspace):
        call = call_runner("clean", workspace, "--yes", env=alone(tmp_path))
    assert call.code == 2
    assert "another run is active" in call.err
    assert (workspace / "run").is_dir()


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"\n", 5), (b"no\n", 5), (b"\x04", 5)])
def test_a_terminal_is_asked(tmp_path: Path, answer: bytes, code: int) -> None:
    pty = pytest.importorskip("pty", reason="this system has no pseudo terminals")
    workspace = used_workspace(tmp_path)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("clean", workspace), cwd=ROOT, stdin=theirs,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **alone(tmp_path)},
        text=True,
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, answer)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == code
    assert out.splitlines()[-1] == ("Nothing was removed." if code else "6 items removed.")
    os.close(ours)
    assert (workspace / "run").exists() == (code != 0)


@pytest.mark.parametrize("kind", SCRATCH_KINDS, ids=lambda kind: str(kind.prefix))
def test_folders_of_dead_processes_are_named_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: ScratchKind
) -> None:
    for name, value in alone(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    host = lease.current_owner().rpartition("/")[0]
    owners = {"dead": f"{host}/0", "live": lease.current_owner(), "odd": "a\x1b[2J"}
    for name, owner in owners.items():
        folder = tmp_path / "tmp" / f"{kind.prefix}{name}"
        folder.mkdir()
        (folder / ".owner").write_text(owner)
    checks = call_runner("doctor", "--format", "json").json["checks"]
    (check,) = [c for c in checks if c["name"] == "leftovers" and kind.owners in c["text"]]
    assert check["level"] == "warning"
    dead = tmp_path / "tmp" / f"{kind.prefix}dead"
    assert check["text"] == f"1 folder of {kind.owners} that were killed: {dead}"
    call = call_runner("clean", "--yes")
    assert call.out == f"folder {dead} of a {kind.owner}\n1 item removed.\n"
    assert names(tmp_path / "tmp") == [f"{kind.prefix}live", f"{kind.prefix}odd"]


def test_what_cannot_be_removed_is_told(tmp_path: Path) -> None:
    assert remove_path(tmp_path / "missing") == ""
    kept = Leftover("a thing", lambda: "it is in use.")
    assert list(remove_all([kept])) == ["a thing (it is in use.)"]


class _Api:
    """An engine with things of a dead owner, of a live one, and of none."""

    def __init__(self) -> None:
        host = lease.current_owner().rpartition("/")[0]
        owners = {
            "dead": f"{host}/0",
            "live": lease.current_owner(),
            "foreign": "elsewhere/b/1/2/3",
        }
        self.rows = [
            {"Id": n, "Name": n, "Labels": {lease.LABEL_OWNER: o}} for n, o in owners.items()
        ]
        self.asked: list[object] = []

    def containers(self, *, all: bool, filters: object) -> object:
        self.asked.append(filters)
        return self.rows

    def networks(self, *, filters: object) -> object:
        return self.rows

    def volumes(self, *, filters: object) -> object:
        return {"Volumes": [*self.rows, {"Name": "odd", "Labels": None}]}

    def images(self, *, filters: object) -> object:
        return [{"RepoTags": ["resim-build/a:latest"], "Size": 5}, {"RepoTags": None}]

    def remove_network(self, name: str) -> None: ...

    def remove_volume(self, name: str, *, force: bool) -> None: ...

    def remove_image(self, name: str) -> None: ...


class _Client:
    def __init__(self) -> None:
        self.api = _Api()

    def remove(self, container: str) -> str:
        return ""

    def discard(self, remove: object, name: str) -> str:
        return ""


def test_only_things_of_owners_that_have_ended_are_left_over() -> None:
    client = _Client()
    texts = [each.text for each in found_leftovers(client, images=True)]  # type: ignore[arg-type]
    assert texts == [
        "container dead of job ?",
        "network dead",
        "volume dead",
        "image resim-build/a:latest, 5 B",
    ]
    assert client.api.asked == [{"label": lease.LABEL_OWNER}]
    assert len(list(found_leftovers(client))) == 3  # type: ignore[arg-type]


def test_the_folder_of_a_dead_run_is_left_over(tmp_path: Path) -> None:
    host = lease.current_owner().rpartition("/")[0]
    env = alone(tmp_path)
    work = tmp_path / "tmp" / "resim-runner-dead"
    work.mkdir()
    (work / "owner").write_text(f"{host}/0\n")
    call = runner("clean", "--yes", env=env)
    assert (call.code, work.exists()) == (0, False)
    assert f"folder {work} and the processes of its run" in call.out
