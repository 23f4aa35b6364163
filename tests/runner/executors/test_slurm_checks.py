"""Checks of `doctor` for Slurm: by programs that answer as Slurm does, and by a real one."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from resim_inspect.settings.project_model import SlurmSettings
from runner.engines.checks import Check
from runner.errors import CallError, ExecutorError
from runner.executors import slurm_checks
from runner.executors.slurm_checks import Trial, check_slurm
from tests.containers.container_harness import call_runner
from tests.runner.executors.slurm_nodes import SlurmNodes, require_slurm
from tests.runner.executors.test_slurm_jobs import FakeSlurm

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")
LINES = (
    "welcome to the cluster",
    "debug*|up|2|idle",
    "debug*|up|1|mixed",
    "debug*|up|1|idle~",
    "debug*|up|3|down*",
    "night|down|2|idle",
    "broken|up|2|drained",
    "broken|up|1|idle*",
    "empty|up|0|n/a",
)
SCRIPT = "#!/bin/sh\n#SBATCH -n 1\n"


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SINFO_PARTITION", "other")
    fake = FakeSlurm(folder)
    (folder / "lines").write_text("".join(f"{line}\n" for line in LINES))
    fake.write("sinfo", '[ -z "$SINFO_PARTITION" ] && cat lines')
    fake.write("sbatch", "cat > script")
    return fake


@pytest.mark.parametrize(
    ("host", "words"),
    [
        (
            "node-1.invalid",
            "listen on node-1.invalid, which is host in [slurm]: it has no address.",
        ),
        ("a" * 70, "which is host in [slurm]: it has no address."),
        ("", "listen on own-name, which is this machine's own name: it has no address."),
    ],
)
def test_a_host_without_an_address_is_named(
    slurm: FakeSlurm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, words: str
) -> None:
    pytest.importorskip("dask_jobqueue")
    from runner.executors.slurm_cluster import SlurmCluster

    def unknown(name: str, *_: object) -> None:
        name.encode("idna")
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    slurm.write("squeue", "exit 0")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr(socket, "gethostname", lambda: "own-name")
    cluster = SlurmCluster(SlurmSettings(host=host, tls=False))
    with pytest.raises(CallError) as caught:
        cluster.trial(tmp_path)
    assert words in caught.value.reason
    assert "Set host in [slurm] of resim.toml" in caught.value.hint


def test_a_host_that_is_an_address_of_another_machine_is_named(
    slurm: FakeSlurm, tmp_path: Path
) -> None:
    pytest.importorskip("dask_jobqueue")
    from runner.executors.slurm_cluster import SlurmCluster

    slurm.write("squeue", "exit 0")
    # An address for documentation, which no machine has.
    cluster = SlurmCluster(SlurmSettings(host="203.0.113.9", tls=False))
    with pytest.raises(CallError) as caught:
        cluster.trial(tmp_path)
    assert caught.value.reason.endswith(
        " listen on 203.0.113.9, which is host in [slurm]: it is not an address of this machine."
    )
    assert "Set host in [slurm] of resim.toml" in caught.value.hint


def checked(
    settings: SlurmSettings,
    address: str = "tls://10.0.0.1:4000",
    logs: Path = Path(),
    partition: str = "",
) -> list[tuple[str, str, str]]:
    """Levels, names and texts of the checks, with a scheduler that starts."""
    env = {"SBATCH_PARTITION": partition} if partition else {}
    checks = check_slurm(settings, env, lambda _: Trial(SCRIPT, address, logs))
    return [(check.level, check.name, check.text) for check in checks]


def partitions_of(settings: SlurmSettings, partition: str = "") -> list[tuple[str, str]]:
    rows = checked(settings, partition=partition)
    return [(level, text) for level, name, text in rows if name == "partition"]


def test_a_cluster_that_is_well(slurm: FakeSlurm, tmp_path: Path) -> None:
    assert checked(SlurmSettings(log_directory=tmp_path), logs=tmp_path) == [
        ("ok", "executor", "Slurm answers, with 4 partitions"),
        (
            "ok",
            "partition",
            "debug has 4 usable nodes, 3 of them idle; not usable: 3 not responding",
        ),
        ("ok", "scheduler", "the scheduler of the workers listens at tls://10.0.0.1:4000"),
        ("ok", "logs", f"{tmp_path} can be written"),
        ("ok", "workers", "Slurm would accept the job of a worker"),
    ]
    # Slurm checks the script of a worker, and gets no job.
    assert slurm.calls("sbatch") == ["--test-only"]
    assert (slurm.folder / "script").read_text() == SCRIPT
    assert list(tmp_path.iterdir()) == [slurm.folder]


@pytest.mark.usefixtures("slurm")
def test_partitions_without_usable_nodes() -> None:
    (night,) = partitions_of(SlurmSettings(partition="night"))
    assert night == ("error", "the partition night takes no jobs now: it is not up")
    (broken,) = partitions_of(SlurmSettings(directives=("--qos=low", "-p broken")))
    assert broken == (
        "error",
        "the partition broken has no usable node, so that jobs would wait;"
        " not usable: 2 drained, 1 not responding",
    )
    empty = partitions_of(SlurmSettings(partition="night"), partition="empty")
    assert empty[0][1] == "the partition empty has no usable node, so that jobs would wait"
    both = partitions_of(SlurmSettings(directives=("--partition=debug,no\x1b[2Jwhere",)))
    assert [level for level, _ in both] == ["error", "ok"]
    assert both[0][1].startswith("Slurm has no partition no")
    assert both[0][1].endswith("where; it has broken, debug, empty, night")
    assert "\x1b" not in both[0][1]


def test_a_cluster_without_a_default_partition(slurm: FakeSlurm) -> None:
    slurm.write("sinfo", "echo 'debug|up|2|idle'")
    assert partitions_of(SlurmSettings()) == [("error", "the cluster has no default partition")]


def test_programs_that_fail_are_one_sentence(
    slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    slurm.write("sbatch", "echo 'allocation failure: Requested node is not available' >&2; exit 1")
    assert checked(SlurmSettings())[-1] == (
        "error",
        "workers",
        "Slurm would accept no job (allocation failure: Requested node is not available)",
    )
    slurm.write("sinfo", "echo 'sinfo: error: Unable to contact slurm controller' >&2; exit 1")
    assert checked(SlurmSettings()) == [
        ("error", "executor", "Slurm does not answer (Unable to contact slurm controller)")
    ]
    slurm.write("sinfo", "exec sleep 60")
    monkeypatch.setattr(slurm_checks, "TIMEOUT", 0.1)
    ((level, _, text),) = checked(SlurmSettings())
    assert (level, text) == ("error", "Slurm does not answer (sinfo gave no answer within 0 s)")
    monkeypatch.setenv("PATH", str(slurm.folder.parent))
    ((level, _, text),) = checked(SlurmSettings())
    assert (level, text) == (
        "error",
        "Slurm is not usable here: the programs sbatch, squeue, scancel are missing",
    )


@pytest.mark.usefixtures("slurm")
def test_schedulers_and_folders_that_are_not_usable(tmp_path: Path) -> None:
    for address in ("tls://127.0.1.1:4000", "tcp://[::1]:4000", "tcp://localhost:4000"):
        (row,) = [row for row in checked(SlurmSettings(), address) if row[1] == "scheduler"]
        assert row[0] == "warning"
        assert row[2].endswith(f"listens at {address}, which no other machine reaches")
    missing = tmp_path / "missing"
    rows = checked(SlurmSettings(log_directory=missing), logs=missing)
    assert ("error", "logs", f"{missing} cannot be written: No such file or directory") in rows

    def start(_: Path) -> Trial:
        raise ExecutorError("--executor slurm needs dask-jobqueue.", "Install it.")

    last = list(check_slurm(SlurmSettings(), {}, start))[-1]
    assert last == Check(
        "error", "scheduler", "--executor slurm needs dask-jobqueue.", "Install it."
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlurmNodes]:
    pytest.importorskip("dask_jobqueue")
    require_slurm()
    with SlurmNodes(tmp_path_factory.mktemp("cluster") / "slurm") as nodes:
        yield nodes


# The daemons of a cluster take seconds to start and to end.
@pytest.mark.slow
def test_doctor_asks_the_slurm_of_the_project_file(
    cluster: SlurmNodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLURM_CONF", "PATH"):
        monkeypatch.setenv(name, cluster.env[name])
    monkeypatch.chdir(tmp_path)
    settings = f'host = "127.0.0.1"\nlog-directory = "{tmp_path}/logs"\n'
    cases = {
        f"shared-directory = '{tmp_path}/keys'": ["ok", "ok", "warning", "ok", "ok"],
        "memory-mib = 999999\ntls = false": ["ok", "ok", "warning", "ok", "error"],
        'partition = "empty"': ["ok", "error", "warning", "ok", "error"],
        'shared-directory = "/tmp/a b"': ["ok", "ok", "error"],
    }
    for text, levels in cases.items():
        (tmp_path / "resim.toml").write_text(
            f'[defaults.run]\nexecutor = "slurm"\n[slurm]\n{settings}{text}\n'
        )
        call = call_runner("doctor", "--command", "true", "--no-sandbox", "--format", "json")
        names = {"executor", "partition", "scheduler", "logs", "workers"}
        checks = [check for check in call.json["checks"] if check["name"] in names]
        assert [check["level"] for check in checks] == levels, checks
    # No keys are left, and no job was made.
    assert list((tmp_path / "keys").iterdir()) == []
    assert cluster.jobs() == []
