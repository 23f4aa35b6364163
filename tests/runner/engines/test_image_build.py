"""The build of an image before its run: the engine's steps, failures, and the equal line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.engines.docker import image_build
from runner.engines.docker.command_line import docker_run
from runner.engines.protocol import Build
from runner.errors import ImageError


class Client:
    """A client whose builds give these steps."""

    def __init__(self, *steps: dict[str, Any]) -> None:
        self.steps = steps
        self.asked: list[Any] = []

    def build(self, *words: Any, pull: bool) -> tuple[dict[str, Any], ...]:
        self.asked = [*words, pull]
        return self.steps


def run(client: Client, build: Build) -> list[str]:
    said: list[str] = []
    assert build.context is not None
    image_build.run(client, build, build.context, said.append)  # type: ignore[arg-type]
    return said


def test_each_step_is_told_and_the_dockerfile_found(tmp_path: Path) -> None:
    (tmp_path / "Containerfile").write_text("FROM x")
    client = Client({"stream": "Step 1/2 : FROM x\n ---> 1\n"}, {"stream": "STEP 2/2: RUN y\n"}, {})
    build = Build("made:dev", context=tmp_path, platform="linux/arm64", pull="always")
    assert run(client, build) == [
        "building made:dev",
        "building made:dev: Step 1/2 : FROM x",
        "building made:dev: STEP 2/2: RUN y",
    ]
    containerfile = tmp_path / "Containerfile"
    assert client.asked == ["made:dev", tmp_path, containerfile, "linux/arm64", True]
    (tmp_path / "Dockerfile").write_text("FROM x")
    run(client, build)
    assert client.asked[2] == tmp_path / "Dockerfile"


def test_a_failure_has_the_end_of_the_output(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM x")
    client = Client(
        {"stream": "Step 1/1 : RUN make\n"},
        {"stream": "\x1b[91mno rule to make target\x1b[0m\n\n"},
        {"stream": "Removing intermediate container 1\n"},
        {"error": "returned a non-zero code: 2\x1b[2J"},
    )
    with pytest.raises(ImageError) as caught:
        run(client, Build("made", context=tmp_path))
    text = 'the image "made" cannot be built: returned a non-zero code: 2�[2J.'
    assert str(caught.value) == text
    assert caught.value.hint == "The end of its output: no rule to make target"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="nowhere is not a folder"):
        run(Client(), Build("made", context=tmp_path / "nowhere"))
    with pytest.raises(ImageError, match="Dockerfile does not exist"):
        run(Client(), Build("made", context=tmp_path))
    with pytest.raises(ImageError, match="other does not exist"):
        run(Client(), Build("made", context=tmp_path, dockerfile=tmp_path / "other"))


def test_the_line_to_try_by_hand_builds_first(tmp_path: Path) -> None:
    build = Build("made", context=tmp_path / "a b", dockerfile=tmp_path / "D", pull="always")
    line = docker_run(build, (), Path("out"))
    first = f"docker build --tag made --file {tmp_path}/D --pull '{tmp_path}/a b' && mkdir -p "
    assert line.startswith(first)
    assert docker_run(Build("made"), (), Path("out")).startswith("mkdir")
