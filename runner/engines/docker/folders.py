"""Folders of this machine that a container gets: mounted, or copied where that is impossible."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from resim_inspect.files import is_folder
from resim_inspect.text import clean
from runner.engines.protocol import Build, Mount, Task
from runner.errors import EngineError
from runner.storage.input_archive import must_be_copied
from runner.workspace.contract import INPUTS


class Folders(NamedTuple):
    """Folders and files of this machine by the way in which a container gets them."""

    mounted: tuple[tuple[str, Path], ...]
    copied: tuple[tuple[str, Path], ...]
    mounts: tuple[Mount, ...]
    volumes: tuple[Mount, ...]
    """Mounts that are copied into volumes of the container."""


def split_folders(build: Build, task: Task, *, local: bool, selinux: bool) -> Folders:
    """Return how a container gets its inputs and mounts; `local`: the engine sees this disk."""
    mounted: list[tuple[str, Path]] = []
    copied: list[tuple[str, Path]] = []
    # Under SELinux a container sees only files labelled for it, and the labels of inputs must
    # not be changed.
    always = build.copy_inputs or not local or selinux
    for name, path in task.inputs:
        if always or must_be_copied(path):
            copied.append((f"{INPUTS.name}/{name}", path))
        else:
            mounted.append((name, path))
    mounts, volumes = (build.mounts, ()) if local else ((), build.mounts)
    return Folders(tuple(mounted), tuple(copied), mounts, volumes)


def check_copyable(build: Build) -> None:
    """Check that mounts can be copied to an engine on another machine; raises EngineError."""
    for mount in build.mounts:
        shown = clean(str(mount.source), 120)
        where = "the engine does not see this machine's files, so"
        if not mount.read_only:
            raise EngineError(
                f"{where} changes of a build to --mount {shown} would be lost.",
                "Leave out :rw, and a copy is used.",
            )
        if not is_folder(mount.source):
            raise EngineError(
                f"{where} --mount takes folders only: {shown} is not a directory.",
                "Mount the folder that contains it: a copy is used.",
            )
