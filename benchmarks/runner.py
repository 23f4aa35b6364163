"""The runner against a bare docker-py loop; what it costs to start, and to have nothing to do."""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from resim_inspect.building.builder import DocumentBuilder

BASE_IMAGE = os.environ.get("BASE_IMAGE", "resim-base:bookworm")
JOBS = int(os.environ.get("RUNNER_BENCHMARK_JOBS", "200"))
ROUNDS = 8
ROOT = Path(__file__).resolve().parents[1]
SCRIPT = "cp /tmp/resim/inputs/experience/given.binproto /tmp/resim/outputs/metrics.binproto"


def run() -> list[dict[str, Any]]:
    """Ratios with their goals: `better` says whether higher or lower ones are."""
    rows = [_help(), _nothing_to_do()]
    row = _many()
    return rows + ([row] if row else [])


def _row(name: str, ratio: float, goal: float, better: str) -> dict[str, Any]:
    return {"name": name, "ratio": ratio, "goal": goal, "better": better}


def _seconds(words: list[str]) -> float:
    """The time of a command."""
    begun = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return time.perf_counter() - begun


def _help() -> dict[str, Any]:
    bare, ours = [], []
    # In turns, and the best of each: a neighbour's work is not ours.
    for _ in range(15):
        bare.append(_seconds([sys.executable, "-c", "pass"]))
        ours.append(_seconds([sys.executable, "-m", "runner", "--help"]))
    return _row("resim-runner --help / python -c pass", min(ours) / min(bare), 5.0, "lower")


def workspace(folder: Path, jobs: int) -> Path:
    """Make a workspace whose jobs have a valid metrics file as their experience."""
    builder = DocumentBuilder("benchmark")
    builder.scalar("Max speed", 31.2, unit="m/s", status="PASSED")
    content = builder.bytes()
    for number in range(jobs):
        inputs = folder / "jobs" / f"job-{number:04}" / "inputs"
        for name in ("experience", "logs"):
            (inputs / name).mkdir(parents=True)
        (inputs / "experience" / "given.binproto").write_bytes(content)
        (inputs / "logs" / "log.txt").write_text(f"{number}\n")
    return folder


def _runner(*words: str) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "runner", *words], check=True, stdout=subprocess.DEVNULL, cwd=ROOT
    )
    return time.perf_counter() - begun


def _nothing_to_do() -> dict[str, Any]:
    """1,000 finished jobs, against the two seconds that this may take."""
    with tempfile.TemporaryDirectory() as name:
        folder = workspace(Path(name), 1000)
        program = Path(name, "build.py")
        program.write_text(
            "import os, shutil\n"
            "shutil.copy(os.environ['RESIM_INPUTS'] + '/experience/given.binproto',"
            " os.environ['RESIM_OUTPUTS'] + '/metrics.binproto')\n"
        )
        words = ["run", str(folder), "--only", "jobs", "--quiet", "--no-sandbox"]
        words += ["--command", f"{sys.executable} -S {program}"]
        _runner(*words)
        taken = statistics.median(_runner(*words) for _ in range(3))
    return _row("1,000 finished jobs: seconds until nothing is left to do", taken, 2.0, "lower")


def _many() -> dict[str, Any] | None:
    """The rate of trivial jobs, as a part of a bare loop's that makes the same calls."""
    import docker

    try:
        api: Any = docker.APIClient(version="auto", timeout=60, max_pool_size=64)
        api.inspect_image(BASE_IMAGE)
    except docker.errors.DockerException:
        return None
    from runner.engines.protocol import EngineInfo, Limits
    from runner.execution.scheduler import slots

    about = api.info()
    parallel = slots(EngineInfo("docker", "", about["NCPU"], about["MemTotal"]), Limits())
    bare = ours = 0.0
    words = [
        "--only",
        "jobs",
        "--quiet",
        "--image",
        BASE_IMAGE,
        "--parallel",
        str(parallel),
        "--",
        "sh",
        "-c",
        SCRIPT,
    ]
    for turn in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = workspace(Path(name), JOBS // ROUNDS)
            inputs = sorted((folder / "jobs").glob("*/inputs"))
            # In turns, each first every other time: engines age, and machines have neighbours.
            if turn % 2:
                bare += _loop(api, inputs, parallel)
            ours += _in_process("run", str(folder), *words)
            if not turn % 2:
                bare += _loop(api, inputs, parallel)
    return _row(
        f"{JOBS} trivial jobs: rate / rate of a bare docker-py loop", bare / ours, 0.9, "higher"
    )


def _in_process(*words: str) -> float:
    """The time of a call of the command, Python and its imports being there already."""
    from runner.cli import main

    begun = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        code = main(words)
    if code:
        raise RuntimeError(f"resim-runner ended with {code}")
    return time.perf_counter() - begun


def _loop(api: Any, inputs: list[Path], parallel: int) -> float:
    begun = time.perf_counter()
    with ThreadPoolExecutor(parallel) as pool:
        list(pool.map(_bare(api), inputs))
    return time.perf_counter() - begun


def _bare(api: Any) -> Callable[[Path], bytes]:
    """The calls that a run needs, with the runner's options, and nothing else."""
    from docker.types import LogConfig, Mount

    def run_once(inputs: Path) -> bytes:
        mounts = [Mount("/tmp/resim", None, type="volume")]
        mounts += [
            Mount(f"/tmp/resim/inputs/{part}", str(inputs / part), type="bind", read_only=True)
            for part in ("experience", "logs")
        ]
        host = api.create_host_config(
            network_mode="none",
            ipc_mode="private",
            init=True,
            read_only=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            mem_limit=2 << 30,
            memswap_limit=2 << 30,
            pids_limit=4096,
            shm_size=64 << 20,
            tmpfs={"/tmp": "rw,nosuid,nodev,size=512m,mode=1777"},
            mounts=mounts,
            log_config=LogConfig(type="none"),
        )
        command = ["sh", "-c", SCRIPT]
        container = api.create_container(
            BASE_IMAGE, command, user="12345:12345", host_config=host, use_config_proxy=False
        )["Id"]
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for part, mode in (("inputs", 0o755), ("outputs", 0o777)):
                folder = tarfile.TarInfo(part)
                folder.type, folder.mode = tarfile.DIRTYPE, mode
                tar.addfile(folder)
        api.put_archive(container, "/tmp/resim", archive.getvalue())
        stream = api.attach(container, stdout=True, stderr=True, stream=True, demux=True)
        api.start(container)
        list(stream)
        api.wait(container)
        api.inspect_container(container)
        chunks, _ = api.get_archive(container, "/tmp/resim/outputs")
        outputs = b"".join(chunks)
        api.remove_container(container, force=True, v=True)
        return outputs

    return run_once


if __name__ == "__main__":
    for each in run():
        print(f"{each['name']}: {each['ratio']:.2f} (goal {each['better']} than {each['goal']})")
