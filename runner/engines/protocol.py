"""The interface of an engine, and the values that it takes and returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from runner.storage.leftovers import Leftover
from runner.storage.output_extraction import Caps, Taken

UNPRIVILEGED = "12345:12345"
ROOT_USER = "0:0"
CLOUD_CPUS, CLOUD_MEMORY_MIB = 4.0, 16384
"""Resources of a metrics build in ReSim's cloud."""


@dataclass(frozen=True)
class Limits:
    """Resources of one run, in ReSim's units; None means no limit."""

    memory_mib: int | None = 2048
    pids: int = 4096
    shm_mb: int = 64
    cpus: float | None = None
    tmp_mb: int | None = 512
    """Size of a /tmp in memory; None leaves the image's own."""
    gpus: str = ""
    """A number of GPUs, `all`, or `device=ID[,ID]`; empty for none."""


@dataclass(frozen=True)
class Hardening:
    """Restrictions of a container."""

    read_only_root: bool = True
    network: str = "none"
    drop_capabilities: bool = True
    no_new_privileges: bool = True
    user: str | None = UNPRIVILEGED
    """`uid:gid`; None leaves the image's own user, which is often root."""
    init: bool = True


class Mount(NamedTuple):
    """A folder or file of this machine that the build sees in addition."""

    source: Path
    target: str
    read_only: bool
    label: str = ""
    """`z` or `Z`: under SELinux the engine labels the source for all containers, or for this
    one only."""


@dataclass(frozen=True)
class Build:
    """A metrics build and the settings of its runs; `image` is empty for a command."""

    image: str = ""
    command: tuple[str, ...] = ()
    """Replacement of an image's command; without an image, the program and its arguments."""
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    mounts: tuple[Mount, ...] = ()
    platform: str = ""
    pull: str = "missing"
    limits: Limits = Limits()
    hardening: Hardening = Hardening()
    copy_inputs: bool = False
    entrypoint: tuple[str, ...] = ()
    """Replacement of the image's entrypoint; empty keeps it."""
    like_cloud: bool = False
    """True with --like-cloud: ReSim's resources, as far as the engine has them, and its names."""
    folder: Path | None = None
    """Working folder of a command; None for the runner's own."""
    code: tuple[Path, ...] = ()
    """Files of a command's code, beside those that the command itself names."""
    context: Path | None = None
    """Folder from which the image is built before it is run; None for an image that exists."""
    dockerfile: Path | None = None
    """Dockerfile of the context; None for the usual one."""

    @property
    def working_folder(self) -> Path:
        """Folder in which a command runs."""
        return self.folder or Path.cwd()


@dataclass(frozen=True)
class Task:
    """One run of a build: ids of the call and the job, and inputs as name -> folder or file."""

    run: str
    job: str
    inputs: tuple[tuple[str, Path], ...]
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Content in memory, keyed by path below `/tmp/resim`."""
    network: str = ""
    """Name of a network of the engine that replaces the one of the build's hardening."""


@dataclass(frozen=True)
class Service:
    """The stub API for a build, and the config that leads the build to it."""

    folder: Path
    """Folder of the server; the index in it has no valid token."""
    index: bytes = field(repr=False)
    """Served index, with the token; it must not be written to a disk."""
    config_name: str
    config: Callable[[str], bytes] = field(repr=False)
    """Content of the build's config file for the URL of the API."""
    image: str = ""
    """Image whose python3 runs the server; empty for the build's own."""
    on_host: bool = False
    """True to run the server on this machine instead of beside the build."""


class Prepared(NamedTuple):
    """A build that is ready to start."""

    identity: str
    """Image id, or a digest of the program; it changes with the build."""
    description: str = ""
    """Short form of the image or command for people."""
    warnings: tuple[str, ...] = ()
    platform: str = ""
    """Platform of an image, such as `linux/amd64`; empty for a command."""


class EngineInfo(NamedTuple):
    """Description of an engine; `memory` in bytes."""

    name: str
    version: str
    cpus: int
    memory: int
    address: str = ""
    platform: str = ""
    sandbox: str = ""
    """Isolation of a build, in words."""
    rootless: bool = False
    remote: bool = False
    """True if the engine does not see this machine's files."""
    selinux: bool = False
    unkept: frozenset[str] = frozenset()
    """Limits that it cannot enforce, by the names of their options."""
    reports_oom: bool = True
    """False if an exit for lack of memory looks like a KILL from outside."""
    label: str = ""
    """Description in a run's heading; empty for the default of name, version and CPUs."""

    @property
    def description(self) -> str:
        """Description for people: `docker 27.1, 8 CPUs`, or `label`."""
        return self.label or f"{self.name} {self.version}, {self.cpus} CPUs"


class Usage(NamedTuple):
    """Resources that a run used, as far as its engine tells; None where it does not."""

    peak_memory: int | None = None
    """Peak of the memory in use, in bytes."""
    cpu_seconds: float | None = None

    def highest(self, other: Usage) -> Usage:
        """Return the higher of each value."""
        memory = [n for n in (self.peak_memory, other.peak_memory) if n is not None]
        cpu = [n for n in (self.cpu_seconds, other.cpu_seconds) if n is not None]
        return Usage(max(memory, default=None), max(cpu, default=None))


class RunExit(NamedTuple):
    """Exit of a build; `error` is the engine's reason if it did not start."""

    code: int
    oom: bool = False
    error: str = ""
    log_cut: bool = False
    """True if the end of the log is missing."""
    processes: int = 0
    """The most processes and threads that the build had at once; 0 if unknown."""
    refused_process: bool = False
    """True if the limit of processes refused one."""
    usage: Usage = Usage()


class Sink(Protocol):
    """Receiver of a build's output."""

    def write(self, stream: int, data: bytes) -> None:
        """Take a chunk of stdout (1) or stderr (2); must neither raise nor block."""


class Running(Protocol):
    """A started build; `terminate` and `kill` may be called from any thread."""

    def wait(self, seconds: float) -> bool:
        """Wait for the build; return True if it ended within that time; raises EngineError."""

    def terminate(self) -> None:
        """Send TERM."""

    def kill(self) -> None:
        """Send KILL."""

    def exit_info(self) -> RunExit:
        """Exit of the ended build; its log is complete afterwards."""

    def take_outputs(self, into: Path, caps: Caps) -> Taken:
        """Copy the outputs into a folder that does not exist yet; raises OutputsError."""

    def remove(self) -> str:
        """Remove everything of the run; return what could not be removed; never raises."""


class Served(Running, Protocol):
    """A started build with the stub API."""

    def counts(self) -> dict[str, Any] | None:
        """Counts of what the API served, complete after `exit_info`; None if unknown."""

    def problem(self) -> str:
        """Reason why the API failed, as a sentence; empty if it did not."""

    def open_network(self) -> str:
        """Access of the build beyond the API, as a sentence; empty without any."""


class Engine(Protocol):
    """An engine that runs builds; used by many threads at once."""

    info: EngineInfo

    def prepare(self, build: Build, say: Callable[[str], None]) -> Prepared:
        """Prepare the build once, such as by pulling its image; `say` reports progress."""

    def current(self, build: Build) -> Prepared | None:
        """Return the build as it is now, without building or pulling it; None if it is missing.

        Raises EngineError and CallError.
        """

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> Running:
        """Start a run; raises EngineError and leaves nothing behind on failure."""

    def start_served(
        self, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
    ) -> Served:
        """Start a run with its own stub API; raises EngineError as `start` does.

        `api_service.local.start_on_loopback` suits engines whose builds reach this machine.
        """

    def shell(self, build: Build, prepared: Prepared, task: Task) -> int:
        """Run the build's command on this process's terminal; return its exit code.

        It has the inputs and the rights of a run; nothing of it is left. Raises EngineError.
        """

    def no_outputs_hint(self, build: Build) -> str:
        """Hint for a build without outputs, if the engine may be the reason; else empty."""

    def leftovers(self, *, images: bool = False) -> Iterator[Leftover]:
        """Yield what runners that have ended left behind; with `images` also all built images.

        What is removed between two steps may be missing in the rest. Raises EngineError.
        """

    def sweep(self) -> list[str]:
        """Remove leftovers of runners that have ended; return what was removed."""

    def close(self) -> None:
        """Release the engine's resources."""


def remove_leftovers(engine: Engine, say: Callable[[str], None]) -> None:
    """Remove what runs of ended processes left behind, and report each part."""
    for leftover in engine.sweep():
        say(f"removed a leftover: {leftover}")
