"""The end of a call: lines to paste, and causes that are named."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from http.client import RemoteDisconnected
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docker
import pytest
import requests
from docker.errors import APIError, DockerException

from runner.engines.docker.client import DockerClient, engine_errors, reason
from runner.engines.docker.command_line import docker_run
from runner.engines.protocol import Build, Limits, RunExit
from runner.errors import EngineError, ImageError
from runner.execution.failure_hints import of_exit
from runner.workspace.contract import BATCH_CONFIG
from tests.containers.container_harness import ROOT, make_inputs, runner


class Answer:
    """An HTTP answer of an engine, as its library has it."""

    def __init__(self, status: int) -> None:
        self.status_code = status
        self.reason = "Internal Server Error"
        self.url = "http+docker://localhost/containers/create"


def lost(cause: BaseException) -> Exception:
    """The exception of the library for a connection that a cause broke off."""
    outer = requests.ConnectionError("Connection aborted.", cause)
    error: Exception = DockerException(f"Error while fetching: {outer!r}", outer)
    return error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (lost(FileNotFoundError(errno.ENOENT, "No such file")), "its socket does not exist."),
        (lost(ConnectionRefusedError(errno.ECONNREFUSED, "no")), "it refuses connections."),
        (lost(RemoteDisconnected("Remote end closed")), "it closed the connection."),
        (lost(ConnectionResetError(errno.ECONNRESET, "reset")), "it closed the connection."),
        (lost(PermissionError(errno.EACCES, "no")), "the permission to use its socket is denied."),
        (requests.ReadTimeout("x"), "it does not answer in time."),
        (APIError("500", Answer(500), "database not open"), "it is shutting down."),
        (APIError("500", Answer(500), "no space left"), "no space left."),
        (APIError("409", Answer(409), "context canceled"), "context canceled."),
    ],
)
def test_a_lost_engine_is_described_without_an_exception(error: Exception, text: str) -> None:
    assert reason(error) == text
    with pytest.raises(EngineError) as caught, engine_errors("does not answer"):
        raise error
    assert not re.search(r"Error|Exception|\('|object at", str(caught.value))


def client_of(error: Exception) -> DockerClient:
    """A client whose engine fails to describe an image."""

    def inspect(name: str) -> None:
        raise error

    client = DockerClient.__new__(DockerClient)
    client.api = SimpleNamespace(inspect_image=inspect)
    return client


def test_an_invalid_name_of_an_image_has_a_sentence_of_its_own() -> None:
    refused = APIError("400", Answer(400), "no such image: A B: invalid reference format")
    with pytest.raises(ImageError, match='"A B" is not a valid name of an image') as caught:
        client_of(refused).image("A B")
    assert "lower case" in caught.value.hint
    with pytest.raises(EngineError, match="the engine does not answer"):
        client_of(APIError("500", Answer(500), "other")).image("A")
    assert client_of(docker.errors.ImageNotFound("none")).image("A") is None


@pytest.mark.parametrize(
    "line",
    [
        "RuntimeError: can't start new thread",
        "sh: 1: Cannot fork",
        "bash: fork: retry: Resource temporarily unavailable",
        "OpenBLAS blas_thread_init: pthread_create failed for thread 3",
        "java.lang.OutOfMemoryError: unable to create new native thread",
    ],
)
@pytest.mark.parametrize("oom", [False, True])
def test_the_limit_of_processes_is_the_cause_also_when_memory_ends_the_build(
    line: str, oom: bool
) -> None:
    build = Build("image", limits=Limits(pids=64))
    why = of_exit(RunExit(137 if oom else 1, oom), ("first", line), build, oom_hidden=False)
    assert why.message.startswith("it reached its limit of 64 processes and threads and ")
    assert ("out of memory" in why.message) == oom
    assert "--pids, for example to 256" in why.hint
    other = of_exit(RunExit(137, True), ("MemoryError",), build, oom_hidden=False)
    assert "--memory-mib" in other.hint


@pytest.mark.parametrize("private", [False, True])
def test_the_line_of_a_dry_run_does_what_it_says_when_pasted(tmp_path: Path, private: bool) -> None:
    folder = make_inputs(tmp_path / "in puts")
    (folder / "logs" / "log.txt").chmod(0o600 if private else 0o644)
    outputs = tmp_path / "it's new" / "outputs"
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "docker").write_text(
        f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv))"
    )
    (tools / "docker").chmod(0o755)
    inputs = tuple((name, folder / name) for name in ("experience", "logs"))
    build = Build("image:1", ("sh", "-c", 'echo "$HOME"'), (("COLOR", "secret"),))
    line = docker_run(build, inputs, outputs)
    assert "secret" not in line
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=env, check=True)
    _, *words = json.loads(done.stdout)
    assert words[-4:] == ["image:1", "sh", "-c", 'echo "$HOME"']
    mounts: list[dict[str, Any]] = [
        dict(part.split("=", 1) for part in word.split(",") if "=" in part)
        for word in (each.removeprefix("--mount=") for each in words if "--mount=" in each)
    ]
    by_target = {each["target"]: Path(each["source"]) for each in mounts}
    # The build's user, who is another one, can write to the outputs and read all inputs.
    assert by_target[Path("/tmp/resim/outputs").as_posix()] == outputs
    assert outputs.stat().st_mode & 0o777 == 0o777
    log = by_target["/tmp/resim/inputs/logs"] / "log.txt"
    assert log.stat().st_mode & 0o004
    assert (log.parent == folder / "logs") != private
    assert by_target["/tmp/resim/inputs/experience"] == folder / "experience"


def test_the_line_of_a_batch_gives_the_build_the_config_that_only_its_owner_may_read(
    tmp_path: Path,
) -> None:
    config = tmp_path / "batch config.json"
    # The line comes first: the server that writes the file is not there yet.
    line = docker_run(Build("image:1"), ((BATCH_CONFIG.name, config),), tmp_path / "out")
    config.write_text("{}")
    config.chmod(0o600)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "docker").write_text(f"#!{sys.executable}\nimport sys\nprint(*sys.argv, sep='\\n')")
    (tools / "docker").chmod(0o755)
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=env, check=True)
    (mount,) = (word for word in done.stdout.splitlines() if f"target={BATCH_CONFIG}" in word)
    copy = Path(mount.split("source=")[1].split(",")[0])
    assert (copy.read_text(), copy.stat().st_mode & 0o777) == ("{}", 0o644)
    # On this machine, only its owner reaches the copy with its token.
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    assert config.stat().st_mode & 0o777 == 0o600


def test_the_line_of_a_dry_run_of_a_program_does_what_it_says_when_pasted(tmp_path: Path) -> None:
    folder = make_inputs(tmp_path / "inputs")
    program = "cp $RESIM_INPUTS/experience/given.binproto $RESIM_OUTPUTS/$NAME"
    call = runner(
        "job", "--inputs", folder, "--outputs", tmp_path / "new" / "out", "--env", "NAME=a",
        "--command", f"sh -c '{program}'", "--dry-run",
    )  # fmt: skip
    line = call.out.splitlines()[-1]
    env = {**os.environ, "NAME": "b"}
    subprocess.run(["sh", "-c", line], env=env, check=True)
    given = (folder / "experience" / "given.binproto").read_bytes()
    assert (tmp_path / "new" / "out" / "b").read_bytes() == given


def test_the_example_s_build_context_leaves_workspaces_out() -> None:
    text = (ROOT / "examples" / "flight_metrics" / ".dockerignore").read_text()
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    copied = re.findall(
        r"^COPY (\S+)", (ROOT / "examples/flight_metrics/Dockerfile").read_text(), re.M
    )
    assert [f"!{name}" for name in copied] == [rule for rule in rules if rule.startswith("!")]
