"""TLS between client, scheduler and workers, and secrets that no scheduler holds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.errors import CallError, ExecutorError
from runner.executors import dask_cluster
from runner.executors.address import SchedulerAddress, TlsFiles, scheduler_address
from runner.executors.dask_cluster import DaskCluster
from tests.containers.container_harness import make_jobs
from tests.runner.executors.cluster import Build, Cluster, run_on, wait_for

pytest.importorskip("distributed")
# A scheduler and a worker, which take seconds to start.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl"),
]
TOKEN = "token-of-the-build-5f1c"
"""Value of a variable that the build has, and the scheduler must not have."""


def authority(folder: Path, name: str) -> TlsFiles:
    """Make an authority, and a certificate of it with its key."""
    folder.mkdir(exist_ok=True)
    ca, ca_key = folder / f"{name}.pem", folder / f"{name}.key"
    cert, key, request = (folder / f"{name}-node.{end}" for end in ("pem", "key", "csr"))
    new = ["-newkey", "rsa:2048", "-nodes"]
    _openssl("req", "-x509", *new, "-days", "1", "-subj", f"/CN={name}", "-keyout", ca_key,
             "-out", ca)  # fmt: skip
    _openssl("req", *new, "-subj", "/CN=node", "-keyout", key, "-out", request)
    _openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial",
             "-days", "1", "-out", cert)  # fmt: skip
    return TlsFiles(ca, cert, key)


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def options(files: TlsFiles) -> tuple[str, ...]:
    """Options of the command line for files; those of Dask have the same names."""
    names = ("--tls-ca-file", "--tls-cert", "--tls-key")
    return tuple(word for pair in zip(names, map(str, files), strict=True) for word in pair)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return authority(tmp_path_factory.mktemp("authority"), "resim")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, files: TlsFiles) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("tls") / "cluster"
    with Cluster(folder, security=options(files)) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def address(cluster: Cluster, files: TlsFiles) -> SchedulerAddress:
    address = scheduler_address(f"dask-file:{cluster.file}", files)
    assert address is not None
    return address


def test_other_clients_get_one_sentence(
    tmp_path: Path, address: SchedulerAddress, files: TlsFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT_TIMEOUT", 3.0)
    foreign = authority(tmp_path, "foreign")
    with pytest.raises(CallError, match=r"^no certificates are given for tls://127"):
        DaskCluster(address._replace(tls=TlsFiles()))
    with pytest.raises(ExecutorError, match=r"closes the connection, as one with TLS does\.$"):
        DaskCluster(SchedulerAddress(address.url.replace("tls", "tcp")))
    with pytest.raises(ExecutorError, match=r"was not issued by the given authority\.$"):
        DaskCluster(address._replace(tls=foreign))
    with pytest.raises(ExecutorError, match=r"as one that refuses the certificate does\.$"):
        DaskCluster(address._replace(tls=foreign._replace(ca=files.ca)))
    with pytest.raises(CallError, match=r"cannot be used \(KEY_VALUES_MISMATCH\)\.$"):
        DaskCluster(address._replace(tls=files._replace(key=foreign.key)))


def test_a_scheduler_without_encryption_is_refused(tmp_path: Path, files: TlsFiles) -> None:
    with Cluster(tmp_path / "plain") as plain:
        url = json.loads(plain.file.read_text())["address"].replace("tcp://", "tls://")
        with pytest.raises(ExecutorError, match=r"does not use TLS\.$") as caught:
            DaskCluster(SchedulerAddress(url, files))
    assert f"--executor dask+{url.replace('tls', 'tcp')}" in caught.value.hint


def test_a_job_runs_encrypted_and_the_scheduler_never_has_a_secret(
    tmp_path: Path,
    cluster: Cluster,
    address: SchedulerAddress,
    files: TlsFiles,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dask_cluster, "LOOK_INTERVAL", 0.0)
    said: list[str] = []
    with DaskCluster(address) as connected:
        assert connected.slots == 0
        connected.check(said.append, said.append)
        connected.check(said.append, said.append)
    assert said == [
        f"no worker of {address.url} has the resource resim, so the jobs wait: start one with"
        f" `dask worker {address.url} --resources resim=N --preload runner.executors.worker_end`."
    ]
    # The scheduler has started before, so the variable is not in its environment.
    monkeypatch.setenv("API_TOKEN", TOKEN)
    cluster.add_worker()
    workspace = make_jobs(tmp_path / "flights", 3)
    for job in workspace.glob("jobs/*"):
        job.rename(job.with_name(f"{job.name}-encrypted"))
    build = Build(tmp_path, 1)
    text = build.script.read_text()
    build.script.write_text(f'[ "$API_TOKEN" = {TOKEN[:5]}"{TOKEN[5:]}" ] || exit 9\n{text}')
    words = ("--only", "jobs", "--env", "API_TOKEN", "--format", "json", *options(files))
    run = run_on(f"dask+{address.url}", workspace, build, *words)
    wait_for(lambda: len(build.jobs("begin")) >= 2, "two jobs")
    # Two run and one waits: the scheduler has them, and not what is secret of them.
    assert holds(cluster.scheduler.pid, b"-encrypted")
    assert not holds(cluster.scheduler.pid, TOKEN.encode())
    out, err = run.communicate(timeout=60)
    assert run.returncode == 0, err
    assert json.loads(out)["outcomes"] == {"done": 3}
    assert not holds(cluster.scheduler.pid, TOKEN.encode())


def holds(pid: int, text: bytes) -> bool:
    """Return True if the memory of a process of this user has a text."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            begin, end = (int(number, 16) for number in span.split("-"))
            try:
                if text in os.pread(memory.fileno(), end - begin, begin):
                    return True
            except (OSError, OverflowError):
                # A part that is gone, or that the kernel does not give out.
                continue
    return False
