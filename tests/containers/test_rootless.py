"""Rootless engines, each started as a user of the test's own, who runs the command on it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.containers.container_harness import COPY, REQUIRED, ROOT, Call, make_inputs
from tests.containers.engines import small_layer

__all__ = ["small_layer"]

USER = f"resim-test-{os.getpid()}"
IMAGE = "resim-small:tested"
CONTRIB = "/usr/share/docker.io/contrib"
PATH = f"{os.environ['PATH']}:/usr/sbin:{CONTRIB}"

pytestmark = pytest.mark.skipif(
    not REQUIRED or os.geteuid() != 0,
    reason="makes a user on the machine: runs only as root with RESIM_REQUIRE_ENGINE=1",
)


@dataclass
class Person:
    """A user with no rights, at home in `home`."""

    home: Path
    uid: int

    def words(self, *words: str | Path) -> list[str]:
        """A command line that is run as the user."""
        become = ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups"]
        env = {
            "HOME": self.home,
            "USER": USER,
            "PATH": PATH,
            "XDG_RUNTIME_DIR": self.home / "run",
            "PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return [*become, "env", "-i", *(f"{k}={v}" for k, v in env.items()), *map(str, words)]

    def does(self, *words: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a command as the user."""
        return subprocess.run(
            self.words(*words), input=stdin, capture_output=True, cwd=self.home, check=False
        )

    def runner(self, *words: str | Path) -> Call:
        """Run `python -m runner …` as the user."""
        done = self.does(python(), "-m", "runner", *words)
        return Call(done.returncode, done.stdout.decode(), done.stderr.decode())


def python() -> str:
    """A Python that every user may run: that of the tests may be below a folder of root."""
    found = shutil.which(f"python{sys.version_info[0]}.{sys.version_info[1]}", path="/usr/bin")
    return found or sys.executable


@pytest.fixture(scope="module")
def person() -> Iterator[Person]:
    if shutil.which("newuidmap") is None or shutil.which("useradd") is None:
        pytest.skip("a rootless engine needs newuidmap (uidmap) and a user")
    # Not below pytest's own folder, where only root can go; short, for the sockets in it.
    home = Path(tempfile.mkdtemp(prefix="rl-"))
    made = subprocess.run(["useradd", "--home-dir", home, USER], capture_output=True, check=False)
    if made.returncode:
        home.rmdir()
        pytest.skip(f"a user cannot be made: {made.stderr.decode().strip()}")
    uid = int(subprocess.check_output(["id", "-u", USER]))
    try:
        (home / "run").mkdir(mode=0o700)
        make_inputs(home / "inputs")
        subprocess.run(["chown", "-R", f"{uid}:{uid}", home], check=True)
        someone = Person(home, uid)
        able = someone.does(python(), "-c", "import docker, runner.cli, google.protobuf, numpy")
        if able.returncode:
            pytest.skip(f"{USER} cannot run the command here: {able.stderr.decode()[-200:]}")
        yield someone
    finally:
        # What podman keeps for later, too: no other process has this user.
        subprocess.run(["pkill", "-KILL", "-U", str(uid)], check=False)
        subprocess.run(["userdel", "--force", USER], capture_output=True, check=False)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module", params=["podman", "docker"])
def engine(
    request: pytest.FixtureRequest, person: Person, small_layer: bytes
) -> Iterator[tuple[str, str]]:
    """The name and the address of a rootless engine with a small image."""
    name = request.param
    sock = person.home / "run" / f"{name}.sock"
    if name == "podman":
        words = ["podman", "system", "service", "--time=0", f"unix://{sock}"]
        client = ["podman"]
    else:
        words = ["dockerd-rootless.sh", f"--host=unix://{sock}", "--iptables=false",
                 "--bridge=none", "--storage-driver=vfs"]  # fmt: skip
        client = ["docker", "-H", f"unix://{sock}"]
    for need in (words[0], *(["rootlesskit", "slirp4netns"] if name == "docker" else ["podman"])):
        if shutil.which(need, path=PATH) is None:
            pytest.skip(f"rootless {name} needs {need}")
    said = person.home / f"{name}.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            person.words(*words), cwd=person.home, stdout=log, stderr=log, start_new_session=True
        )
    try:
        deadline = time.monotonic() + 60
        while not sock.is_socket() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        able = person.does(*client, "import", "-", IMAGE, stdin=small_layer)
        if not able.returncode:
            # Its runtime may not know the control groups of this machine.
            words = ["run", "--rm", "--network=none", IMAGE, "sh", "-c", "true"]
            able = person.does(*client, *words)
        if able.returncode:
            why = able.stderr.decode()[-200:] + said.read_text("utf-8", "replace")[-300:]
            pytest.skip(f"rootless {name} does not run here: {why}")
        yield name, f"unix://{sock}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        # Files of users that exist in the engine only: just its own user may remove them.
        person.does("podman", "unshare", "rm", "-rf", person.home / ".local")


@pytest.mark.skipif(shutil.which("podman") is None, reason="podman is not installed")
def test_podman_s_service_of_a_run_ends_with_it(person: Person) -> None:
    call = person.runner("doctor", "--engine", "podman")
    assert "podman, started for this run" in call.out, call.out + call.err
    of_it = subprocess.run(
        ["pgrep", "-U", str(person.uid), "-f", "resim-podman-"], capture_output=True, check=False
    )
    assert of_it.stdout.split() == []


def job(person: Person, address: str, *more: str, script: str = COPY) -> Call:
    words = ("job", "--engine", address, "--image", IMAGE, "--inputs", person.home / "inputs",
             "--outputs", person.home / "out", "--log", person.home / "log",
             "--format", "json")  # fmt: skip
    return person.runner(*words, *more, "--", "sh", "-c", script)


def test_outputs_are_the_caller_s_and_limits_that_are_not_kept_are_said(
    person: Person, engine: tuple[str, str]
) -> None:
    name, address = engine
    call = person.runner("doctor", "--engine", address, "--image", IMAGE, "--format", "json")
    assert call.code == 0, call.out
    checks = {check["name"]: check for check in json.loads(call.out)["checks"]}
    assert "rootless" in checks["user"]["text"]
    limits = checks["limits"]
    # Whatever it can keep, a run with limits must not end in the engine's own error.
    asked = ("--cpus", "0.5", "--memory-mib", "500", "--pids", "100")
    for more, uid in ((asked, "12345"), ((*asked, "--image-user"), "0")):
        call = job(person, address, *more, script=f"id -u; touch /x; {COPY}")
        assert call.code == 0, call.out + call.err
        assert call.json["verdict"] == "PASSED"
        lines = (person.home / "log").read_text().splitlines()
        assert uid in lines
        assert any("Read-only file system" in line for line in lines)
        for path in (person.home / "out").rglob("*"):
            assert path.stat().st_uid == person.uid
    if limits["level"] == "warning":
        assert "a build may exceed limits" in limits["text"]
        assert "--memory-mib" in limits["text"]
        assert f"warning: rootless {name} cannot enforce" in call.err
    else:
        assert "cannot enforce" not in call.err
