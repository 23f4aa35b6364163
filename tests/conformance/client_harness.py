"""Client functions of open-core releases, run against the stub server as processes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from tests.api.workspaces import TOKEN, Served
from tests.conformance.open_core import whole_release

CLIENTS = ("1.6.0", "1.0.3", "0.16.0", "0.14.1", "0.7.0", "0.0.19")
"""The newest release, and one for each change of the client that builds in the field use."""
_CLIENT_WORKER = Path(__file__).with_name("client_worker.py")
_MODEL_WORKER = Path(__file__).with_name("model_worker.py")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")


def dependencies(folder: Path) -> Path:
    """All that is installed here except for open-core, so that no release sees another one."""
    folder.mkdir()
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if not entry.name.startswith("resim") and entry.suffix != ".pth":
            (folder / entry.name).symlink_to(entry)
    return folder


def run_worker(worker: Path, version: str, folder: Path, stdin: str = "") -> str:
    """Run a worker with one release on its path; return its output."""
    deps = folder / "deps"
    deps = deps if deps.is_dir() else dependencies(deps)
    command = [sys.executable, "-I", "-S", "-W", "ignore", str(worker)]
    done = subprocess.run(
        [*command, str(whole_release(version)), str(deps)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def client_models(version: str, folder: Path) -> dict[str, Any]:
    """Models and reading routes of a release's client, as `model_worker` describes them."""
    described: dict[str, Any] = json.loads(run_worker(_MODEL_WORKER, version, folder))
    return described


class Release:
    """One release and what it is given to do: all of it in one process, since that is slow."""

    def __init__(self, version: str, folder: Path) -> None:
        self.version = version
        self.folder = folder
        self.tasks: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, dict[str, Any]] = {}

    def add(self, name: str, running: Served, do: str, **more: Any) -> None:
        """Something to do."""
        assert name not in self.tasks
        self.tasks[name] = {**ids(running), "do": do, **more}

    def run(self) -> None:
        """Run all tasks."""
        tasks = json.dumps(list(self.tasks.values()))
        output = run_worker(_CLIENT_WORKER, self.version, self.folder, tasks)
        answers = json.loads(output[output.index('{"answers"') :])["answers"]
        self._answers = dict(zip(self.tasks, answers, strict=True))

    def answer(self, name: str) -> Any:
        """Result of the client; no thread may have failed."""
        answer = self._answers[name]
        assert "error" not in answer, answer["error"]
        assert answer["failed_threads"] == []
        return answer["value"]


def ids(running: Served) -> dict[str, str]:
    """Connection and ids of a served workspace, as a client takes them."""
    return {
        "url": running.api.url,
        "token": TOKEN,
        "project": str(running.prepared.project_id),
        "batch": str(running.prepared.batch_ids[0]),
        "report": str(running.prepared.report_id),
    }


def same(value: Any) -> Any:
    """JSON without what may be written in two ways: times, and numbers that are whole."""
    if isinstance(value, dict):
        return {key: same(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [same(entry) for entry in value]
    if isinstance(value, str) and TIME.match(value):
        # To the microsecond: Python's own times have no more.
        moment = value.replace("+00:00", "").rstrip("Z")
        return (moment + ("" if "." in moment else ".") + "000000")[:26]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
