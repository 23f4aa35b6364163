"""The images that the tests build: ours to build on, and the example on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.containers.container_harness import BASE_IMAGE, ROOT, unavailable

CLIENT = os.environ.get("DOCKER", "docker")
NEWEST, OLDER = "1.6.0", "0.14.1"
METRICS_IMAGE = "resim-metrics:tested"
OLDER_IMAGE = "resim-metrics:tested-older"
FLIGHT_IMAGE = "flight-metrics:tested"
CONTEXT = ("Dockerfile", ".dockerignore", "LICENSE", "resim_inspect", "runner", "wheelhouse")
EXAMPLE = ROOT / "examples" / "flight_metrics"


@pytest.fixture(scope="session")
def metrics_image(docker: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Our image, built from the Dockerfile without any network; its name."""
    return build_ours(docker, tmp_path_factory.mktemp("context"), METRICS_IMAGE, NEWEST)


@pytest.fixture(scope="session")
def older_image(docker: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same with a release of the SDK from before 1.0; its name."""
    return build_ours(docker, tmp_path_factory.mktemp("older"), OLDER_IMAGE, OLDER)


def build_ours(docker: Callable[..., str], context: Path, name: str, version: str) -> str:
    """Build the Dockerfile with a release of the SDK, whose wheels go into the wheelhouse."""
    ignore = shutil.ignore_patterns("__pycache__", "*.whl")
    for part in CONTEXT:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, context / part, ignore=ignore)
        else:
            shutil.copy(source, context / part)
    arguments = f"BASE_IMAGE={BASE_IMAGE}", f"OPEN_CORE_VERSION={version}"
    with only_one(name):
        for wheel in wheels(docker, f"resim-open-core=={version}"):
            shutil.copy(wheel, context / "wheelhouse")
        build(context, name, *(word for each in arguments for word in ("--build-arg", each)))
    return name


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Let one process that tests make an image; the next ones find it in the engine's cache."""
    import fcntl

    path = ROOT / ".cache" / f"{name.replace(':', '-')}.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def flight_image(metrics_image: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The example's image, by its own two lines; its name."""
    context = tmp_path_factory.mktemp("example")
    text = (EXAMPLE / "Dockerfile").read_text()
    (context / "Dockerfile").write_text(text.replace("resim-metrics", metrics_image))
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(EXAMPLE / "metrics", context / "metrics", ignore=ignore)
    build(context, FLIGHT_IMAGE)
    return FLIGHT_IMAGE


def build(context: Path, name: str, *words: str) -> None:
    """Build an image with no network at all; fails the test with the end of the log."""
    output = ""
    # A client without BuildKit's plug-in still has the older builder.
    for buildkit in ("1", "0"):
        done = subprocess.run(
            [CLIENT, "build", "--network=none", "-t", name, *words, str(context)],
            capture_output=True,
            text=True,
            env={**os.environ, "DOCKER_BUILDKIT": buildkit},
            check=False,
        )
        if not done.returncode:
            return
        output += done.stdout + done.stderr
        if "buildx" not in done.stderr:
            break
    pytest.fail(f"{name} cannot be built:\n{output[-3000:]}")


def wheels(docker: Callable[..., str], *packages: str) -> list[Path]:
    """The wheels of packages and of all they need, for the base image's Python, kept for reuse."""
    ask = "import sys; print(*sys.version_info[:2], sep='.')"
    version = docker("run", "--rm", "--network=none", BASE_IMAGE, "python3", "-c", ask).strip()
    folder = ROOT / ".cache" / "wheels" / f"{version}-{'-'.join(packages)}"
    if not folder.is_dir():
        scratch = folder.with_name(f"{folder.name}.{os.getpid()}")
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download"]
        command += ["--quiet", "--only-binary", ":all:", "--python-version", version]
        command += ["--implementation", "cp", "--dest", str(scratch), *packages]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(scratch, ignore_errors=True)
            reason = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
            unavailable(f"{' '.join(packages)} cannot be had from the package index: {reason}")
        scratch.rename(folder)
    return sorted(folder.glob("*.whl"))
