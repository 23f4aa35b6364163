"""Registry entry of the engine that runs images with docker or podman."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.files import expanded
from resim_inspect.text import size
from runner.engines.checks import Check, check_image, check_leftovers, check_limits, failed
from runner.engines.entry import EngineOptions, Inputs
from runner.engines.protocol import Build, Engine, EngineInfo
from runner.errors import RunnerError

if TYPE_CHECKING:
    from runner.engines.docker.engine import DockerEngine


class DockerEntry:
    """Builds given by --image, on docker, podman, or an engine with their API at an address."""

    names = ("docker", "podman")

    def accepts(self, build: Build, options: EngineOptions) -> bool:
        """Accept every image, unless another engine is named."""
        return bool(build.image) and self._selected(options)

    def _selected(self, options: EngineOptions) -> bool:
        return options.name in {"", *self.names} or "://" in options.name

    def connect(self, options: EngineOptions, env: Mapping[str, str]) -> DockerEngine:
        """Connect to the first address that answers."""
        from runner.engines.docker.discovery import candidates
        from runner.engines.docker.engine import connect

        return connect(candidates(options.name, env, expanded("~")))

    def command_line(self, build: Build, inputs: Inputs, outputs: Path) -> str:
        """Line of `docker run`."""
        from runner.engines.docker.command_line import docker_run

        return docker_run(build, inputs, outputs)

    def checks(
        self, build: Build, options: EngineOptions, env: Mapping[str, str]
    ) -> Iterator[Check]:
        """Check the connection, what the engine isolates and limits, leftovers and the image."""
        if not self._selected(options) or (build.command and not build.image):
            return
        needed = bool(build.image)
        try:
            engine = self.connect(options, env)
        except RunnerError as error:
            yield failed("engine", error, needed=needed)
            return
        try:
            yield from _answering(engine, build)
        except RunnerError as error:
            yield failed("engine", error, needed=True)
        finally:
            engine.close()


def _answering(engine: Engine, build: Build) -> Iterator[Check]:
    info = engine.info
    about = f"{info.name} {info.version} at {info.address}, {info.platform}"
    yield Check("ok", "engine", f"{about}, {info.cpus} CPUs, {size(info.memory)} of memory")
    yield from isolation_checks(info)
    yield from check_leftovers(engine)
    if build.image:
        yield from check_image(engine, build)


def isolation_checks(info: EngineInfo) -> Iterator[Check]:
    """Check how files get into a container, and the users and limits of one."""
    from runner.engines.docker.container_settings import UNKEPT

    yield _files(info)
    if info.rootless:
        text = "the engine is rootless: root in a container is your user, every other user is"
        yield Check("ok", "user", f"{text} one without rights on this machine")
    yield check_limits(info, UNKEPT if info.rootless else "")


def _files(info: EngineInfo) -> Check:
    if info.remote:
        text = "the engine is on another machine: inputs and --mount folders are copied to it"
        return Check("ok", "files", text)
    if info.selinux:
        text = "SELinux is enabled: inputs are copied, so that their labels stay unchanged"
        hint = "Folders given with --mount need a label that containers may read: SRC:DST:z."
        return Check("ok", "files", text, hint)
    return Check("ok", "files", "inputs are mounted read-only, outputs copied out")
