"""Jobs of Slurm kept at a number, with programs that answer as Slurm does."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.errors import ExecutorError
from runner.executors import slurm_jobs
from runner.executors.slurm_jobs import SlurmCallError, SlurmJobs, SlurmState, call_slurm
from tests.containers.container_harness import call_runner
from tests.runner.execution.scheduler_harness import workspace_of
from tests.runner.executors.cluster import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")
NUMBER = (
    "n=$(($(cat number 2>/dev/null || echo 6) + 1)); echo $n > number;"
    ' echo "$n|RUNNING|None" >> jobs; echo $n'
)


class FakeSlurm:
    """A folder of programs: each logs its call, and runs a line of shell in the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls_file = folder / "calls"
        self.write("sbatch", f"cat > script; {NUMBER}")
        self.write("squeue", "cat jobs 2>/dev/null || true")
        self.write("scancel", "rm -f jobs")

    def write(self, program: str, line: str) -> None:
        """Let a program do something else from now on."""
        path = self.folder / f"{program}.new"
        path.write_text(f'#!/bin/sh\ncd {self.folder}\necho "{program} $*" >> calls\n{line}\n')
        path.chmod(0o755)
        path.replace(self.folder / program)

    def set_jobs(self, *lines: str) -> None:
        """Let squeue print other lines."""
        new = self.folder / "jobs.new"
        new.write_text("".join(f"{line}\n" for line in lines))
        new.replace(self.folder / "jobs")

    def calls(self, program: str) -> list[str]:
        """Arguments of the calls of a program."""
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        return [line.partition(" ")[2] for line in lines if line.startswith(f"{program} ")]


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SQUEUE_STATES", "COMPLETED")
    monkeypatch.setattr(slurm_jobs, "RETRY_INTERVAL", 0.02)
    monkeypatch.setattr(slurm_jobs, "MAX_INTERVAL", 0.02)
    return FakeSlurm(folder)


@pytest.fixture
def jobs(slurm: FakeSlurm) -> SlurmJobs:
    return SlurmJobs("resim-a1", "the script\n", interval=0.02)


def error_of(jobs: SlurmJobs) -> ExecutorError:
    """Wait until the jobs are given up, and return why."""
    errors: list[ExecutorError] = []

    def is_given_up() -> bool:
        try:
            jobs.want(1, ())
        except ExecutorError as error:
            errors.append(error)
        return bool(errors)

    wait_for(is_given_up, "an error")
    return errors[0]


def reaches(jobs: SlurmJobs, number: int, holds: Callable[[SlurmState], bool]) -> None:
    wait_for(lambda: holds(jobs.want(number, ())), "the state of the jobs")


def test_jobs_are_made_replaced_and_cancelled_by_their_name(
    slurm: FakeSlurm, jobs: SlurmJobs
) -> None:
    assert jobs.want(0, ()) == SlurmState({}, 0)
    assert not slurm.calls_file.exists()
    reaches(jobs, 2, lambda state: state.running == 2)
    assert (slurm.folder / "script").read_text() == "the script\n"
    assert slurm.calls("sbatch") == ["--parsable --job-name=resim-a1"] * 2
    # One of them is lost, after its worker was connected.
    jobs.want(2, ["7", "8"])
    slurm.set_jobs("8|RUNNING|None", "7|COMPLETING|NonZeroExitCode")
    wait_for(lambda: len(slurm.calls("sbatch")) == 3, "another job")
    slurm.set_jobs("8|RUNNING|None", "9|PENDING|Resources", "10|PENDING|Priority")
    reaches(jobs, 2, lambda state: state.waiting() == "2 jobs pending: Priority, Resources")
    # Nothing is to be run any more: what has not begun is taken back.
    reaches(jobs, 0, lambda state: "--name=resim-a1 --state=PENDING" in slurm.calls("scancel"))
    assert jobs.close() == ""
    assert slurm.calls("scancel")[-1] == "--name=resim-a1"


def test_the_job_of_a_lost_worker_is_replaced_at_once(
    slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slurm_jobs, "MAX_INTERVAL", 1000.0)
    jobs = SlurmJobs("resim-a1", "the script\n", interval=1000.0)
    jobs.want(1, ())
    wait_for(lambda: slurm.calls("sbatch"), "a job")
    jobs.want(1, ["7"])
    slurm.set_jobs("7|COMPLETING|None")
    # Nothing looks, until the connection of the worker is gone.
    jobs.want(1, ["7"])
    assert not slurm.calls("squeue")
    jobs.want(1, ())
    wait_for(lambda: len(slurm.calls("sbatch")) == 2, "another job")
    assert jobs.close() == ""


def test_without_a_job_nothing_is_cancelled(slurm: FakeSlurm, jobs: SlurmJobs) -> None:
    jobs.want(0, ())
    assert jobs.close() == ""
    assert not slurm.calls_file.exists()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "echo 'sbatch: error: Batch job submission failed: Invalid partition name' >&2; exit 1",
            "Slurm accepts no job (Invalid partition name).",
        ),
        ("exit 3", "Slurm accepts no job (sbatch ended with code 3)."),
        ("printf 'a\\033[2J\\n' >&2; exit 1", "Slurm accepts no job (a[2J)."),
        ("echo hello", 'sbatch printed no job number: "hello".'),
    ],
)
def test_a_refusal_is_one_sentence(
    slurm: FakeSlurm, jobs: SlurmJobs, line: str, reason: str
) -> None:
    slurm.write("sbatch", f"cat > script; {line}")
    assert error_of(jobs).reason.replace("�", "") == reason
    jobs.close()


def test_a_number_stands_between_other_lines(slurm: FakeSlurm, jobs: SlurmJobs) -> None:
    slurm.write("sbatch", "echo 'welcome 5'; echo '12;east'; echo '12|RUNNING|None' > jobs")
    reaches(jobs, 1, lambda state: state.running == 1)
    assert jobs.close() == ""
    assert len(slurm.calls("sbatch")) == 1


def test_workers_that_end_at_their_start_are_given_up(slurm: FakeSlurm, jobs: SlurmJobs) -> None:
    slurm.write("sbatch", f"{NUMBER}; rm jobs")
    assert error_of(jobs).reason == (
        "3 jobs of Slurm in succession ended before their worker was connected."
    )
    assert len(slurm.calls("sbatch")) == 3
    jobs.close()


def test_a_controller_that_is_away_is_asked_again(slurm: FakeSlurm, jobs: SlurmJobs) -> None:
    reaches(jobs, 1, lambda state: state.running == 1)
    slurm.write("squeue", "echo 'slurm_load_jobs error: Unable to contact slurm' >&2; exit 1")
    reaches(jobs, 1, lambda state: "Unable to contact slurm" in state.problem)
    slurm.write("squeue", "cat jobs")
    reaches(jobs, 1, lambda state: not state.problem)
    slurm.write("scancel", "echo 'scancel: error: no controller' >&2; exit 1")
    assert jobs.close() == "no controller"
    assert len(slurm.calls("sbatch")) == 1


def test_a_hanging_program_is_left(
    slurm: FakeSlurm, jobs: SlurmJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slurm_jobs, "CANCEL_TIMEOUT", 0.1)
    reaches(jobs, 1, lambda state: state.running == 1)
    slurm.write("scancel", "exec sleep 60")
    assert jobs.close() == "scancel gave no answer within 0 s"


def test_the_reason_of_a_refusal_is_not_the_way_to_the_help(slurm: FakeSlurm) -> None:
    unknown = "sbatch: unrecognized option '--nix=3'"
    slurm.write("sbatch", f'echo "{unknown}" >&2; echo "Try sbatch --help for more" >&2; exit 1')
    with pytest.raises(SlurmCallError, match=r"^unrecognized option '--nix=3'$"):
        call_slurm(["sbatch"])


def test_missing_programs_and_a_missing_extra_are_one_sentence(
    tmp_path: Path, slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace_of(tmp_path, "patrol")
    words = ("run", "--command", "true", "--executor", "slurm", tmp_path)
    monkeypatch.setitem(sys.modules, "dask_jobqueue", None)
    call = call_runner(*words)
    assert (call.code, call.err) == (
        2,
        "resim-runner: --executor slurm needs dask-jobqueue.\n"
        "  Install it: pip install 'resim-inspect[slurm]'.\n",
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    call = call_runner(*words)
    assert (call.code, call.err) == (
        2,
        "resim-runner: --executor slurm needs sbatch, which was not found on this machine.\n"
        "  Start the run on a machine that submits to the cluster.\n",
    )
