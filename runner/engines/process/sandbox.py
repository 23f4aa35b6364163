"""The sandbox that bubblewrap makes for a build of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from runner.engines.protocol import Build, Task
from runner.workspace.contract import INPUTS, OUTPUTS, ROOT


def wrapped(
    bwrap: str, build: Build, task: Task, outputs: Path, files: Sequence[tuple[int, str]] = ()
) -> Iterator[str]:
    """The words before a build's own: its own `/tmp`, the rest read-only, no way out.

    `files` are open files whose content the build is to find below `/tmp/resim`.
    """
    yield from (bwrap, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc")
    yield from ("--tmpfs", "/tmp", "--die-with-parent", "--unshare-pid", "--unshare-ipc")
    yield "--unshare-uts"
    # A socket is no file: read-only does not keep anybody from talking through it.
    for door in _doors():
        yield from (("--tmpfs", door) if Path(door).is_dir() else ("--bind", "/dev/null", door))
    # A build that lies under /tmp itself would be hidden by the empty one.
    for path in _under_tmp(build.command):
        yield from ("--ro-bind", str(path), str(path))
    yield from ("--dir", str(INPUTS), "--bind", str(outputs), str(OUTPUTS))
    for name, source in task.inputs:
        yield from ("--ro-bind", str(source.resolve()), str(INPUTS / name))
    for mount in build.mounts:
        bind = "--ro-bind" if mount.read_only else "--bind"
        yield from (bind, str(mount.source), mount.target)
    for descriptor, name in files:
        yield from ("--ro-bind-data", str(descriptor), str(ROOT / name))
    if build.hardening.network == "none":
        yield "--unshare-net"
    yield from ("--chdir", str(Path.cwd()), "--")


def _doors() -> list[str]:
    """Sockets of engines and of the user's session, through which a build could get out."""
    doors = [
        "/run/docker.sock",
        "/run/podman",
        "/run/containerd",
        os.environ.get("XDG_RUNTIME_DIR", ""),
    ]
    return [door for door in doors if door and Path(door).exists()]


def _under_tmp(command: tuple[str, ...]) -> list[Path]:
    """The folders under `/tmp` that a command needs to see: of its files, and where it starts."""
    folders = {Path.cwd()}
    for word in command:
        found = shutil.which(word) or word
        if Path(found).exists() and os.sep in found:
            path = Path(found).absolute()
            # Of a file in /tmp itself only that file: all of /tmp is what is to be hidden.
            alone = path.is_dir() or path.parent == Path("/tmp")
            folders.add(path if alone else path.parent)
    tmp = Path("/tmp")
    inside = {f for f in folders if tmp in f.parents and not f.is_relative_to(str(ROOT))}
    return sorted(f for f in inside if not any(p in inside for p in f.parents))
