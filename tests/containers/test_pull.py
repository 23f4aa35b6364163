"""Images from a registry: pulled once, pinned, and what is said when that fails."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.engines.docker import client
from runner.engines.docker import engine as engines
from runner.engines.docker.discovery import Candidate
from runner.engines.protocol import Build
from runner.errors import ImageError
from tests.containers import registry
from tests.containers.container_harness import COPY, Call, command, make_jobs, runner
from tests.containers.engines import own_engine, small_layer, wait_for

__all__ = ["small_layer"]


class Registry:
    """A registry on the engine's own loopback, and the engine."""

    def __init__(self, folder: Path, engine: str, port: str, layer: bytes) -> None:
        self.folder = folder
        self.engine = engine
        self._port = port
        self._layer = layer

    def put(self, name: str, label: str = "") -> tuple[str, str]:
        """An image of a name that says how it behaves; its full name and its digest."""
        # Zeros at its end make a layer another one, which no other image has brought already.
        layer = self._layer + bytes(512 * registry.KINDS.index(name.split("-")[0]))
        digest = registry.put_image(self.folder, name, "1", layer, label)
        return f"127.0.0.1:{self._port}/{name}:1", digest

    def asked(self, what: str) -> int:
        """Number of requests that match."""
        return len(re.findall(what, (self.folder / "log").read_text()))

    def name(self, name: str) -> str:
        """The full name of an image that is not there."""
        return f"127.0.0.1:{self._port}/{name}:1"


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory, small_layer: bytes) -> Iterator[Registry]:
    folder = tmp_path_factory.mktemp("pull")
    # It would try a broken download for a minute.
    with own_engine(folder / "engine", "--max-download-attempts=1") as engine:
        port = folder / "port"
        words = ["nsenter", "-t", str(engine.pid), "--net", sys.executable, registry.__file__]
        (folder / "images").mkdir()
        (folder / "images" / "log").touch()
        process = subprocess.Popen([*words, str(folder / "images"), str(port)])
        wait_for(lambda: port.exists() and port.read_text())
        yield Registry(folder / "images", engine.address, port.read_text(), small_layer)
        process.kill()
        process.wait()


def run(images: Registry, folder: Path, image: str, *more: str | Path) -> Call:
    """A run of two jobs of an image of the registry."""
    if not folder.exists():
        make_jobs(folder, 2)
    words = ("run", folder, "--only", "jobs", "--engine", images.engine, "--image", image,
             "--format", "json", *more)  # fmt: skip
    return runner(*words, "--", "sh", "-c", COPY)


def kept(call: Call) -> list[str]:
    """The jobs that did not run again."""
    assert call.code == 0, call.err
    return [job["job"] for job in call.json["jobs"] if job["kept"]]


def test_an_image_is_pulled_once_and_pinned(tmp_path: Path, images: Registry) -> None:
    image, digest = images.put("slow-good")
    events = tmp_path / "events"
    call = run(images, tmp_path / "ws", image, "--events", events)
    assert call.code == 0, call.err
    assert call.json["verdicts"] == {"PASSED": 2}
    notes = [json.loads(line).get("text", "") for line in events.read_text().splitlines()]
    assert f"pulling {image}" in notes
    assert f"pulled {image}: {digest}" in notes
    assert any(re.search(r"pulling .*: \S+ [kM]B of \S+ [kM]B", note) for note in notes), notes
    assert images.asked("GET v2/slow-good/blobs") == 2
    before = images.asked("v2/slow-good")
    ids = {job["image_id"] for job in call.json["jobs"]}
    assert len(ids) == 1
    # The image is here: the registry is not asked again.
    assert len(kept(run(images, tmp_path / "ws", image, "--pull", "never"))) == 2
    assert images.asked("v2/slow-good") == before
    # The name was moved to another image, which only "always" learns.
    images.put("slow-good", "another")
    assert len(kept(run(images, tmp_path / "ws", image))) == 2
    moved = run(images, tmp_path / "ws", image, "--pull", "always")
    assert kept(moved) == []
    assert {job["image_id"] for job in moved.json["jobs"]} & ids == set()
    # A digest always means the first one.
    first = run(images, tmp_path / "ws", f"{image.rpartition(':')[0]}@{digest}")
    assert {job["image_id"] for job in first.json["jobs"]} == ids, first.err


@pytest.mark.parametrize(
    ("name", "says", "hint"),
    [
        ("none", "its registry has no such image", "Check its name"),
        ("locked", "its registry requires a login", "docker login"),
        ("drops", "the pull broke off", "Run again"),
    ],
)
def test_a_pull_that_fails_is_one_sentence(
    tmp_path: Path, images: Registry, name: str, says: str, hint: str
) -> None:
    image = images.name(name) if name == "none" else images.put(name)[0]
    call = run(images, tmp_path / "ws", image, "--quiet")
    assert call.code == 2
    first, second = call.err.strip().splitlines()
    assert first.startswith(f'resim-runner: the image "{image}" cannot be pulled: {says}'), first
    assert hint in second
    assert not list(tmp_path.glob("ws/jobs/*/run/result.json"))
    never = run(images, tmp_path / "ws", image, "--pull", "never")
    assert "was not found" in never.err


def test_a_registry_that_is_not_there(tmp_path: Path, images: Registry) -> None:
    for image in ("127.0.0.1:9/build:1", "no-such-registry.invalid/build:1"):
        call = run(images, tmp_path / "ws", image, "--quiet")
        assert call.code == 2
        assert "its registry cannot be reached" in call.err, call.err


def test_a_stalling_registry_ends_with_patience_or_ctrl_c(
    tmp_path: Path, images: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, _ = images.put("stalls")
    make_jobs(tmp_path / "ws", 1)
    words = ("run", tmp_path / "ws", "--only", "jobs", "--engine", images.engine)
    process = subprocess.Popen(
        command(*words, "--image", image, "--", "sh", "-c", COPY),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    wait_for(lambda: images.asked("GET v2/stalls/blobs") == 2)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert time.monotonic() - begun < 5
    monkeypatch.setattr(client, "STALL", 1.0)
    engine = engines.DockerEngine(Candidate(images.engine, "the test"))
    try:
        with pytest.raises(ImageError, match="no progress for 1 s"):
            engine.prepare(Build(image=image), lambda _: None)
    finally:
        engine.close()
