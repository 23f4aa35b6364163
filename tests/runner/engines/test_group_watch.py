"""Processes of a container: its control group is found, followed, and never another one's."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from runner.engines.docker import group_watch
from runner.engines.docker.group_watch import GroupWatch, control_group
from runner.engines.protocol import Build, Limits, RunExit, Usage
from runner.execution.failure_hints import of_exit, of_timeout

ID = "0123456789abcdef" * 4
BUILD = Build("image", limits=Limits(pids=64))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Control groups and processes of a machine, in a folder."""
    monkeypatch.setattr(group_watch, "GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(group_watch, "PROCESSES", tmp_path / "proc")
    (tmp_path / "cgroup").mkdir()
    (tmp_path / "proc" / "7").mkdir(parents=True)
    return tmp_path


def write_group(folder: Path, refusals: int = 0, **counts: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("events", f"max {refusals}"), *((k, str(v)) for k, v in counts.items())):
        descriptor = os.open(folder / f"pids.{name}", os.O_WRONLY | os.O_CREAT)
        # Without a moment at which the file is empty.
        os.pwrite(descriptor, f"{text}\n".encode(), 0)
        os.close(descriptor)


@pytest.mark.parametrize(
    ("group", "line"),
    [
        (f"pids/docker/{ID}", f"8:pids:/docker/{ID}"),
        (f"system.slice/docker-{ID}.scope", f"0::/system.slice/docker-{ID}.scope"),
        (
            f"user.slice/libpod-{ID}.scope/container",
            f"0::/user.slice/libpod-{ID}.scope/container",
        ),
        (f"pids/elsewhere/{ID}", f"9:memory:/other/{ID}\n8:pids:/elsewhere/{ID}\n0::/"),
    ],
)
def test_a_container_is_followed_wherever_its_control_group_is(
    machine: Path, group: str, line: str
) -> None:
    folder = machine / "cgroup" / group
    write_group(folder, current=3)
    (machine / "proc" / "7" / "cgroup").write_text(f"{line}\n")
    assert control_group(7, ID) == folder
    count = GroupWatch(ID)
    count.follow(lambda: 7)
    count.started()
    deadline = time.monotonic() + 60
    while count.peak < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (count.peak, count.refused) == (3, False)
    write_group(folder, refusals=5, current=2)
    while not count.refused and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (count.peak, count.refused) == (3, True)
    # Without a number, like a group that is gone, it ends the thread.
    (folder / "pids.current").write_text("")


@pytest.mark.parametrize(
    ("group", "files", "line"),
    [
        (
            f"pids/docker/{ID}",
            {
                f"memory/docker/{ID}/memory.max_usage_in_bytes": "4096",
                f"cpuacct/docker/{ID}/cpuacct.usage": "1500000000",
            },
            f"8:pids:/docker/{ID}",
        ),
        (
            f"system.slice/docker-{ID}.scope",
            {
                f"system.slice/docker-{ID}.scope/memory.peak": "4096",
                f"system.slice/docker-{ID}.scope/memory.current": "1",
                f"system.slice/docker-{ID}.scope/cpu.stat": "usage_usec 1500000\nuser_usec 1",
            },
            f"0::/system.slice/docker-{ID}.scope",
        ),
    ],
    ids=["version 1", "version 2"],
)
def test_memory_and_processor_time_are_read_beside_the_processes(
    machine: Path, group: str, files: dict[str, str], line: str
) -> None:
    for name, text in files.items():
        (machine / "cgroup" / name).parent.mkdir(parents=True, exist_ok=True)
        (machine / "cgroup" / name).write_text(f"{text}\n")
    write_group(machine / "cgroup" / group, current=1)
    (machine / "proc" / "7" / "cgroup").write_text(f"{line}\n")
    watch = GroupWatch(ID)
    watch.follow(lambda: 7)
    watch.started()
    deadline = time.monotonic() + 60
    while watch.usage == Usage() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert watch.usage == Usage(4096, 1.5)
    (machine / "cgroup" / group / "pids.current").write_text("")


def test_an_engine_elsewhere_tells_by_its_statistics(machine: Path) -> None:
    statistics = [
        {"cpu_stats": {"cpu_usage": {}}, "memory_stats": {}},
        {"cpu_stats": {"cpu_usage": {"total_usage": 2e9}}, "memory_stats": {"usage": 500}},
        {"cpu_stats": {"cpu_usage": {"total_usage": 3e9}}, "memory_stats": {"usage": 400}},
        # After the end of the container.
        {"cpu_stats": {"cpu_usage": {"total_usage": 0}}, "memory_stats": {}},
        ["nonsense"],
    ]
    watch = GroupWatch(ID, lambda: statistics)
    watch.follow(lambda: 0)
    watch.started()
    deadline = time.monotonic() + 60
    while watch.usage != Usage(500, 3.0) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert watch.usage == Usage(500, 3.0)
    assert (watch.peak, watch.refused) == (0, False)


@pytest.mark.parametrize("text", ["", "8:pids:/docker/another\n", f"9:memory:/docker/{ID}\n", "x"])
def test_a_process_of_another_container_is_not_counted(machine: Path, text: str) -> None:
    write_group(machine / "cgroup" / "pids" / "docker" / "another", 9, current=99)
    (machine / "proc" / "7" / "cgroup").write_text(text)
    for pid in (7, 8, 0):
        assert control_group(pid, ID) is None
    count = GroupWatch(ID)
    count.follow(lambda: 7)
    count.started()
    count.complete()
    assert (count.peak, count.refused) == (0, False)


def test_a_silent_build_at_a_limit_is_told_which_one() -> None:
    silent = RunExit(1, processes=64, refused_process=True)
    why = of_exit(silent, (), BUILD, oom_hidden=False)
    assert why.message == (
        "it reached its limit of 64 processes and threads and ended with exit code 1,"
        " and its log is empty."
    )
    assert "--pids, for example to 256" in why.hint
    many = RunExit(137, oom=True, processes=3904)
    why = of_exit(many, (), BUILD, oom_hidden=False)
    assert why.message == (
        "it ran out of memory: its 3,904 processes and threads need more than its limit of"
        " 2,048 MiB."
    )
    assert why.hint.startswith("Start fewer of them, or raise --memory-mib")
    few = of_exit(RunExit(137, oom=True, processes=12), (), BUILD, oom_hidden=False)
    assert few.message == "it ran out of memory: it needs more than its limit of 2,048 MiB."
    assert few.hint.startswith("Raise --memory-mib")


def test_a_build_that_is_stopped_at_its_time_limit_is_told_the_limit_it_reached() -> None:
    late = of_timeout(3, (), RunExit(137, refused_process=True), BUILD)
    assert late.message.startswith("it did not end within 3 s")
    assert late.hint.startswith("It reached its limit of 64 processes and threads.")
    full = of_timeout(3, (), RunExit(137, oom=True), BUILD)
    assert full.hint.startswith("It ran out of memory")
    assert "--memory-mib" in full.hint
    assert "--timeout" in of_timeout(3, (), RunExit(143), BUILD).hint
