"""Jobs of Slurm as an executor: the only module that knows dask-jobqueue.

The scheduler runs in this process. dask-jobqueue makes it, its certificates and the batch script;
the jobs themselves are those of `slurm_jobs`, which replaces the lost ones and tells refusals.
"""

from __future__ import annotations

import errno
import shlex
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from resim_inspect.files import read_end
from resim_inspect.settings.project_model import SlurmSettings
from resim_inspect.text import clean, count
from runner.errors import CallError, ExecutorError
from runner.executors.address import (
    NO_FILES,
    RESOURCE,
    WORKER_END,
    SchedulerAddress,
    TlsFiles,
)
from runner.executors.dask_cluster import (
    DaskCluster,
    Say,
    silence,
    temporary_certificates,
)
from runner.executors.slurm_checks import Trial
from runner.executors.slurm_jobs import INSTALL, SlurmJobs, SlurmState, missing_programs
from runner.storage.fs import disk_errors, remove_tree
from runner.storage.scratch import REMOVE_FOLDER
from runner.storage.watchdog import WATCHDOG

EXTRA = "pip install 'resim-inspect[slurm]'"
MIB_PER_SLOT = 2048
DEATH_TIMEOUT = 60
"""Seconds after which a worker ends that cannot reach the scheduler."""
LOOK_INTERVAL = 0.5
"""Seconds between two looks at the workers."""
CLOSE_TIMEOUT = 5.0
"""Seconds that the scheduler may take to end."""
KEYS = "keys"
"""Folder of the keys of TLS; only the user may read it."""
WORKER_NAME = "$SLURM_JOB_ID"
"""Name of a worker, which the shell of the batch script replaces by the number of its job."""
UNQUOTABLE = frozenset(" \t\"'\\$`;&|<>()*?[]#~!{}")
"""Characters that a path in the batch script cannot have."""

P = ParamSpec("P")
T = TypeVar("T")


class SlurmCluster(Executor):
    """Workers that are jobs of Slurm, made when the first call is submitted.

    Raises CallError if this machine lacks what it needs.
    """

    def __init__(self, settings: SlurmSettings) -> None:
        missing = missing_programs()
        if missing:
            raise CallError(
                f"--executor slurm needs {missing[0]}, which was not found on this machine.",
                INSTALL,
            )
        try:
            import dask_jobqueue  # noqa: F401
        except ImportError as error:
            raise ExecutorError(
                "--executor slurm needs dask-jobqueue.", f"Install it: {EXTRA}."
            ) from error
        self._settings = settings
        self._name = f"resim-{uuid4().hex[:12]}"
        self._dask: DaskCluster | None = None
        self._jobs: SlurmJobs | None = None
        self._logs = Path()
        self._outstanding: set[Future[Any]] = set()
        self._stopped = False
        self._no_workers_since: float | None = None
        self._reported = ""
        self._names: list[str] = []
        self._last_survey = -LOOK_INTERVAL

    @property
    def description(self) -> str:
        """Description for people: `workers of Slurm (4 jobs)`."""
        return f"workers of Slurm ({count(self._settings.workers, 'job')})"

    @property
    def slots(self) -> int:
        """Number of runs at once when all workers are there."""
        return self._settings.workers * self._settings.slots

    @contextmanager
    def started(self, folder: Path, say: Say) -> Iterator[None]:
        """Start the scheduler; cancel the jobs of Slurm at the end. `folder` is for logs and keys.

        Raises ExecutorError and StorageError.
        """
        with self._scheduler(folder) as (cluster, address):
            self._jobs = SlurmJobs(self._name, cluster.job_script())
            self._dask = DaskCluster(address)
            try:
                yield
            finally:
                problem = self._jobs.close()
                if problem:
                    say(
                        f"the jobs of Slurm could not be cancelled ({problem}); cancel them with"
                        f" `scancel --name={self._name}`."
                    )
                self._dask.shutdown()

    def trial(self, folder: Path) -> Trial:
        """Start the scheduler as a run does, and end it; `folder` is for logs and keys.

        Raises CallError, ExecutorError and StorageError.
        """
        with self._scheduler(folder) as (cluster, address):
            return Trial(cluster.job_script(), address.url, self._logs)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call a picklable function on a worker; its job of Slurm is made by `check`."""
        assert self._dask is not None
        future = self._dask.submit(fn, *args, **kwargs)
        self._outstanding.add(future)
        future.add_done_callback(self._outstanding.discard)
        return future

    def check(self, warn: Say, note: Say) -> None:
        """Keep as many jobs of Slurm as the calls need; tell what the run waits for.

        Raises ExecutorError if Slurm gives no worker.
        """
        assert self._jobs is not None
        assert self._dask is not None
        needed = -(-len(self._outstanding) // self._settings.slots)
        wanted = 0 if self._stopped else min(self._settings.workers, needed)
        names = self._worker_names()
        try:
            state = self._jobs.want(wanted, names)
        except ExecutorError as error:
            raise ExecutorError(
                error.reason, f"{error.hint} {self._last_log_line()}".strip()
            ) from error
        if names or not wanted:
            if self._no_workers_since is not None and names:
                # It also replaces the last reason for waiting on a live display.
                note("Slurm has started a worker.")
            self._no_workers_since = None
            problem = (
                f"Slurm fails ({state.problem}): the run goes on with the workers that it has."
            )
            self._report_once(warn, problem if state.problem else "")
            return
        self._wait(state, note)

    def cancel_waiting(self) -> None:
        """Make no more workers; without one, drop the calls that wait for it."""
        assert self._dask is not None
        self._stopped = True
        self._dask.cancel_waiting()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Do nothing: the jobs are cancelled at the end of `started`."""

    def _worker_names(self) -> list[str]:
        """Return the names of the connected workers, as of a moment ago."""
        assert self._dask is not None
        now = time.monotonic()
        if now - self._last_survey >= LOOK_INTERVAL:
            # It costs a call of the scheduler, and this one comes for every job that ends.
            self._last_survey, self._names = now, self._dask.worker_names
        return self._names

    def _wait(self, state: SlurmState, note: Say) -> None:
        """Tell what a run without a worker waits for; raises ExecutorError after the limit."""
        now = time.monotonic()
        self._no_workers_since = self._no_workers_since or now
        waiting = state.waiting()
        if waiting:
            self._report_once(note, f"Waiting for Slurm to start a worker ({waiting}).")
        limit = self._settings.start_timeout
        if limit is not None and now - self._no_workers_since >= limit:
            raise ExecutorError(
                f"Slurm started no worker within {limit:g} s ({waiting or 'it did not answer'}).",
                "The time is start-timeout of [slurm] in resim.toml; finished jobs are kept.",
            )

    def _report_once(self, say: Say, text: str) -> None:
        if text and text != self._reported:
            say(text)
        self._reported = text

    def _last_log_line(self) -> str:
        """Return the last line of the newest log of a job of Slurm, and its path."""
        with suppress(OSError, IndexError):
            logs = sorted(self._logs.glob("*.log"), key=lambda path: path.stat().st_mtime)
            lines = read_end(logs[-1], 1 << 16).decode("utf-8", "replace").split("\n")
            last = [line for line in lines if line.strip()][-1]
            return f"{clean(str(logs[-1]))} ends with: {clean(last, 200)}"
        return f"Look for logs in {clean(str(self._logs))}."

    @contextmanager
    def _scheduler(self, folder: Path) -> Iterator[tuple[Any, SchedulerAddress]]:
        """Run the scheduler in this process; yield dask-jobqueue's cluster, and the address."""
        settings = self._settings
        self._logs = (settings.log_directory or folder).absolute()
        keys = (settings.shared_directory or folder).absolute() / f"{KEYS}-{self._name}"
        with disk_errors(self._logs):
            self._logs.mkdir(parents=True, exist_ok=True)
        try:
            files, security = NO_FILES, None
            if settings.tls:
                WATCHDOG.guard(REMOVE_FOLDER, str(keys))  # They outlive no process.
                files, security = _certificates(keys)
            cluster = self._cluster(security)
            try:
                yield cluster, SchedulerAddress(cluster.scheduler_address, files)
            finally:
                with suppress(Exception):
                    cluster.close(timeout=CLOSE_TIMEOUT)
        finally:
            remove_tree(keys)

    def _cluster(self, security: Any) -> Any:
        from dask_jobqueue.slurm import SLURMCluster

        settings = self._settings
        bound = _bound_to(settings)
        silence()
        memory = settings.memory_mib or MIB_PER_SLOT * settings.slots
        local = ["--local-directory", _in_quotes(settings.local_directory)]
        try:
            return SLURMCluster(
                queue=settings.partition or None,
                account=settings.account or None,
                walltime=settings.walltime or None,
                # Without a time of ours the partition's own holds, and not that of dask-jobqueue.
                job_directives_skip=[] if settings.walltime else ["#SBATCH -t "],
                job_extra_directives=[
                    f"--output={_in_quotes(f'{self._logs}/%j.log')}",
                    # A job that is lost is replaced by the run itself.
                    "--no-requeue",
                    *settings.directives,
                ],
                job_script_prologue=list(settings.prologue),
                # In place of the shell, whose end by TERM would let Slurm kill the worker at once.
                python=f"exec {shlex.quote(settings.python or sys.executable)}",
                # The threads of a worker, and what Slurm is asked for.
                cores=settings.slots,
                job_cpu=settings.cores or settings.slots,
                memory=f"{memory}MiB",
                processes=1,
                nanny=False,
                death_timeout=DEATH_TIMEOUT,
                worker_extra_args=[
                    *("--name", WORKER_NAME),
                    *("--resources", f"{RESOURCE}={settings.slots}"),
                    *("--dashboard-address", "127.0.0.1:0"),
                    *("--preload", WORKER_END),
                    *(local if settings.local_directory else ()),
                ],
                interface=settings.interface or None,
                protocol="tls://" if security else "tcp://",
                security=security,
                scheduler_options={
                    **bound,
                    "port": settings.port,
                    "dashboard": False,
                    "dashboard_address": "127.0.0.1:0",
                },
                name=self._name,
            )
        except Exception as error:
            reason = clean(str(error.__cause__ or error) or type(error).__name__, 200).rstrip(".")
            raise ExecutorError(
                f"the scheduler for the jobs of Slurm cannot be started ({reason}).",
                "Its address is interface, host and port of [slurm] in resim.toml.",
            ) from error
        finally:
            silence()


def _certificates(folder: Path) -> tuple[TlsFiles, Any]:
    """Make certificates in a new folder; raises CallError, ExecutorError and StorageError."""
    if not UNQUOTABLE.isdisjoint(str(folder)):
        raise CallError(
            f"a batch script cannot have the path {clean(str(folder.parent))}.",
            "Name another folder for the keys of TLS by shared-directory in [slurm].",
        )
    with disk_errors(folder):
        folder.mkdir(parents=True, mode=0o700)
        try:
            return temporary_certificates(folder)
        except ImportError as error:
            raise ExecutorError(
                "encryption of the workers of Slurm needs the package cryptography.",
                f"Install it: {EXTRA}; or set tls = false in [slurm].",
            ) from error


def _bound_to(settings: SlurmSettings) -> dict[str, str]:
    """Return the scheduler's host; without one in the settings the interface, or the own name.

    Raises CallError for a host without an address, and for one of another machine.
    """
    if settings.interface and not settings.host:
        return {"interface": settings.interface}
    host = settings.host or socket.gethostname()
    try:
        addresses = socket.getaddrinfo(host, None)
        if any(_is_local(family, address) for family, *_, address in addresses):
            return {"host": host}
        reason = "it is not an address of this machine"
    except (OSError, UnicodeError):
        reason = "it has no address"
    source = "host in [slurm]" if settings.host else "this machine's own name"
    raise CallError(
        f"the scheduler for the jobs of Slurm cannot listen on {clean(host, 80)}, which is"
        f" {source}: {reason}.",
        "Set host in [slurm] of resim.toml to a name or address of this machine that the nodes"
        " reach, or interface to its network interface.",
    )


def _is_local(family: int, address: tuple[Any, ...]) -> bool:
    """Return False for an address that no interface of this machine has."""
    try:
        with socket.socket(family) as trial:
            trial.bind(address)
    except OSError as error:
        return error.errno != errno.EADDRNOTAVAIL
    return True


def _in_quotes(text: str) -> str:
    """Return a text in double quotes, in which variables of the shell hold."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`")
    return f'"{escaped}"'
