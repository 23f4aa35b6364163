"""Engines that do not see this machine's files: everything is copied, nothing is mounted."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.api.workspaces import workspace
from tests.containers.container_harness import (
    BASE_IMAGE,
    COPY,
    Call,
    make_inputs,
    make_jobs,
    runner,
)
from tests.containers.engines import forwarded, give_base_image, own_engine
from tests.runner.batch_harness import FETCH, program, result

MOUNTS = "grep /tmp/resim /proc/self/mountinfo | wc -l"


class Far(NamedTuple):
    """An engine that sees an empty folder where the inputs are."""

    unix: str
    tcp: str
    hidden: Path


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory, docker: Callable[..., str]) -> Iterator[Far]:
    docker("image", "inspect", BASE_IMAGE)
    folder = tmp_path_factory.mktemp("far")
    hidden = folder / "hidden"
    hidden.mkdir()
    data = folder / "engine" / "data"
    data.mkdir(parents=True)
    # What it keeps is kept in memory, where files without number cost no disk its time.
    first = " && ".join(f"mount -t tmpfs none {place}" for place in (hidden, data))
    with own_engine(folder / "engine", first=first) as engine:
        make_inputs(hidden / "inputs")
        give_base_image(engine.address)
        with forwarded(engine.address.removeprefix("unix://")) as tcp:
            yield Far(engine.address, tcp, hidden)


def job(far: Far, folder: Path, address: str, *more: str | Path, script: str = COPY) -> Call:
    """A job on an engine by its address."""
    return runner(
        "job", "--engine", address, "--image", BASE_IMAGE, "--inputs", far.hidden / "inputs",
        "--outputs", folder / "out", "--log", folder / "log", "--format", "json", *more,
        "--", "sh", "-c", script,
    )  # fmt: skip


def test_inputs_are_copied_to_an_engine_far_away(tmp_path: Path, far: Far) -> None:
    call = job(far, tmp_path, far.tcp, script=f"{MOUNTS}; {COPY}; id -u; touch /etc/x")
    assert call.code == 2, call.err
    assert "Read-only file system" in call.result["message"]
    # The one volume that everything lies in. An engine keeps no order among stdout and stderr.
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line for line in lines if not line.startswith("touch:")] == ["1", "12345"]
    call = job(far, tmp_path, far.tcp)
    assert call.code == 0, call.err
    assert (tmp_path / "out" / "metrics.binproto").stat().st_uid == os.getuid()
    assert job(far, tmp_path, far.tcp, "--timeout", "1", script="sleep 60").code == 6


def test_a_near_socket_that_leads_far_away_is_noticed(tmp_path: Path, far: Far) -> None:
    jobs = make_jobs(far.hidden / "many", 2)
    words = ("run", jobs, "--engine", far.unix, "--image", BASE_IMAGE, "--format", "json",
             "--only", "jobs")  # fmt: skip
    call = runner(*words, "--", "sh", "-c", f"{MOUNTS}; {COPY}")
    assert call.code == 0, call.err
    assert call.json["verdicts"] == {"PASSED": 2}
    for log in jobs.glob("jobs/*/run/log.txt"):
        assert log.read_text() == "1\n"


def test_mounts_are_copied_too_or_refused_in_a_sentence(tmp_path: Path, far: Far) -> None:
    extra = far.hidden / "extra"
    (extra / "deep").mkdir(parents=True)
    (extra / "deep" / "a.txt").write_text("seen\n")
    seen = f"cat /dataset/deep/a.txt; touch /dataset/b || {COPY}"
    call = job(far, tmp_path, far.tcp, "--mount", f"{extra}:/dataset", script=seen)
    assert call.code == 0, call.err
    # The engine keeps no order between stdout and stderr.
    assert "seen" in (tmp_path / "log").read_text().splitlines()
    call = job(far, tmp_path, far.tcp, "--mount", f"{extra}:/dataset:rw")
    assert call.code == 2
    assert "would be lost" in call.err
    call = job(far, tmp_path, far.unix, "--mount", f"{extra / 'deep/a.txt'}:/a.txt")
    assert call.code == 2
    assert "takes folders only" in call.err


def test_a_batch_far_away_has_its_api_beside_it(tmp_path: Path, far: Far) -> None:
    workspace(far.hidden / "ws")
    alone = "assert os.listdir('/sys/class/net') == ['lo']\n"
    program(far.hidden / "build", f"{FETCH}{alone}done()")
    words = ("batch", "--engine", far.tcp, "--image", BASE_IMAGE, "--jobs", far.hidden / "ws",
             "--outputs", tmp_path / "out", "--mount", f"{far.hidden / 'build'}:/build",
             "--format", "json")  # fmt: skip
    call = runner(*words, "--", "python3", "/build/build.py")
    assert call.code == 0, call.out + call.err
    assert result(call)["served"]["metricsData"]["served"] == 6
    assert "not closed" not in call.err
    call = runner(*words, "--api-on-host", "--", "true")
    assert call.code == 2
    assert "on another machine" in call.out
    assert "--api-on-host" in result(call)["hint"]


def test_files_without_number_are_refused_soon(tmp_path: Path, far: Far) -> None:
    script = """
import os
folder = os.open("/tmp/resim/outputs", os.O_RDONLY)
for name in range(200_000):
    os.mknod(str(name), dir_fd=folder)
"""
    words = ("job", "--engine", far.unix, "--image", BASE_IMAGE, "--inputs", far.hidden / "inputs",
             "--outputs", tmp_path / "out", "--memory-mib", "0", "--format", "json")  # fmt: skip
    call = runner(*words, "--", "python3", "-c", script)
    assert call.code == 2
    assert "more than 10,000 files" in call.result["message"]
    assert not (tmp_path / "out").exists()


def archive(*names: str) -> bytes:
    """Outputs of those names, each a file; a name with = is a link to what follows."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name in names:
            name, _, link = name.partition("=")
            about = tarfile.TarInfo(name)
            if link:
                about.type, about.linkname = tarfile.SYMTYPE, link
            about.size = 0 if link else 4
            tar.addfile(about, io.BytesIO(b"evil"))
    return made.getvalue()


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        (archive("outputs/../../evil"), "is outside of the outputs folder"),
        (archive("/etc/evil"), "outside of the outputs folder"),
        (archive("outputs/a=..", "outputs/a/evil"), 'a link to ".."'),
        (archive("outputs/a")[:1024], "is incomplete"),
    ],
    ids=["above", "absolute", "through a link", "half"],
)
def test_an_engine_that_lies_about_the_outputs_is_not_believed(
    tmp_path: Path, far: Far, outputs: bytes, says: str
) -> None:
    # No file system has such names: only an engine, or who speaks in its place, makes them up.
    with forwarded(far.unix.removeprefix("unix://"), outputs) as address:
        call = job(far, tmp_path, address, script=":")
    assert call.code == 2
    assert says in call.result["message"], call.result
    # What is refused is left out; nothing is written but in the folder of the outputs.
    out = tmp_path / "out"
    assert {path.name for path in tmp_path.iterdir()} <= {"log", "out", "out.run"}
    assert all(path.is_relative_to(out) for path in tmp_path.rglob("evil"))
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
    assert not (tmp_path.parent / "evil").exists()
    assert not Path("/etc/evil").exists()


def test_docker_s_context_and_doctor(tmp_path: Path, far: Far) -> None:
    env = {"DOCKER_CONFIG": str(tmp_path / "config"), "DOCKER_HOST": ""}
    made = subprocess.run(
        ["docker", "context", "create", "far", "--docker", f"host={far.tcp}"],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    call = runner("doctor", "--image", BASE_IMAGE, env={**env, "DOCKER_CONTEXT": "far"})
    assert call.code == 0, call.out
    assert f"{far.tcp} (docker context far)" in call.out
    assert "are copied to it" in call.out
    call = runner("doctor", "--image", BASE_IMAGE, env={**env, "DOCKER_CONTEXT": "near"})
    assert call.code == 2
    assert "docker context near): the context has no address of an engine" in call.out


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A server for ssh on this machine: its address, and the environment to get there."""
    server = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if server is None or shutil.which("ssh") is None or os.geteuid() != 0:
        pytest.skip("a server for ssh needs sshd and root")
    folder = tmp_path_factory.mktemp("ssh")
    for name in ("key", "host"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(made, check=True)
    Path("/run/sshd").mkdir(exist_ok=True)
    port = 20000 + os.getpid() % 10000
    options = (f"AuthorizedKeysFile={folder}/key.pub", "PermitRootLogin=yes", "StrictModes=no",
               "UsePAM=no", f"PidFile={folder}/pid", "ListenAddress=127.0.0.1")  # fmt: skip
    words = [server, "-D", "-f", "/dev/null", "-h", f"{folder}/host", "-p", str(port)]
    process = subprocess.Popen(
        [*words, *(word for option in options for word in ("-o", option))],
        stderr=subprocess.DEVNULL,
    )
    # ssh looks for its settings where the user's home is, whatever HOME says.
    wrapper = folder / "bin" / "ssh"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f"#!/bin/sh\nexec {shutil.which('ssh')} -F none -i {folder}/key"
        f" -o UserKnownHostsFile={folder}/known -o StrictHostKeyChecking=accept-new"
        ' -o IdentityAgent=none "$@"\n'
    )
    wrapper.chmod(0o755)
    env = {"PATH": f"{wrapper.parent}:{os.environ['PATH']}"}
    deadline = time.monotonic() + 60
    while not (folder / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"ssh://root@127.0.0.1:{port}", env
    process.terminate()
    process.wait()


def test_an_engine_behind_ssh(tmp_path: Path, far: Far, ssh: tuple[str, dict[str, str]]) -> None:
    address, env = ssh
    address += far.unix.removeprefix("unix://")
    words = ("job", "--image", BASE_IMAGE, "--inputs", far.hidden / "inputs", "--outputs",
             tmp_path / "out", "--format", "json")  # fmt: skip
    env = {**env, "DOCKER_HOST": address, "TMPDIR": str(tmp_path)}
    call = runner(*words, "--", "sh", "-c", COPY, env=env)
    assert call.code == 0, call.err
    assert call.json["verdict"] == "PASSED"
    # What comes through must keep to its time, too.
    call = runner(*words, "--timeout", "1", "--grace", "1", "--", "sleep", "60", env=env)
    assert call.code == 6
    assert not list(tmp_path.glob("resim-ssh-*"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("root@127.0.0.1", "root@127.0.0.1"), "no engine answers at /no/such.sock"),
        (("root@", "no-such-user@"), "Permission denied"),
        (("127.0.0.1", "no-such-host.invalid"), "Could not resolve hostname"),
        (("root@", "-oProxyCommand=x@"), "not an address of the form ssh://"),
        (("root@", "root:secret@"), "not an address of the form ssh://"),
    ],
)
def test_ssh_that_leads_nowhere_is_one_clear_sentence(
    ssh: tuple[str, dict[str, str]], change: tuple[str, str], says: str
) -> None:
    address = f"{ssh[0].replace(*change)}/no/such.sock"
    words = ("doctor", "--image", "any", "--format", "json")
    call = runner(*words, env={**ssh[1], "DOCKER_HOST": address})
    assert call.code == 2
    assert "Traceback" not in call.out + call.err
    (engine,) = (check for check in call.json["checks"] if check["name"] == "engine")
    assert engine["level"] == "error"
    assert says in str(engine), engine


def test_an_engine_out_of_reach_is_a_warning_where_no_image_is_given(
    ssh: tuple[str, dict[str, str]],
) -> None:
    call = runner("doctor", "--format", "json", env={**ssh[1], "DOCKER_HOST": f"{ssh[0]}/no.sock"})
    (engine,) = (check for check in call.json["checks"] if check["name"] == "engine")
    assert engine["level"] == "warning"
    assert "no engine answers at /no.sock" in str(engine), engine
