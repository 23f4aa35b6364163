"""Arguments that choose where jobs run: threads of this process, or workers of a cluster."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.settings.project_model import SlurmSettings
from resim_inspect.text import clean
from runner.commands.shared.arguments import project_of
from runner.commands.shared.batch_call import RunOnWorker
from runner.commands.shared.build_args import engine_options
from runner.commands.shared.session import Session
from runner.errors import CallError
from runner.execution.batch_run import BatchRunRequest
from runner.execution.cancellation import Signals
from runner.execution.events import Event
from runner.execution.result_cache import Planned
from runner.executors.address import (
    FORMS,
    SLURM,
    THREADS,
    SchedulerAddress,
    TlsFiles,
    scheduler_address,
)
from runner.workspace.layout import Workspace
from runner.workspace.results import JobResult

if TYPE_CHECKING:
    from runner.execution.run_context import RunContext
    from runner.executors.dask_cluster import DaskCluster
    from runner.executors.remote_job import RemoteCall
    from runner.executors.slurm_cluster import SlurmCluster
    from runner.executors.stored_execution import StoredExecutor


EXECUTOR_FLAGS = ("executor", "storage", "tls-ca-file", "tls-cert", "tls-key")
"""Flags that select a scheduler, as the project file names them."""


class Placement(NamedTuple):
    """The executor of a call's jobs, as `scheduler.run_all` takes it."""

    parallel: int
    requests: Callable[[], int]
    """Returns how often everything is to stop; also exchanges lines with workers."""
    executor: Executor | None = None
    work_of: Callable[[Planned], Callable[[], JobResult]] | None = None
    run_batch: RunOnWorker | None = None
    """Runs the batch in another process."""
    about: str = ""
    """Description of the workers for a run's heading."""


def add_executor_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that choose where jobs run."""
    group = parser.add_argument_group("where the jobs run")
    group.add_argument(
        "--executor",
        default=THREADS,
        metavar="EXECUTOR",
        help=f"{FORMS} (default: {THREADS}); workers need the same workspace at the same path",
    )
    group.add_argument(
        "--storage",
        metavar="URL",
        help="pass inputs and outputs through a storage such as s3://bucket/folder, for workers"
        " that do not see the workspace; the batch then runs on this machine",
    )
    for flag, content in (("ca-file", "authority"), ("cert", "certificate"), ("key", "key")):
        group.add_argument(
            f"--tls-{flag}",
            type=Path,
            metavar="FILE",
            help=f"PEM file with the {content} for dask+tls (default: Dask's own setting)",
        )


def scheduler_of(args: Namespace) -> SchedulerAddress | None:
    """Return the scheduler that the arguments name; raises CallError.

    None for threads, and for Slurm, whose jobs get a scheduler of their own.
    """
    executor = THREADS if args.executor == SLURM else args.executor
    return scheduler_address(executor, TlsFiles(args.tls_ca_file, args.tls_cert, args.tls_key))


@contextmanager
def connected_cluster(args: Namespace) -> Iterator[DaskCluster | SlurmCluster | None]:
    """Connect to the scheduler that the arguments name, or make one for Slurm; None for threads.

    Raises CallError and ExecutorError.
    """
    address = scheduler_of(args)
    on_slurm = args.executor == SLURM
    if args.storage is not None:
        _check_storage(args, is_elsewhere=address is not None or on_slurm)
    if address is None and not on_slurm:
        yield None
        return
    if args.use_tmp_resim:
        raise CallError(
            "--use-tmp-resim runs one job at a time on this machine, and not on workers.",
            "Leave out --use-tmp-resim or --executor.",
        )
    if args.dry_run:
        yield None
        return
    if address is None:
        from runner.executors.slurm_cluster import SlurmCluster

        project = project_of(args)
        yield SlurmCluster(SlurmSettings() if project is None else project.slurm)
        return
    from runner.executors.dask_cluster import DaskCluster

    # As in a run, SIGINT ends the call even if a script started it with `&`, which ignores SIGINT.
    with Signals():
        cluster = DaskCluster(address)
    with cluster as connected:
        yield connected


def _check_storage(args: Namespace, *, is_elsewhere: bool) -> None:
    """Check `--storage` before anything begins, and use it once unless nothing is to be run.

    Raises CallError and StorageError.
    """
    from runner.storage.object_store import check_url
    from runner.storage.store_check import check_usable

    check_url(args.storage)
    if not is_elsewhere:
        raise CallError(
            "--storage is for workers of a cluster.", "Name one with --executor, or leave it out."
        )
    if not args.dry_run:
        check_usable(args.storage)


@contextmanager
def placed_on(
    cluster: DaskCluster | SlurmCluster, args: Namespace, session: Session, workspace: Workspace
) -> Iterator[Placement]:
    """Place the jobs of a workspace on the workers of a cluster; raises StorageError."""
    from runner.executors.exchange import Exchange
    from runner.executors.remote_job import (
        RemoteBatch,
        remote_call,
        remote_job,
        without_credentials,
    )
    from runner.executors.worker_process import run_remote, run_remote_batch

    context = session.context
    call = remote_call(workspace.folder, context, engine_options(args))
    exchange = Exchange(call.exchange, context)

    def warn(text: str) -> None:
        context.notify(Event("warning", context.clock(), text=text))

    def requests() -> int:
        exchange.poll()
        if context.stop.stage:
            cluster.cancel_waiting()
        cluster.check(warn, context.note)
        return session.requests()

    def work_of(planned: Planned) -> Callable[[], JobResult]:
        return partial(run_remote, remote_job(call, planned))

    def run_batch(request: BatchRunRequest, key: str, earlier: str) -> JobResult:
        identity = str(request.id)
        remote = RemoteBatch(call, without_credentials(request), identity, key, earlier)
        return cluster.submit(run_remote_batch, remote).result()

    placement = Placement(cluster.slots, requests, cluster, work_of, run_batch, cluster.description)
    stored: StoredExecutor | None = None
    if args.storage is not None:
        stored = _stored(args.storage, cluster, call, context, str(workspace.id))
        placement = placement._replace(
            executor=stored,
            work_of=stored.work_of,
            # The outputs of all jobs are here.
            run_batch=None,
            about=f"{cluster.description}, through {clean(args.storage, 120)}",
        )
    with _started(cluster, call.exchange.path / SLURM, warn):
        try:
            yield placement
        finally:
            exchange.forward_stop()
            if stored is not None:
                stored.shutdown(cancel_futures=True)


def _stored(
    url: str,
    cluster: DaskCluster | SlurmCluster,
    call: RemoteCall,
    context: RunContext,
    workspace: str,
) -> StoredExecutor:
    """Return an executor whose jobs pass through a storage; raises StorageError."""
    from runner.executors.stored_execution import StoredExecutor
    from runner.executors.stored_worker import run_stored
    from runner.storage.object_store import ObjectStore

    return StoredExecutor(cluster, ObjectStore(url), workspace, call, context, run_stored)


def _started(
    cluster: DaskCluster | SlurmCluster, folder: Path, warn: Callable[[str], None]
) -> AbstractContextManager[None]:
    """Return the context in which a cluster takes jobs; that of Dask runs already."""
    from runner.executors.dask_cluster import DaskCluster

    return nullcontext() if isinstance(cluster, DaskCluster) else cluster.started(folder, warn)
