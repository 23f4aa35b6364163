"""Engines whose sockets or programs cannot be examined or started; no engine is needed here."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from resim_inspect.files import is_socket
from runner.cli import main
from runner.engines.docker import engine
from runner.engines.docker.discovery import Candidate, candidates
from runner.errors import EngineError


@pytest.fixture
def no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any engine; no program is on the path."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def closed_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets in folders that this user may not read."""
    stat = Path.stat

    def refuse(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.suffix == ".sock":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refuse)


@pytest.mark.usefixtures("closed_sockets")
@pytest.mark.parametrize("wanted", ["", "docker", "podman"])
def test_a_socket_that_may_not_be_examined_is_left_out(
    no_engine: Path, wanted: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert candidates(wanted, os.environ, no_engine) == []
    words = ["--engine", wanted] if wanted else []
    assert main(["doctor", *words, "--image", "x"]) == 2
    out, err = capfd.readouterr()
    assert "no container engine answers" in out
    assert "internal" not in out + err


def test_a_name_that_is_too_long_is_no_socket(tmp_path: Path) -> None:
    assert not is_socket(tmp_path / ("x" * 5000))
    env = {"XDG_RUNTIME_DIR": "x" * 5000, "PATH": ""}
    assert all("x" not in each.address for each in candidates("podman", env, tmp_path))


@pytest.mark.usefixtures("no_engine")
def test_podman_that_cannot_be_started_is_one_sentence() -> None:
    with pytest.raises(EngineError, match="podman cannot be started: No such file") as caught:
        engine.connect([Candidate("podman:", "podman, started for this run")])
    assert "Install podman" in caught.value.hint


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.EACCES, "the permission to use its socket is denied"),
        (errno.ENOENT, "its socket does not exist"),
        (errno.EMFILE, "Too many open files"),
    ],
)
def test_any_error_of_the_system_while_an_engine_is_tried_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    def fail(_: Candidate) -> None:
        raise OSError(number, os.strerror(number), "podman.sock")

    monkeypatch.setattr(engine, "DockerEngine", fail)
    with pytest.raises(EngineError) as caught:
        engine.connect([Candidate("unix:///podman.sock", "podman"), Candidate("", "docker")])
    text = str(caught.value)
    assert text.count("the engine cannot be reached: ") == text.count(says) == 2
    assert "unix:///podman.sock (podman)" in text
