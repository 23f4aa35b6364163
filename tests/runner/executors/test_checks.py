"""Checks of `doctor` for an executor: by surveys, and by a scheduler that answers."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.errors import ExecutorError
from runner.executors import checks
from runner.executors.address import SchedulerAddress
from runner.executors.checks import ClusterSurvey, Member, check_executor
from tests.containers.container_harness import call_runner
from tests.runner.executors.cluster import Cluster, wait_for

ADDRESS = SchedulerAddress("tcp://10.0.0.1:8786")
VERSIONS = {"resim_inspect": "2.1", "distributed": "2026.8.0", "python": "3.11.7"}
SCHEDULER = Member(ADDRESS.url, 0, VERSIONS | {"resim_inspect": ""}, 0)
WORKER = Member("tcp://10.0.0.2:4001", 4, VERSIONS, 0)


def reported(*workers: Member, scheduler: Member = SCHEDULER) -> list[tuple[str, str]]:
    """Levels and texts of the checks of a cluster."""
    found = check_executor(ADDRESS, lambda: ClusterSurvey(scheduler, workers, VERSIONS))
    return [(check.level, check.text) for check in found]


def test_a_cluster_that_is_well() -> None:
    assert reported(WORKER, WORKER) == [
        ("ok", "tcp://10.0.0.1:8786 answers, with 2 workers and room for 8 jobs at once"),
        ("ok", "the same on all workers: resim-inspect, distributed, python"),
    ]


def test_workers_without_slots_or_with_other_versions() -> None:
    assert [level for level, _ in reported()] == ["error"]
    (first, *_) = reported(WORKER, WORKER._replace(slots=0))
    assert first[0] == "warning"
    assert first[1].endswith("; 1 without the resource resim")
    old = WORKER._replace(versions=VERSIONS | {"resim_inspect": "2.0\x1b[2J", "python": "3.12.1"})
    _, *versions = reported(WORKER, old)
    assert [level for level, _ in versions] == ["error", "warning"]
    assert versions[0][1].startswith("resim-inspect is 2.1 here, and 2.0")
    assert "\x1b" not in versions[0][1]
    assert versions[1][1] == "python is 3.11.7 here, and 3.12.1 on 1 of 3 processes"
    # A scheduler needs no resim-inspect, a worker does.
    assert reported(WORKER._replace(versions={}))[1][1].startswith("resim-inspect is 2.1 here, and")


def test_a_scheduler_that_cannot_be_reached() -> None:
    def ask() -> ClusterSurvey:
        raise ExecutorError("the Dask scheduler was lost.", "Start it.")

    (check,) = check_executor(ADDRESS, ask)
    assert (check.level, check.text, check.hint) == (
        "error",
        "the Dask scheduler was lost.",
        "Start it.",
    )


@pytest.fixture(params=["0.0.0.0", "127.0.0.1"])
def listening(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """Address and port of a server of this machine."""
    with socket.create_server((request.param, 0)) as server:
        yield request.param, server.getsockname()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one loopback address")
def test_a_dashboard_on_all_addresses_is_named(listening: tuple[str, int]) -> None:
    host, port = listening
    member = Member("tcp://127.0.0.1:8786", 0, VERSIONS, port)
    assert checks.is_exposed(member) == (host == "0.0.0.0")
    level, text = reported(WORKER, scheduler=member)[-1]
    assert level == ("warning" if host == "0.0.0.0" else "ok")
    assert (f"127.0.0.1:{port}" in text) == (host == "0.0.0.0")


@pytest.mark.slow
def test_doctor_asks_the_scheduler_of_the_project_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    with Cluster(tmp_path / "cluster") as cluster:
        cluster.add_worker()
        wait_for(lambda: cluster.connected() == 1, "the worker")
        (tmp_path / "resim.toml").write_text(
            f"[defaults.run]\nexecutor = 'dask-file:{cluster.file}'\n"
        )
        monkeypatch.chdir(tmp_path)
        call = call_runner("doctor", "--command", "true", "--no-sandbox", "--format", "json")
    checked = [c for c in call.json["checks"] if c["name"] in {"executor", "versions", "dashboard"}]
    assert [(c["level"], c["name"]) for c in checked] == [
        ("ok", "executor"),
        ("ok", "versions"),
        ("ok", "dashboard"),
    ]
    assert checked[0]["text"].endswith("answers, with 1 worker and room for 2 jobs at once")
