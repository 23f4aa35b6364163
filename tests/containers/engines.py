"""Engines that a test starts for itself, so that it may do with them what it likes."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.containers.container_harness import BASE_IMAGE

SMALL = (
    r"usr/bin/(dash|sh|cp|id|sleep|touch)$"
    r"|usr/lib.*/(ld-linux|libc\.|libselinux|libacl|libattr|libpcre2-8)"
)
FOLDERS = r"usr|usr/bin|usr/lib(64|/[^/]*-linux-gnu)?|tmp|etc|proc|sys|dev"


@pytest.fixture(scope="module")
def small_layer(docker: Callable[..., str]) -> bytes:
    """A few programs of the base image as a tar; its folders are listed, as they should be."""
    container = docker("create", BASE_IMAGE).strip()
    small = io.BytesIO()
    export = subprocess.Popen(["docker", "export", container], stdout=subprocess.PIPE)
    assert export.stdout is not None
    with (
        tarfile.open(fileobj=export.stdout, mode="r|") as whole,
        tarfile.open(fileobj=small, mode="w") as part,
    ):
        for member in whole:
            name = member.name.rstrip("/")
            if re.match(SMALL, name) or name in {"bin", "lib", "lib64"}:
                part.addfile(member, whole.extractfile(member) if member.isreg() else None)
            elif member.isdir() and re.fullmatch(FOLDERS, name):
                member.mode = 0o755
                part.addfile(member)
    assert export.wait() == 0
    docker("rm", container)
    return small.getvalue()


class OwnEngine(NamedTuple):
    """An engine's address on this machine, and its process."""

    address: str
    pid: int


@contextmanager
def own_engine(folder: Path, *more: str, first: str = "true") -> Iterator[OwnEngine]:
    """A docker engine with all that it has in `folder`, and mounts and a network of its own.

    `first` is a shell command that runs in there before it. Skips without dockerd or root.
    """
    if shutil.which("dockerd") is None or os.geteuid() != 0:
        pytest.skip("starting an engine needs dockerd and root")
    folder.mkdir(exist_ok=True)
    path = folder / "d.sock"
    # In a network of its own: an engine without a bridge removes that of others.
    script = f'ip link set lo up; {first} && exec dockerd "$@"'
    process = subprocess.Popen(
        [
            "unshare", "--net", "--mount", "sh", "-c", script, "sh", f"--host=unix://{path}",
            f"--data-root={folder}/data", f"--exec-root={folder}/exec",
            f"--pidfile={folder}/pid", "--bridge=none", "--iptables=false",
            "--storage-driver=overlay2", *more,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        wait_for(lambda: _answers(path) or process.poll() is not None)
        if process.poll() is not None:
            pytest.skip("an engine of a test's own does not start here")
        yield OwnEngine(f"unix://{path}", process.pid)
    finally:
        for pid in (folder / "exec" / "containerd" / "containerd.pid", folder / "pid"):
            if pid.exists():
                _end(int(pid.read_text()))
        process.wait(60)
        subprocess.run(f"umount -l $(awk '{{print $2}}' /proc/mounts | grep ^{folder})",
                       shell=True, check=False, stderr=subprocess.DEVNULL)  # fmt: skip


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as end:
        try:
            return end.connect_ex(str(path)) == 0 and _said_ok(end)
        except OSError:
            # An engine that is starting may close its first connections.
            return False


def _said_ok(end: socket.socket) -> bool:
    end.settimeout(30)
    try:
        end.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        return b" 200 " in end.recv(100)
    except ConnectionError:  # It listens, but does not serve yet.
        return False


def give_base_image(address: str) -> None:
    """Copy the base image into an engine."""
    save = subprocess.Popen(["docker", "save", BASE_IMAGE], stdout=subprocess.PIPE)
    subprocess.run(
        ["docker", "-H", address, "load"], stdin=save.stdout, stdout=subprocess.DEVNULL, check=True
    )
    assert save.wait() == 0


@contextmanager
def forwarded(path: str, outputs: bytes | None = None) -> Iterator[str]:
    """A socket's path as an address of TCP on this machine, as of an engine far away.

    Whoever asks for an archive out of a container gets `outputs`, if there are any: an engine
    that lies.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server, path, outputs), daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        # Closing alone would leave the thread in its accept.
        server.shutdown(socket.SHUT_RDWR)


def _accept(server: socket.socket, path: str, outputs: bytes | None) -> None:
    while True:
        try:
            near, _ = server.accept()
        except OSError:
            return
        far = socket.socket(socket.AF_UNIX)
        far.connect(path)
        for pair in ((near, far, outputs), (far, near, None)):
            threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, outputs: bytes | None) -> None:
    try:
        while data := source.recv(1 << 16):
            if outputs is not None and data.startswith(b"GET ") and b"/archive?" in data[:300]:
                source.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + outputs)
                source.shutdown(socket.SHUT_WR)
                return
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            end.close()


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so; fails where it never is."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
