"""Jobs on a worker that sees no folder of the client: inputs are fetched, outputs brought back."""

from __future__ import annotations

import atexit
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Event, Lock
from uuid import uuid4

from runner.engines.protocol import remove_leftovers
from runner.errors import RunnerError, StorageError
from runner.execution.claimed_run import report_rerun, wait_report
from runner.execution.result_cache import cache_key, is_later_result
from runner.execution.run_context import RunContext
from runner.execution.scheduler import broken_job, run_unless_stopped
from runner.executors.remote_job import exchange_of
from runner.executors.store_mirror import WorkerMirror, keep_exchanging
from runner.executors.stored_jobs import Done, StoredJob, StoredNames, read_done, read_list
from runner.executors.worker_process import WORKER_CALLS
from runner.storage.fs import remove_tree, write_locked
from runner.storage.input_archive import DigestCache
from runner.storage.object_store import ObjectStore
from runner.storage.scratch import REMOVE_STALE, WORKER_PREFIX, scratch_folder
from runner.storage.store_claims import claimed_in
from runner.storage.stored_files import download, list_folder, upload
from runner.storage.watchdog import WATCHDOG
from runner.workspace.layout import JOBS, Job, RunFolder
from runner.workspace.results import JobResult, Outcome


class _Calls:
    """Folders of the calls that have jobs in this process, and their mirrors."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stack = ExitStack()
        self._root: Path | None = None
        self._mirrors: dict[str, WorkerMirror] = {}
        self._active: dict[str, int] = {}
        self._ended: dict[str, Event] = {}

    def enter(self, stored: StoredJob) -> tuple[Path, WorkerMirror]:
        """Return the folder of a call and its mirror, which runs until as many leave."""
        key = stored.remote.call.call_id
        with self._lock:
            if self._root is None:
                # A worker that Slurm or its user ends does not come to its own end.
                WATCHDOG.guard(REMOVE_STALE, WORKER_PREFIX)
                self._root = self._stack.enter_context(scratch_folder(WORKER_PREFIX))
                atexit.register(self._stack.close)
            folder = self._root / key
            if key not in self._mirrors:
                record = exchange_of(folder)
                record.path.mkdir(parents=True)
                name = StoredNames(stored.workspace).call(key)
                self._mirrors[key] = WorkerMirror(store_at(stored.url), name, record)
            mirror = self._mirrors[key]
            self._active[key] = self._active.get(key, 0) + 1
            if self._active[key] == 1:
                self._ended[key] = Event()
                keep_exchanging(mirror.exchange, self._ended[key])
            return folder, mirror

    def leave(self, stored: StoredJob) -> None:
        """End the exchange of a call with its last job."""
        key = stored.remote.call.call_id
        with self._lock:
            self._active[key] -= 1
            if not self._active[key]:
                self._ended.pop(key).set()


_CALLS = _Calls()


@cache
def store_at(url: str) -> ObjectStore:
    """Return the store at a URL, once for this process; raises StorageError."""
    return ObjectStore(url)


def run_stored(stored: StoredJob) -> JobResult:
    """Run a job of a store in this process, which is a worker; failures are results.

    A function of a module, so that it is sent by its name.
    """
    job = stored.remote.job
    try:
        folder, mirror = _CALLS.enter(stored)
    except (RunnerError, OSError) as error:
        return broken_job(job, _as_runner_error(error), time.time())
    job = replace(job, folder=RunFolder(folder / JOBS / uuid4().hex))
    call = replace(stored.remote.call, workspace=folder)

    def run(job: Job, earlier: str, context: RunContext) -> JobResult:
        try:
            return _run(stored, job, earlier, context)
        except (RunnerError, OSError) as error:
            return broken_job(job, _as_runner_error(error), context.clock())
        finally:
            # The events of a job are with the client before its result is, or its worker ends.
            with suppress(RunnerError, OSError):
                mirror.exchange()

    try:
        return WORKER_CALLS.run(call, job, stored.remote.earlier, run)
    finally:
        _CALLS.leave(stored)
        remove_tree(job.folder.path)


def _as_runner_error(error: RunnerError | OSError) -> RunnerError:
    if isinstance(error, RunnerError):
        return error
    return StorageError(f"a folder of the worker cannot be written: {error.strerror}.")


def _run(stored: StoredJob, job: Job, earlier: str, context: RunContext) -> JobResult:
    """Run a job with its claim in the store, and bring back what it left; raises RunnerError."""
    store, names = store_at(stored.url), StoredNames(stored.workspace)
    report = wait_report(context, job.name)
    claim_name = f"{names.job(job.name)}/claim.json"
    with claimed_in(store, claim_name, report, lambda: context.stop.covers(job.name)) as claim:
        if claim is None:
            # It is stopped, which is a result as well.
            return run_unless_stopped(job, earlier, context)
        known = read_done(store, names.done(job.name))
        key = cache_key(context.build, context.prepared, stored.inputs)
        if known is not None and is_later_result(known.result, earlier, key):
            return known.result
        if claim.taken_from:
            remove_leftovers(context.engine, context.note)
            report_rerun(context, job.name, claim.taken_from)
        _fetch_inputs(store, names.inputs(stored.inputs), job.folder)
        if known is not None:
            write_locked(job.folder.result, known.result.as_bytes(), durable=False)
        result = run_unless_stopped(job, earlier, context)
        if result.outcome in {Outcome.CANCELLED, Outcome.BROKEN}:
            return result
        claim.check()
        _upload_result(store, names, job, result)
        if known is not None:
            with suppress(StorageError):
                store.remove(f"{names.job(job.name)}/{known.attempt}")
        return result


def _fetch_inputs(store: ObjectStore, name: str, folder: RunFolder) -> None:
    files = read_list(store, name)
    if files is None:
        raise StorageError(
            f"the inputs {name} are missing in the storage {store.url}.",
            "Run again, which uploads what is missing.",
        )
    folder.inputs.mkdir(parents=True)
    download(store, name, files, folder.inputs)


def _upload_result(store: ObjectStore, names: StoredNames, job: Job, result: JobResult) -> None:
    """Upload outputs and log, and then the result that lists them."""
    folder, attempt = job.folder, uuid4().hex
    parts = (("outputs", folder.outputs), ("run/log.txt", folder.log))
    files = list_folder([part for part in parts if part[1].exists()], DigestCache())
    upload(store, f"{names.job(job.name)}/{attempt}", files, folder.path)
    store.write(names.done(job.name), Done(result, attempt, tuple(files)).as_bytes())
