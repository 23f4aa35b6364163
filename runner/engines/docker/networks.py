"""Networks in which a build can reach an API on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from runner.engines.docker.client import engine_errors
from runner.engines.docker.container_settings import gateway
from runner.engines.protocol import Task
from runner.errors import EngineError
from runner.storage import lease


@contextmanager
def reaching_host(api: Any, wanted: str, task: Task, *, local: bool) -> Iterator[tuple[str, str]]:
    """Yield the name of a network and this machine's address in it; raises EngineError.

    For `none` a new network is created that leads nowhere else, and is removed afterwards.
    """
    if not local:
        raise EngineError(
            "the engine is on another machine: a build there cannot reach an API on this one.",
            "Let the API run beside the build, without --api-on-host and --network; for an image"
            " without python3, name another one with --api-image.",
        )
    made = ""
    try:
        with engine_errors("cannot create a network"):
            if wanted == "none":
                labels = {lease.LABEL_OWNER: lease.current_owner(), lease.LABEL_RUN: task.run}
                name = f"resim-runner-{task.run[:12]}"
                api.create_network(name, internal=True, labels=labels)
                wanted = made = name
            about = {} if wanted == "host" else api.inspect_network(wanted)
        yield wanted, "127.0.0.1" if wanted == "host" else gateway(about)
    finally:
        if made:
            # A network that cannot be removed now is removed by the next call.
            with suppress(EngineError), engine_errors("cannot remove a network"):
                api.remove_network(made)
