"""A workspace of some jobs, and records of their runs."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from runner.workspace.results import JobResult, Outcome


def job(name: str, speed: float | None, status: str) -> DocumentBuilder:
    build = DocumentBuilder(name)
    build.scalar("Max speed", speed, unit="m/s", status=status)
    build.text("Notes", "hello")
    build.scalar("Latency", 12.25, unit="ms")
    return build


def write_workspace(root: Path) -> Path:
    """Write four jobs, one without metrics, one unreadable, and the batch."""
    jobs = {
        "flight-a": job("a", 31.5, "PASSED"),
        "flight-b": job("b", 44.75, "FAIL_BLOCK"),
        "flight-c": job("c", 40.5, "FAIL_WARN"),
        "parking": job("d", 2.0, "PASSED"),
    }
    for name, build in jobs.items():
        (root / "jobs" / name / "inputs" / "logs").mkdir(parents=True)
        build.write(root / "jobs" / name / "outputs" / "metrics.binproto")
    (root / "jobs" / "never-run" / "inputs" / "logs").mkdir(parents=True)
    broken = root / "jobs" / "broken" / "outputs" / "metrics.binproto"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"\x12\xff")
    job("batch", 1.0, "PASSED").write(root / "batch" / "outputs" / "metrics.binproto")
    return root


def record_run(run_folder: Path, seconds: float, outcome: Outcome = Outcome.DONE) -> None:
    result = JobResult(run_folder.name, "", outcome, message="The build failed.", seconds=seconds)
    path = run_folder / "run" / "result.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(result.as_bytes())


def record_runs(workspace: Path) -> Path:
    """Record four runs in the workspace, one of them without metrics."""
    jobs = workspace / "jobs"
    record_run(jobs / "flight-a", 12.44)
    record_run(jobs / "flight-b", 185.2)
    record_run(jobs / "flight-c", 4.0)
    record_run(jobs / "never-run", 3660.0, Outcome.FAILED)
    return workspace
