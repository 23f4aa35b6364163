"""A real engine, and a harness to work at with it."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.containers.container_harness import (
    BASE_IMAGE,
    ContainerHarness,
    make_inputs,
    unavailable,
)


@pytest.fixture(scope="session")
def docker() -> Callable[..., str]:
    """The engine's client: `docker("ps", "-a")` gives its output; skips where none answers."""

    def call(*words: str) -> str:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    try:
        call("info")
        call("image", "inspect", BASE_IMAGE)
    except (OSError, RuntimeError) as error:
        unavailable(f"no engine with the image {BASE_IMAGE} answers: {error}")
    return call


@pytest.fixture
def harness(tmp_path: Path, docker: Callable[..., str]) -> Iterator[ContainerHarness]:
    """Inputs and a name; nothing may be left of it after the test."""
    make_inputs(tmp_path / "inputs")
    harness = ContainerHarness(tmp_path, f"test-{uuid.uuid4().hex[:12]}", docker)
    yield harness
    assert harness.leftovers() == []
