"""`shell` in a real container: hardened as a run is, with the job's inputs, and removed."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.containers.container_harness import (
    BASE_IMAGE,
    ROOT,
    ContainerHarness,
    command,
    make_inputs,
)

pty = pytest.importorskip("pty", reason="this system has no pseudo terminals")


def words(harness: ContainerHarness) -> list[str]:
    # The name of the folder is that of the job, which tells this container from others.
    inputs = make_inputs(harness.folder / harness.name)
    return command("shell", inputs, "--image", BASE_IMAGE)


def containers(harness: ContainerHarness) -> list[str]:
    return harness.docker(
        "ps", "-aq", "--filter", f"label=ai.resim.inspect.job={harness.name}"
    ).split()


def test_a_shell_of_a_pipe_has_the_inputs_and_no_rights(harness: ContainerHarness) -> None:
    keys = "cat /tmp/resim/inputs/logs/log.txt; id -u; touch /x; ls /sys/class/net; exit 4"
    done = subprocess.run(
        words(harness), cwd=ROOT, input=keys, text=True, capture_output=True, check=False
    )
    assert done.returncode == 4, done.stderr
    assert done.stdout.splitlines() == ["0 1 2", "12345", "lo"]
    assert "Read-only file system" in done.stderr
    assert not containers(harness)


def test_a_shell_of_a_terminal_takes_keys(harness: ContainerHarness) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(words(harness), cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""

    def read_until(text: bytes) -> None:
        nonlocal seen
        while text not in seen:
            try:
                seen += os.read(ours, 65536)
            except OSError:
                break
        assert text in seen, seen.decode(errors="replace")

    read_until(b"$ ")
    os.write(ours, b"echo st''arted; sleep 60\r")
    read_until(b"started")
    os.write(ours, b"\x03")
    os.write(ours, b"echo a''live; exit 9\r")
    read_until(b"alive")
    read_until(b"ended with 9")
    assert process.wait(60) == 9
    os.close(ours)
    assert not containers(harness)
