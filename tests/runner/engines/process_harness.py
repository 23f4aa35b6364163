"""Jobs of builds on this machine, with and without a sandbox, and the processes that they start."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.containers.container_harness import Call, call_runner, command, make_inputs

WRITES = """
import os, shutil, sys
out = os.environ["RESIM_OUTPUTS"]
given = os.environ["RESIM_INPUTS"] + "/experience/given.binproto"
shutil.copy(given, out + "/metrics.binproto")
"""
sandboxed = pytest.mark.skipif(
    shutil.which("bwrap") is None
    or subprocess.run(
        ["bwrap", "--ro-bind", "/", "/", "--unshare-pid", "--unshare-net", "true"],
        capture_output=True,
        check=False,
    ).returncode
    != 0,
    reason="bubblewrap is not installed, or may not make sandboxes here",
)


def build(folder: Path, program: str) -> str:
    """A program in a file, as `--command` takes it."""
    path = folder / "build.py"
    path.write_text(program)
    return f"{sys.executable} {path}"


def job(
    folder: Path,
    program: str,
    *more: str | Path,
    env: dict[str, str] | None = None,
    call: Callable[..., Call] = call_runner,
) -> Call:
    """Run a program as a build on one job."""
    if not (folder / "inputs").exists():
        make_inputs(folder / "inputs")
    places = ("--inputs", folder / "inputs", "--outputs", folder / "out", "--log", folder / "log")
    what = ("--command", build(folder, program), "--format", "json", "--quiet")
    return call("job", *what, *places, *more, env=env)


def small_runner(*words: str | Path, env: dict[str, str] | None = None) -> Call:
    """Run `python -m runner …` from a small process: Linux counts the memory of the process that
    starts a program as the program's, and the one that runs tests may have more than a build."""
    shell = ("sh", "-c", '"$@"; exit $?', "sh", *command(*words))
    done = subprocess.run(
        shell, capture_output=True, text=True, env={**os.environ, **(env or {})}, check=False
    )
    return Call(done.returncode, done.stdout, done.stderr)


def work_folders_of(process: subprocess.Popen[str]) -> list[Path]:
    """The folders of runs that a runner has started."""
    folders = Path(tempfile.gettempdir()).glob("resim-runner-*/owner")
    return [path.parent for path in folders if f"/{process.pid}/" in path.read_text()]


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.05)


def processes(words: str) -> list[str]:
    """Command lines of living processes with these words in them."""
    command_lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in line and str(os.getpid()) != path.parent.name:
            command_lines.append(line)
    return command_lines
