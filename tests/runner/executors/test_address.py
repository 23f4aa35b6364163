"""Values of `--executor`, and what a worker is sent."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import pytest

from runner.engines.entry import EngineOptions
from runner.engines.protocol import Build
from runner.errors import CallError, WorkerError
from runner.execution import result_cache
from runner.execution.batch_run import BatchRunRequest
from runner.executors.address import scheduler_address
from runner.executors.exchange import Exchange
from runner.executors.remote_job import (
    RemoteBatch,
    build_with_secrets,
    exchange_of,
    remote_call,
    remote_job,
)
from runner.executors.worker_process import WorkerCall, run_remote_batch
from runner.redact import Secrets
from runner.workspace.contract import Mode
from runner.workspace.results import Outcome
from runner.workspace.run_record import append_line
from tests.containers.container_harness import call_runner
from tests.runner.execution.scheduler_harness import call_of, workspace_of
from tests.runner.fake import FakeEngine

TOKEN = "a-very-secret-token"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("threads", None),
        ("dask+tcp://node-1.example:8786", "tcp://node-1.example:8786"),
        ("dask+tls://[::1]:8786", "tls://[::1]:8786"),
    ],
)
def test_known_executors(text: str, url: str | None) -> None:
    address = scheduler_address(text)
    assert (None if address is None else address.url) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "slurm",
        "dask+tcp://host",
        "dask+tcp://host:0",
        "dask+tcp://host:65536",
        "dask+http://host:1",
        "dask+tcp://a b:1",
        "tcp://host:1",
        "dask+inproc://host:1",
        "\x1b[2J",
    ],
)
def test_other_executors_are_one_sentence(text: str) -> None:
    with pytest.raises(CallError, match="is not known") as caught:
        scheduler_address(text)
    assert "\x1b" not in caught.value.reason


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[1]", "it has no address"),
        ('{"address": 5}', "it has no address"),
        ('{"address": "ucx://a:1"}', "it has no address"),
    ],
)
def test_a_wrong_scheduler_file_is_one_sentence(
    tmp_path: Path, content: str | None, says: str
) -> None:
    path = tmp_path / "scheduler.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CallError, match=says):
        scheduler_address(f"dask-file:{path}")


def test_a_scheduler_file_has_the_address(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.json"
    path.write_text(json.dumps({"address": "tls://10.0.0.7:8786", "workers": {}}))
    address = scheduler_address(f"dask-file:{path}")
    assert address is not None
    assert (address.url, address.is_encrypted) == ("tls://10.0.0.7:8786", True)


def test_a_missing_extra_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    workspace_of(tmp_path, "patrol")
    words = ("run", "--command", "true", "--executor", "dask+tcp://127.0.0.1:9", tmp_path)
    call = call_runner(*words)
    assert call.code == 2
    assert call.err == (
        "resim-runner: --executor needs Dask.\n  Install it: pip install 'resim-inspect[dask]'.\n"
    )


def test_jobs_are_small_and_have_no_secrets(tmp_path: Path) -> None:
    (job,) = workspace_of(tmp_path, "patrol").jobs
    build = Build("image:tag", env=(("API_TOKEN", TOKEN), ("LEVEL", "debug")))
    context, _ = call_of(FakeEngine(), build)
    object.__setattr__(context.policy, "secrets", Secrets([TOKEN]))
    call = remote_call(tmp_path, context, EngineOptions())
    remote = remote_job(call, result_cache.Planned(job, None, -1.0))
    data = pickle.dumps(remote)
    assert len(data) < 4096
    assert TOKEN.encode() not in data
    sent = pickle.loads(data)
    assert sent.job == job
    assert sent.call.build.env == (("API_TOKEN", ""), ("LEVEL", "debug"))
    # The worker has the token in its own environment, or says that it has not.
    restored = build_with_secrets(sent.call.build, {"API_TOKEN": TOKEN})
    assert restored.env == build.env
    with pytest.raises(WorkerError, match="has no API_TOKEN"):
        build_with_secrets(sent.call.build, {})


def test_a_worker_of_another_version_refuses_the_call(tmp_path: Path) -> None:
    context, _ = call_of(FakeEngine())
    call = remote_call(tmp_path, context, EngineOptions())
    object.__setattr__(call, "version", "0.0.1")
    with pytest.raises(WorkerError, match=r"that called it has 0\.0\.1\.$"):
        WorkerCall(call, lambda: True)
    # The batch of the call is broken, and still known by its id.
    request = BatchRunRequest(Mode.BATCH, ())
    result = run_remote_batch(RemoteBatch(call, request, "the id", "", ""))
    assert (result.job_id, result.outcome) == ("the id", Outcome.BROKEN)
    assert result.hint == "Install the same version on all machines."


def test_the_exchange_passes_stops_and_the_events_of_this_call_only(tmp_path: Path) -> None:
    context, seen = call_of(FakeEngine())
    folder = exchange_of(tmp_path)
    exchange = Exchange(folder, context)
    worker = folder.path / "node-3-417.jsonl"
    for run, kind in (("run", "started"), ("another", "started"), ("run", "finished")):
        append_line(worker, {"event": kind, "time": 1, "job": "a", "worker": "n/4", "run": run})
    with worker.open("a") as file:
        file.write("{\n")
    context.stop.stop_job("b")
    context.stop.advance()
    exchange.poll()
    exchange.poll()
    assert [(event.kind, event.data) for event in seen] == [("started", {"worker": "n/4"})]
    lines = [json.loads(line) for line in folder.stop.read_text().splitlines()]
    assert [(line["run"], line["job"]) for line in lines] == [("run", "b"), ("run", "")]
