"""Identity of a process across restarts of its machine: host, boot, pid namespace, pid, start."""

from __future__ import annotations

import os
import socket
import sys
from functools import cache
from pathlib import Path


@cache
def host_identity() -> str:
    """Identity of this machine since its boot, and of its process namespace: `host/boot/space`."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        boot, space = "", 0
    return f"{socket.gethostname()}/{boot}/{space}"


def current_owner() -> str:
    """Identity of this process as an owner: `host/boot/space/pid/start`."""
    return _owner(os.getpid())


@cache
def _owner(pid: int) -> str:
    # Of this process alone: a fork of it has another pid.
    return f"{host_identity()}/{pid}/{process_start(pid)}"


def is_local(owner: str) -> bool:
    """Return True if an owner is a process that this one can look up."""
    return owner.rsplit("/", 2)[0] == host_identity()


def is_stale(owner: str) -> bool:
    """Return True if an owner is a process of this machine that has ended.

    An owner of another machine counts as alive: its state is unknown here.
    """
    host, boot, space, pid, start = (owner.split("/") + [""] * 5)[:5]
    own_host, own_boot, own_space = host_identity().split("/")
    number = pid_in(pid)
    if host != own_host or number is None:
        return False
    if boot != own_boot:
        return bool(boot and own_boot)
    return space == own_space and process_start(number) != start


def pid_in(text: str) -> int | None:
    """Return the pid that a text is; None for any other text, also for too long a number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def process_start(pid: int) -> str:
    """Start time of a process in the kernel's ticks; empty for one that does not exist.

    Together with the pid it tells a process from a later one with the same pid.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return _without_proc(pid)
    # The name, in brackets, may hold any character; a zombie has ended.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _without_proc(pid: int) -> str:
    if Path("/proc/self").exists():
        return ""
    if sys.platform == "win32":
        # On Windows os.kill(pid, 0) ends the process.
        import ctypes

        kernel, query_information = ctypes.windll.kernel32, 0x1000
        process = kernel.OpenProcess(query_information, False, pid)
        return "alive" if process and kernel.CloseHandle(process) else ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"
