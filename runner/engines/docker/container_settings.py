"""Settings of a container: limits, rights, mounts and environment, as values for the engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from resim_inspect.text import clean
from runner.engines.protocol import ROOT_USER, Build, Mount, RunExit, Task
from runner.storage import lease
from runner.workspace.contract import INPUTS, ROOT

MIB = 1 << 20
UNKEPT = (
    "Control groups v2 and systemd can hand them to a user: see the engine's own guide to rootless"
    " mode."
)
MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}


def host_options(
    build: Build,
    mounted: Sequence[tuple[str, Path]],
    network: str = "",
    labels: Mapping[str, str] | None = None,
    unkept: Collection[str] = (),
) -> dict[str, Any]:
    """The arguments of docker-py's `create_host_config`: limits, rights and mounts.

    `network` replaces the one of the build's hardening; `labels` are those of volumes. Limits in
    `unkept` are omitted: some engines refuse a run with limits that they cannot enforce.
    """
    hard, limits = build.hardening, build.limits
    mounts = [volume(str(ROOT), labels or {})]
    mounts += [_bind(path.resolve(), str(INPUTS / name), True) for name, path in mounted]
    mounts += [_bind(m.source, m.target, m.read_only) for m in build.mounts if not m.label]
    memory = None if limits.memory_mib is None else limits.memory_mib * MIB
    if "--memory-mib" in unkept:
        memory = None
    cpus = None if "--cpus" in unkept else limits.cpus
    return {
        "network_mode": network or hard.network,
        "ipc_mode": "private",
        "init": hard.init,
        "read_only": hard.read_only_root,
        "cap_drop": ["ALL"] if hard.drop_capabilities else None,
        "security_opt": ["no-new-privileges"] if hard.no_new_privileges else None,
        "mem_limit": memory,
        "memswap_limit": memory,
        "pids_limit": None if "--pids" in unkept else limits.pids,
        "shm_size": limits.shm_mb * MIB,
        "nano_cpus": None if cpus is None else int(cpus * 1e9),
        "device_requests": [gpu_request(limits.gpus)] if limits.gpus else None,
        "tmpfs": None if limits.tmp_mb is None else {"/tmp": tmpfs_options(limits.tmp_mb)},
        "mounts": mounts,
        # SELinux labels exist in this older form only.
        "binds": [labelled(m) for m in build.mounts if m.label] or None,
        # The runner keeps the log; a second copy would fill the engine's disk.
        "log_config": {"type": "none"},
    }


def container_options(build: Build, identity: str, task: Task) -> dict[str, Any]:
    """Other arguments of docker-py's `create_container`; `identity` is the image's id."""
    return {
        # By id: a tag may move to another image between two jobs.
        "image": identity,
        "entrypoint": list(build.entrypoint) or None,
        "command": list(build.command) or None,
        "user": build.hardening.user,
        # A container in another one's network shares its host name.
        "hostname": None if task.network.startswith("container:") else "metrics",
        "environment": environment(build),
        "labels": labels_of(task),
        "platform": build.platform or None,
        "use_config_proxy": False,
    }


def labels_of(task: Task) -> dict[str, str]:
    """Labels of everything that an engine makes for a run, by which leftovers are found."""
    return {
        lease.LABEL_OWNER: lease.current_owner(),
        lease.LABEL_RUN: task.run,
        lease.LABEL_JOB: task.job,
    }


def volume(target: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """Mount of a new volume, which an engine removes with its container."""
    # An engine that breaks off the creation leaves the volume behind, without a container.
    about = {"VolumeOptions": {"Labels": dict(labels)}} if labels else {}
    return {"Type": "volume", "Source": None, "Target": target, **about}


def environment(build: Build) -> dict[str, str]:
    """Environment of a build; no variable of this machine is passed on implicitly."""
    env = {"PYTHONDONTWRITEBYTECODE": "1", "MPLCONFIGDIR": "/tmp"}
    if build.hardening.user not in {None, ROOT_USER}:
        env |= {"HOME": "/tmp", "USER": "metrics"}
    if build.limits.cpus is not None:
        threads = str(max(1, int(build.limits.cpus)))
        env |= dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads
        )
    return env | dict(build.env)


def tmpfs_options(megabytes: int) -> str:
    """Options of a /tmp in memory."""
    return f"rw,nosuid,nodev,size={megabytes}m,mode=1777"


def gpu_request(gpus: str) -> dict[str, Any]:
    """Return the request for GPUs, as docker-py takes it; see `Limits.gpus`."""
    request: dict[str, Any] = {"capabilities": [["gpu"]]}
    if gpus.startswith("device="):
        return request | {"device_ids": gpus.removeprefix("device=").split(",")}
    return request | {"count": -1 if gpus == "all" else int(gpus)}


def labelled(mount: Mount) -> str:
    """Mount as `SRC:DST:ro,z`, which an engine with SELinux labels for the container."""
    return f"{mount.source}:{mount.target}:{'ro' if mount.read_only else 'rw'},{mount.label}"


def unkept_limits(
    engine_info: Mapping[str, Any], controllers: Collection[str] | None = None
) -> frozenset[str]:
    """Limits that an engine cannot enforce, by the names of their options.

    `engine_info` is the engine's own description. A rootless podman claims there to support
    everything: `controllers` are the control groups that it has; None for other engines.
    """
    if controllers is not None:
        settings = {
            "--memory-mib": "memory" in controllers,
            "--pids": "pids" in controllers,
            "--cpus": "cpu" in controllers,
        }
    else:
        settings = {
            "--memory-mib": engine_info.get("MemoryLimit") is not False,
            "--pids": engine_info.get("PidsLimit") is not False,
            "--cpus": engine_info.get("CpuCfsQuota") is not False,
        }
    return frozenset(name for name, is_kept in settings.items() if not is_kept)


def gateway(network: dict[str, Any]) -> str:
    """Address of this machine in a network of the engine; empty if it has none."""
    for part in (network.get("IPAM") or {}).get("Config") or ():
        if part.get("Gateway"):
            return str(part["Gateway"])
        if part.get("Subnet"):
            # Some engines omit it for their default network; it is the first address.
            return str(next(ip_network(part["Subnet"]).hosts()))
    return ""


def platform_of(image: dict[str, Any]) -> str:
    """Platform of an image, from the engine's description: `linux/amd64`."""
    parts = (image.get("Os") or "linux", image.get("Architecture") or "", image.get("Variant"))
    return "/".join(str(part) for part in parts if part)


def start_failure(why: str) -> RunExit | None:
    """Exit of an image whose program cannot be started, with a shell's code: 126 or 127."""
    lower = why.lower()
    if "not found" in lower or "no such file" in lower:
        return RunExit(127, error=clean(why, 300))
    if "permission denied" in lower or "exec format" in lower:
        return RunExit(126, error=clean(why, 300))
    return None


def _bind(source: Path, target: str, read_only: bool) -> dict[str, Any]:
    return {"Type": "bind", "Source": str(source), "Target": target, "ReadOnly": read_only}
