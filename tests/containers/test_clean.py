"""`clean` with a real engine: things of dead runners go, with everything they hold."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from runner.storage import lease
from tests.containers.container_harness import BASE_IMAGE, ContainerHarness, runner


def test_things_of_dead_runners_are_removed(harness: ContainerHarness) -> None:
    host = lease.current_owner().rpartition("/")[0]
    owner = ("--label", f"{lease.LABEL_OWNER}={host}/0")
    job = ("--label", f"{lease.LABEL_JOB}={harness.name}")
    volume = harness.docker("volume", "create", *owner, f"{harness.name}-v").strip()
    harness.docker("network", "create", *owner, f"{harness.name}-n")
    mount = f"{volume}:/data"
    harness.docker("run", "-d", *owner, *job, "-v", mount, BASE_IMAGE, "sleep", "300")
    call = runner("clean", "--yes")
    assert call.code == 0, call.err
    assert harness.leftovers() == []
    assert f"{harness.name}-n" not in harness.docker("network", "ls")
    assert volume not in harness.docker("volume", "ls")


def test_networks_of_dead_runners_are_swept(docker: Callable[..., str]) -> None:
    label = f"ai.resim.inspect.owner={lease.host_identity()}/4194303/1"
    # A runner of another test that starts at this moment may be the one that sweeps.
    for _ in range(20):
        name = f"resim-test-{uuid.uuid4().hex[:12]}"
        docker("network", "create", "--internal", "--label", label, name)
        call = runner("doctor", "--engine", "docker", "--format", "json")
        assert name not in docker("network", "ls")
        if f"removed network {name}" in call.out:
            return
    pytest.fail("the sweeps of doctor remove no network")
