"""A build in batch or report mode: it alone is served the metrics of the jobs by a stub API."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from resim_inspect.files import is_file
from resim_inspect.text import clean
from runner.api.stub_server import index_builder as api
from runner.api.stub_server.server import INDEX
from runner.engines.delegation import DelegatingEngine
from runner.engines.protocol import Build, Engine, Prepared, Served, Service, Sink, Task
from runner.errors import CallError
from runner.execution.events import Event
from runner.execution.fetch_audit import (
    FetchObservation,
    ThreadFailureDetector,
    with_fetch_notes,
)
from runner.execution.result_cache import cache_key, is_reusable, settings_digest
from runner.execution.run_context import JobSpec, RunContext
from runner.execution.run_job import run_job
from runner.storage.fs import remove_tree
from runner.storage.input_archive import file_digest
from runner.storage.leftovers import API_FILES
from runner.workspace.batch_info import (
    NO_BATCH_INFO,
    NO_JOB_INFO,
    batch_values,
    job_values,
)
from runner.workspace.contract import BATCH_CONFIG, REPORT_CONFIG, Mode, config_bytes
from runner.workspace.failed_runs import FailedRuns, failed_runs
from runner.workspace.layout import RunFolder, Workspace
from runner.workspace.results import JobResult, Outcome

SCRATCH = API_FILES


@dataclass(frozen=True)
class ApiCredentials:
    """Credentials of one call's API: new for each call, and never written to disk."""

    token: str = field(default_factory=api.new_token, repr=False)
    secret: str = field(default_factory=api.new_token, repr=False)


@dataclass(frozen=True)
class BatchRunRequest:
    """A batch or a report that a build is to compute, and how it reaches its metrics."""

    mode: Mode
    workspaces: tuple[Workspace, ...]
    credentials: ApiCredentials = field(default_factory=ApiCredentials)
    config_fields: int = 4
    hide_images: bool = False
    api_image: str = ""
    on_host: bool = False
    partial: bool = False
    """Set if the build leaves metrics out on purpose."""

    @property
    def name(self) -> str:
        """Name of the run: its mode."""
        return self.mode.value

    @property
    def id(self) -> UUID:
        """Id of the batch or the report, as in the results."""
        if self.mode is Mode.REPORT:
            return uuid5(self.workspaces[0].id, "/report")
        return self.workspaces[0].batch_id


def _failed(request: BatchRunRequest) -> FailedRuns:
    return failed_runs(request.workspaces, batches=request.mode is Mode.REPORT)


def batch_cache_key(request: BatchRunRequest, build: Build, prepared: Prepared) -> str:
    """Return a digest of everything that determines the run."""
    without = _failed(request).metrics
    parts: list[object] = [
        request.mode.value,
        request.config_fields,
        request.hide_images,
        request.partial,
    ]
    for workspace in request.workspaces:
        parts.append((str(workspace.project_id), str(workspace.batch_id)))
        if workspace.info != NO_BATCH_INFO:
            parts.append(batch_values(workspace.info))
        parts += [(j.name, job_values(j.info)) for j in workspace.jobs if j.info != NO_JOB_INFO]
        places = [(str(job.id), job.experience_name, job.folder.metrics) for job in workspace.jobs]
        if request.mode is Mode.REPORT:
            places.append(("batch", "", workspace.batch.metrics))
        for identity, name, path in places:
            known = path not in without and is_file(path)
            parts.append((identity, name, file_digest(path) if known else ""))
    return cache_key(build, prepared, json.dumps(parts))


def kept_result(run_folder: RunFolder, key: str, settings: str, rerun: str) -> JobResult | None:
    """Return the recorded result of the batch; None if it has to run again."""
    result = run_folder.readable_result()
    if result is None or result.cache_key != key:
        return None
    return result if is_reusable(run_folder.metrics, result, settings, rerun) else None


def run_served(
    context: RunContext,
    request: BatchRunRequest,
    outputs: Path,
    log: Path,
    scratch: Path,
    key: str = "",
) -> JobResult:
    """Run the build once in its mode, with an API of its own; raises RunnerError before the start.

    The outputs, if there are any, are in `outputs` afterwards, which must not exist before;
    `scratch` holds the API's files and is removed again.
    """

    def warn(text: str) -> None:
        context.notify(Event("warning", context.clock(), request.name, text))

    remove_tree(scratch)
    failed = _failed(request)
    for sentence in failed.sentences():
        warn(sentence)
    try:
        # The real credentials replace these in memory only.
        blank = ApiCredentials()
        served = api.build_index(
            request.workspaces,
            scratch,
            token=blank.token,
            secret=blank.secret,
            without=failed.metrics,
            batch_metrics=request.mode is Mode.REPORT,
            hide_images=request.hide_images,
        )
        for problem in served.problems:
            warn(f"{problem}; it is served as a job that failed.")
        # A report needs only batches; a batch needs the metrics of a job.
        if request.mode is Mode.BATCH and served.jobs == len(failed.jobs) + len(served.problems):
            raise CallError(f"no job has metrics for the {request.mode}.", "Run the jobs first.")
        served = replace(served, token=request.credentials.token)
        index = (scratch / INDEX).read_bytes()
        for old, new in (
            (blank.token, request.credentials.token),
            (blank.secret, request.credentials.secret),
        ):
            index = index.replace(old.encode(), new.encode())
        return _run(context, request, served, index, outputs, log, key)
    finally:
        remove_tree(scratch)


def _run(
    context: RunContext,
    request: BatchRunRequest,
    served: api.ServedFolder,
    index: bytes,
    outputs: Path,
    log: Path,
    key: str,
) -> JobResult:
    report = request.mode is Mode.REPORT

    def config(url: str) -> bytes:
        if report:
            return config_bytes(served.report_config(url))
        return config_bytes(served.batch_config(url, fields=request.config_fields))

    service = Service(
        served.folder,
        index,
        REPORT_CONFIG.name if report else BATCH_CONFIG.name,
        config,
        request.api_image,
        request.on_host,
    )

    def warn(text: str) -> None:
        context.notify(Event("warning", context.clock(), request.name, text))

    def on_open_network(text: str) -> None:
        warn(f"the network of the {request.mode} is not closed: {text}")

    def on_thread_failure(error: str) -> None:
        error = clean(context.policy.secrets.hide_text(error), 160)
        warn(f"a thread of the {request.mode} failed ({error}); code that waits for it may hang.")

    engine = _ServingEngine(context.engine, service, on_open_network, on_thread_failure)
    build = context.build
    settings = settings_digest(build, context.policy)
    build = replace(build, limits=replace(build.limits, pids=_pids(build, served)))
    task = Task(context.call_id, request.name, ())
    spec = JobSpec(task, str(request.id), outputs, log, key, settings)
    result = run_job(replace(context, engine=engine, build=build), spec)
    result = replace(result, mode=request.mode.value)
    if engine.problem and result.outcome is not Outcome.CANCELLED:
        return replace(result, outcome=Outcome.BROKEN, message=engine.problem, hint="")
    if engine.detector is None:
        return result
    observation = FetchObservation(
        request.mode,
        engine.counts,
        index,
        engine.detector.threads,
        engine.detector.error,
        request.partial,
        context.policy.secrets,
    )
    return with_fetch_notes(result, observation)


def _pids(build: Build, served: api.ServedFolder) -> int:
    """Return a limit for ReSim's own fetcher: two threads for each job and one for each blob."""
    blobs = served.metrics + served.data
    return max(build.limits.pids, 4 * served.jobs + 512, blobs + 2 * served.jobs + 512)


class _ServingEngine(DelegatingEngine):
    """An engine whose runs have an API of their own; it keeps what the API reported of the last."""

    def __init__(
        self,
        engine: Engine,
        service: Service,
        on_open_network: Callable[[str], None],
        on_thread_failure: Callable[[str], None],
    ) -> None:
        super().__init__(engine)
        self._service = service
        self._on_open_network = on_open_network
        self._on_thread_failure = on_thread_failure
        self._run: Served | None = None
        self.detector: ThreadFailureDetector | None = None

    @property
    def counts(self) -> dict[str, Any] | None:
        """Counts of the requests of the last run; None before it started."""
        return None if self._run is None else self._run.counts()

    @property
    def problem(self) -> str:
        """Failure of the API of the last run; empty without one."""
        return "" if self._run is None else self._run.problem()

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> Served:
        """Start the API and the build."""
        self.detector = ThreadFailureDetector(log, self._on_thread_failure)
        run = self.start_served(build, prepared, task, self._service, self.detector)
        note = run.open_network()
        if note:
            self._on_open_network(note)
        self._run = run
        return run
