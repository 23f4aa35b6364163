"""A project whose files change, and a terminal in which the runner watches them."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from runner.workspace.run_record import record_of_workspace
from tests.containers.container_harness import command, make_inputs, metrics_file
from tests.containers.engines import wait_for
from tests.runner.pseudo_terminal import take_terminal

pytestmark = pytest.mark.slow
BUILD = """\
import os, shutil
from limits import NAME
job = os.path.basename(os.path.dirname(os.path.realpath(os.environ["RESIM_INPUTS"] + "/logs/..")))
given = os.environ["RESIM_INPUTS"] + "/experience/" + NAME
shutil.copy(given, os.environ["RESIM_OUTPUTS"] + "/metrics.binproto")
"""
PROJECT = """\
default-workspace = "ws"
[build.local]
command = "{python} code/build.py"
no-sandbox = true
[watch]
paths = ["."]
ignore = ["ignored", "resim.toml"]
[defaults.run]
only = "jobs"
events = "events.jsonl"
[defaults.job]
events = "events.jsonl"
"""


class Project:
    """A project whose build copies one of two files of metrics, chosen by a line of its code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events = folder / "events.jsonl"
        self.limits = folder / "code/limits.py"
        self.workspace = folder / "ws"
        self.record = record_of_workspace(self.workspace)
        (folder / "code").mkdir()
        (folder / "code/build.py").write_text(BUILD)
        (folder / "resim.toml").write_text(PROJECT.format(python=sys.executable))
        self.choose("fast")
        for job in ("calm", "storm"):
            inputs = make_inputs(self.workspace / "jobs" / job / "inputs")
            experience = self.workspace / "jobs" / job / "inputs/experience"
            assert inputs.is_dir()
            (experience / "fast").write_bytes(metrics_file("FAIL_BLOCK", 44.7))
            (experience / "slower").write_bytes(metrics_file("PASSED", 39.2))

    def choose(self, name: str, comment: str = "") -> None:
        self.limits.write_text(f'NAME = "{name}"  # {comment}\n')

    def lines(self) -> list[dict[str, Any]]:
        try:
            data = self.events.read_text()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in data.splitlines(keepends=True) if line[-1:] == "\n"]

    def counts(self) -> Counter[str]:
        return Counter(line["event"] for line in self.lines())

    def wait(self, kind: str, number: int) -> None:
        wait_for(lambda: self.counts()[kind] >= number, 60)

    def wait_until_waiting(self, runs: int) -> None:
        """Wait until so many runs have ended and their watch waits again."""
        self.wait("end", runs)
        wait_for(lambda: self.lines()[-1].get("phase") == "waiting", 60)


class Terminal:
    """A call in a pseudo-terminal of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._master, far = os.openpty()
        self.mode = termios.tcgetattr(far)
        self._far = far
        self.text = ""
        self.process = subprocess.Popen(
            command(*words),
            stdin=far,
            stdout=far,
            stderr=far,
            cwd=folder,
            start_new_session=True,
            preexec_fn=take_terminal,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"},
        )

    def read(self) -> str:
        while select.select([self._master], [], [], 0)[0]:
            try:
                self.text += os.read(self._master, 65536).decode(errors="replace")
            except OSError:
                break
        return self.text

    def wait(self, text: str) -> None:
        wait_for(lambda: text in self.read(), 60)

    def press(self, key: str) -> None:
        os.write(self._master, key.encode())

    def end(self) -> int:
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read()
            time.sleep(0.02)
        return self.process.wait(1)

    @property
    def is_as_before(self) -> bool:
        return termios.tcgetattr(self._far) == self.mode

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._master)
        os.close(self._far)
