"""Engine that runs builds in containers of docker, or of podman through the same API."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from resim_inspect.text import clean
from runner.engines.docker import api_sidecar, image_build, image_pull
from runner.engines.docker.client import DockerClient, engine_errors
from runner.engines.docker.container import ContainerRun
from runner.engines.docker.container_settings import (
    MACHINES,
    UNKEPT,
    container_options,
    host_options,
    labels_of,
    platform_of,
    unkept_limits,
    volume,
)
from runner.engines.docker.discovery import Candidate
from runner.engines.docker.folders import check_copyable, split_folders
from runner.engines.docker.gpus import check_gpus
from runner.engines.docker.interactive import InteractiveRun, is_terminal
from runner.engines.docker.leftovers import found_leftovers
from runner.engines.docker.networks import reaching_host
from runner.engines.docker.orphans import supports
from runner.engines.docker.podman_service import PodmanService
from runner.engines.docker.ssh_tunnel import SshTunnel
from runner.engines.protocol import Build, EngineInfo, Prepared, Served, Service, Sink, Task
from runner.errors import EngineError, ImageError
from runner.storage import lease
from runner.storage.input_archive import archive_chunks
from runner.storage.leftovers import Leftover, remove_all
from runner.storage.watchdog import WATCHDOG
from runner.workspace.contract import INPUTS, OUTPUTS, ROOT

ORPHANS = "runner.engines.docker.orphans:remove_orphans"
FOLDERS = ((INPUTS.name, 0o755), (OUTPUTS.name, 0o777))
NO_STREAMS: Mapping[str, bool] = {}
Run = TypeVar("Run", bound=ContainerRun)
MISSING_MOUNT_ERRORS = ("bind source path does not exist", "statfs ")
"""Parts of an engine's error for a mount that exists here and not where the engine runs."""


class DockerEngine:
    """A connected engine, for many threads at once."""

    def __init__(self, candidate: Candidate) -> None:
        self._tunnel: PodmanService | SshTunnel | None = None
        address = candidate.address
        if not address:
            # The library would use its default socket: another engine than the chosen one.
            raise EngineError(
                "the context has no address of an engine.", "List the contexts: docker context ls."
            )
        if address == "podman:":
            self._tunnel = PodmanService()
        elif address.startswith("ssh://"):
            self._tunnel = SshTunnel(address)
        here = self._tunnel.address if self._tunnel else address
        self._guarded = (here, candidate.certificates) if supports(here) else None
        try:
            self._client = DockerClient(here, candidate.certificates)
            with engine_errors("does not answer"):
                about = self._client.api.info()
                version = self._client.api.version()
        except EngineError as error:
            problem = self._tunnel.problem() if isinstance(self._tunnel, SshTunnel) else None
            self.close()
            raise problem or error from error
        parts = [str(part.get("Name", "")) for part in version.get("Components") or ()]
        self.podman = any("podman" in part.lower() for part in parts)
        options = [str(option) for option in about.get("SecurityOptions") or ()]
        rootless = bool(about.get("Rootless")) or any("rootless" in each for each in options)
        control = self._client.control() if self.podman else {}
        security = control.get("security") or {}
        rootless = rootless or bool(security.get("rootless"))
        groups = control.get("cgroupControllers") if rootless else None
        # Folders can be mounted only if the engine sees the same disk as the runner.
        inside = Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()
        same = not inside or about.get("Name") == socket.gethostname()
        self.local = not address.startswith("ssh://") and here.startswith(("unix://", "npipe://"))
        self.local = self.local and same
        machine = str(about.get("Architecture", ""))
        self.info = EngineInfo(
            "podman" if self.podman else "docker",
            str(about.get("ServerVersion") or version.get("Version") or ""),
            int(about.get("NCPU") or os.cpu_count() or 1),
            int(about.get("MemTotal") or 0),
            f"{candidate.address} ({candidate.source})",
            f"{about.get('OSType') or 'linux'}/{MACHINES.get(machine, machine)}",
            "container",
            rootless,
            not self.local,
            bool(security.get("selinuxEnabled")) or "name=selinux" in options,
            unkept_limits(about, groups),
            reports_oom=not self.podman,
        )

    def prepare(self, build: Build, say: Callable[[str], None]) -> Prepared:
        """Build the image, find it, or pull it according to `build.pull`.

        Raises ImageError and EngineError.
        """
        if not self.local:
            check_copyable(build)
        if build.context is not None:
            image_build.run(self._client, build, build.context, say)
        image = self._find(build, say)
        identity = str(image["Id"])
        if build.limits.gpus:
            self._guard()
            check_gpus(self._client, build, identity)
        platform = platform_of(image)
        warnings = tuple(self._warnings(build, platform))
        return Prepared(identity, identity.removeprefix("sha256:")[:12], warnings, platform)

    def current(self, build: Build) -> Prepared | None:
        """Return the image that is here now; None without one for the build's platform."""
        image = self._client.image(build.image)
        return Prepared(str(image["Id"])) if image is not None and _fits(image, build) else None

    def _find(self, build: Build, say: Callable[[str], None]) -> dict[str, Any]:
        here = self._client.image(build.image)
        # The pull policy of a build with a context is about the images that it starts from.
        pulls = build.pull == "always" and build.context is None
        if here is not None and not pulls and _fits(here, build):
            return here
        other = None if here is None or _fits(here, build) else platform_of(here)
        return self._pull(build, say, other)

    def _warnings(self, build: Build, have: str) -> list[str]:
        warnings = []
        if not have.startswith(self.info.platform):
            warnings.append(
                f"the image is for {have}, and the engine for {self.info.platform}:"
                " the build runs slowly by emulation, or not at all."
            )
        limits = build.limits
        asked = {"--memory-mib": limits.memory_mib, "--pids": limits.pids, "--cpus": limits.cpus}
        lost = [name for name, value in asked.items() if value and name in self.info.unkept]
        if lost:
            kind = "rootless" if self.info.rootless else "this"
            warnings.append(
                f"{kind} {self.info.name} cannot enforce {_and(lost)} here, so a build may"
                f" exceed them. {UNKEPT if self.info.rootless else ''}".rstrip()
            )
        if self.info.selinux and self.local:
            warnings += [
                f"SELinux may hide {clean(str(mount.source), 120)} from the build:"
                " --mount SRC:DST:z lets the engine label it for containers."
                for mount in build.mounts
                if not mount.label
            ]
        return warnings

    def _pull(self, build: Build, say: Callable[[str], None], other: str | None) -> dict[str, Any]:
        """Pull the image; `other` is the platform of the image that is here, if it does not fit."""
        name, wanted = clean(build.image, 120), build.platform
        leave_out = f"Leave out --platform to run the image for {other}, or build it for {wanted}."
        if build.pull == "never":
            if other is not None:
                text = f'the engine has the image "{name}" for {other}, and not for {wanted}.'
                raise ImageError(text, leave_out)
            hint = "Build it, or allow pulling it with --pull missing."
            raise ImageError(_not_here(build), hint)
        say(f"pulling {name}")
        try:
            # An exception from `say` stops a pull.
            image_pull.follow(build.image, self._client.pull(build.image, wanted), say)
            image = self._client.image(build.image)
            if image is None or not _fits(image, build):
                raise ImageError(_not_here(build))
        except ImageError as error:
            if other is None:
                raise
            text = f'the engine has the image "{name}" for {other} only: {error.reason}'
            raise ImageError(text, leave_out) from error
        return image

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> ContainerRun:
        """Create, fill and start a container; it is removed again if that fails."""
        return self._start(
            build, prepared, task, lambda container: ContainerRun(self._client, container, log)
        )

    def shell(self, build: Build, prepared: Prepared, task: Task) -> int:
        """Run the build's command on this process's terminal; return its exit code."""
        if self._guarded is None:
            text = f"an interactive shell is not possible over {clean(self.info.address, 80)}."
            raise EngineError(text, "Use an engine with a Unix socket or a TCP address.")
        guarded = self._guarded
        run = self._start(
            build,
            prepared,
            task,
            lambda container: InteractiveRun(self._client, container, *guarded),
            {"tty": is_terminal(), "stdin_open": True},
        )
        try:
            run.relay()
            return run.exit_info().code
        finally:
            run.remove()

    def _start(
        self,
        build: Build,
        prepared: Prepared,
        task: Task,
        make: Callable[[str], Run],
        streams: Mapping[str, bool] = NO_STREAMS,
    ) -> Run:
        local = self.local
        try:
            return self._start_once(build, prepared, task, make, streams)
        except EngineError as error:
            # `self.local` may have been changed by another run in the meantime.
            if not local or not any(word in error.reason for word in MISSING_MOUNT_ERRORS):
                raise
        # The socket leads to an engine with other files than this machine's.
        self.local = False
        check_copyable(build)
        return self._start_once(build, prepared, task, make, streams)

    def _start_once(
        self,
        build: Build,
        prepared: Prepared,
        task: Task,
        make: Callable[[str], Run],
        streams: Mapping[str, bool],
    ) -> Run:
        self._guard()
        folders = split_folders(build, task, local=self.local, selinux=self.info.selinux)
        build = replace(build, mounts=folders.mounts)
        run: Run | None = None
        api = self._client.api
        try:
            with engine_errors("refused the run"):
                labels = labels_of(task)
                options = host_options(
                    build, folders.mounted, task.network, labels, self.info.unkept
                )
                options["mounts"] += [volume(mount.target, labels) for mount in folders.volumes]
                host = api.create_host_config(**options)
                options = container_options(build, prepared.identity, task) | dict(streams)
                created = api.create_container(**options, host_config=host)
                run = make(str(created["Id"]))
                copied = folders.copied
                chunks: Any = archive_chunks(FOLDERS, copied, task.files)
                api.put_archive(run.id, str(ROOT), chunks if copied else b"".join(chunks))
                for mount in folders.volumes:
                    api.put_archive(
                        run.id, mount.target, archive_chunks((), ((".", mount.source),))
                    )
                run.start()
        except BaseException:
            if run is not None:
                run.remove()
            else:
                self._client.remove_volumes(labels_of(task))
            raise
        return run

    def _guard(self) -> None:
        """Register with the watchdog what this process leaves in the engine if it is killed."""
        if self._guarded is not None:
            WATCHDOG.guard(ORPHANS, *self._guarded, lease.current_owner())

    def start_served(
        self, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
    ) -> Served:
        """Start a run with the stub API in a sidecar, or on this machine if that is impossible."""
        return api_sidecar.start(self, build, prepared, task, service, log)

    def host_network(self, wanted: str, task: Task) -> AbstractContextManager[tuple[str, str]]:
        """Name of a network, and this machine's address in it; a new network for `none`."""
        self._guard()
        return reaching_host(self._client.api, wanted, task, local=self.local)

    def no_outputs_hint(self, build: Build) -> str:  # noqa: ARG002
        """Return no hint: a container always has `/tmp/resim`."""
        return ""

    def leftovers(self, *, images: bool = False) -> Iterator[Leftover]:
        """Yield containers, networks and volumes of runners that have ended, and built images."""
        return found_leftovers(self._client, images=images)

    def sweep(self) -> list[str]:
        """Remove containers, networks and volumes of runners that have ended."""
        return list(remove_all(self.leftovers()))

    def close(self) -> None:
        """Close the connections, and the tunnel or service that this engine started."""
        client = getattr(self, "_client", None)
        if client is not None:
            if client.leftovers:
                WATCHDOG.leave()
            client.close()
        if self._tunnel is not None:
            self._tunnel.close()


def connect(candidates: Sequence[Candidate]) -> DockerEngine:
    """Connect to the first engine that answers; raises EngineError with all attempts."""
    tried = []
    hint = ""
    for candidate in candidates:
        try:
            with engine_errors("cannot be reached"):
                return DockerEngine(candidate)
        except EngineError as error:
            hint = error.hint
            tried.append(f"{candidate.address or 'no address'} ({candidate.source}): {error}")
    what = "; ".join(tried) if tried else "no DOCKER_HOST, context or socket was found."
    other = "Start docker or podman, set DOCKER_HOST, or run without an engine by --command."
    raise EngineError(
        f"no container engine answers: {what}", hint if len(tried) == 1 and hint else other
    )


def _fits(image: dict[str, Any] | None, build: Build) -> bool:
    """Return True if an image is there and is for the platform of the build."""
    return image is not None and platform_of(image).startswith(build.platform)


def _not_here(build: Build) -> str:
    what = f" for {build.platform}" if build.platform else ""
    return f'the image "{clean(build.image, 120)}" was not found{what}.'


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
