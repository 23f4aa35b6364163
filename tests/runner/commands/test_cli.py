"""The command line: what it refuses, what it prints, what it does not load."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import ModuleType

import pytest

from runner.cli import COMMANDS, main
from runner.engines.docker.discovery import candidates
from runner.engines.protocol import Build, Hardening, Limits, RunExit
from runner.errors import RunnerError
from runner.execution import failure_hints
from runner.execution.cancellation import Interrupted
from runner.execution.events import Event
from runner.redact import Secrets
from runner.reporting import machine
from runner.reporting.lines import Lines
from runner.reporting.rows import as_text, row_of, summary
from runner.storage import lease
from runner.workspace.contract import MASK
from runner.workspace.results import Failing, JobResult, Outcome
from runner.workspace.verdict_gate import VerdictGate
from tests.containers.container_harness import make_inputs, make_jobs

IMAGE = ("--image", "some/image:tag")


@pytest.mark.parametrize("words", [["--help"], ["job", "--help"], ["run", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys; from runner.cli import main; code = main(sys.argv[1:]);"
        "heavy = {'docker', 'requests', 'textual', 'rich', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert done.stdout
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "COMMAND"),
        (["nonsense"], "invalid choice"),
        (["job", *IMAGE], "--inputs"),
        (["run"], "WORKSPACE"),
        (["run", "--image", "a", "--command", "b", "ws"], "not allowed with"),
        (["run", *IMAGE, "--no-sandbox", "ws"], "--no-sandbox needs --command"),
        (["run", "--command", "x", "--platform", "linux/arm64", "ws"], "needs --image"),
        (["run", "--command", "x 'y", "ws"], "cannot be split"),
        (["run", *IMAGE, "--mount", "nowhere:/a", "ws"], "does not exist"),
        (["run", *IMAGE, "--mount", "/tmp:relative", "ws"], "absolute DST"),
        (["run", *IMAGE, "--env", "NOT_THERE_AT_ALL", "ws"], "no such variable"),
        (["run", *IMAGE, "--env", "=x", "ws"], "does not name a variable"),
        (["run", *IMAGE, "--timeout", "0", "ws"], "'0' is not a number above 0"),
        (["run", *IMAGE, "--retries", "-1", "ws"], "'-1' is not a whole number of at least 0"),
        (["run", *IMAGE, "--gpus", "0", "ws"], "not a number, all, or device="),
        (["run", *IMAGE, "--gpus", "device=", "ws"], "not a number, all, or device="),
        (["run", *IMAGE, "--gpus", "device=0,a b", "ws"], "not a number, all, or device="),
        (["run", "--command", "x", "--gpus", "all", "ws"], "--gpus needs --image"),
        (["run", *IMAGE, "--parallel", "0", "ws"], "not a whole number above 0"),
        (["run", "--image", "-v", "ws"], "expected one argument"),
        (["run", "--image", "", "ws"], "not the name of an image"),
        (["run", *IMAGE, "no/such/workspace"], "does not exist"),
        (["run", *IMAGE, "--dry", "ws"], "resim-runner run: error: unrecognized arguments: --dry"),
    ],
)
def test_a_wrong_call_is_two_and_one_sentence(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said


def test_job_refuses_inputs_and_outputs_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = make_inputs(tmp_path / "inputs")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years")
    words = ["job", *IMAGE, "--inputs", str(inputs)]
    assert main([*words, "--outputs", str(mine)]) == 2
    assert "has other content" in capsys.readouterr().err
    assert (mine / "thesis.txt").exists()
    (inputs / "batch_metrics_config.json").write_text("{}")
    assert main([*words, "--outputs", str(tmp_path / "out")]) == 2
    assert "config file of a batch or a report" in capsys.readouterr().err
    assert main(["job", *IMAGE, "--inputs", str(mine), "--outputs", str(tmp_path / "out")]) == 2
    assert "inputs/logs is missing" in capsys.readouterr().err


@pytest.mark.slow
def test_a_dry_run_prints_an_equal_line_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = make_jobs(tmp_path / "my ws", 2)
    before = sorted(workspace.rglob("*"))
    words = [
        "run",
        *IMAGE,
        "--only",
        "jobs",
        "--cpus",
        "2",
        "--env",
        "A=b c",
        str(workspace),
        "--dry-run",
    ]
    assert main([*words, "--", "python", "-c", "print('x y')"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line[0] != "#"]
    assert len(lines) == 2
    parts = shlex.split(lines[0].split(" && ")[-1])
    assert parts[:3] == ["docker", "run", "--rm"]
    assert parts[-4:] == ["some/image:tag", "python", "-c", "print('x y')"]
    wanted = (
        "--read-only --cap-drop=ALL --network=none --cpus=2 --env=A --user=12345:12345"
        " --memory=2048m --security-opt=no-new-privileges"
    )
    for word in wanted.split():
        assert word in parts
    logs = workspace / "jobs" / "job-000" / "inputs" / "logs"
    assert f"--mount=type=bind,source={logs},target=/tmp/resim/inputs/logs,readonly" in parts
    assert sorted(workspace.rglob("*")) == before
    assert main([*words, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["jobs"]) == 2


def result(**values: object) -> JobResult:
    given = {
        "job": "a",
        "job_id": "i",
        "outcome": Outcome.DONE,
        "verdict": "PASSED",
        "seconds": 2.1,
    }
    return JobResult(**(given | values))  # type: ignore[arg-type]


def test_rows_say_what_matters() -> None:
    assert as_text(row_of(result(metrics=8)), 10) == " ✓ a              2.1 s   8 metrics"
    block = result(
        verdict="FAIL_BLOCK",
        statuses={"FAIL_BLOCK": 3},
        failing=tuple(Failing(f"M{n}", "FAIL_BLOCK", f"{n} m/s") for n in range(3)),
    )
    assert row_of(block).text == "FAIL_BLOCK  M0 0 m/s; M1 1 m/s; 1 more"
    failed = result(outcome=Outcome.FAILED, message="exit 1.", hint="Do that.", log_bytes=9)
    assert row_of(failed, "a/log").text == "exit 1.  log a/log"
    results = [result(), block, failed, result(verdict="RAW")]
    assert summary(results, 1, VerdictGate()) == (
        "4 jobs: 1 FAIL_BLOCK · 1 PASSED · 1 RAW · 1 failed (1 unchanged, not run again)."
        " Overall ✗ FAIL_BLOCK"
    )
    assert summary([failed], 0, VerdictGate()) == "1 job: 1 failed."


def test_hostile_texts_are_cleaned_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "x\x1b[2J\u202e]]>&<\x00"
    bad = result(
        job=evil, outcome=Outcome.FAILED, message=evil, hint=evil, log_tail=(evil,),
        findings=(evil,), failing=(Failing(evil, evil, evil),),
    )  # fmt: skip
    lines = Lines(sys.stderr, color=False, quiet=False, log_of=lambda _: evil)
    for event in (Event("finished", 0, evil, result=bad), Event("line", 0, evil, evil),
                  Event("kept", 0, evil, result=bad), Event("warning", 0, text=evil)):  # fmt: skip
        lines(event)
    said = capsys.readouterr().err
    text = machine.junit(
        evil,
        [bad, result(job=evil, verdict="FAIL_BLOCK", failing=bad.failing)],
        VerdictGate(),
    )
    for shown in (said, text, summary([bad], 0, VerdictGate())):
        assert not set("\x1b\u202e\x00") & set(shown)
    root = ElementTree.fromstring(text)
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "1", "1")


def test_reports_for_programs_say_what_is_approximate() -> None:
    evaluated = result(approximate=True)
    assert machine.document("run", {}, [evaluated], set(), 0)["jobs"][0]["approximate"] is True
    for shown, is_said in ((evaluated, True), (result(), False)):
        text = machine.junit("flights", [shown], VerdictGate())
        case = ElementTree.fromstring(text)[0][0]
        assert (case.find("properties/property[@name='approximate']") is not None) is is_said


def test_secrets_are_hidden_in_documents() -> None:
    secrets = Secrets(["very-secret"])
    values = machine.document("run", {"workspace": "very-secret"}, [result()], set(), 0)
    assert "very-secret" not in machine.dump(values, secrets)
    assert MASK


def test_diagnoses() -> None:
    build = Build("i", limits=Limits(memory_mib=100))
    cases = [
        (RunExit(137, oom=True), (), False, "100 MiB", "--memory-mib"),
        (RunExit(137), (), True, "most likely out of memory", "200"),
        (RunExit(137), (), False, "killed from outside", "memory"),
        (RunExit(139), (), False, "segmentation fault", ""),
        (RunExit(134), ("abort",), False, "signal ABRT", ""),
        (RunExit(127, error='exec: "x": not found'), (), False, "not found (127)", "ENTRYPOINT"),
        (RunExit(126), ("exec format error",), False, "cannot be run (126)", "--platform"),
        (RunExit(125), (), False, "exit code 125", "engine"),
        (RunExit(1), ("a", "KeyError: 'b'", "done"), False, "exit code 1: KeyError: 'b'.", ""),
        (RunExit(1), ("error: it is gone.",), False, "exit code 1: error: it is gone.", ""),
        (RunExit(1), ("working",), False, "; its last output: working.", ""),
        (RunExit(1), (), False, "it ended with exit code 1, and its log is empty.", ""),
        (RunExit(1), ("OSError: [Errno 30] Read-only file system",), False, "code 1", "--writable"),
        (RunExit(1), ("RuntimeError: can't start new thread",), False, "code 1", "--pids"),
        (RunExit(1), ("gaierror: Temporary failure in name resolution",), False, "1", "--network"),
        (RunExit(1), ("KeyError: 'getpwuid(): uid not found: 12345'",), False, "1", "--image-user"),
        (RunExit(1), ("ModuleNotFoundError: No module named 'x'",), False, "1", "package"),
    ]
    for ended, tail, podman, says, hint in cases:
        why = failure_hints.of_exit(ended, tail, build, oom_hidden=podman)
        assert says in why.message, (ended, tail)
        assert why.message.endswith(".")
        assert not why.message.endswith("..")
        assert hint in why.hint, (ended, tail)


def test_engines_are_looked_for_where_people_have_them(tmp_path: Path) -> None:
    def first(wanted: str = "", **env: str) -> tuple[str, str]:
        found = candidates(wanted, {"PATH": "", **env}, tmp_path)
        return (found[0].address, found[0].source) if found else ("", "")

    assert first(DOCKER_HOST="tcp://h:1") == ("tcp://h:1", "DOCKER_HOST")
    assert first("unix:///x.sock", DOCKER_HOST="tcp://h:1") == ("unix:///x.sock", "--engine")
    place = hashlib.sha256(b"colima").hexdigest()
    meta = tmp_path / ".docker" / "contexts" / "meta" / place / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Endpoints": {"docker": {"Host": "unix:///c.sock"}}}))
    (tmp_path / ".docker" / "config.json").write_text(json.dumps({"currentContext": "colima"}))
    assert first() == ("unix:///c.sock", "docker context colima")
    podman = ("unix:///p.sock", "CONTAINER_HOST")
    assert first("podman", CONTAINER_HOST="unix:///p.sock", DOCKER_HOST="tcp://h:1") == podman
    assert first(CONTAINER_HOST="unix:///p.sock", DOCKER_CONTEXT="default") == podman
    assert first("docker", CONTAINER_HOST="unix:///p.sock", DOCKER_CONTEXT="default") != podman
    assert first(DOCKER_CONTEXT="gone") == ("", "docker context gone")
    assert first(DOCKER_CONTEXT="default")[1] in {"docker", "podman", ""}


def test_owners_live_and_die() -> None:
    assert not lease.is_stale(lease.current_owner())
    done = subprocess.run(
        [sys.executable, "-c", "from runner.storage import lease; print(lease.current_owner())"],
        capture_output=True,
        text=True,
        check=True,
    )
    gone = done.stdout.strip()
    assert lease.is_stale(gone)
    host, boot, space, pid, start = gone.split("/")
    assert not lease.is_stale("/".join(("other-host", boot, space, pid, start)))
    assert not lease.is_stale("/".join((host, boot, "1", pid, start)))
    assert lease.is_stale("/".join((host, "earlier", space, str(os.getpid()), start)))
    assert lease.is_stale("/".join((host, boot, space, str(os.getpid()), "1")))
    for text in ("", "nonsense", "/////"):
        assert not lease.is_stale(text)


def test_hardening_is_the_default() -> None:
    assert Hardening() == Hardening(
        read_only_root=True,
        network="none",
        drop_capabilities=True,
        no_new_privileges=True,
        user="12345:12345",
        init=True,
    )


class BrokenCommand(ModuleType):
    """A command that raises."""

    def __init__(self, error: BaseException) -> None:
        super().__init__("runner.commands.doctor")
        self.error = error

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format")

    def run(self, args: Namespace) -> int:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (
            RunnerError("no such thing.", "Do that."),
            2,
            "resim-runner: no such thing.\n  Do that.\n",
        ),
        (RunnerError("x\x1b[2J."), 2, "resim-runner: x�[2J.\n"),
        (
            Interrupted(143),
            143,
            "resim-runner: the command was interrupted before it started a build.\n",
        ),
        (KeyboardInterrupt(), 130, ""),
        (SystemExit(4), 4, ""),
        (SystemExit("text"), 2, ""),
        (SystemExit(), 0, ""),
        (
            ZeroDivisionError("oh"),
            1,
            "resim-runner: ZeroDivisionError: oh (a fault in resim-runner; --debug shows where)\n",
        ),
    ],
)
def test_an_error_has_an_exit_code_and_debug_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    message: str,
) -> None:
    monkeypatch.setitem(sys.modules, "runner.commands.doctor", BrokenCommand(error))
    assert main(["doctor"]) == code
    assert capsys.readouterr().err == message
    assert main(["doctor", "--debug"]) == code
    assert ("Traceback" in capsys.readouterr().err) == bool(message)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_owns_its_arguments(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f"usage: resim-runner {name}" in out
    assert "--debug" in out
    assert COMMANDS[name][1:].split(",")[0] in out
