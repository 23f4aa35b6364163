"""Claims on jobs: one process at a time, and a holder that was killed blocks no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runner.errors import StorageError
from runner.execution import result_cache, scheduler
from runner.storage.claims import ClaimError, claimed, is_claimed
from runner.storage.leftovers import leftovers_of_workspace
from runner.storage.publish import new_outputs
from runner.workspace.layout import RunFolder
from runner.workspace.run_record import LEASE, claim_path
from tests.containers.container_harness import ROOT
from tests.runner.execution.scheduler_harness import call_of, workspace_of
from tests.runner.fake import FakeEngine

HOLD = """
import sys, time
from pathlib import Path
from runner.storage.claims import claimed
from runner.workspace.layout import RunFolder
with claimed(RunFolder(Path(sys.argv[1])), print, bool):
    print("held", flush=True)
    time.sleep(60)
"""
ELSEWHERE = "node-3.example/0a1b2c3d/4026531836/417/9000"


@pytest.fixture
def run_folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "jobs" / "patrol")


@pytest.fixture
def holder(run_folder: RunFolder) -> Iterator[subprocess.Popen[str]]:
    """A process that has the claim. It is not waited for before the end of the test."""
    words = [sys.executable, "-c", HOLD, str(run_folder.path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def write_claim(run_folder: RunFolder, identity: str, seen: float) -> Path:
    path = claim_path(run_folder)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"format": 1, "identity": identity}))
    os.utime(path, (seen, seen))
    return path


def test_the_claim_of_a_killed_process_is_taken_over(
    run_folder: RunFolder, holder: subprocess.Popen[str]
) -> None:
    assert is_claimed(run_folder)
    said: list[str] = []
    with claimed(run_folder, said.append, lambda: bool(said)) as claim:
        assert claim is None
    assert [text.split(" on ")[0] for text in said] == [f"process {holder.pid}"]
    holder.kill()
    # A zombie until the fixture ends, as under a parent that does not wait for it.
    with claimed(run_folder, said.append, bool) as claim:
        assert claim is not None
        assert claim.taken_from == said[0]
    assert not (claim_path(run_folder)).exists()
    with claimed(run_folder, said.append, bool) as claim:
        assert claim is not None
        assert claim.taken_from == ""


def test_a_holder_that_is_frozen_is_named(
    run_folder: RunFolder, holder: subprocess.Popen[str]
) -> None:
    seen = time.time() - LEASE - 1
    os.utime(claim_path(run_folder), (seen, seen))
    words = rf"process {holder.pid} on \S+ has the job, and sent no heartbeat"
    with pytest.raises(ClaimError, match=words), claimed(run_folder, lambda _: None, bool):
        pass


@pytest.mark.parametrize(("age", "blocks"), [(1.0, True), (LEASE + 1, False), (-9e5, False)])
def test_a_lease_counts_where_locks_do_not_reach(
    run_folder: RunFolder, age: float, blocks: bool
) -> None:
    write_claim(run_folder, ELSEWHERE, time.time() - age)
    assert is_claimed(run_folder) is blocks
    said: list[str] = []
    with claimed(run_folder, said.append, lambda: bool(said)) as claim:
        assert (claim is None) is blocks
        assert said == (["process 417 on node-3.example"] if blocks else [])


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"identity": 3}', '{"identity": "\\u001b["}'])
def test_a_damaged_claim_does_not_block(run_folder: RunFolder, content: str) -> None:
    path = write_claim(run_folder, "", time.time())
    path.write_text(content)
    assert not is_claimed(run_folder)
    with claimed(run_folder, lambda _: None, bool) as claim:
        assert claim is not None


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="has no O_NOFOLLOW")
def test_a_link_is_not_followed(run_folder: RunFolder, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep")
    write_claim(run_folder, "", 0).unlink()
    (claim_path(run_folder)).symlink_to(target)
    words = "cannot be written"
    with pytest.raises(StorageError, match=words), claimed(run_folder, lambda _: None, bool):
        pass
    assert target.read_text() == "keep"


def test_a_result_of_another_process_is_kept_and_its_outputs_are_left_alone(
    tmp_path: Path,
) -> None:
    workspace = workspace_of(tmp_path, "patrol")
    (job,) = workspace.jobs
    engine = FakeEngine()
    context, _ = call_of(engine)
    (first,) = scheduler.run_all(result_cache.plan(workspace, context), context, 1)
    planned = result_cache.plan(workspace, context, "all")
    # While the call waited, a worker of an earlier call has published the same.
    published = replace(first, seconds=47.0)
    job.folder.result.write_bytes(published.as_bytes())
    assert scheduler.run_all(planned, context, 1) == [published]
    assert engine.started == ["patrol"]
    (claim_path(job.folder)).write_text(json.dumps({"identity": ELSEWHERE}))
    new_outputs(job.folder).mkdir()
    result_cache.plan(workspace, context)
    assert new_outputs(job.folder).is_dir()
    assert list(leftovers_of_workspace(workspace, results=True)) == []
