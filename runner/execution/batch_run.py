"""A build in batch or report mode: the jobs' metrics served to it alone, what it made of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from resim_inspect.text import clean, count
from runner.api.stub_server import index_builder as api
from runner.api.stub_server.server import INDEX
from runner.engines.delegation import DelegatingEngine
from runner.engines.protocol import Build, Engine, Prepared, Served, Service, Sink, Task
from runner.errors import CallError, WorkspaceError
from runner.execution import fetch_audit
from runner.execution.events import Event
from runner.execution.run_job import JobSpec, run_job
from runner.execution.scheduler import Call, key_of, settings_of
from runner.storage.fs import remove_tree
from runner.storage.input_archive import file_digest
from runner.workspace.contract import BATCH_CONFIG, REPORT_CONFIG, Mode, config_bytes
from runner.workspace.layout import RunFolder, Workspace
from runner.workspace.results import JobResult, Outcome

SCRATCH = ".api"


@dataclass(frozen=True)
class Keys:
    """What opens the API of one call: made anew for it, and on no disk."""

    token: str = field(default_factory=api.new_token, repr=False)
    secret: str = field(default_factory=api.new_token, repr=False)


@dataclass(frozen=True)
class Wish:
    """A batch or a report that a build is to compute, and how it gets to its metrics."""

    mode: Mode
    workspaces: tuple[Workspace, ...]
    keys: Keys = field(default_factory=Keys)
    config_fields: int = 4
    hide_images: bool = False
    api_image: str = ""
    on_host: bool = False
    partial: bool = False
    """Whether the build leaves metrics out on purpose."""

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.mode.value

    @property
    def id(self) -> UUID:
        """The id that the results carry."""
        if self.mode is Mode.REPORT:
            return uuid5(self.workspaces[0].id, "/report")
        return self.workspaces[0].batch_id


def failed_jobs(wish: Wish) -> tuple[list[Path], list[str]]:
    """The metrics of jobs whose last run failed, which are not served; and their names."""
    without, names = [], []
    for workspace in wish.workspaces:
        for job in workspace.jobs:
            result = None
            with suppress(WorkspaceError):
                # What is broken says nothing against the outputs that lie there.
                result = job.folder.read_result()
            if result is not None and result.outcome is not Outcome.DONE:
                without.append(job.folder.metrics)
                names.append(job.name)
    return without, names


def key_for(wish: Wish, build: Build, prepared: Prepared) -> str:
    """A digest of everything that the outcome of the run follows from."""
    without = set(failed_jobs(wish)[0])
    parts: list[object] = [wish.mode.value, wish.config_fields, wish.hide_images, wish.partial]
    for workspace in wish.workspaces:
        parts.append((str(workspace.project_id), str(workspace.batch_id)))
        places = [(str(job.id), job.experience_name, job.folder.metrics) for job in workspace.jobs]
        if wish.mode is Mode.REPORT:
            places.append(("batch", "", workspace.batch.metrics))
        for identity, name, path in places:
            known = path not in without and path.is_file()
            parts.append((identity, name, file_digest(path) if known else ""))
    return key_of(build, prepared, json.dumps(parts))


def kept_result(run_folder: RunFolder, key: str, settings: str, rerun: str) -> JobResult | None:
    """The recorded result of the batch, where running it again would bring the same."""
    try:
        result = run_folder.read_result()
    except WorkspaceError:
        return None
    if result is None or result.key != key or rerun == "all":
        return None
    if result.outcome is Outcome.DONE:
        return result if run_folder.metrics.is_file() else None
    if result.outcome in {Outcome.BROKEN, Outcome.CANCELLED} or rerun == "failed":
        return None
    return result if result.settings == settings else None


def run_served(
    call: Call,
    wish: Wish,
    outputs: Path,
    log: Path,
    scratch: Path,
    key: str = "",
) -> JobResult:
    """Run the build once, in that mode, with the API to itself; raises RunnerError before that.

    The outputs, if there are any, are in `outputs` afterwards, which must not exist before;
    `scratch` is for the API's files, and gone again.
    """

    def warn(text: str) -> None:
        call.watch(Event("warning", call.clock(), wish.name, text))

    remove_tree(scratch)
    without, names = failed_jobs(wish)
    if names:
        shown = ", ".join(clean(name, 60) for name in names[:3]) + (", …" * (len(names) > 3))
        warn(f"{count(len(names), 'job')} failed and is served without metrics: {shown}")
    try:
        # The real ones are put in where no disk sees them.
        blank = Keys()
        served = api.build_index(
            wish.workspaces,
            scratch,
            token=blank.token,
            secret=blank.secret,
            without=without,
            batch_metrics=wish.mode is Mode.REPORT,
            hide_images=wish.hide_images,
        )
        for problem in served.problems:
            warn(f"{problem}; served as a job that failed")
        # A report may be on batches alone; a batch is nothing without its jobs.
        if wish.mode is Mode.BATCH and served.jobs == len(without) + len(served.problems):
            raise CallError(f"no job has metrics for the {wish.mode}.", "Run the jobs first.")
        index = (scratch / INDEX).read_bytes()
        for old, new in ((blank.token, wish.keys.token), (blank.secret, wish.keys.secret)):
            index = index.replace(old.encode(), new.encode())
        return _run(call, wish, replace(served, token=wish.keys.token), index, outputs, log, key)
    finally:
        remove_tree(scratch)


def _run(
    call: Call,
    wish: Wish,
    served: api.ServedFolder,
    index: bytes,
    outputs: Path,
    log: Path,
    key: str,
) -> JobResult:
    report = wish.mode is Mode.REPORT

    def config(url: str) -> bytes:
        if report:
            return config_bytes(served.report_config(url))
        return config_bytes(served.batch_config(url, fields=wish.config_fields))

    service = Service(
        served.folder,
        index,
        REPORT_CONFIG.name if report else BATCH_CONFIG.name,
        config,
        wish.api_image,
        wish.on_host,
    )

    def on_line(text: str) -> None:
        call.watch(Event("line", call.clock(), wish.name, text))

    def open_network(text: str) -> None:
        text = f"the network of the {wish.mode} is not closed: {text}"
        call.watch(Event("warning", call.clock(), wish.name, text))

    def thread_failed(error: str) -> None:
        error = clean(call.rules.secrets.hide_text(error), 160)
        text = f"a thread of the {wish.mode} failed ({error}); what waits for it may wait for ever."
        call.watch(Event("warning", call.clock(), wish.name, text))

    engine = _ServingEngine(call.engine, service, open_network, thread_failed)
    build = replace(call.build, limits=replace(call.build.limits, pids=_pids(call.build, served)))
    settings = settings_of(call.build, call.rules)
    spec = JobSpec(Task(call.run, wish.name, ()), str(wish.id), outputs, log, key, settings)
    result = run_job(engine, build, call.prepared, spec, call.rules, call.stop, on_line)
    result = replace(result, mode=wish.mode.value)
    if engine.problem and result.outcome is not Outcome.CANCELLED:
        return replace(result, outcome=Outcome.BROKEN, message=engine.problem, hint="")
    if engine.ear is None:
        return result
    heard = fetch_audit.Heard(
        wish.mode,
        engine.counts,
        index,
        engine.ear.threads,
        engine.ear.error,
        wish.partial,
        call.rules.secrets,
    )
    return fetch_audit.told(result, heard)


def _pids(build: Build, served: api.ServedFolder) -> int:
    """Enough for ReSim's own fetcher, which starts two threads a job and one for each blob."""
    blobs = served.metrics + served.data
    return max(build.limits.pids, 4 * served.jobs + 512, blobs + 2 * served.jobs + 512)


class _ServingEngine(DelegatingEngine):
    """An engine whose runs have the stub API; it keeps what the API told of the last run."""

    def __init__(
        self,
        engine: Engine,
        service: Service,
        open_network: Callable[[str], None],
        thread_failed: Callable[[str], None],
    ) -> None:
        super().__init__(engine)
        self._service = service
        self._open_network = open_network
        self._thread_failed = thread_failed
        self._run: Served | None = None
        self.ear: fetch_audit.Ear | None = None

    @property
    def counts(self) -> dict[str, Any] | None:
        """Counts of what was served to the last run."""
        return None if self._run is None else self._run.counts()

    @property
    def problem(self) -> str:
        """Failure of the API of the last run."""
        return "" if self._run is None else self._run.problem()

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> Served:
        """Start the API and the build."""
        self.ear = fetch_audit.Ear(log, self._thread_failed)
        run = self.start_served(build, prepared, task, self._service, self.ear)
        note = run.open_network()
        if note:
            self._open_network(note)
        self._run = run
        return run
