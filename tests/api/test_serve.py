"""`resim-runner serve`: a config on stdout and in a file, a server behind it, a clean end."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner.api.client.client import Client
from runner.cli import main
from runner.commands.doctor import _storage
from runner.storage.lease import host_identity
from runner.storage.scratch import SERVE_PREFIX, stale_folders
from runner.workspace.contract import parse_batch_config, parse_report_config
from tests.api.workspaces import job_blobs, workspace

ROOT = Path(__file__).resolve().parents[2]


class Serving:
    """The command, running."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        assert process.stdout is not None
        self.said = process.stdout.readline()

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """End the server; return its exit code and all that it wrote to stderr."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors.decode()


@contextmanager
def serving(folder: Path, *words: str | Path, **env: str) -> Iterator[Serving]:
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "serve", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder), **env},
    )
    try:
        yield Serving(process)
    finally:
        process.kill()
        process.communicate()


def test_a_build_finds_its_way_by_the_config(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=2)
    (tmp_path / "ws/jobs/failed/inputs").mkdir(parents=True)
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    with serving(scratch, tmp_path / "ws", "--config", tmp_path / "config.json") as running:
        config = parse_batch_config(running.said)
        assert parse_batch_config((tmp_path / "config.json").read_bytes()) == config
        assert stat.S_IMODE((tmp_path / "config.json").stat().st_mode) == 0o600
        assert (config.batch_id, config.project_id) == (space.batch_id, space.project_id)
        assert config.api_url.startswith("http://127.0.0.1:")
        client = Client(config.api_url, config.auth_token, config.project_id)
        jobs = [row["jobID"] for row in client.jobs(config.batch_id)]
        found = [job_blobs(client, config.batch_id, job) for job in jobs]
        assert sum(len(metrics) for metrics, _ in found) == 4
        client.close()
        code, said = running.end()
    assert code == 0
    assert "Traceback" not in said
    assert "Serving 3 jobs, 4 metrics and 6 metrics data at http://127.0.0.1:" in said
    assert "! failed: metrics.binproto does not exist; it is served as a job that failed." in said
    assert "Served 4 of 4 metrics and 6 of 6 metrics data in 17 requests." in said
    assert config.auth_token not in said
    assert list(scratch.iterdir()) == []


def test_old_builds_and_reports_get_configs_of_their_own(tmp_path: Path) -> None:
    workspace(tmp_path / "a")
    workspace(tmp_path / "b")
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    with serving(tmp_path, tmp_path / "a", "--config-fields", "3", "--config", inputs) as running:
        assert parse_batch_config(running.said).project_id is None
        assert running.end(signal.SIGTERM)[0] == 0
    assert [path.name for path in inputs.iterdir()] == ["batch_metrics_config.json"]
    with serving(tmp_path, tmp_path / "a", tmp_path / "b", "--report") as running:
        config = parse_report_config(running.said)
        client = Client(config.api_url, config.auth_token, config.project_id)
        report = client.report(config.report_id)
        search = f'branch_id = "{report["branchID"]}"'
        assert len(list(client.batches(search))) == 2
        list(client.batches())
        client.close()
        code, said = running.end()
    assert code == 0
    assert "Serving 4 jobs" in said


def test_a_proxy_in_the_way_is_told_of(tmp_path: Path) -> None:
    workspace(tmp_path / "ws")
    for bypass, told in (("", True), ("localhost,127.0.0.1", False)):
        env = {"http_proxy": "http://proxy.test:3128", "no_proxy": bypass, "NO_PROXY": bypass}
        with serving(tmp_path, tmp_path / "ws", **env) as running:
            assert ("NO_PROXY=127.0.0.1" in running.end()[1]) == told


def test_who_asks_for_what_is_not_there_is_told_of_at_the_end(tmp_path: Path) -> None:
    workspace(tmp_path / "ws")
    with serving(tmp_path, tmp_path / "ws") as running:
        config = parse_batch_config(running.said)
        client = Client(config.api_url, config.auth_token, config.project_id)
        with pytest.raises(Exception, match="does not exist"):
            client.batch("0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21")
        said = running.end()[1]
    assert "1 request asked for paths that do not exist, such as /v1/projects/" in said


def test_the_config_comes_without_delay(tmp_path: Path) -> None:
    workspace(tmp_path / "ws")
    with serving(tmp_path, tmp_path / "ws") as running:
        assert json.loads(running.said)["authToken"]
        # Nothing is held back in a pipe: a script can wait for this one line.
        time.sleep(0.05)
        assert running.process.poll() is None


def test_the_end_of_the_terminal_ends_the_server(tmp_path: Path) -> None:
    workspace(tmp_path / "ws")
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    with serving(scratch, tmp_path / "ws") as running:
        assert list(scratch.iterdir())
        code, said = running.end(signal.SIGHUP)
    assert code == 0
    assert "Served 0 of 4 metrics" in said
    assert list(scratch.iterdir()) == []


def test_what_a_killed_server_leaves_is_known_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace(tmp_path / "ws")
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    for name in ("resim-serve-other", "resim-serve-odd", "mine"):
        (scratch / name).mkdir()
    (scratch / "resim-serve-odd/.owner").write_bytes(b"\xff")
    (scratch / "resim-serve-link").symlink_to(scratch / "mine")
    (scratch / "mine/.owner").write_text(f"{host_identity()}/999999999/1")
    others = set(scratch.iterdir())
    with serving(scratch, tmp_path / "ws") as running:
        assert stale_folders(SERVE_PREFIX) == []
        assert running.end(signal.SIGKILL)[0] == -signal.SIGKILL
    (left,) = stale_folders(SERVE_PREFIX)
    (check,) = [check for check in _storage() if check.name == "leftovers"]
    assert str(left) in check.text
    with serving(scratch, tmp_path / "ws") as running:
        assert not left.exists()
        assert running.end()[0] == 0
    assert set(scratch.iterdir()) == others
    assert not [check for check in _storage() if check.name == "leftovers"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["WS", "OTHER"], "only with --report"),
        (["WS", "--report", "--config-fields", "3"], "always has four fields"),
        (["WS", "--port", "99999"], "99999 is not a port number"),
        (["MISSING"], "does not exist"),
        (["WS", "WS", "--report"], "same batch ID"),
    ],
)
def test_calls_that_make_no_sense_are_one_sentence(
    tmp_path: Path, words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace(tmp_path / "ws")
    workspace(tmp_path / "other")
    places = {"WS": tmp_path / "ws", "OTHER": tmp_path / "other", "MISSING": tmp_path / "none"}
    before = set(Path(tempfile.gettempdir()).glob("resim-serve-*"))
    assert main(["serve", *(str(places.get(word, word)) for word in words)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert reason in output.err
    assert set(Path(tempfile.gettempdir()).glob("resim-serve-*")) <= before


def test_a_port_that_is_taken_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace(tmp_path / "ws")
    with serving(tmp_path, tmp_path / "ws") as running:
        port = parse_batch_config(running.said).api_url.split(":")[2].removesuffix("/v1")
        # It is known before anything is prepared, and before anything is read.
        assert main(["serve", str(tmp_path / "missing"), "--port", port]) == 2
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err
