"""Addresses of container engines: from the environment, docker's context and known sockets."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from resim_inspect.files import is_folder, is_socket


class Candidate(NamedTuple):
    """An address to try, and its source."""

    address: str
    source: str
    certificates: str = ""
    """A folder with `ca.pem`, `cert.pem` and `key.pem`, for TLS."""


def candidates(wanted: str, env: Mapping[str, str], home: Path) -> list[Candidate]:
    """Addresses to try, in order.

    `wanted` is an address, `docker`, `podman`, or empty for any engine. An explicit address
    (`wanted`, DOCKER_HOST, a context, or CONTAINER_HOST for podman) is the only candidate.
    """
    if "://" in wanted:
        return [Candidate(wanted, "--engine", env.get("DOCKER_CERT_PATH", ""))]
    if wanted == "podman":
        return _podman(env)
    if host := env.get("DOCKER_HOST"):
        certificates = env.get("DOCKER_CERT_PATH", "") if env.get("DOCKER_TLS_VERIFY") else ""
        return [Candidate(host, "DOCKER_HOST", certificates)]
    context = _context(env, home)
    if context is not None:
        return [context]
    if not wanted and env.get("CONTAINER_HOST"):
        return _podman(env)
    runtime = env.get("XDG_RUNTIME_DIR", "")
    sockets = [
        (Path("/var/run/docker.sock"), "docker"),
        (home / ".docker/run/docker.sock", "Docker Desktop"),
        (Path(runtime, "docker.sock") if runtime else Path(), "rootless docker"),
        (home / ".colima/default/docker.sock", "colima"),
        (home / ".orbstack/run/docker.sock", "OrbStack"),
        (home / ".rd/docker.sock", "Rancher Desktop"),
    ]
    docker_sockets = [
        Candidate(f"unix://{path}", name) for path, name in sockets if is_socket(path)
    ]
    return docker_sockets if wanted == "docker" else docker_sockets + _podman(env)


def _podman(env: Mapping[str, str]) -> list[Candidate]:
    if host := env.get("CONTAINER_HOST"):
        return [Candidate(host, "CONTAINER_HOST")]
    runtime = env.get("XDG_RUNTIME_DIR", "")
    sockets = [Path("/run/podman/podman.sock")]
    if runtime:
        sockets.insert(0, Path(runtime, "podman/podman.sock"))
    podman_sockets = [
        Candidate(f"unix://{path}", "podman")
        for path in sockets
        if is_socket(path) and os.access(path, os.R_OK | os.W_OK)
    ]
    if not podman_sockets and shutil.which("podman", path=env.get("PATH")):
        # Without a service that listens, one is started for the time of the run.
        podman_sockets.append(Candidate("podman:", "podman, started for this run"))
    return podman_sockets


def _context(env: Mapping[str, str], home: Path) -> Candidate | None:
    """Engine of docker's current context; None for the default context."""
    folder = Path(env.get("DOCKER_CONFIG") or home / ".docker")
    name = env.get("DOCKER_CONTEXT") or _read(folder / "config.json").get("currentContext")
    if not isinstance(name, str) or name in {"", "default"}:
        return None
    digest = hashlib.sha256(name.encode()).hexdigest()
    endpoints = _read(folder / "contexts/meta" / digest / "meta.json").get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = docker.get("Host") if isinstance(docker, dict) else None
    if not isinstance(host, str) or not host:
        # The empty address fails with an error that names the broken context.
        return Candidate("", f"docker context {name}")
    certificates = folder / "contexts/tls" / digest / "docker"
    return Candidate(
        host, f"docker context {name}", str(certificates) if is_folder(certificates) else ""
    )


def _read(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
