"""Arguments of bubblewrap for the sandbox of a build."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from resim_inspect.files import exists, is_folder
from runner.engines.protocol import Build, Task
from runner.workspace.contract import INPUTS, OUTPUTS, ROOT


def wrapped(
    bwrap: str, build: Build, task: Task, outputs: Path, files: Sequence[tuple[int, str]] = ()
) -> Iterator[str]:
    """Yield the words before a build's command: a private `/tmp`, the rest read-only, no network.

    `files` are open files and their names below `/tmp/resim`, where the build finds their content.
    """
    yield from (bwrap, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc")
    yield from ("--tmpfs", "/tmp", "--die-with-parent", "--unshare-pid", "--unshare-ipc")
    yield "--unshare-uts"
    # A read-only bind does not prevent connections to a socket.
    for socket in _exposed_sockets():
        yield from (
            ("--tmpfs", socket) if is_folder(Path(socket)) else ("--bind", "/dev/null", socket)
        )
    # The private /tmp would hide a build that is below /tmp.
    for path in _under_tmp(build):
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
    yield from ("--chdir", str(build.working_folder), "--")


def _exposed_sockets() -> list[str]:
    """Sockets of engines and of the user's session, which lead out of the sandbox."""
    sockets = [
        "/run/docker.sock",
        "/run/podman",
        "/run/containerd",
        os.environ.get("XDG_RUNTIME_DIR", ""),
    ]
    return [socket for socket in sockets if socket and exists(Path(socket))]


def _under_tmp(build: Build) -> list[Path]:
    """Folders under `/tmp` that a command needs.

    They are the working directory, the folders of the command's files, the virtual environments of
    its programs with the checkouts that are installed in them, and the build's own PYTHONPATH.
    """
    folder = build.working_folder
    folders = {folder}
    for entry in dict(build.env).get("PYTHONPATH", "").split(os.pathsep):
        if entry and exists(folder / entry):
            folders.add((folder / entry).absolute())
    for word in build.command:
        program = folder / (shutil.which(word) or word)
        if exists(program) and (os.sep in word or shutil.which(word)):
            path = program.absolute()
            # For a file directly in /tmp only the file: its folder is all of /tmp.
            alone = is_folder(path) or path.parent == Path("/tmp")
            folders.add(path if alone else path.parent)
            folders.update(_environment(path.parent.parent))
    tmp = Path("/tmp")
    inside = {f for f in folders if tmp in f.parents and not f.is_relative_to(str(ROOT))}
    return sorted(f for f in inside if not any(p in inside for p in f.parents))


def _environment(folder: Path) -> Iterator[Path]:
    """Yield a virtual environment and the folders that its `.pth` files name, or nothing."""
    if not exists(folder / "pyvenv.cfg"):
        return
    yield folder
    for names in folder.glob("lib*/python*/site-packages/*.pth"):
        with contextlib.suppress(OSError):
            for line in names.read_text(errors="replace").splitlines():
                if line.startswith(os.sep) and is_folder(Path(line.strip())):
                    yield Path(line.strip())
