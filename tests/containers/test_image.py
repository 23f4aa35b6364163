"""The image that builds start from, run as anybody runs an image: with `docker run`."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from examples.flight_metrics import generate
from resim_inspect.document import Document, open_document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import ScalarValues
from resim_inspect.validation import validate
from runner.api.stub_server.index_builder import ServedFolder, build_index, new_token
from runner.inside.errors import Code
from runner.workspace.contract import config_bytes
from runner.workspace.layout import open_workspace
from tests.containers.container_harness import BASE_IMAGE, runner
from tests.containers.images import EXAMPLE, build, flight_image, metrics_image, older_image

__all__ = ["flight_image", "metrics_image", "older_image"]

Docker = Callable[..., str]
USERS = pytest.mark.parametrize("user", ["0:0", "12345:12345"])
EXPERIENCES = ("calm_survey", "night_patrol")
PORT = 8080
PLAIN = Path(__file__).parent / "plain_build" / "main.py"


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """`docker run --rm` to its end."""
    command = ["docker", "run", "--rm", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def mounts(inputs: Path, outputs: Path) -> list[str]:
    """The folders of the contract, as in every manual."""
    outputs.mkdir()
    outputs.chmod(0o777)
    return ["-v", f"{inputs}:/tmp/resim/inputs:ro", "-v", f"{outputs}:/tmp/resim/outputs"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("image") / "flights"
    generate.main([str(folder), *EXPERIENCES])
    return folder


@pytest.fixture(scope="module")
def measured(workspace: Path, flight_image: str) -> Path:
    """The workspace with its jobs run."""
    for job in sorted((workspace / "jobs").iterdir()):
        done = run("--network=none", *mounts(job / "inputs", job / "outputs"), flight_image)
        assert done.returncode == 0, done.stderr
    return workspace


@pytest.fixture(scope="module")
def api(measured: Path, flight_image: str, docker: Docker) -> Iterator[tuple[ServedFolder, str]]:
    """The served folder of the measured workspace, and the container that serves it."""
    with serving(measured, flight_image, docker) as found:
        yield found


@contextmanager
def serving(folder: Path, image: str, docker: Docker) -> Iterator[tuple[ServedFolder, str]]:
    """The stub server in a container with nothing but its loopback: what it serves, its name."""
    served = folder.parent / f"served-{uuid.uuid4().hex[:8]}"
    prepared = build_index([open_workspace(folder)], served, token=new_token(), secret=new_token())
    program = ["--entrypoint", "python", image, "-m", "runner.api.stub_server.server"]
    name = docker(
        *("run", "-d", "--rm", "--init", "--network=none", "-v", f"{served}:/served:ro"),
        *(*program, "/served", "--port", str(PORT)),
    ).strip()
    try:
        for _ in range(100):
            if "port" in docker("logs", name):
                break
            time.sleep(0.1)
        yield prepared, name
    finally:
        docker("kill", name)


def batch_inputs(folder: Path, prepared: ServedFolder) -> Path:
    """The inputs of batch mode, for a container that shares the loopback of the stub server."""
    inputs = folder / "batch-inputs"
    inputs.mkdir()
    config = prepared.batch_config(f"http://127.0.0.1:{PORT}/v1")
    (inputs / "batch_metrics_config.json").write_bytes(config_bytes(config))
    return inputs


def scalar(document: Document, name: str) -> float:
    """The value of a scalar."""
    metric = document.metric_named(name)
    assert metric is not None
    assert isinstance(metric.values, ScalarValues)
    assert metric.values.value is not None
    return metric.values.value


def test_it_is_small_and_holds_what_it_needs(metrics_image: str, docker: Docker) -> None:
    def size(image: str) -> int:
        return int(docker("image", "inspect", "-f", "{{.Size}}", image))

    def inside(*words: str) -> str:
        done = run("--network=none", "--entrypoint", words[0], metrics_image, *words[1:])
        assert done.returncode == 0, done.stderr
        return done.stdout

    sdk = int(inside("du", "-sb", "/opt/metrics").split()[0])
    beyond = size(metrics_image) - size(BASE_IMAGE) - sdk
    assert beyond < 20e6
    installed = {line.split()[0].lower() for line in inside("pip", "list").splitlines()[2:]}
    # `pip` is the base's own, and installs where the build finds it.
    assert {"resim-open-core", "protobuf", "requests"} <= installed
    unwanted = {"textual", "plotext", "docker", "pillow", "rich", "setuptools", "pip", "wheel"}
    assert not unwanted & installed
    packages = set(inside("ls", "/opt/resim/resim_inspect", "/opt/resim/runner").split())
    assert "inside" in packages
    assert not {"tui", "charts", "engines"} & packages


def test_it_sets_no_user_and_starts_the_entry_point(metrics_image: str, docker: Docker) -> None:
    (about,) = json.loads(docker("image", "inspect", metrics_image))
    config: dict[str, Any] = about["Config"]
    assert config["User"] == ""
    assert config["WorkingDir"] == "/app"
    assert config["Entrypoint"][-2:] == ["-m", "runner.inside"]
    assert not config.get("Cmd") or config["Cmd"] == ["python3"]


@USERS
def test_job_mode(workspace: Path, flight_image: str, user: str, tmp_path: Path) -> None:
    inputs = workspace / "jobs" / "night_patrol" / "inputs"
    folders = mounts(inputs, tmp_path / "out")
    done = run("-u", user, "--network=none", "--read-only", *folders, flight_image)
    assert done.returncode == 0, done.stderr
    assert "job mode: PASSED, 14 metrics" in done.stderr
    with open_document(tmp_path / "out" / "metrics.binproto") as document:
        assert validate(document).valid
    assert (tmp_path / "out" / "map.png").is_file()


@USERS
def test_batch_mode(
    api: tuple[ServedFolder, str], flight_image: str, user: str, tmp_path: Path
) -> None:
    prepared, name = api
    folders = mounts(batch_inputs(tmp_path, prepared), tmp_path / "out")
    done = run("-u", user, f"--network=container:{name}", *folders, flight_image)
    assert done.returncode == 0, done.stderr
    assert "fetched 2 jobs: " in done.stderr
    assert prepared.token not in done.stderr
    with open_document(tmp_path / "out" / "metrics.binproto") as document:
        assert validate(document).valid
        assert document.verdict is MetricStatus.PASSED
        assert document.job_id == str(prepared.batch_ids[0])
        assert [metric.name for metric in document.metrics] == [
            "Mean deviation of all flights",
            "Height errors of all flights",
            "Flights that block",
        ]


@pytest.fixture(scope="module", params=["metrics_image", "older_image"])
def plain_image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A build with nothing but the official SDK, of two releases; its name."""
    context = tmp_path_factory.mktemp("plain")
    shutil.copy(PLAIN, context)
    base = request.getfixturevalue(request.param)
    entry = 'ENTRYPOINT ["python", "/plain/main.py"]'
    (context / "Dockerfile").write_text(f"FROM {base}\nCOPY main.py /plain/\n{entry}\n")
    name = f"plain-build:{request.param.replace('_', '-')}"
    build(context, name)
    return name


def test_the_runner_runs_the_example(flight_image: str, tmp_path: Path) -> None:
    generate.main([str(tmp_path / "flights"), *EXPERIENCES])
    call = runner("run", tmp_path / "flights", "--image", flight_image, "--quiet")
    assert call.code == 0, call.err
    assert "2 jobs: 2 PASSED. Batch PASSED." in call.out
    with open_document(tmp_path / "flights/batch/outputs/metrics.binproto") as document:
        assert scalar(document, "Flights that block") == 0


def test_the_batch_is_a_gate(flight_image: str, tmp_path: Path) -> None:
    generate.main([str(tmp_path / "flights"), "night_patrol", "--wind", "9"])
    call = runner("run", tmp_path / "flights", "--image", flight_image, "--quiet")
    assert call.code == 7, call.err
    with open_document(tmp_path / "flights/batch/outputs/metrics.binproto") as document:
        assert scalar(document, "Flights that block") == 1
        assert document.verdict is MetricStatus.FAIL_BLOCK


def test_the_runner_runs_a_build_of_the_official_documents(
    plain_image: str, tmp_path: Path
) -> None:
    generate.main([str(tmp_path / "flights"), *EXPERIENCES])
    call = runner("run", tmp_path / "flights", "--image", plain_image, "--quiet")
    assert call.code == 0, call.err
    tops = []
    for name in EXPERIENCES:
        with open_document(tmp_path / "flights/jobs" / name / "outputs/metrics.binproto") as job:
            tops.append(scalar(job, "highest"))
    with open_document(tmp_path / "flights/batch/outputs/metrics.binproto") as document:
        assert validate(document).valid
        assert scalar(document, "jobs") == len(EXPERIENCES)
        assert scalar(document, "highest of all") == max(tops)


def test_an_older_sdk_will_do(
    workspace: Path, older_image: str, measured: Path, docker: Docker, tmp_path: Path
) -> None:
    app = ["-v", f"{EXAMPLE / 'metrics'}:/app/metrics:ro"]
    inputs = workspace / "jobs" / "calm_survey" / "inputs"
    done = run("--network=none", *app, *mounts(inputs, tmp_path / "job"), older_image)
    assert done.returncode == 0, done.stderr
    with serving(measured, older_image, docker) as (prepared, name):
        folders = mounts(batch_inputs(tmp_path, prepared), tmp_path / "out")
        done = run(f"--network=container:{name}", *app, *folders, older_image)
    assert done.returncode == 0, done.stderr
    assert "batch mode: PASSED, 3 metrics" in done.stderr


def test_without_a_module_it_says_what_to_add(
    metrics_image: str, workspace: Path, tmp_path: Path
) -> None:
    inputs = workspace / "jobs" / "night_patrol" / "inputs"
    done = run("--network=none", *mounts(inputs, tmp_path / "out"), metrics_image)
    assert done.returncode == Code.SETUP
    assert "the module metrics was not found in /app." in done.stderr
    assert "COPY metrics.py /app/" in done.stderr


def test_outputs_that_another_user_owns_are_told(
    flight_image: str, workspace: Path, tmp_path: Path
) -> None:
    folders = mounts(workspace / "jobs" / "night_patrol" / "inputs", tmp_path / "out")
    (tmp_path / "out").chmod(0o755)
    done = run("-u", "12345:12345", "--network=none", *folders, flight_image)
    assert done.returncode == Code.OUTPUTS
    assert "must be writable by user 12345" in done.stderr


def test_a_module_is_one_file_and_a_stop_is_heard(
    metrics_image: str, workspace: Path, docker: Docker, tmp_path: Path
) -> None:
    module = tmp_path / "metrics.py"
    module.write_text(
        "import time\ndef job_metrics(inputs, writer):\n    print('here')\n    time.sleep(60)\n"
    )
    inputs = workspace / "jobs" / "night_patrol" / "inputs"
    folders = mounts(inputs, tmp_path / "out")
    app = ["-v", f"{module}:/app/metrics.py:ro"]
    name = docker("run", "-d", "--network=none", *app, *folders, metrics_image).strip()
    try:
        for _ in range(100):
            if "here" in docker("logs", name):
                break
            time.sleep(0.1)
        begun = time.monotonic()
        docker("stop", "-t", "30", name)
        assert time.monotonic() - begun < 15
        code = docker("inspect", "-f", "{{.State.ExitCode}}", name).strip()
        assert code == str(int(Code.TERMINATED))
        assert list((tmp_path / "out").iterdir()) == []
    finally:
        docker("rm", "-f", name)
