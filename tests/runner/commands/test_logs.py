"""`logs`: the log of one job or of all, filtered, followed, and clean on a terminal."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from runner.commands.logs import FollowedLog, Printer, Source
from runner.execution.log_capture import LogSink
from runner.redact import Secrets
from runner.workspace.job_status import workspace_status
from runner.workspace.layout import open_workspace
from runner.workspace.run_record import record_of_workspace, request_stop
from tests.containers.container_harness import ROOT, call_runner, command
from tests.containers.engines import wait_for
from tests.runner.named_jobs import build_command, workspace_of, write_inputs

pytestmark = pytest.mark.slow


def test_the_status_and_log_of_a_single_job(tmp_path: Path) -> None:
    write_inputs(tmp_path / "inputs", "one")
    program = build_command(tmp_path)
    words = ("--inputs", tmp_path / "inputs", "--outputs", tmp_path / "out")
    assert call_runner("job", "--no-sandbox", *words, "--command", program, "--name", "n").code == 0
    (job,) = call_runner("status", tmp_path / "out", "--format", "json").json["jobs"]
    assert (job["name"], job["outcome"], job["verdict"]) == ("n", "done", "PASSED")
    assert call_runner("logs", tmp_path / "out").out.startswith("hello \x1b[2J from one\n")
    assert call_runner("status", tmp_path / "nowhere").code == 2


def test_logs_of_jobs_are_told_apart_and_filtered(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a", "b", "new")
    assert call_runner(*call, "--job", "[ab]").code == 0
    done = subprocess.run(
        command("logs", workspace, "a"), cwd=ROOT, capture_output=True, check=True
    )
    # Not for a terminal: the bytes of the file.
    assert done.stdout == b"hello \x1b[2J from a\n1 %\r99 %\nhalf \xff\n"
    lines = call_runner("logs", workspace, "--grep", "^hello .* from").out.splitlines()
    assert lines == ["[a] | hello \x1b[2J from a", "[b] | hello \x1b[2J from b"]
    assert call_runner("logs", workspace, "--grep", "[").code == 2
    nearest = call_runner("logs", workspace, "nwe")
    assert (nearest.code, nearest.out) == (2, "")
    assert 'did you mean "new"?' in nearest.err
    missing = call_runner("logs", workspace, "new")
    assert (missing.code, missing.out) == (2, "")


def test_a_terminal_gets_clean_lines(tmp_path: Path) -> None:
    # Here, since it skips what needs a pseudo terminal.
    from tests.runner.pseudo_terminal import PseudoTerminal

    workspace, call = workspace_of(tmp_path, "a")
    assert call_runner(*call).code == 0
    with PseudoTerminal() as terminal:
        process = subprocess.Popen(command("logs", workspace), stdout=terminal.theirs, cwd=ROOT)
        terminal.passed_on()
        seen = terminal.read_all()
        assert process.wait(60) == 0
    assert seen.splitlines() == ["hello �[2J from a", "99 %", "half �"]


def test_logs_follow_a_run_to_its_end(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a", "slow")
    run = subprocess.Popen(command(*call, "--parallel", "1"), cwd=ROOT, stderr=subprocess.DEVNULL)
    log = workspace / "jobs/slow/run/log.txt"
    follower: subprocess.Popen[str] | None = None
    try:
        wait_for(lambda: log.is_file() and b"99 %" in log.read_bytes())
        follower = subprocess.Popen(
            command("logs", workspace, "--follow"),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            errors="replace",
        )
        assert follower.stdout is not None
        assert "hello" in follower.stdout.readline()
        status = workspace_status(open_workspace(workspace))
        assert status.state.owner is not None
        request_stop(record_of_workspace(workspace), status.state.owner, "slow")
        out, _ = follower.communicate(timeout=60)
        assert run.wait(60) == 5
    finally:
        run.kill()
        run.wait()
        if follower is not None:
            follower.kill()
            follower.wait()
    assert "[a] | " in out or "from a" in out
    assert "[slow] | half �" in out
    assert follower.returncode == 0


@pytest.mark.parametrize("step", [997, 20_001])
def test_logs_go_past_the_limit_of_a_log_without_repeats(tmp_path: Path, step: int) -> None:
    path = tmp_path / "log.txt"
    sink = LogSink(path, Secrets(), limit=100_000)
    printed: list[bytes] = []

    class ListPrinter(Printer):
        def __call__(self, name: str, lines: list[bytes]) -> None:
            printed.extend(lines)

    printer = ListPrinter(None, several=False, terminal=False)
    log = FollowedLog(Source("a", "job", path), printer)
    for number in range(60_000):
        sink.write(1, b"line %06d\n" % number)
        if number % step == 0:
            log.print_new()
            assert printed[-1] == b"line %06d" % number
    died = FollowedLog(Source("a", "job", path), printer)
    log.print_new()
    at = len(printed)
    died.print_new()
    assert (printed[at], printed[-1]) == (b"line 000000", b"line 059999")
    del printed[at:]
    sink.close()
    log.print_new()
    log.print_rest()
    numbers = [int(line[5:]) for line in printed if re.fullmatch(rb"line [0-9]{6}", line)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 59_999
    notes = [line for line in printed if "left out here" in line.decode()]
    assert bool(notes) == (len(numbers) < 60_000) == (step > 1000)
