"""Runs builds in containers of docker, or of podman through the same interface."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.utils import parse_repository_tag

from resim_inspect.document.text import clean
from runner import owner
from runner.contract import INPUTS, OUTPUTS, ROOT
from runner.engines import sidecar
from runner.engines.base import Build, Ended, EngineInfo, Prepared, Served, Service, Sink, Task
from runner.engines.find import Candidate
from runner.engines.networks import reaching_host, sweep_networks
from runner.engines.service import PodmanService
from runner.engines.settings import (
    MACHINES,
    container_options,
    host_options,
    platform_of,
    start_failure,
)
from runner.errors import EngineError, ImageError, OutputsError
from runner.inputs import archive_chunks, must_be_copied
from runner.outputs import Caps, Taken, take_archive

MIB = 1 << 20
SECONDS = 60
POOL = 256
BROKEN = (requests.RequestException, DockerException, OSError)
FOLDERS = ((INPUTS.name, 0o755), (OUTPUTS.name, 0o777))
HINTS = (
    ("container-init", "Install catatonit, podman's init process, or run with --no-init."),
    ("ermission denied", "Become a member of the engine's group, or use a rootless engine."),
    ("No such file", "Start the engine, or set DOCKER_HOST to where it listens."),
)


class DockerEngine:
    """An engine that answered. Many threads may use it at once."""

    def __init__(self, candidate: Candidate) -> None:
        self._service: PodmanService | None = None
        address = candidate.address
        if address == "podman:":
            self._service = PodmanService()
            address = self._service.address
        try:
            with _asking("does not answer"):
                self._api = docker.APIClient(
                    base_url=address,
                    version="auto",
                    timeout=SECONDS,
                    tls=_tls(candidate.certificates),
                    max_pool_size=POOL,
                    use_ssh_client=address.startswith("ssh://"),
                )
                about = self._api.info()
                version = self._api.version()
        except EngineError:
            self.close()
            raise
        parts = [str(part.get("Name", "")) for part in version.get("Components") or ()]
        self.podman = any("podman" in part.lower() for part in parts)
        machine = str(about.get("Architecture", ""))
        self.info = EngineInfo(
            "podman" if self.podman else "docker",
            str(about.get("ServerVersion") or version.get("Version") or ""),
            int(about.get("NCPU") or os.cpu_count() or 1),
            int(about.get("MemTotal") or 0),
            f"{candidate.address} ({candidate.source})",
            f"{about.get('OSType') or 'linux'}/{MACHINES.get(machine, machine)}",
            "container",
        )
        options = about.get("SecurityOptions") or ()
        self.rootless = bool(about.get("Rootless")) or any("rootless" in str(o) for o in options)
        # Folders are mounted only where the engine sees the same disk as we do.
        inside = Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()
        same = not inside or about.get("Name") == socket.gethostname()
        self.local = address.startswith(("unix://", "npipe://")) and same

    def prepare(self, build: Build, say: Callable[[str], None]) -> Prepared:
        """Find the image, pulling it as `build.pull` says; raises ImageError."""
        image = None if build.pull == "always" else self._inspect(build)
        if image is None:
            if build.pull == "never":
                hint = "Build it, or let it be pulled with --pull missing."
                raise ImageError(_not_here(build), hint)
            self._pull(build, say)
            image = self._inspect(build)
            if image is None:
                raise ImageError(_not_here(build))
        warnings = []
        have = platform_of(image)
        if not have.startswith(self.info.platform):
            warnings.append(
                f"the image is for {have}, the engine for {self.info.platform}:"
                " it runs emulated, or not at all."
            )
        if self.rootless and self.podman:
            warnings.append("rootless podman may ignore limits of memory and processes.")
        identity = str(image["Id"])
        return Prepared(identity, identity.removeprefix("sha256:")[:12], tuple(warnings))

    def _inspect(self, build: Build) -> dict[str, Any] | None:
        with _asking("does not answer"):
            try:
                api: Any = self._api
                image: dict[str, Any] = api.inspect_image(build.image)
            except ImageNotFound:
                return None
        wanted = build.platform
        return image if not wanted or platform_of(image).startswith(wanted) else None

    def _pull(self, build: Build, say: Callable[[str], None]) -> None:
        name = clean(build.image, 120)
        say(f"pulling {name}")
        repository, tag = parse_repository_tag(build.image)
        failed = f'the image "{name}" cannot be pulled'
        try:
            for step in self._api.pull(
                repository,
                tag=tag or "latest",
                stream=True,
                decode=True,
                platform=build.platform or None,
            ):
                if "error" in step:
                    raise ImageError(f"{failed}: {clean(str(step['error']), 300)}.")
                # The caller stops a pull by raising from here.
                say(f"pulling {name}: {clean(str(step.get('status', '')), 80)}")
        except BROKEN as error:
            raise ImageError(
                f"{failed}: {_reason(error)}", "Log in to its registry, or build it here."
            ) from error

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> ContainerRun:
        """Create, fill, attach and start a container; it is gone again if that fails."""
        mounted, copied = self._split(build, task)
        run: ContainerRun | None = None
        try:
            with _asking("refused the run"):
                host = self._api.create_host_config(**host_options(build, mounted, task.network))
                options = container_options(build, prepared.identity, task)
                created = self._api.create_container(**options, host_config=host)
                run = ContainerRun(self._api, str(created["Id"]), log)
                chunks: Any = archive_chunks(FOLDERS, copied, task.files)
                self._api.put_archive(run.id, str(ROOT), chunks if copied else b"".join(chunks))
                run.start()
        except BaseException:
            if run is not None:
                run.remove()
            raise
        return run

    def start_served(
        self, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
    ) -> Served:
        """Start a run with the stand-in API beside it, or on this machine where that cannot be."""
        return sidecar.start(self, build, prepared, task, service, log)

    def host_network(self, wanted: str, task: Task) -> AbstractContextManager[tuple[str, str]]:
        """A network's name, and this machine's address in it; one of our own for `none`."""
        return reaching_host(self._api, _asking, wanted, task, local=self.local)

    def _split(self, build: Build, task: Task) -> tuple[list[tuple[str, Path]], Any]:
        """The inputs that are mounted, and those that are copied in."""
        mounted: list[tuple[str, Path]] = []
        copied: list[tuple[str, Path]] = []
        for name, path in task.inputs:
            copy = build.copy_inputs or not self.local or must_be_copied(path)
            (copied if copy else mounted).append((name, path))
        return mounted, tuple((f"{INPUTS.name}/{name}", path) for name, path in copied)

    def about_no_outputs(self, build: Build) -> str:  # noqa: ARG002
        """A container always has its `/tmp/resim`: nothing to say."""
        return ""

    def sweep(self) -> list[str]:
        """Remove containers of runners that were killed."""
        removed = []
        with _asking("does not answer"):
            found = self._api.containers(all=True, filters={"label": owner.LABEL_OWNER})
        for container in found:
            labels = container.get("Labels") or {}
            if owner.dead(str(labels.get(owner.LABEL_OWNER, ""))):
                problem = _remove(self._api, container["Id"])
                what = f"container {container['Id'][:12]} of job {labels.get(owner.LABEL_JOB, '?')}"
                removed.append(clean(f"{what} ({problem})" if problem else what))
        removed += sweep_networks(self._api, _asking)
        return removed

    def close(self) -> None:
        """Close the connections, and end the service if we started one."""
        api = getattr(self, "_api", None)
        if api is not None:
            api.close()
        if self._service is not None:
            self._service.close()


class ContainerRun:
    """A container with a thread that always drains what it says."""

    def __init__(self, api: Any, container: str, log: Sink) -> None:
        self.id = container
        self._api = api
        self._log = log
        self._failed: Ended | None = None
        self._pump: Thread | None = None

    def start(self) -> None:
        """Attach, so that nothing is lost, then start."""
        stream = self._api.attach(self.id, stdout=True, stderr=True, stream=True, demux=True)
        try:
            self._api.start(self.id)
        except APIError as error:
            self._failed = start_failure(str(error.explanation or ""))
            if self._failed is None:
                raise
            return
        self._pump = Thread(target=self._drain, args=(stream,), daemon=True)
        self._pump.start()

    def _drain(self, stream: Iterator[tuple[bytes | None, bytes | None]]) -> None:
        try:
            for out, err in stream:
                if out:
                    self._log.write(1, out)
                if err:
                    self._log.write(2, err)
        except BROKEN:
            # The engine is gone; whoever waits for the container learns it and says so.
            return

    def wait(self, seconds: float) -> bool:
        """Whether the container ended within that time; raises EngineError."""
        if self._failed is not None:
            return True
        begun = time.monotonic()
        try:
            self._api.wait(self.id, timeout=max(0.1, seconds))
        except NotFound as error:
            raise EngineError("the container was removed while it ran.") from error
        except BROKEN as error:
            # A time that is up arrives as one of several exceptions, like a connection lost.
            if isinstance(error, requests.RequestException) and (
                time.monotonic() - begun >= min(seconds, SECONDS) * 0.9
            ):
                return False
            raise EngineError(
                f"the engine stopped answering while the build ran: {_reason(error)}",
                "Start it again and repeat the command: what was finished is not run again.",
            ) from error
        return True

    def terminate(self) -> None:
        """TERM to the build, by way of the init process."""
        self._signal("SIGTERM")

    def kill(self) -> None:
        """KILL to everything in the container."""
        self._signal("SIGKILL")

    def _signal(self, name: str) -> None:
        try:
            self._api.kill(self.id, name)
        except BROKEN:
            # It ended just now, or the engine is gone: both show where it is waited for.
            return

    def ended(self) -> Ended:
        """The exit code and why; the log is complete."""
        if self._failed is not None:
            return self._failed
        if self._pump is not None:
            self._pump.join(SECONDS)
        with _asking("does not answer"):
            state = self._api.inspect_container(self.id)["State"]
        return Ended(int(state["ExitCode"]), bool(state.get("OOMKilled")), state.get("Error") or "")

    def take_outputs(self, into: Path, caps: Caps) -> Taken:
        """Stream the outputs out; raises OutputsError, EngineError or StorageError."""
        # Asked for directly: what docker-py gives back cannot be closed, and an engine that
        # still wants to send the rest of a refused archive does not let go of the container.
        address = f"{self._api.base_url}/v{self._api.api_version}/containers/{self.id}/archive"
        with _asking("broke off the outputs"), ExitStack() as stack:
            answer = self._api.get(
                address, params={"path": str(OUTPUTS)}, stream=True, timeout=SECONDS
            )
            stack.callback(answer.close)
            if answer.status_code == 404:
                raise OutputsError("the build removed the outputs folder.")
            answer.raise_for_status()
            return take_archive(answer.iter_content(MIB), into, caps)

    def remove(self) -> str:
        """Remove the container and its volume; says what went wrong, if anything."""
        return _remove(self._api, self.id)


def connect(candidates: Sequence[Candidate]) -> DockerEngine:
    """The first engine that answers; raises EngineError that lists what was tried."""
    tried = []
    for candidate in candidates:
        try:
            return DockerEngine(candidate)
        except EngineError as error:
            tried.append(f"{candidate.address or 'no address'} ({candidate.source}): {error}")
    what = "; ".join(tried) if tried else "no DOCKER_HOST, context or socket was found"
    raise EngineError(
        f"no container engine answers: {what}",
        "Start docker or podman, set DOCKER_HOST, or run without an engine by --command.",
    )


def _not_here(build: Build) -> str:
    what = f" for {build.platform}" if build.platform else ""
    return f'the image "{clean(build.image, 120)}" is not here{what}.'


def _tls(certificates: str) -> docker.tls.TLSConfig | bool:
    if not certificates:
        return False
    folder = Path(certificates)
    client = (str(folder / "cert.pem"), str(folder / "key.pem"))
    return docker.tls.TLSConfig(ca_cert=str(folder / "ca.pem"), client_cert=client, verify=True)


def _remove(api: Any, container: str) -> str:
    try:
        api.remove_container(container, force=True, v=True)
    except NotFound:
        return ""
    except BROKEN as error:
        if isinstance(error, APIError) and "in progress" in str(error.explanation):
            return ""
        return f"container {container[:12]} is left behind: {_reason(error)}"
    return ""


@contextmanager
def _asking(what: str) -> Iterator[None]:
    """Turns everything that an engine's library raises into an EngineError."""
    try:
        yield
    except BROKEN as error:
        reason = _reason(error)
        hint = next((hint for word, hint in HINTS if word in reason), "")
        raise EngineError(f"the engine {what}: {reason}", hint) from error


def _reason(error: Exception) -> str:
    text = str(error.explanation or error) if isinstance(error, APIError) else str(error)
    return clean(text, 300).rstrip(".") + "."
