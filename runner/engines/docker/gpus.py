"""Check that an engine has the GPUs of `--gpus`, before any run depends on it."""

from __future__ import annotations

from runner.engines.docker.client import BROKEN, DockerClient, engine_errors, reason, refusal
from runner.engines.docker.container_settings import gpu_request, labels_of, start_failure
from runner.engines.protocol import Build, Task
from runner.errors import EngineError

HINT = (
    "Install NVIDIA's container toolkit where the engine runs and check it with `docker run --gpus"
    " all`, or leave out --gpus."
)
NO_PROGRAM = "/resim-gpu-check"
"""A program that no image has: an engine finds the devices before it looks for it."""


def check_gpus(client: DockerClient, build: Build, identity: str) -> None:
    """Start a container with the GPUs of the build and without a program, and remove it.

    `identity` is the image's id. Raises EngineError if the engine does not have the GPUs.
    """
    labels = labels_of(Task("gpus", "check of GPUs", ()))
    with engine_errors("refused the check of GPUs"):
        host = client.api.create_host_config(
            network_mode="none", device_requests=[gpu_request(build.limits.gpus)]
        )
        created = client.api.create_container(
            image=identity, entrypoint=[NO_PROGRAM], host_config=host, labels=labels
        )
    container = str(created["Id"])
    try:
        _start(client, container)
    finally:
        client.remove(container)


def _start(client: DockerClient, container: str) -> None:
    with engine_errors("does not answer"):
        settings = client.api.inspect_container(container).get("HostConfig") or {}
    if not (settings.get("DeviceRequests") or settings.get("Devices")):
        raise EngineError("the engine ignores requests for GPUs.", HINT)
    try:
        client.api.start(container)
    except BROKEN as error:
        if start_failure(refusal(error)) is None:
            raise EngineError(f"the engine has no such GPUs: {reason(error)}", HINT) from error
