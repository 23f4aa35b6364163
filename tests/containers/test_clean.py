"""`clean` with a real engine: things of dead runners go, with everything they hold."""

from __future__ import annotations

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
