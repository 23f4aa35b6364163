"""`shell` in a real container: hardened as a run is, with the job's inputs, and removed."""

from __future__ import annotations

import subprocess

from tests.containers.container_harness import (
    BASE_IMAGE,
    ROOT,
    ContainerHarness,
    command,
    make_inputs,
)
from tests.runner.pseudo_terminal import PseudoTerminal


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
    with PseudoTerminal() as terminal:
        end = terminal.theirs
        process = subprocess.Popen(words(harness), cwd=ROOT, stdin=end, stdout=end, stderr=end)
        terminal.passed_on()
        terminal.read_until(b"$ ")
        terminal.press(b"echo st''arted; sleep 60\r")
        terminal.read_until(b"started")
        terminal.press(b"\x03")
        terminal.press(b"echo a''live; exit 9\r")
        terminal.read_until(b"alive")
        terminal.read_until(b"ended with 9")
        assert process.wait(60) == 9
    assert not containers(harness)
