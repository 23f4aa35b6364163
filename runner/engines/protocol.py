"""What every engine can do, and the values it is told; nothing here needs an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from runner.storage.output_extraction import Caps, Taken

UNPRIVILEGED = "12345:12345"


@dataclass(frozen=True)
class Limits:
    """Resources of one run, in ReSim's units; `memory_mib` and `cpus` of None mean no limit."""

    memory_mib: int | None = 2048
    pids: int = 4096
    shm_mb: int = 64
    cpus: float | None = None
    tmp_mb: int = 512


@dataclass(frozen=True)
class Hardening:
    """What a container is denied; each can be given back."""

    read_only_root: bool = True
    network: str = "none"
    drop_capabilities: bool = True
    no_new_privileges: bool = True
    user: str | None = UNPRIVILEGED
    """`uid:gid`; None leaves the image's own user, which is often root."""
    init: bool = True


class Mount(NamedTuple):
    """A folder or file of this machine that the build sees as well."""

    source: Path
    target: str
    read_only: bool
    label: str = ""
    """`z` or `Z`: where SELinux is at work, the engine labels the source for all containers, or
    for this one alone."""


@dataclass(frozen=True)
class Build:
    """A metrics build and how it is to be run. `image` is empty for one of this machine."""

    image: str = ""
    command: tuple[str, ...] = ()
    """For an image: what replaces its command; else the program and its arguments."""
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    mounts: tuple[Mount, ...] = ()
    platform: str = ""
    pull: str = "missing"
    limits: Limits = Limits()
    hardening: Hardening = Hardening()
    copy_inputs: bool = False
    entrypoint: tuple[str, ...] = ()
    """What replaces the image's own; empty leaves it."""


@dataclass(frozen=True)
class Task:
    """One run of a build: whose it is, and its inputs as name -> folder or file."""

    run: str
    job: str
    inputs: tuple[tuple[str, Path], ...]
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Content that lies nowhere on this machine's disk, by its path below `/tmp/resim`."""
    network: str = ""
    """A network to join in place of what the build's hardening says, in the engine's words."""


@dataclass(frozen=True)
class Service:
    """The stand-in API that is to run beside a build, and how the build learns of it."""

    folder: Path
    """What was prepared for the server; the index in there holds no valid token."""
    index: bytes = field(repr=False)
    """The index as it is served: with the token, so on no disk."""
    config_name: str
    config: Callable[[str], bytes] = field(repr=False)
    """The content of the build's config file for an API at that address."""
    image: str = ""
    """An image whose python3 runs the server; empty takes the build's own."""
    on_host: bool = False
    """Whether the server is to run on this machine, in place of beside the build."""


class Prepared(NamedTuple):
    """A build that is ready to start: what its image is, for people and as an identity."""

    identity: str
    """The image's id, or a digest of the program; another one means another build."""
    about: str = ""
    warnings: tuple[str, ...] = ()


class EngineInfo(NamedTuple):
    """What the engine says of itself; `memory` in bytes."""

    name: str
    version: str
    cpus: int
    memory: int
    address: str = ""
    platform: str = ""
    sandbox: str = ""
    """What keeps a build from this machine, in words."""
    rootless: bool = False
    remote: bool = False
    """Whether it sees other files than this machine's."""
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


class RunExit(NamedTuple):
    """How a build ended. `error` is the engine's own word about why it did not start."""

    code: int
    oom: bool = False
    error: str = ""
    log_cut: bool = False
    """Whether the engine never came to the end of what the build said."""


class Sink(Protocol):
    """Takes what a build says."""

    def write(self, stream: int, data: bytes) -> None:
        """Take a chunk of stdout (1) or stderr (2); never raises, never waits."""


class Running(Protocol):
    """A build that was started. `terminate` and `kill` may be called from any thread."""

    def wait(self, seconds: float) -> bool:
        """Whether it ended within that time; raises EngineError if the engine is gone."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""

    def exit_info(self) -> RunExit:
        """How it ended; its log is complete after this."""

    def take_outputs(self, into: Path, caps: Caps) -> Taken:
        """Its outputs, into a folder that does not exist yet; raises OutputsError."""

    def remove(self) -> str:
        """Leave nothing behind of it; says what could not be removed, never raises."""


class Served(Running, Protocol):
    """A build with the stand-in API beside it."""

    def counts(self) -> dict[str, Any] | None:
        """What the API served; complete once the build has `ended`, None where it is unknown."""

    def problem(self) -> str:
        """Why the API itself failed, as a sentence; empty where it did not."""

    def open_network(self) -> str:
        """What else than the API the build can reach, as a sentence; empty: nothing."""


class Engine(Protocol):
    """What runs builds; used by many threads at once."""

    info: EngineInfo

    def prepare(self, build: Build, say: Callable[[str], None]) -> Prepared:
        """Make the build ready, once: pull its image; `say` is told what takes long."""

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> Running:
        """Start a run; raises EngineError and leaves nothing behind if that fails."""

    def start_served(
        self, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
    ) -> Served:
        """Start a run that has the stand-in API to itself; raises EngineError as `start` does."""

    def no_outputs_hint(self, build: Build) -> str:
        """What to do about a build that left nothing, where the engine may be the reason."""

    def sweep(self) -> list[str]:
        """Remove what runners that are dead left behind; says what it removed."""

    def close(self) -> None:
        """Let go of the engine."""
