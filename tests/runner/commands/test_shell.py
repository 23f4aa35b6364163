"""`shell`: a program on the terminal with a job's inputs, of which nothing is left."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from runner.engines.docker.interactive import Frames
from tests.containers.container_harness import ROOT, call_runner, command, make_inputs, make_jobs
from tests.runner.pseudo_terminal import PseudoTerminal, take_terminal

OPTIONS = ("--command", "python3 build.py", "--no-sandbox")


def shell(*words: str | Path, keys: str) -> tuple[int, str, str]:
    """Run `shell` with a pipe as its stdin: exit code, stdout, stderr."""
    done = subprocess.run(
        command("shell", *words), cwd=ROOT, input=keys, text=True, capture_output=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_a_shell_has_the_inputs_of_a_job_and_its_exit_code(tmp_path: Path) -> None:
    make_jobs(tmp_path / "ws", 2)
    keys = 'cat "$RESIM_INPUTS/logs/log.txt"; echo gone > "$RESIM_OUTPUTS/x"; pwd; exit 7'
    code, out, err = shell(tmp_path / "ws", "--job", "job-001", *OPTIONS, keys=keys)
    assert code == 7
    assert out.splitlines()[0] == "0 1 2"
    assert "job-001 in python3 build.py: 2 folders" in err
    assert "ended with 7" in err
    assert not list(tmp_path.rglob("x"))
    assert not [
        path
        for path in Path(tempfile.gettempdir()).glob("resim-runner-*")
        if f"/{os.getpid()}/" in path.name
    ]


def test_a_program_runs_in_place_of_the_shell(tmp_path: Path) -> None:
    inputs = make_inputs(tmp_path / "job" / "inputs")
    for path in (tmp_path / "job", inputs):
        code, out, _ = shell(path, *OPTIONS, "--", "sh", "-c", "echo $1 $#", "sh", "a b", keys="")
        assert (code, out) == (0, "a b 1\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ws",), "has 2 jobs, and a shell is for one job"),
        (("ws", "--job", "job-00?"), "has 2 jobs, and a shell is for one job"),
        (("ws", "--job", "jbo-001"), 'did you mean "job-001"?'),
        (("ws/jobs/job-000", "--job", "job-000"), "--job is for a workspace"),
        (("ws/jobs",), "has no inputs of a job"),
        (("nowhere",), "has no inputs of a job"),
    ],
)
def test_a_job_that_is_not_named_is_a_sentence(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    make_jobs(tmp_path / "ws", 2)
    refused = call_runner("shell", tmp_path / words[0], *words[1:], *OPTIONS)
    assert (refused.code, refused.out) == (2, "")
    assert says in refused.err


def test_keys_reach_the_shell_and_not_the_runner(tmp_path: Path) -> None:
    make_inputs(tmp_path / "inputs")
    words = ("--command", "true", "--no-sandbox", "--", "sh")
    with PseudoTerminal() as terminal:
        end = terminal.theirs
        process = subprocess.Popen(
            command("shell", tmp_path / "inputs", *words), cwd=ROOT, stdin=end, stdout=end,
            stderr=end, start_new_session=True, preexec_fn=take_terminal,
        )  # fmt: skip
        terminal.passed_on()
        terminal.read_until(b"is removed at the end")
        terminal.press(b"echo st''arted; sleep 60\n")
        terminal.read_until(b"started")
        terminal.press(b"\x03")
        terminal.press(b"echo a''live; exit 9\n")
        terminal.read_until(b"alive")
        terminal.read_until(b"ended with 9")
        assert process.wait(60) == 9


def test_the_output_of_a_container_without_a_terminal_is_split(
    capfd: pytest.CaptureFixture[str],
) -> None:
    frames = Frames()
    data = b"\x01\0\0\0\0\0\0\x04out\n" + b"\x02\0\0\0\0\0\0\x04err\n" + b"\x01\0\0\0\0\0\0\0"
    for byte in data:
        frames.write(bytes([byte]))
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("out\n", "err\n")
