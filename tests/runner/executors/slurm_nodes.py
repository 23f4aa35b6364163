"""A Slurm cluster of two nodes on this machine: its own daemons in a folder, nothing in /etc."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

import pytest

from tests.runner.executors.cluster import wait_for

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "setpriv")
CONF = """\
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
# Without cgroups it is the one that ends a process whose shell ended first.
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_min_interval=20000
SlurmdParameters=config_overrides
KillWait=5
SlurmdTimeout=10
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MailProg=/bin/true
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port={first_port} CPUs=2 RealMemory=9000
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port={second_port} CPUs=2 RealMemory=9000
PartitionName=debug Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
PartitionName=empty MaxTime=INFINITE State=UP
"""


def require_slurm() -> None:
    """Skip a test without the programs of Slurm; fail where they are required."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    missing = [name for name in PROGRAMS if shutil.which(name, path=path) is None]
    if not missing:
        return
    if os.environ.get("RESIM_REQUIRE_SLURM") == "1":
        pytest.fail(f"RESIM_REQUIRE_SLURM is 1, but {missing[0]} is not installed.")
    pytest.skip(f"{missing[0]} is not installed, so there is no Slurm")


class SlurmNodes:
    """The daemons of a cluster; its nodes `n1` and `n2` have two CPUs each."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._stack = ExitStack()
        self.nodes: dict[str, subprocess.Popen[bytes]] = {}
        conf = folder / "slurm.conf"
        controller, first, second = _free_ports(3)
        conf.write_text(
            CONF.format(
                folder=folder,
                user=getpass.getuser(),
                controller_port=controller,
                first_port=first,
                second_port=second,
            )
        )
        (folder / "state").mkdir()
        key = folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self.env = {**os.environ, "SLURM_CONF": str(conf)}
        self.env["PATH"] += ":/usr/sbin:/sbin"
        self.controller: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        folder = self._folder
        try:
            names = {
                "key-file": "munge.key",
                "socket": "munge.sock",
                "pid-file": "munged.pid",
                "log-file": "munged.log",
                "seed-file": "munged.seed",
            }
            files = [f"--{option}={folder / name}" for option, name in names.items()]
            # It is forced to use a folder below one that all may write to.
            self._start("munged", "--force", "--foreground", *files)
            wait_for((folder / "munge.sock").exists, "the socket of munged")
            self.start_controller()
            for name in ("n1", "n2"):
                self.start_node(name)
            wait_for(
                lambda: (
                    self.try_call("sinfo", "-h", "-p", "debug", "-t", "idle", "-o", "%D") == "2"
                ),
                "two idle nodes",
            )
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(AssertionError):
            self.try_call("scancel", "--user", getpass.getuser())
            wait_for(lambda: not self.jobs(), "the end of the Slurm jobs", 10.0)
        self._stack.close()
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not self.processes(), "the end of all processes of the cluster")

    def start_controller(self) -> None:
        """Start slurmctld."""
        self.controller = self._start("slurmctld", "-D")

    def start_node(self, name: str) -> None:
        """Start slurmd of a node."""
        self.nodes[name] = self._start("slurmd", "-D", "-N", name)

    def call(self, *words: str) -> str:
        """Return the output of a program of Slurm, which has to succeed."""
        done = subprocess.run(words, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout.strip()

    def try_call(self, *words: str) -> str:
        """Return the output of a program of Slurm; empty if it fails."""
        with suppress(AssertionError):
            return self.call(*words)
        return ""

    def jobs(self) -> list[str]:
        """Numbers and states of the jobs that have not ended: `12 RUNNING`."""
        return self.try_call("squeue", "--noheader", "--format=%i %T").splitlines()

    def running(self) -> list[str]:
        """Numbers of the running jobs."""
        return [job.split()[0] for job in self.jobs() if job.endswith(" RUNNING")]

    def lose(self, node: str) -> None:
        """Kill the daemon of a node, and everything that its jobs have started."""
        self.nodes[node].kill()
        self.nodes[node].wait()
        mark = f"SLURMD_NODENAME={node}".encode()
        own = b"slurmstepd"
        for pid in self.processes():
            proc = Path(f"/proc/{pid}")
            with suppress(OSError):
                if mark in (proc / "environ").read_bytes() or own in (proc / "comm").read_bytes():
                    os.kill(pid, signal.SIGKILL)

    def processes(self) -> list[int]:
        """Processes of daemons and jobs that still run, by their environment."""
        mark = f"SLURM_CONF={self.env['SLURM_CONF']}".encode()
        running = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if mark in path.read_bytes().split(b"\0"):
                    running.append(int(path.parent.name))
        return running

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{words[0]}.out").open("ab") as log:
            process = subprocess.Popen(
                # Nothing of the cluster outlives the tests, even if they are killed.
                ["setpriv", "--pdeathsig", "KILL", *words],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
