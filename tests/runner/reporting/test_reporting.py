"""The command as it is watched: on a terminal, in a pipe, by a program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.containers.container_harness import (
    ROOT,
    command,
    make_inputs,
    make_jobs,
    metrics_file,
    runner,
)
from tests.runner.pseudo_terminal import PseudoTerminal

pytestmark = pytest.mark.slow

OPTIONS = ("--only", "jobs", "--no-sandbox")

PROGRAM = """
import os, shutil, sys
print("reading\\x1b[2J the \\u202e log")
given = os.environ["RESIM_INPUTS"] + "/experience/given.binproto"
shutil.copy(given, os.environ["RESIM_OUTPUTS"] + "/metrics.binproto")
"""


def words(folder: Path) -> list[str | Path]:
    """Two jobs, one of them blocked."""
    workspace = make_jobs(folder / "flights", 1)
    make_inputs(workspace / "jobs" / "late" / "inputs", metrics_file("FAIL_BLOCK", 44.7))
    (folder / "build.py").write_text(PROGRAM)
    program = f"{sys.executable} {folder}/build.py"
    return ["run", workspace, "--command", program, *OPTIONS]


def on_a_terminal(call: list[str], **env: str) -> tuple[int, str, str]:
    """Run a command with a terminal as its stderr: exit code, stdout, what the terminal got."""
    with PseudoTerminal() as terminal:
        process = subprocess.Popen(
            call, stdout=subprocess.PIPE, stderr=terminal.theirs, cwd=ROOT, text=True,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **env},
        )  # fmt: skip
        terminal.passed_on()
        seen = terminal.read_all()
        out, _ = process.communicate(timeout=60)
    return process.returncode, out, seen


def test_a_terminal_gets_rows_and_progress(tmp_path: Path) -> None:
    code, out, seen = on_a_terminal(command(*words(tmp_path)))
    assert code == 7
    assert "2/2" in seen
    assert "FAIL_BLOCK" in seen
    assert "Max speed 44.7 m/s (fails above 40)" in seen
    assert "\x1b[2J" not in seen
    assert "\u202e" not in seen
    assert out == "2 jobs: 1 FAIL_BLOCK · 1 PASSED. Overall ✗ FAIL_BLOCK\n"


def test_no_color_means_none(tmp_path: Path) -> None:
    _, _, seen = on_a_terminal(command(*words(tmp_path)), NO_COLOR="1")
    assert "FAIL_BLOCK" in seen
    for color in ("\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[38"):
        assert color not in seen


def test_a_pipe_gets_lines_with_the_job_before_them(tmp_path: Path) -> None:
    call = runner(*words(tmp_path))
    assert call.code == 7
    assert "[late] | reading�[2J the � log" in call.err
    assert " ✗ late" in call.err
    assert "\x1b" not in call.err
    again = runner(*words_again(tmp_path), "--color", "always")
    assert "2 jobs, nothing to run" in again.err
    assert "\x1b[31m ✗ late" in again.err
    assert "(unchanged, not run again)" in again.err


def words_again(folder: Path) -> list[str | Path]:
    """The same call on what is there already."""
    program = f"{sys.executable} {folder}/build.py"
    return ["run", folder / "flights", "--command", program, *OPTIONS]


def test_events_are_json_lines_and_nothing_else(tmp_path: Path) -> None:
    call = runner(*words(tmp_path), "--events", "-", "--quiet", "--fail-on", "none")
    assert call.code == 0
    events = [json.loads(line) for line in call.out.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[0] == "warning"
    assert kinds[-1] == "end"
    assert sorted(kinds[1:-1]) == ["finished", "finished", "plan", "started", "started"]
    assert all(event["format"] == 1 for event in events)
    verdicts = {e["job"]: e["result"]["verdict"] for e in events if e["event"] == "finished"}
    assert verdicts == {"job-000": "PASSED", "late": "FAIL_BLOCK"}


def test_json_alone_is_on_stdout(tmp_path: Path) -> None:
    call = runner(*words(tmp_path), "--format", "json")
    assert call.json["format"] == 1
    assert call.json["exit_code"] == call.code == 7
    assert (call.json["verdict"], call.json["outcomes"]) == ("FAIL_BLOCK", {"done": 2})
    refused = runner(*words_again(tmp_path), "--format", "json", "--events", "-")
    assert refused.code == 2
    assert refused.out == ""


def test_a_reader_that_goes_away_is_no_crash(tmp_path: Path) -> None:
    call = " ".join(f"'{word}'" for word in command(*words(tmp_path), "--format", "json"))
    done = subprocess.run(
        f"{call} --quiet | head -c 1", shell=True, cwd=ROOT, capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
