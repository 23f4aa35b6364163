"""A workspace whose build does what the name of each job says, and the call that runs it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.containers.container_harness import make_inputs, metrics_file

PROGRAM = """
import os, shutil, sys, time
job = open(os.environ["RESIM_INPUTS"] + "/logs/name.txt").read()
sys.stdout.buffer.write(b"hello \\x1b[2J from " + job.encode() + b"\\n1 %\\r99 %\\nhalf \\xff")
sys.stdout.flush()
if job == "fails":
    sys.exit(3)
if job.startswith("slow"):
    time.sleep(120)
given = os.environ["RESIM_INPUTS"] + "/experience/given.binproto"
shutil.copy(given, os.environ["RESIM_OUTPUTS"] + "/metrics.binproto")
"""


def write_inputs(folder: Path, name: str) -> None:
    """Write the inputs of a job; `block` has a FAIL_BLOCK, `fails` fails, `slow…` does not end."""
    make_inputs(folder, metrics_file("FAIL_BLOCK", 44.7) if name == "block" else None)
    (folder / "logs" / "name.txt").write_text(name)


def build_command(folder: Path) -> str:
    """The value of `--command` of the build."""
    (folder / "build.py").write_text(PROGRAM)
    return f"{sys.executable} {folder}/build.py"


def workspace_of(folder: Path, *names: str) -> tuple[Path, list[str | Path]]:
    """A workspace with these jobs, and the call that runs them."""
    workspace = folder / "ws"
    for name in names:
        write_inputs(workspace / "jobs" / name / "inputs", name)
    words: list[str | Path] = ["run", workspace, "--only", "jobs", "--no-sandbox", "--quiet"]
    return workspace, [*words, "--command", build_command(folder)]
