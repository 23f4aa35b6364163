"""Who a leftover belongs to: a runner that lives, one that is dead, or one of another machine."""

from __future__ import annotations

import os
import socket
import sys
from functools import cache
from pathlib import Path

LABEL = "ai.resim.inspect"
LABEL_OWNER = LABEL + ".owner"
LABEL_RUN = LABEL + ".run"
LABEL_JOB = LABEL + ".job"


@cache
def here() -> str:
    """This machine since its last start, and the process numbers' space that we live in."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        boot, space = "", 0
    return f"{socket.gethostname()}/{boot}/{space}"


def me() -> str:
    """This process as an owner: `host/boot/space/pid/start`."""
    return f"{here()}/{os.getpid()}/{started(os.getpid())}"


def dead(owner: str) -> bool:
    """Whether an owner is a process of this machine that lives no more.

    An owner of another machine counts as alive: nobody here can know.
    """
    host, boot, space, pid, start = (owner.split("/") + [""] * 5)[:5]
    my_host, my_boot, my_space = here().split("/")
    if host != my_host or not pid.isdigit():
        return False
    if boot != my_boot:
        return bool(boot and my_boot)
    return space == my_space and started(int(pid)) != start


def started(pid: int) -> str:
    """When a process started, in the kernel's own ticks; empty when it is not there.

    With the number this tells a process from a later one of the same number.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return _without_proc(pid)
    # The name, in brackets, may hold anything; a zombie is gone but for its parent.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _without_proc(pid: int) -> str:
    if Path("/proc/self").exists():
        return ""
    if sys.platform == "win32":
        # There, os.kill would not ask but end the process.
        import ctypes

        kernel, may_ask = ctypes.windll.kernel32, 0x1000
        process = kernel.OpenProcess(may_ask, False, pid)
        return "alive" if process and kernel.CloseHandle(process) else ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"
