"""--like-cloud: the settings of a build, what an engine can give of them, and names of outputs."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from runner.cli import main
from runner.commands.shared.build_args import add_build_arguments, build_of, fit_to_engine
from runner.engines import discovery
from runner.engines.docker.command_line import docker_run
from runner.engines.docker.container_settings import environment, host_options
from runner.engines.protocol import Build, EngineInfo, Hardening, Limits, Prepared
from runner.errors import EngineError
from runner.execution.cloud_names import prefix_clashes
from runner.execution.result_cache import cache_key
from tests.containers.container_harness import make_jobs
from tests.runner.fake import FakeEngine

GIB = 1 << 30


def build(*words: str) -> Build:
    """Build of a command line."""
    parser = argparse.ArgumentParser()
    add_build_arguments(parser)
    args = parser.parse_args(["--image", "metrics", *words])
    args.arguments = []
    return build_of(args, {})


def test_it_is_root_with_a_writable_root_and_no_network() -> None:
    cloud = build("--like-cloud")
    assert cloud.limits == Limits(16384, cpus=4.0, tmp_mb=None)
    assert cloud.hardening == Hardening(
        read_only_root=False, drop_capabilities=False, user="0:0", network="none"
    )
    assert "HOME" not in environment(cloud)
    assert host_options(cloud, ())["tmpfs"] is None
    line = docker_run(cloud, (), Path("out"))
    assert "--user=0:0" in line
    for word in ("--read-only", "--tmpfs", "--cap-drop", "HOME=/tmp"):
        assert word not in line
    assert "--network=none" in line


def test_without_it_nothing_changes() -> None:
    plain = build()
    assert (plain.limits, plain.hardening, plain.like_cloud) == (Limits(), Hardening(), False)
    assert build("--memory-mib", "0").limits.memory_mib is None


@pytest.mark.parametrize(
    ("words", "limits", "user"),
    [
        (("--memory-mib", "100"), Limits(100, cpus=4.0, tmp_mb=None), "0:0"),
        (("--memory-mib", "0"), Limits(None, cpus=4.0, tmp_mb=None), "0:0"),
        (("--cpus", "1"), Limits(16384, cpus=1.0, tmp_mb=None), "0:0"),
        (("--tmp-mb", "9"), Limits(16384, cpus=4.0, tmp_mb=9), "0:0"),
        (("--user", "7:7"), Limits(16384, cpus=4.0, tmp_mb=None), "7:7"),
        (("--image-user",), Limits(16384, cpus=4.0, tmp_mb=None), None),
    ],
)
def test_other_flags_win(words: tuple[str, ...], limits: Limits, user: str | None) -> None:
    cloud = build("--like-cloud", *words)
    assert (cloud.limits, cloud.hardening.user) == (limits, user)


def info(cpus: int, memory: int) -> EngineInfo:
    return EngineInfo("docker", "27", cpus, memory)


@pytest.mark.parametrize(
    ("cpus", "memory", "granted", "note"),
    [
        (8, 64 * GIB, (4.0, 16384), ""),
        (0, 0, (4.0, 16384), ""),
        (2, 64 * GIB, (2.0, 16384), "a build 2 CPUs and 16,384 MiB of memory"),
        (8, 4 * GIB, (4.0, 4096), "a build 4 CPUs and 4,096 MiB of memory"),
        (1, 4 * GIB, (1.0, 4096), "a build 1 CPU and 4,096 MiB of memory"),
    ],
)
def test_an_engine_with_less_gives_all_it_has_and_says_so(
    cpus: int, memory: int, granted: tuple[float, int], note: str
) -> None:
    fitted, text = fit_to_engine(build("--like-cloud"), info(cpus, memory))
    assert (fitted.limits.cpus, fitted.limits.memory_mib) == granted
    assert note in text
    assert bool(text) == bool(note)
    plain = build("--cpus", "9", "--memory-mib", "99999")
    assert fit_to_engine(plain, info(cpus, memory)) == (plain, "")


@pytest.mark.parametrize("command", ["job", "run", "batch"])
@pytest.mark.parametrize("engine", ["small", "none"])
def test_a_dry_run_prints_what_the_engine_has(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    engine: str,
) -> None:
    def connect(*_: object) -> FakeEngine:
        if engine == "none":
            raise EngineError("no container engine answers.")
        small = FakeEngine()
        small.info = info(2, 3 * GIB)
        return small

    monkeypatch.setattr(discovery, "connect", connect)
    make_jobs(tmp_path / "ws", 1)
    words = {
        "job": ["--inputs", str(tmp_path / "ws/jobs/job-000/inputs"), "--outputs", "out"],
        "run": [str(tmp_path / "ws")],
        "batch": ["--jobs", str(tmp_path / "ws"), "--outputs", "out"],
    }[command]
    words = [command, "--image", "metrics", *words, "--dry-run"]
    assert main([*words, "--like-cloud"]) == 0
    out, err = capsys.readouterr()
    if engine == "small":
        assert ("--cpus=2 " in out, "--memory=3072m" in out) == (True, True)
        assert "the engine has no more" in err
    else:
        assert ("--cpus=4 " in out, "--memory=16384m" in out) == (True, True)
        assert "because no container engine answers." in err
    # Without it, no engine is asked.
    assert main(words) == 0
    assert capsys.readouterr().err == ""


def test_outputs_that_are_named_as_logs_get_a_prefix(tmp_path: Path) -> None:
    outputs, logs = tmp_path / "outputs", tmp_path / "logs"
    for folder in (outputs, logs):
        (folder / "sub").mkdir(parents=True)
        for name in ("a.csv", "metrics.binproto", "sub/b.csv"):
            (folder / name).write_text(f"{folder.name} {name}")
    (outputs / "metrics-a.csv").write_text("was there")
    (outputs / "own.csv").write_text("own")
    (logs / "dir.csv").mkdir()
    (outputs / "dir.csv").write_text("a log is a folder")
    assert prefix_clashes(outputs, logs) == [
        ("a.csv", "metrics-metrics-a.csv"),
        ("sub/b.csv", "sub/metrics-b.csv"),
    ]
    assert sorted(p.relative_to(outputs).as_posix() for p in outputs.rglob("*.*")) == [
        "dir.csv",
        "metrics-a.csv",
        "metrics-metrics-a.csv",
        "metrics.binproto",
        "own.csv",
        "sub/metrics-b.csv",
    ]
    assert (outputs / "metrics-metrics-a.csv").read_text() == "outputs a.csv"
    assert (outputs / "metrics-a.csv").read_text() == "was there"
    assert prefix_clashes(outputs, tmp_path / "missing") == []


def test_its_results_are_other_results() -> None:
    prepared = Prepared("id")
    assert cache_key(build("--like-cloud"), prepared, "") != cache_key(build(), prepared, "")
