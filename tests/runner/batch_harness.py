"""Builds that are served: small programs of plain Python, and the command on them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.api.workspaces import document, workspace
from tests.containers.container_harness import ROOT, Call, call_runner, command
from tests.runner.engines.process_harness import sandboxed

PRELUDE = """
import json, os, shutil, sys, threading, time, urllib.error, urllib.request
INPUTS, OUTPUTS = os.environ.get("RESIM_INPUTS", "/tmp/resim/inputs"), os.environ.get(
    "RESIM_OUTPUTS", "/tmp/resim/outputs")
def read_config(name="batch_metrics_config.json"):
    return json.load(open(f"{INPUTS}/{name}"))
def get(url, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers)).read()
def base(config):
    return f"{config['apiURL']}/projects/{config['projectID']}/batches/{config['batchID']}"
def rows(url, name, token):
    return json.loads(get(url, token))[name]
def urls(config):
    token, at = config["authToken"], base(config)
    for job in rows(at + "/jobs", "jobs", token):
        for kind, url in (("metrics", "metricURL"), ("metricsData", "metricsDataURL")):
            for row in rows(f"{at}/jobs/{job['jobID']}/{kind}", kind, token):
                yield row[url]
def done():
    shutil.copy(f"{os.path.dirname(sys.argv[0])}/given.binproto", f"{OUTPUTS}/metrics.binproto")
"""
FETCH = "config = read_config()\nfor url in urls(config): get(url)\n"


def program(folder: Path, text: str, status: str = "PASSED") -> str:
    """A build as `--command` takes it; `done()` leaves a file of that status."""
    folder.mkdir(exist_ok=True)
    (folder / "given.binproto").write_bytes(document("batch", metrics=1, status=status))
    (folder / "build.py").write_text(PRELUDE + text)
    return f"{sys.executable} {folder / 'build.py'}"


def batch(
    folder: Path, text: str, *more: str | Path, status: str = "PASSED", env: Any = None
) -> Call:
    """`batch` on two jobs with two metrics and three data each."""
    if not (folder / "ws").exists():
        workspace(folder / "ws")
    where = ("--jobs", folder / "ws", "--outputs", folder / "out", "--log", folder / "log")
    what = ("--command", program(folder / "build", text, status), "--format", "json")
    return call_runner("batch", *where, *what, *more, env={**os.environ, **(env or {})})


@contextmanager
def running(*words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A call of the command whose build has printed `ready`; killed if it outlives the block."""
    with subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            assert process.stderr is not None
            lines: list[str] = []
            for line in process.stderr:
                lines.append(line)
                if "ready" in line:
                    break
            else:
                pytest.fail("the build did not start:\n" + "".join(lines))
            yield process
        finally:
            process.kill()


def result(call: Call) -> dict[str, Any]:
    """The batch's result."""
    batch_result: dict[str, Any] = call.json["batch"]
    return batch_result


WITH_AND_WITHOUT_SANDBOX = pytest.mark.parametrize(
    "more", [pytest.param((), marks=sandboxed, id="sandbox"), pytest.param(("--no-sandbox",))]
)
