"""The command `fetch`, killed, interrupted and asked how it went."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from resim_inspect.building.sample import write_sample
from resim_inspect.document import open_document
from resim_inspect.validation import validate
from runner.workspace.layout import open_workspace
from tests.api.misbehaving_server import MisbehavingServer, answer, stall
from tests.api.workspaces import TOKEN as SERVED_TOKEN
from tests.api.workspaces import served, workspace
from tests.runner.fetch_harness import (
    BASE,
    BATCH,
    ROOT,
    TOKEN,
    arguments,
    call,
    tree,
)
from tests.soak import FACTOR

pytestmark = pytest.mark.slow


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(11, 11 + FACTOR))
def test_killed_at_any_moment_it_ends_the_same(tmp_path: Path, seed: int) -> None:
    """kill -9 again and again, each time a little later: what is there in the end is the same."""
    workspace(tmp_path / "ws", jobs=40, metrics=6)
    write_sample(tmp_path / "ws/jobs/sample/outputs")
    chance = random.Random(seed)
    with served(tmp_path / "api", open_workspace(tmp_path / "ws"), logs=True) as running:
        ids = str(running.prepared.project_id), str(running.prepared.batch_ids[0])
        extra = "--files", "--logs", "--connections", "2"
        before = time.monotonic()
        done = call(tmp_path / "calm", running.api.url, *ids, SERVED_TOKEN, *extra)
        took = time.monotonic() - before
        assert done.returncode == 0, done.stderr
        kills = 0
        for _ in range(8 if FACTOR == 1 else 40):
            process = subprocess.Popen(
                arguments(tmp_path / "torn", running.api.url, *ids, *extra),
                cwd=ROOT,
                env={**os.environ, "RESIM_TOKEN": SERVED_TOKEN},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                assert process.wait(took * (0.2 + 0.5 * chance.random())) == 0
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                check_torn(tmp_path / "torn")
        done = call(tmp_path / "torn", running.api.url, *ids, SERVED_TOKEN, *extra)
        assert done.returncode == 0, done.stderr
    assert kills
    assert tree(tmp_path / "torn") == tree(tmp_path / "calm")


def check_torn(folder: Path) -> None:
    """Assert that every file of a killed fetch can be read: each is whole."""
    for path in folder.glob("*.json"):
        json.loads(path.read_bytes())
    for path in folder.glob("jobs/*/outputs/metrics.binproto"):
        with open_document(path) as opened:
            assert validate(opened).valid


def test_the_command_says_how_it_ended(server: MisbehavingServer, tmp_path: Path) -> None:
    project = BASE.split("/")[2]
    done = call(tmp_path / "out", server.url, project, str(BATCH), TOKEN, "--format", "json")
    assert done.returncode == 0
    values = json.loads(done.stdout)
    assert (len(values["jobs"]), values["missing"], values["exit_code"]) == (3, [], 0)
    assert "3 jobs, 6 metrics: 3 PASSED" in done.stderr
    server.on("/blob/1/data/0", answer(410))
    done = call(tmp_path / "gap", server.url, project, str(BATCH), TOKEN)
    assert done.returncode == 2
    assert "missing: flight 1: metrics data series 0" in done.stderr
    server.on(f"{BASE}/jobs", answer(401, TOKEN.encode()))
    done = call(tmp_path / "no", server.url, project, str(BATCH), TOKEN)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 2
    assert "does not accept the token (401)" in done.stderr
    assert TOKEN not in done.stdout + done.stderr


def test_an_interruption_keeps_what_came(server: MisbehavingServer, tmp_path: Path) -> None:
    server.on("/blob/2/data/1", stall(30))
    process = subprocess.Popen(
        arguments(tmp_path / "out", server.url, BASE.split("/")[2], str(BATCH)),
        cwd=ROOT,
        env={**os.environ, "RESIM_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "out/jobs/flight 0/run/fetched.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.terminate()
    _, said = process.communicate(timeout=10)
    assert process.returncode == 143
    assert "Completed files are kept" in said


def test_events_tell_a_program_how_it_goes(server: MisbehavingServer, tmp_path: Path) -> None:
    project = BASE.split("/")[2]
    server.on("/blob/1/data/0", answer(410))
    words = server.url, project, str(BATCH), TOKEN, "--events", "-"
    done = call(tmp_path / "out", *words)
    assert done.returncode == 2
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [line["event"] for line in lines if line["event"] != "progress"]
    assert kinds == ["plan", "table", "missing", "end"]
    lost = next(line for line in lines if line["event"] == "missing")
    assert (lost["job"], lost["what"]) == ("flight 1", "metrics data series 0")
    assert "does not exist (410)" in lost["text"]
    assert lines[-1]["jobs"] == 3
    assert lines[-1]["missing"] == 1
    server.on(f"{BASE}/jobs", answer(403, TOKEN.encode()))
    done = call(tmp_path / "no", *words)
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["event"], line["kind"]) == ("error", "TokenError")
    assert "denies access (403)" in line["text"]
    assert TOKEN not in done.stdout
    done = call(tmp_path / "both", *words, "--format", "json")
    assert done.returncode == 2
    assert "cannot both write to stdout" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_events_onto_a_full_device_end_it(server: MisbehavingServer, tmp_path: Path) -> None:
    server.on("/blob/2/data/1", stall(20))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            arguments(
                tmp_path / "out", server.url, BASE.split("/")[2], str(BATCH), "--events", "-"
            ),
            cwd=ROOT,
            env={**os.environ, "RESIM_TOKEN": TOKEN},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=20,
        )
    assert done.returncode == 2
    assert "cannot be written: No space left on device" in done.stderr
    assert "fault in" not in done.stderr


def test_where_nobody_reads_the_events_it_ends(server: MisbehavingServer, tmp_path: Path) -> None:
    server.on("/blob/2/data/1", stall(60))
    process = subprocess.Popen(
        arguments(tmp_path / "out", server.url, BASE.split("/")[2], str(BATCH), "--events", "-"),
        cwd=ROOT,
        env={**os.environ, "RESIM_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 141
    assert not process.stderr.read()
    process.stderr.close()
    # Nothing holds the workspace any more.
    server.on("/blob/2/data/1", answer(404))
    assert call(tmp_path / "out", server.url, BASE.split("/")[2], str(BATCH), TOKEN).returncode == 2


def test_a_selection_without_jobs_is_said(server: MisbehavingServer, tmp_path: Path) -> None:
    project = BASE.split("/")[2]
    words = ("--status", "NONSENSE")
    done = call(tmp_path / "none", server.url, project, str(BATCH), TOKEN, *words)
    assert "No job of the batch matches --jobs, --status and --name." in done.stderr
    assert "0 jobs, 0 metrics: " not in done.stdout + done.stderr
