"""Jobs on the workers of a real Slurm of two nodes, where workers and the client are lost."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.container_harness import ROOT, call_runner, make_jobs
from tests.runner.executors.cluster import Build, events_of, run_on, wait_for
from tests.runner.executors.slurm_nodes import SlurmNodes, require_slurm
from tests.soak import FACTOR

pytest.importorskip("dask_jobqueue")
# Workers need seconds to start.
pytestmark = pytest.mark.slow
TOKEN = "a-very-secret-token"
SETTINGS = '[slurm]\nworkers = 2\nslots = 2\nhost = "127.0.0.1"\n'


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlurmNodes]:
    require_slurm()
    with SlurmNodes(tmp_path_factory.mktemp("cluster") / "slurm") as nodes:
        yield nodes
        assert nodes.jobs() == []


def project_of(folder: Path, settings: str = SETTINGS) -> Path:
    """Make a folder with a project file."""
    project = folder / "project"
    project.mkdir()
    (project / "resim.toml").write_text(settings)
    return project


def env_of(slurm: SlurmNodes) -> dict[str, str]:
    """Environment of a client in another folder than that of the program."""
    return {**slurm.env, "PYTHONPATH": str(ROOT), "API_TOKEN": TOKEN}


@pytest.mark.soak
def test_a_cancelled_worker_costs_only_the_jobs_that_it_had_begun(
    slurm: SlurmNodes, tmp_path: Path
) -> None:
    jobs = min(60, 12 * FACTOR)
    workspace = make_jobs(tmp_path / "flights", jobs)
    build = Build(tmp_path, 0.3)
    words = ("--partial-fetch", "--format", "json", "--env", "API_TOKEN")
    run = run_on("slurm", workspace, build, *words, env=env_of(slurm), cwd=project_of(tmp_path))
    wait_for(lambda: len(build.jobs("end")) >= jobs // 3, "a third of the jobs")
    lost = slurm.running()[0]
    script = slurm.call("scontrol", "write", "batch_script", lost, "-")
    slurm.call("scancel", lost)
    out, err = run.communicate(timeout=120)
    assert run.returncode == 0, err
    assert json.loads(out)["outcomes"] == {"done": jobs}
    assert json.loads(out)["batch"]["outcome"] == "done"
    begun = Counter(build.jobs("begin"))
    assert len(begun) == jobs + 1
    events = events_of(workspace)
    said = {e["job"] for e in events if e["event"] == "warning" and "runs again" in e["text"]}
    # Only jobs that the cancelled worker had begun may run twice, and the run names them.
    assert {job for job, times in begun.items() if times > 1} <= said
    assert len(said) <= 2
    assert max(begun.values()) <= 2
    # TERM of Slurm is for the worker: no build that it ended counts as failed.
    assert {e["result"]["outcome"] for e in events if e["event"] == "finished"} == {"done"}
    if FACTOR > 1:  # A short run may be over before Slurm has started a second worker.
        assert len({e["worker"] for e in events if e["event"] == "started"}) >= 2
    # Keys exist during the run only, and no secret is in what is left.
    folder = workspace / "run" / "workers" / "slurm"
    assert {path.suffix for path in folder.iterdir()} == {".log"}
    assert "--tls-key" in script
    texts = [script, *(path.read_text() for path in folder.iterdir())]
    assert not [text for text in texts if TOKEN in text]
    wait_for(lambda: not slurm.jobs(), "the end of the Slurm jobs")
    wait_for(lambda: not build.processes(), "the end of the builds")


def test_a_stop_while_slurm_starts_nothing_is_done_at_once(
    slurm: SlurmNodes, tmp_path: Path
) -> None:
    workspace = make_jobs(tmp_path / "flights", 4)
    build = Build(tmp_path, 50)
    project = project_of(tmp_path, SETTINGS + 'partition = "empty"\n')
    run = run_on("slurm", workspace, build, env=env_of(slurm), cwd=project)

    def notes() -> list[str]:
        return [e["text"] for e in events_of(workspace) if e["event"] == "note"]

    wait_for(lambda: "2 jobs pending" in "".join(notes()), "a note")
    assert notes()[-1].startswith("Waiting for Slurm to start a worker (2 jobs pending: ")
    assert len(slurm.jobs()) == 2
    run.send_signal(signal.SIGINT)
    begun = time.monotonic()
    out, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    assert time.monotonic() - begun < 30
    assert "4 jobs: 4 stopped." in out
    assert "Traceback" not in err
    wait_for(lambda: not slurm.jobs(), "the end of the Slurm jobs")
    assert build.jobs("begin") == []


def test_term_of_the_client_stops_builds_and_workers(slurm: SlurmNodes, tmp_path: Path) -> None:
    workspace = make_jobs(tmp_path / "flights", 6)
    build = Build(tmp_path, 50)
    project = project_of(tmp_path, SETTINGS + "tls = false\n")
    run = run_on("slurm", workspace, build, env=env_of(slurm), cwd=project)
    wait_for(lambda: len(build.jobs("begin")) >= 2, "two jobs")
    run.terminate()
    begun = time.monotonic()
    wait_for(lambda: not build.processes(), "the end of the builds")
    assert time.monotonic() - begun < 5
    _, err = run.communicate(timeout=60)
    assert run.returncode == 143
    assert "Traceback" not in err
    wait_for(lambda: not slurm.jobs(), "the end of the Slurm jobs")


def test_workers_that_share_a_storage_alone(
    slurm: SlurmNodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_jobs(tmp_path / "flights", 8)
    (tmp_path / "tmp").mkdir()
    for name, value in {**env_of(slurm), "TMPDIR": str(tmp_path / "tmp")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(project_of(tmp_path))
    url = f"file://{tmp_path.as_posix()}/store"
    build = "sh -c 'cp $RESIM_INPUTS/experience/given.binproto $RESIM_OUTPUTS/metrics.binproto'"
    words = ("--command", build, "--no-sandbox", "--only", "jobs", "--format", "json")
    call = call_runner("run", workspace, "--executor", "slurm", "--storage", url, *words)
    assert call.json["outcomes"] == {"done": 8}, call.err
    assert call.err.count("(on ") == 8
    # Slurm ends the workers, and no inputs and outputs are left beside what is published.
    wait_for(lambda: not slurm.jobs(), "the end of the Slurm jobs")
    wait_for(lambda: not list((tmp_path / "tmp").glob("resim-worker-*")), "the removal")


@pytest.mark.soak
@pytest.mark.skipif(FACTOR == 1, reason="waits for Slurm to miss a node; `make soak` runs it")
def test_a_lost_node_costs_only_the_jobs_that_it_had_begun(
    slurm: SlurmNodes, tmp_path: Path
) -> None:
    workspace = make_jobs(tmp_path / "flights", 24)
    build = Build(tmp_path, 0.5)
    words = ("--only", "jobs", "--format", "json")
    run = run_on("slurm", workspace, build, *words, env=env_of(slurm), cwd=project_of(tmp_path))
    wait_for(lambda: len(build.jobs("end")) >= 8 and len(slurm.running()) == 2, "a third")
    slurm.lose("n1")
    out, err = run.communicate(timeout=120)
    assert run.returncode == 0, err
    assert json.loads(out)["outcomes"] == {"done": 24}
    begun = Counter(build.jobs("begin"))
    warned = [e for e in events_of(workspace) if e["event"] == "warning" and "job" in e]
    assert {job for job, times in begun.items() if times > 1} <= {e["job"] for e in warned}
    slurm.start_node("n1")
    wait_for(lambda: not slurm.jobs(), "the end of the Slurm jobs")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ('partition = "nowhere"', "Slurm accepts no job (Invalid partition name specified)."),
        ('directives = ["--no-such-option"]', "Slurm accepts no job ("),
        ('interface = "nowhere0"', "the scheduler for the jobs of Slurm cannot be started ("),
        (
            'host = "no-such-host.invalid"',
            "the scheduler for the jobs of Slurm cannot listen on no-such-host.invalid, which is",
        ),
        (
            'partition = "empty"\nstart-timeout = 0.5',
            "Slurm started no worker within 0.5 s (",
        ),
        ('python = "/nowhere/python"', "3 jobs of Slurm in succession ended before their worker"),
    ],
)
def test_what_cannot_run_is_one_sentence(
    slurm: SlurmNodes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: str,
    says: str,
) -> None:
    workspace = make_jobs(tmp_path / "flights", 1)
    for name in ("SLURM_CONF", "PATH"):
        monkeypatch.setenv(name, slurm.env[name])
    host = "" if "host" in settings or "interface" in settings else 'host = "127.0.0.1"\n'
    monkeypatch.chdir(project_of(tmp_path, f"[slurm]\n{host}{settings}\n"))
    call = call_runner("run", "--command", "true", "--no-sandbox", "--executor", "slurm", workspace)
    assert call.code == 2
    last = [line for line in call.err.splitlines() if line.startswith("resim-runner: ")]
    assert len(last) == 1, call.err
    assert last[0].startswith(f"resim-runner: {says}")
    assert "Traceback" not in call.err
    if "nowhere/python" in settings:
        assert "/nowhere/python" in call.err.replace("\n", " ")
    wait_for(lambda: not slurm.jobs(), "the end of the Slurm jobs")
