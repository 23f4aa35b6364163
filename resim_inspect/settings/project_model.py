"""Values of a project file, each with the line on which it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from resim_inspect.settings.faults import (
    Key,
    Origin,
    SettingsError,
    line_of,
    near_or_all,
    nearest,
)
from resim_inspect.text import clean

FILE_NAME = "resim.toml"
DOCKERFILES = ("Dockerfile", "Containerfile")
"""Usual names of the file of a context from which an image is built."""
BUILT_IMAGES = "resim-build/"
"""Beginning of the names of images that are built from the contexts of project files."""
FlagValue = bool | int | float | str | Path | tuple[str, ...]


class FlagSetting(NamedTuple):
    """A value for a flag of the command line, as the flag's type; a path is absolute."""

    value: FlagValue
    origin: Origin


class CompareLimit(NamedTuple):
    """A tolerance of a comparison: absolute, or relative to the larger of two values."""

    value: float
    absolute: bool
    origin: Origin


@dataclass(frozen=True)
class BuildSettings:
    """A build of the project, `[build.NAME]`; exactly one of image, context and command leads.

    `image` and `command` are empty and `context` is None where the file has no such key. With
    a `context` the image is built first, under the name `image` if there is one.
    """

    name: str
    origin: Origin
    image: str = ""
    command: str = ""
    """A command line of this machine, to be split as a shell does; it runs in the file's folder."""
    arguments: tuple[str, ...] = ()
    """Arguments after the command, or in place of the image's own command."""
    context: Path | None = None
    dockerfile: Path | None = None
    """Absolute path; None for `Dockerfile` in the context."""
    env: tuple[str, ...] = ()
    """Names of variables that are taken from the environment of the call."""
    env_set: Mapping[str, str] = field(default_factory=dict)
    """Variables with plain values."""
    env_files: tuple[Path, ...] = ()
    """Files with one `NAME=VALUE` a line."""
    mounts: tuple[str, ...] = ()
    """`SRC:DST[:rw][,z]`; SRC is relative to the file's folder."""
    flags: Mapping[str, FlagSetting] = field(default_factory=dict)
    """Limits, rights and other settings, by the name of the flag that they stand for."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Line of each key of the table, and of each key of its tables as `limits.cpus`."""


@dataclass(frozen=True)
class WatchSettings:
    """Files that belong to the code of builds, beside those that the runner finds itself."""

    paths: tuple[str, ...] = ()
    """Paths and globs, relative to the file's folder."""
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class SlurmSettings:
    """Jobs of Slurm that serve as workers, `[slurm]`; what is empty or None is left to Slurm."""

    workers: int = 1
    """Number of Slurm jobs, each with one worker."""
    slots: int = 1
    """Number of runs at once in each worker."""
    cores: int | None = None
    """CPUs of each Slurm job; None for one a slot."""
    memory_mib: int | None = None
    """Memory of each Slurm job in MiB; None for 2048 a slot."""
    partition: str = ""
    account: str = ""
    walltime: str = ""
    """Time limit of each Slurm job, as sbatch takes it."""
    directives: tuple[str, ...] = ()
    """Further options of sbatch, such as `--qos=low`."""
    prologue: tuple[str, ...] = ()
    """Lines of shell before the worker starts."""
    python: str = ""
    """Python of the workers; empty for the Python of the client."""
    interface: str = ""
    """Network interface of the workers, and of the scheduler unless it has a `host`."""
    host: str = ""
    """Name or address of the client's machine; empty for its own name."""
    port: int = 0
    """Port of the scheduler; 0 for any."""
    tls: bool = True
    shared_directory: Path | None = None
    """Folder of the keys for TLS; None for one in the workspace."""
    local_directory: str = ""
    """Folder of a worker on its node; may have variables of the shell."""
    log_directory: Path | None = None
    """Folder of the logs of the Slurm jobs; None for one in the workspace."""
    start_timeout: float | None = None
    """Seconds that a run waits without any worker; None for no limit."""


@dataclass(frozen=True)
class ProjectSettings:
    """A project file, read and checked."""

    path: Path
    """Absolute path of `resim.toml` or `pyproject.toml`."""
    default_build: str = ""
    """Name of the build that commands use by default; the only build if there is one."""
    default_workspace: Path | None = None
    builds: Mapping[str, BuildSettings] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, FlagSetting]] = field(default_factory=dict)
    """Values of flags by command and name of the flag, without its dashes."""
    compare: Mapping[str, CompareLimit] = field(default_factory=dict)
    """Tolerances by name of a metric or by glob, in the order of the file."""
    watch: WatchSettings = WatchSettings()
    slurm: SlurmSettings = SlurmSettings()
    metrics_config: tuple[Path, ...] = ()
    """Absolute paths of the files with metrics for emissions, `metrics-config`."""
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The content of the file as TOML values."""
    lines: Mapping[Key, int] = field(default_factory=dict, repr=False)
    """Line of each key, from 1."""

    @property
    def folder(self) -> Path:
        """Folder of the file, to which its paths are relative."""
        return self.path.parent

    def origin(self, *key: str | int) -> Origin:
        """Line of a key, or of the nearest table above it."""
        return Origin(self.path, line_of(self.lines, key))

    def build(self, name: str) -> BuildSettings:
        """Return the build of that name; raises SettingsError.

        The error names the nearest build and its line; if none is near, all builds and the line
        of the first one.
        """
        build = self.builds.get(name)
        if build is None:
            names = list(self.builds)
            near = nearest(name, names) or next(iter(names), "")
            line = self.builds[near].origin.line if near else 0
            wanted = f'the file has no build "{clean(name, 60)}"'
            raise SettingsError(wanted + near_or_all(name, names), self.path, line)
        return build
