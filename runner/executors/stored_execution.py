"""The client's side of jobs in an object store: inputs go up, outputs and results come back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock
from typing import ParamSpec, TypeVar, cast

from resim_inspect.text import clean
from runner.errors import ExecutorError, RunnerError, StorageError
from runner.execution.result_cache import Planned, fingerprint, job_cache_key
from runner.execution.run_context import RunContext
from runner.execution.scheduler import broken_job
from runner.executors.remote_job import RemoteCall, RemoteJob
from runner.executors.store_mirror import ClientMirror, keep_exchanging
from runner.executors.stored_jobs import StoredJob, StoredNames, read_done, read_list, write_list
from runner.storage.fs import disk_errors, remove_tree
from runner.storage.input_archive import DigestCache
from runner.storage.object_store import ObjectStore
from runner.storage.publish import new_outputs, publish
from runner.storage.stored_files import download, list_folder, upload
from runner.workspace.contract import inputs_below
from runner.workspace.layout import Job, RunFolder
from runner.workspace.results import JobResult, Outcome

TRANSFERS = 8
"""Number of jobs whose files are uploaded or downloaded at once."""
P = ParamSpec("P")
T = TypeVar("T")


class StoredWork:
    """A job to be run through a store, as `StoredExecutor` takes it."""

    def __init__(self, planned: Planned) -> None:
        self.planned = planned

    def __call__(self) -> JobResult:
        raise TypeError("a job that uses a storage can only be run by StoredExecutor.")


class StoredExecutor(Executor):
    """Runs jobs by another executor, whose processes share nothing but a store with this one.

    A job of which the store has no inputs, or whose files do not come back, is broken.
    """

    def __init__(
        self,
        inner: Executor,
        store: ObjectStore,
        workspace: str,
        call: RemoteCall,
        context: RunContext,
        run: Callable[[StoredJob], JobResult],
    ) -> None:
        self._inner, self._store, self._run = inner, store, run
        self._workspace, self._names = workspace, StoredNames(workspace)
        # A worker has a folder of its own in its place.
        self._call = replace(call, workspace=Path())
        self._context = context
        self._incoming = call.exchange.path / "incoming"
        self._pool = ThreadPoolExecutor(TRANSFERS, thread_name_prefix="storage")
        self._name = self._names.call(call.call_id)
        self._mirror = ClientMirror(store, self._name, call.exchange)
        self._ended = Event()
        self._lock = Lock()
        self._uploaded: set[str] = set()
        keep_exchanging(self._mirror.exchange, self._ended)

    @staticmethod
    def work_of(planned: Planned) -> StoredWork:
        """Return what `submit` takes to run a job."""
        return StoredWork(planned)

    def submit(self, fn: Callable[P, T], /, *_: P.args, **__: P.kwargs) -> Future[T]:
        """Run a `StoredWork`."""
        if not isinstance(fn, StoredWork):
            raise TypeError("StoredExecutor runs only StoredWork.")
        outer: Future[JobResult] = Future()
        self._pool.submit(self._guarded, outer, fn.planned.job, lambda: self._send(outer, fn))
        return cast("Future[T]", outer)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Pass on the last requests to stop, and end the exchange."""
        self._ended.set()
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
        try:
            self._mirror.exchange()
            if not self._context.stop.stage:
                self._store.remove(self._name)
        except (RunnerError, OSError):
            # Workers end their jobs by their own time limits.
            return

    def _guarded(self, outer: Future[JobResult], job: Job, step: Callable[[], None]) -> None:
        try:
            step()
        except ExecutorError as error:
            outer.set_exception(error)
        except RunnerError as error:
            outer.set_result(broken_job(job, error, self._context.clock()))
        except BaseException as error:  # noqa: BLE001 - a fault must not leave a future open
            outer.set_exception(error)

    def _send(self, outer: Future[JobResult], work: StoredWork) -> None:
        """Upload the inputs of a job unless the store has them, and submit it."""
        job, context = work.planned.job, self._context
        key = job_cache_key(job.folder, context)
        if not context.stop.covers(job.name):
            self._upload(job.folder, key.inputs, key.digests)
        # The folder is that of this machine, and a worker has its own.
        sent = replace(job, folder=RunFolder(Path()))
        remote = RemoteJob(self._call, sent, fingerprint(work.planned.stale))
        stored = StoredJob(remote, self._store.url, self._workspace, key.inputs)
        inner = self._inner.submit(self._run, stored)
        digests = key.digests.as_bytes()

        def take(ended: Future[JobResult]) -> None:
            self._guarded(
                outer, job, lambda: self._collect_result(outer, job, ended.result(), digests)
            )

        inner.add_done_callback(lambda ended: self._enqueue(take, ended))

    def _upload(self, folder: RunFolder, digest: str, cache: DigestCache) -> None:
        name = self._names.inputs(digest)
        with self._lock:
            if digest in self._uploaded:
                return
        if read_list(self._store, name) is None:
            files = list_folder(inputs_below(folder.inputs), cache)
            upload(self._store, name, files, folder.inputs)
            write_list(self._store, name, files)
        with self._lock:
            self._uploaded.add(digest)

    def _collect_result(
        self, outer: Future[JobResult], job: Job, result: JobResult, digests: bytes | None
    ) -> None:
        """Publish a result with its files in the workspace."""
        # Events that a worker left before its result come first.
        self._mirror.exchange()
        if result.outcome is Outcome.BROKEN:
            publish(job.folder, result)
        elif result.outcome is not Outcome.CANCELLED:
            done = read_done(self._store, self._names.done(job.name))
            if done is None or fingerprint(done.result) != fingerprint(result):
                raise StorageError(
                    f"the storage {clean(self._store.url)} has a result of this job from another"
                    " run.",
                    "Wait until the other run has ended, and run again.",
                )
            incoming = self._incoming / done.attempt
            prefix = f"{self._names.job(job.name)}/{done.attempt}"
            try:
                download(self._store, prefix, done.files, incoming)
                _move_in(incoming, job.folder)
            finally:
                remove_tree(incoming)
            publish(job.folder, result, digests)
        outer.set_result(result)

    def _enqueue(self, take: Callable[[Future[JobResult]], None], ended: Future[JobResult]) -> None:
        try:
            self._pool.submit(take, ended)
        except RuntimeError:
            # The call has ended before; the store has the result for the next one.
            return


def _move_in(incoming: Path, folder: RunFolder) -> None:
    """Move outputs and log that came in to the place where they are published."""
    new, source = new_outputs(folder), RunFolder(incoming)
    with disk_errors(folder.path):
        remove_tree(new)
        if source.outputs.is_dir():
            source.outputs.rename(new)
        if source.log.is_file():
            folder.run.mkdir(exist_ok=True)
            source.log.replace(folder.log)
