"""What every engine can do, and the values it is told; nothing here needs an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from runner.logs import LogSink
from runner.outputs import Caps, Taken

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


@dataclass(frozen=True)
class Task:
    """One run of a build: whose it is, and its inputs as name -> folder or file."""

    run: str
    job: str
    inputs: tuple[tuple[str, Path], ...]


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


class Ended(NamedTuple):
    """How a build ended. `error` is the engine's own word about why it did not start."""

    code: int
    oom: bool = False
    error: str = ""


class Running(Protocol):
    """A build that was started. `terminate` and `kill` may be called from any thread."""

    def wait(self, seconds: float) -> bool:
        """Whether it ended within that time; raises EngineError if the engine is gone."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""

    def ended(self) -> Ended:
        """How it ended; its log is complete after this."""

    def take_outputs(self, into: Path, caps: Caps) -> Taken:
        """Its outputs, into a folder that does not exist yet; raises OutputsError."""

    def remove(self) -> str:
        """Leave nothing behind of it; says what could not be removed, never raises."""


class Engine(Protocol):
    """What runs builds; used by many threads at once."""

    info: EngineInfo

    def prepare(self, build: Build, say: Callable[[str], None]) -> Prepared:
        """Make the build ready, once: pull its image; `say` is told what takes long."""

    def start(self, build: Build, prepared: Prepared, task: Task, log: LogSink) -> Running:
        """Start a run; raises EngineError and leaves nothing behind if that fails."""

    def about_no_outputs(self, build: Build) -> str:
        """What to do about a build that left nothing, where the engine may be the reason."""

    def sweep(self) -> list[str]:
        """Remove what runners that are dead left behind; says what it removed."""

    def close(self) -> None:
        """Let go of the engine."""
