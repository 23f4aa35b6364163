"""Decisions of the container engine that need no engine: its API is faked here."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest

from runner.commands.shared.build_values import mounts_of
from runner.engines.docker import container, image_pull
from runner.engines.docker import engine as docker
from runner.engines.docker.container_settings import (
    host_options,
    labels_of,
    unkept_limits,
)
from runner.engines.docker.discovery import Candidate
from runner.engines.docker.entry import isolation_checks
from runner.engines.docker.ssh_tunnel import ssh_command
from runner.engines.protocol import Build, EngineInfo, Limits, Mount, Prepared, RunExit, Task
from runner.errors import EngineError, ImageError

IMAGE = {"Id": "sha256:" + "1" * 64, "Os": "linux", "Architecture": "amd64"}


class DockerClient:
    """Plays an engine that says `about` of itself, and remembers what it was asked to make."""

    about: ClassVar[dict[str, Any]] = {}
    control_says: ClassVar[dict[str, Any]] = {}
    refuses = ""

    def __init__(self, address: str, certificates: str) -> None:
        del certificates
        self.address = address
        self.made: list[dict[str, Any]] = []
        self.put: list[tuple[str, bytes]] = []
        self.unwanted: list[dict[str, str]] = []
        self.api = SimpleNamespace(
            # It runs on this machine, even if this machine is a container.
            info=lambda: {
                "OSType": "linux",
                "Architecture": "x86_64",
                "Name": socket.gethostname(),
                **self.about,
            },
            version=lambda: {"Components": [{"Name": "Podman Engine"}] * bool(self.control_says)},
            create_host_config=lambda **options: options,
            create_container=self._create,
            put_archive=lambda _, path, data: self.put.append((path, b"".join(_chunks(data)))),
            attach=lambda *_, **__: iter(()),
            start=lambda _: None,
            inspect_container=lambda _: {"State": {"ExitCode": 0}},
        )

    def _create(self, host_config: dict[str, Any], **_: object) -> dict[str, str]:
        bound = [m for m in host_config["mounts"] if m["Type"] == "bind"]
        if self.refuses and bound:
            raise EngineError(f"the engine refused the run: {self.refuses}")
        self.made.append(host_config)
        return {"Id": "c" * 64}

    def remove_volumes(self, labels: dict[str, str]) -> None:
        self.unwanted.append(labels)

    def control(self) -> dict[str, Any]:
        return self.control_says

    def image(self, name: str) -> dict[str, Any]:
        del name
        return dict(IMAGE)


def _chunks(data: bytes | Iterator[bytes]) -> Iterator[bytes]:
    yield from ([data] if isinstance(data, bytes) else data)


def engine_of(
    monkeypatch: pytest.MonkeyPatch, address: str = "unix:///e.sock", **about: Any
) -> docker.DockerEngine:
    played = type("Played", (DockerClient,), about)
    monkeypatch.setattr(docker, "DockerClient", played)
    return docker.DockerEngine(Candidate(address, "the test"))


def start(engine: docker.DockerEngine, build: Build, inputs: Path) -> DockerClient:
    task = Task("run", "job", (("logs", inputs),))
    engine.start(build, Prepared("sha256:1"), task, SimpleNamespace(write=print))
    return cast(DockerClient, engine._client)


def folder(path: Path) -> Path:
    path.mkdir()
    (path / "a.txt").write_text("content")
    return path


def test_under_selinux_inputs_are_copied_and_mounts_labelled_when_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    logs = folder(tmp_path / "logs")
    plain = Mount(logs, "/plain", True)
    build = Build("image", mounts=(plain, Mount(logs, "/labelled", False, "Z")))
    for about in (
        {"about": {"SecurityOptions": ["name=seccomp,profile=default", "name=selinux"]}},
        {"control_says": {"security": {"selinuxEnabled": True}}},
    ):
        engine = engine_of(monkeypatch, **about)
        assert engine.info.selinux
        said = start(engine, build, logs)
        (host,) = said.made
        bound = [(m["Source"], m["Target"]) for m in host["mounts"] if m["Type"] == "bind"]
        assert bound == [(str(logs), "/plain")]
        assert host["binds"] == [f"{logs}:/labelled:rw,Z"]
        assert b"inputs/logs/a.txt" in said.put[0][1]
        (warning,) = engine.prepare(build, print).warnings
        assert "SELinux may hide" in warning
        assert "SRC:DST:z" in warning
        text = " ".join(f"{c.text} {c.hint}" for c in isolation_checks(engine.info))
        assert "SELinux is enabled: inputs are copied" in text
    without = engine_of(monkeypatch)
    assert not without.info.selinux
    said = start(without, Build("image"), logs)
    assert [m["Target"] for m in said.made[0]["mounts"]] == ["/tmp/resim", "/tmp/resim/inputs/logs"]
    assert without.prepare(build, print).warnings == ()


@pytest.mark.parametrize(
    ("text", "mount"),
    [
        ("{}:/a", (True, "")),
        ("{}:/a:ro", (True, "")),
        ("{}:/a:rw", (False, "")),
        ("{}:/a:z", (True, "z")),
        ("{}:/a:rw,Z", (False, "Z")),
        ("{}:/a:ro,z", (True, "z")),
    ],
)
def test_how_mounts_are_written(tmp_path: Path, text: str, mount: tuple[bool, str]) -> None:
    (found,) = mounts_of([text.format(tmp_path)], None)
    assert (found.source, found.target, *found[2:]) == (tmp_path.resolve(), "/a", *mount)


def test_what_is_not_on_the_engine_s_disk_is_copied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    logs = folder(tmp_path / "logs")
    build = Build("image", mounts=(Mount(logs, "/data", True),))
    for about in (
        {"address": "tcp://somewhere:2375"},
        {"refuses": 'invalid mount config for type "bind": bind source path does not exist: /x'},
        {"refuses": "statfs /x: no such file or directory"},
    ):
        engine = engine_of(monkeypatch, **about)
        assert engine.info.remote == ("address" in about)
        said = start(engine, build, logs)
        (host,) = said.made
        assert [m["Type"] for m in host["mounts"]] == ["volume", "volume"]
        labels = [m["VolumeOptions"]["Labels"] for m in host["mounts"]]
        assert labels == [labels_of(Task("run", "job", ()))] * 2
        # An engine that refuses a container may have made its volumes already.
        assert said.unwanted == labels[:1] * ("refuses" in about)
        assert [path for path, _ in said.put] == ["/tmp/resim", "/data"]
    other = engine_of(monkeypatch, refuses="no space left on device")
    with pytest.raises(EngineError, match="no space left"):
        start(other, build, logs)
    assert (
        "are copied to it"
        in next(isolation_checks(EngineInfo("docker", "", 1, 1, remote=True))).text
    )


def test_a_context_that_names_nothing_is_not_the_usual_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(
        EngineError, match="docker context gone\\): the context has no address of an engine"
    ):
        docker.connect([Candidate("", "docker context gone")])
    assert engine_of(monkeypatch).local


def test_limits_that_cannot_be_kept_are_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unkept_limits({}) == frozenset()
    assert unkept_limits({"MemoryLimit": True, "PidsLimit": False}) == {"--pids"}
    assert unkept_limits({"MemoryLimit": True}, ["memory", "pids"]) == {"--cpus"}
    assert unkept_limits({"MemoryLimit": True}, []) == {"--memory-mib", "--pids", "--cpus"}
    build = Build("image", limits=Limits(cpus=1.0))
    host = host_options(build, (), unkept={"--cpus", "--pids"})
    assert (host["nano_cpus"], host["pids_limit"]) == (None, None)
    assert host["mem_limit"] == 2048 << 20
    says = {"cgroupControllers": ["memory"], "security": {"rootless": True}}
    engine = engine_of(monkeypatch, control_says=says)
    (warning,) = engine.prepare(build, print).warnings
    assert warning.startswith("rootless podman cannot enforce --pids and --cpus here")
    (warning,) = engine.prepare(Build("image"), print).warnings
    assert warning.startswith("rootless podman cannot enforce --pids here")
    # As root podman can do everything, whatever groups it names.
    rooted = engine_of(monkeypatch, control_says={"cgroupControllers": [], "security": {}})
    assert rooted.info.unkept == frozenset()
    levels = {check.name: check.level for check in isolation_checks(engine.info)}
    assert levels == {"files": "ok", "user": "ok", "limits": "warning"}


@pytest.mark.parametrize(
    ("address", "tail", "path"),
    [
        ("ssh://host", ["--", "host"], "/var/run/docker.sock"),
        ("ssh://me@host:22/run/user/1/d.sock", ["--", "host"], "/run/user/1/d.sock"),
        ("ssh://me@[::1]:22", ["--", "::1"], "/var/run/docker.sock"),
    ],
)
def test_the_call_of_ssh(address: str, tail: list[str], path: str) -> None:
    words, there = ssh_command(address, Path("/here"))
    assert words[-2:] == tail
    assert words[-3] == f"/here:{path}"
    assert there == path
    assert "BatchMode=yes" in words
    assert ("-l" in words) == ("me@" in address)


@pytest.mark.parametrize(
    "address", ["ssh://", "ssh://-oProxyCommand=x", "ssh://-lme@host", "ssh://a:b@c", "ssh://h:x"]
)
def test_addresses_that_ssh_is_not_given(address: str) -> None:
    with pytest.raises(EngineError, match="not an address of the form ssh://"):
        ssh_command(address, Path("/here"))


@pytest.mark.parametrize("stalls", [False, True])
def test_a_log_is_waited_for_as_long_as_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, stalls: bool
) -> None:
    monkeypatch.setattr(container, "LOG_TIMEOUT", 0.3)
    over = threading.Event()

    def stream() -> Iterator[tuple[bytes, None]]:
        for _ in range(12):
            time.sleep(0.05)
            yield b"word ", None
        if stalls:
            over.wait(60)

    heard: list[bytes] = []
    api = SimpleNamespace(
        attach=lambda *_, **__: stream(),
        start=lambda _: None,
        inspect_container=lambda _: {"State": {"ExitCode": 3}},
    )
    sink = SimpleNamespace(write=lambda _, data: heard.append(data))
    run = container.ContainerRun(cast(Any, SimpleNamespace(api=api)), "c", cast(Any, sink))
    run.start()
    assert run.exit_info() == RunExit(3, log_cut=stalls)
    assert len(heard) == 12
    over.set()


def test_a_pull_is_told_now_and_then_with_its_digest() -> None:
    ticks = iter(range(100))
    steps: list[dict[str, Any]] = [
        {"status": "Pulling from library/build", "id": "1"},
        {"status": "Downloading", "id": "a", "progressDetail": {"current": 0, "total": 2_000_000}},
        {"status": "Downloading", "id": "b", "progressDetail": {"current": 1, "total": 1_000_000}},
        {"status": "Download complete", "id": "b", "progressDetail": {}},
        {"status": "Extracting\x1b[2J", "id": "a", "progressDetail": {"current": 1, "total": 2}},
        {"status": "Pull complete", "id": "a"},
        {"status": "Digest: sha256:" + "2" * 64},
    ]
    said: list[str] = []
    image_pull.follow("build:1", steps, said.append, lambda: next(ticks) / 2)
    assert "pulling build:1: 1 MB of 3 MB" in said
    assert said[-1] == "pulled build:1: sha256:" + "2" * 64
    assert not any("\x1b" in text for text in said)
    assert len(said) < len(steps)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("manifest for x:1 not found: manifest unknown: manifest unknown", "no such image"),
        ("pull access denied for x, repository does not exist or may require 'docker login'",
         "requires a login, or has no such image"),
        ("Get https://r/v2/: no basic auth credentials", "requires a login"),
        ("dial tcp: lookup r: no such host", "cannot be reached"),
        ("Get https://r/v2/: x509: certificate signed by unknown authority", "cannot be reached"),
        ("unexpected EOF", "broke off"),
        ("net/http: request canceled (Client.Timeout exceeded)", "stopped responding"),
        ("write /var/x: no space left on device", "the engine's disk is full"),
        ("something new", "cannot be pulled: something new."),
    ],
)  # fmt: skip
def test_why_a_pull_failed(words: str, says: str) -> None:
    with pytest.raises(ImageError) as caught:
        image_pull.follow("x:1", [{"error": words}], print)
    assert says in caught.value.reason
    assert caught.value.hint
    assert not re.search(r"\.\.", caught.value.reason)


@pytest.mark.parametrize(
    ("pull", "says"),
    [
        ("never", 'the engine has the image "image" for linux/amd64, and not for linux/arm64.'),
        (
            "missing",
            'the engine has the image "image" for linux/amd64 only: the image',
        ),
    ],
)
def test_an_image_that_is_here_for_another_platform_is_named(
    monkeypatch: pytest.MonkeyPatch, pull: str, says: str
) -> None:
    steps = [{"error": "dial tcp: lookup registry: no such host"}]
    engine = engine_of(monkeypatch, pull=lambda *_: iter(steps))
    with pytest.raises(ImageError) as caught:
        engine.prepare(Build("image", platform="linux/arm64", pull=pull), lambda _: None)
    assert says in str(caught.value)
    assert "Leave out --platform to run the image for linux/amd64" in caught.value.hint
    assert engine.prepare(Build("image", platform="linux/amd64", pull=pull), print).identity
