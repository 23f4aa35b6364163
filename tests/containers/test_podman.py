"""The same through podman, where it is installed; its service is started for the run."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.workspaces import workspace
from tests.containers.container_harness import BASE_IMAGE, COPY, make_inputs, make_jobs, runner
from tests.runner.batch_harness import FETCH, program, result

# Not so strict as the engine's own tests: podman beside docker is an extra on any machine.
pytestmark = pytest.mark.skipif(shutil.which("podman") is None, reason="podman is not installed")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base image, in podman's own storage; skips where podman itself cannot run it."""
    # Podman wants to raise limits, which the root of a sandbox may not: it is told ours.
    limits = [
        f'"{name}={min(hard, 4096)}:{min(hard, 4096)}"'
        for name, number in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC))
        if (hard := resource.getrlimit(number)[1]) > 0
    ]
    config = tmp_path_factory.mktemp("podman") / "containers.conf"
    config.write_text(f"[containers]\ndefault_ulimits = [{', '.join(limits)}]\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTAINERS_CONF", str(config))
        there = subprocess.run(["podman", "image", "exists", BASE_IMAGE], check=False)
        if there.returncode:
            if shutil.which("docker") is None:
                pytest.skip(f"podman has no image {BASE_IMAGE}")
            save = subprocess.Popen(["docker", "save", BASE_IMAGE], stdout=subprocess.PIPE)
            load = subprocess.run(["podman", "load"], stdin=save.stdout, check=False)
            if save.wait() or load.returncode:
                pytest.skip("podman cannot load the image")
        words = ["podman", "run", "--rm", "--init", "--network=none", BASE_IMAGE, "true"]
        able = subprocess.run(words, capture_output=True, text=True, check=False)
        if able.returncode:
            pytest.skip(f"podman cannot run a container here: {able.stderr.strip()[-200:]}")
        yield BASE_IMAGE


def test_a_job_through_podman_is_hardened_and_ours(tmp_path: Path, image: str) -> None:
    make_inputs(tmp_path / "inputs")
    script = f"id -u; grep -E 'CapBnd|NoNewPrivs' /proc/self/status; touch /etc/x; {COPY}"
    log = tmp_path / "log"
    call = runner(
        "job", "--engine", "podman", "--image", image, "--inputs", tmp_path / "inputs",
        "--outputs", tmp_path / "out", "--log", log, "--format", "json", "--", "sh", "-c", script,
    )  # fmt: skip
    assert call.code == 0, call.out + call.err
    assert "podman" in call.err
    lines = log.read_text().splitlines()
    assert "12345" in lines
    assert "CapBnd:\t0000000000000000" in lines
    assert "NoNewPrivs:\t1" in lines
    assert any("Read-only file system" in line for line in lines)
    assert (tmp_path / "out" / "metrics.binproto").stat().st_uid == os.getuid()


def test_failures_and_timeouts_through_podman(tmp_path: Path, image: str) -> None:
    make_inputs(tmp_path / "inputs")
    words = ("job", "--engine", "podman", "--image", image, "--inputs", tmp_path / "inputs",
             "--outputs", tmp_path / "out", "--format", "json", "--quiet")  # fmt: skip
    call = runner(*words, "--", "sh", "-c", "echo why >&2; exit 9")
    assert (call.code, call.result["exit_code"]) == (2, 9)
    call = runner(*words, "--timeout", "2", "--grace", "1", "--", "sleep", "60")
    assert call.code == 6
    call = runner(*words, "--", "sh", "-c", "ln -s /etc /tmp/resim/outputs/a")
    assert 'a link to "/etc"' in call.result["message"]
    call = runner(*words, "--memory-mib", "64", "--", "python3", "-c", "bytearray(900 << 20)")
    assert call.code == 2
    assert "memory" in call.result["message"] or "MemoryError" in call.result["message"]
    left = subprocess.run(
        ["podman", "ps", "-aq", "--filter", "label=ai.resim.inspect.owner"],
        capture_output=True,
        check=True,
    )
    assert left.stdout.split() == []


def test_many_through_podman(tmp_path: Path, image: str) -> None:
    workspace = make_jobs(tmp_path / "ws", 3)
    words = ("run", workspace, "--only", "jobs", "--engine", "podman", "--image", image,
             "--format", "json")  # fmt: skip
    call = runner(*words, "--", "sh", "-c", COPY)
    assert call.code == 0, call.out + call.err
    assert call.json["verdicts"] == {"PASSED": 3}
    call = runner(*words, "--", "sh", "-c", COPY)
    assert [job["kept"] for job in call.json["jobs"]] == [True, True, True]


def test_a_batch_through_podman_is_closed_in_with_its_api(tmp_path: Path, image: str) -> None:
    workspace(tmp_path / "ws")
    alone = "assert os.listdir('/sys/class/net') == ['lo']\n"
    program(tmp_path / "build", f"{FETCH}{alone}done()")
    call = runner(
        "batch", "--engine", "podman", "--image", image, "--jobs", tmp_path / "ws", "--outputs",
        tmp_path / "out", "--mount", f"{tmp_path / 'build'}:/build", "--format", "json", "--",
        "python3", "/build/build.py",
    )  # fmt: skip
    assert call.code == 0, call.out + call.err
    assert result(call)["served"]["metricsData"]["served"] == 6
    assert "not closed" not in call.err
