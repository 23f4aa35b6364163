"""Engines that the runner starts or reaches itself: they are used once they take connections."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from runner.engines.docker.podman_service import PodmanService
from runner.engines.docker.ssh_tunnel import SshTunnel
from runner.errors import EngineError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets of POSIX")

LATE = """\
#!{python}
import socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind({path})
time.sleep(0.4)
server.listen()
time.sleep(60)
"""
"""A program whose socket exists long before it takes connections."""


def program(folder: Path, name: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program first on the PATH whose socket is at an expression of Python."""
    file = folder / name
    file.write_text(LATE.format(python=sys.executable, path=path))
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def connect(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address.removeprefix("unix://"))


def test_podman_is_used_once_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "podman", "sys.argv[-1].removeprefix('unix://')", monkeypatch)
    service = PodmanService()
    try:
        connect(service.address)
    finally:
        service.close()


def test_a_tunnel_is_used_once_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forwarded = "next(w for w in sys.argv if '.sock:' in w).partition(':')[0]"
    program(tmp_path, "ssh", forwarded, monkeypatch)
    tunnel = SshTunnel("ssh://someone@example.test")
    try:
        connect(tunnel.address)
    finally:
        tunnel.close()


def test_podman_that_ends_at_once_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "podman"
    file.write_text("#!/bin/sh\nexit 1\n")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(EngineError, match="did not start"):
        PodmanService()
