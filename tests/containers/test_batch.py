"""Batch mode in containers: closed in with its API, and what is said of builds that misbehave."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.engines.docker.container_settings import gateway
from runner.storage.lease import is_stale
from tests.api.workspaces import workspace
from tests.containers.container_harness import BASE_IMAGE, ROOT, Call, command, runner
from tests.containers.engines import wait_for
from tests.containers.images import build, metrics_image
from tests.runner.batch_harness import FETCH, program, result

__all__ = ["metrics_image"]

Docker = Callable[..., str]
PYTHON = ("--", "python3", "/build/build.py")

# ReSim's own fetcher, as its documents call it, with something in its way.
OFFICIAL = """
from resim.metrics.fetch_job_metrics import fetch_job_metrics_by_batch
config = read_config()
def fetch():
    return fetch_job_metrics_by_batch(token=config["authToken"], api_url=config["apiURL"],
                                      project_id=config["projectID"], batch_id=config["batchID"])
"""


def words(folder: Path, text: str, *more: str | Path) -> list[str | Path]:
    """The arguments of `batch` for a program in the base image."""
    if not (folder / "ws").exists():
        workspace(folder / "ws")
    program(folder / "build", text)
    where = ("--jobs", folder / "ws", "--outputs", folder / "out", "--log", folder / "log")
    start = ["batch", "--image", BASE_IMAGE] if "--image" not in more else ["batch"]
    return [*start, *where, "--mount", f"{folder / 'build'}:/build", "--format", "json", *more]


def batch(folder: Path, text: str, *more: str | Path) -> Call:
    """Run it."""
    return runner(*words(folder, text, *more), *PYTHON)


@pytest.fixture(autouse=True)
def nothing_left(docker: Docker) -> Iterator[None]:
    """No container and no network of a call that has ended is left by a test."""
    yield
    assert [owner for owner in owners(docker, "ps", "-a") if is_stale(owner)] == []
    assert [owner for owner in owners(docker, "network", "ls") if is_stale(owner)] == []


def owners(docker: Docker, *what: str) -> list[str]:
    """Owners of the containers or networks, one for each."""
    label = "ai.resim.inspect.owner"
    return docker(
        *what, "--filter", f"label={label}", "--format", f'{{{{.Label "{label}"}}}}'
    ).split()


def of(docker: Docker, pid: int) -> list[str]:
    """The containers of a call that lives."""
    rows = docker("ps", "--format", '{{.ID}} {{.Label "ai.resim.inspect.owner"}}').splitlines()
    return [row.split()[0] for row in rows if f"/{pid}/" in row]


def test_nothing_but_its_own_loopback_can_be_reached(tmp_path: Path, docker: Docker) -> None:
    host = gateway(json.loads(docker("network", "inspect", "bridge"))[0])
    with socket.create_server(("0.0.0.0", 0)) as server:
        port = server.getsockname()[1]
        text = f"""{FETCH}
import socket
facts = {{"files": sorted(os.listdir(INPUTS)), "env": dict(os.environ), "uid": os.getuid()}}
addresses = ("127.0.0.1", "{host}", "1.1.1.1", "169.254.169.254", "192.168.0.1", "::1")
for address in addresses:
    try:
        socket.create_connection((address, {port}), 3)
        facts[address] = "reached"
    except OSError as error:
        facts[address] = str(error)
try:
    facts["name"] = socket.getaddrinfo("host.docker.internal", {port})
except OSError as error:
    facts["name"] = "unknown"
facts["devices"] = sorted(os.listdir("/sys/class/net"))
done()
json.dump(facts, open(OUTPUTS + "/facts.json", "w"))
"""
        call = batch(tmp_path, text)
    assert call.code == 0, call.err
    assert result(call)["served"]["metrics"]["served"] == 4
    assert "not closed" not in call.err
    facts = json.loads((tmp_path / "out/facts.json").read_text())
    assert facts["files"] == ["batch_metrics_config.json"]
    assert facts["uid"] == 12345
    assert (facts["devices"], facts["name"]) == (["lo"], "unknown")
    assert "refused" in facts["127.0.0.1"]
    for address in (host, "1.1.1.1", "169.254.169.254", "192.168.0.1"):
        assert "unreachable" in facts[address], facts
    assert facts["::1"] != "reached"


def test_the_token_is_in_the_config_alone(tmp_path: Path, docker: Docker) -> None:
    text = """
config = read_config()
print("ready", flush=True)
for _ in range(600):
    if os.path.exists("/build/go"): break
    time.sleep(0.1)
for url in urls(config): get(url)
done()
open(OUTPUTS + "/token", "w").write(config["authToken"][::-1])
"""
    (tmp_path / "build").mkdir()
    arguments = command(*words(tmp_path, text, "--pids", "100"), *PYTHON)
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if b"ready" in line:
                break
        about = docker("inspect", *of(docker, running.pid))
        disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        (tmp_path / "build/go").touch()
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    token = (tmp_path / "out/token").read_text()[::-1]
    found = json.loads(about)
    assert len(found) == 2
    assert token not in about
    assert token.encode() not in disk + out
    modes = sorted(each["HostConfig"]["NetworkMode"].partition(":")[0] for each in found)
    assert modes == ["container", "none"]
    for each in found:
        host = each["HostConfig"]
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert not host["PortBindings"]
    # Fetchers start thousands of threads, whatever limit is good for a job.
    assert max(each["HostConfig"]["PidsLimit"] for each in found) == 526


def test_unknown_ids_floods_and_garbage_are_told(tmp_path: Path) -> None:
    text = (
        FETCH
        + f"""
import http.client, socket
try:
    get(base(config) + "/jobs/{uuid.UUID(int=0)}/metrics", config["authToken"])
except urllib.error.HTTPError as error:
    assert error.code == 404
line = http.client.HTTPConnection("127.0.0.1", 8080)
for _ in range(1500):
    line.request("GET", "/v1/batches", headers={{"Authorization": "Bearer " + config["authToken"]}})
    line.getresponse().read()
sockets = [socket.create_connection(("127.0.0.1", 8080)) for _ in range(300)]
for one in sockets:
    one.sendall(os.urandom(8) + b"\\r\\n\\r\\n")
for one in sockets:
    one.recv(100)
done()
"""
    )
    call = batch(tmp_path, text, "--timeout", "60")
    assert call.code == 0, call.err
    notes = " ".join(result(call)["notes"])
    assert "made 1 request for paths that do not exist" in notes
    assert "malformed requests (4xx)" in notes
    assert re.search(r"it sent 1,[58]\d\d requests, though 1\d fetch everything", notes)


def test_a_hang_ends_with_what_was_last_asked(tmp_path: Path) -> None:
    text = "config = read_config()\nget(next(urls(config)))\nthreading.Event().wait()\n"
    call = batch(tmp_path, text, "--timeout", "4", "--grace", "1")
    assert call.code == 6
    assert 'Its last request was for the metrics "scalar 0" of job-0' in result(call)["message"]
    assert result(call)["problem"] == "hang"


@pytest.fixture
def sdk_image(metrics_image: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Our image without its entry point: the official SDK, and Python."""
    context = tmp_path_factory.mktemp("sdk")
    entry = 'ENTRYPOINT ["python", "/build/build.py"]'
    (context / "Dockerfile").write_text(f"FROM {metrics_image}\n{entry}\n")
    build(context, "resim-metrics:sdk-alone")
    return "resim-metrics:sdk-alone"


def sdk(folder: Path, image: str, text: str, *more: str | Path) -> Call:
    """A program with ReSim's own fetcher on four jobs of ten metrics."""
    workspace(folder / "ws", jobs=4, metrics=10)
    return runner(*words(folder, OFFICIAL + text, "--image", image, *more))


def test_what_the_official_fetcher_loses_is_told(tmp_path: Path, sdk_image: str) -> None:
    text = """
import requests
whole = requests.Session.get
def get(self, url, *rest, **more):
    if url.endswith(("/1", "/12", "/33")):
        raise requests.ConnectionError("reset by a router")
    return whole(self, url, *rest, **more)
requests.Session.get = get
fetch()
done()
"""
    call = sdk(tmp_path, sdk_image, text)
    assert call.code == 2, call.err
    found = result(call)
    # The build itself ended well and noticed nothing.
    assert (found["exit_code"], found["verdict"]) == (0, "PASSED")
    lost = re.findall(r"(\d+) of (?:40 metrics|44 metrics data)", found["message"])
    assert sum(map(int, lost)) == 3
    assert "3 threads of it failed" in found["message"]


def test_the_deadlock_of_the_official_fetcher_is_told(tmp_path: Path, sdk_image: str) -> None:
    text = """
import httpx
whole = httpx.Client.send
def send(self, request, *rest, **more):
    if request.url.path.endswith("/metricsData"):
        raise httpx.ConnectError("reset by a router")
    return whole(self, request, *rest, **more)
httpx.Client.send = send
fetch()
done()
"""
    call = sdk(tmp_path, sdk_image, text, "--timeout", "7")
    assert call.code == 6, call.err
    found = result(call)
    assert found["problem"] == "hang"
    assert "ReSim's own fetcher hangs" in found["hint"]
    assert "failed (httpx.ConnectError: reset by a router)" in " ".join(found["notes"])


def test_the_api_can_have_an_image_of_its_own(tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (context / "Dockerfile").write_text(f"FROM {BASE_IMAGE}\nRUN rm -f /usr/bin/python3*\n")
    build(context, "without-python:tested")
    start = words(tmp_path, "", "--image", "without-python:tested")
    copy = ("--", "sh", "-c", "cp /build/given.binproto /tmp/resim/outputs/metrics.binproto")
    call = runner(*start, *copy)
    assert call.code == 2
    assert "has no python3 to run the API" in result(call)["message"]
    assert "--api-image" in result(call)["hint"]
    call = runner(*start, "--api-image", BASE_IMAGE, *copy)
    assert call.code == 0, call.err
    call = runner(*start, "--api-image", "there-is:none", "--pull", "never", *copy)
    assert call.code == 2
    assert "was not found" in call.err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--api-on-host",), "servers on all addresses of this machine, and nothing else"),
        (("--network", "host"), "the build has the network of this machine"),
        (("--network", "bridge"), "the build has the network bridge"),
    ],
)
def test_an_api_on_this_machine_is_said_plainly(
    tmp_path: Path, more: tuple[str, ...], told: str
) -> None:
    call = batch(tmp_path, FETCH + "done()", *more)
    assert call.code == 0, call.err
    assert result(call)["served"]["metrics"]["served"] == 4
    assert "warning: the network of the batch is not closed" in call.err
    assert told in call.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_stays_when_the_runner_goes(
    tmp_path: Path, docker: Docker, number: signal.Signals
) -> None:
    arguments = command(*words(tmp_path, FETCH + "print('ready', flush=True)\ntime.sleep(600)"))
    with subprocess.Popen(
        [*arguments, *PYTHON], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if b"ready" in line:
                break
        running.send_signal(number)
        code = running.wait(60)
    if number is signal.SIGINT:
        assert code == 130
        assert not (tmp_path / "out").exists()
        return
    # The watchdog of the dead runner removes its two containers without another call.
    wait_for(lambda: of(docker, running.pid) == [])
    call = batch(tmp_path, FETCH + "done()")
    assert call.code == 0, call.err
    assert [path.name for path in tmp_path.glob(".out*")] == []


def test_a_run_without_batch_mode_says_so(tmp_path: Path) -> None:
    from tests.containers.container_harness import COPY, make_jobs

    make_jobs(tmp_path / "ws", 1)
    start = ("run", tmp_path / "ws", "--image", BASE_IMAGE, "--format", "json", "--quiet")
    call = runner(*start, "--", "sh", "-c", COPY)
    assert call.code == 2
    values: dict[str, Any] = call.json
    assert values["jobs"][0]["outcome"] == "done"
    assert values["batch"]["problem"] == "no-batch-mode"
    assert "--only jobs" in values["batch"]["hint"]
    assert (tmp_path / "ws/batch/run/result.json").is_file()
    assert runner(*start, "--only", "jobs", "--", "sh", "-c", COPY).code == 0


def test_a_report_is_closed_in_with_its_api_as_well(tmp_path: Path) -> None:
    for name in ("first", "second"):
        workspace(tmp_path / name, jobs=1)
    text = """
config = read_config("report_config.json")
assert os.listdir("/sys/class/net") == ["lo"]
at, token = f"{config['apiURL']}/projects/{config['projectID']}", config["authToken"]
report = json.loads(get(f"{at}/reports/{config['reportID']}", token))
assert len(rows(at + "/batches", "batches", token)) == 2
done()
"""
    program(tmp_path / "build", text)
    where = ("--outputs", tmp_path / "out", "--mount", f"{tmp_path / 'build'}:/build")
    start = ("report", tmp_path / "first", tmp_path / "second", "--image", BASE_IMAGE, *where)
    call = runner(*start, "--format", "json", *PYTHON)
    assert call.code == 0, call.err
    assert call.json["report"]["verdict"] == "PASSED"
