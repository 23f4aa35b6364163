"""Download of a batch into a workspace; jobs that are complete already are skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from resim_inspect.files import exists
from resim_inspect.text import count
from runner.api.client.client import Client, Row, text_of
from runner.api.client.errors import NotFoundError
from runner.api.client.worker_pool import PriorityThreadPool
from runner.download import selection
from runner.download.batch_facts import BatchFacts, batch_facts, job_facts
from runner.download.downloader import Downloader, Progress
from runner.download.faults import failure_of_part
from runner.download.job_download import METRICS, Missing, Parts
from runner.download.journal import Journal
from runner.download.selection import DownloadSelection
from runner.download.store import Target, read_state
from runner.errors import StorageError
from runner.redact import Secrets
from runner.storage.fs import disk_errors, remove_tree
from runner.storage.publish import locked
from runner.workspace.layout import BATCH, RunFolder

TICK = 0.1
"""Seconds between two ticks while facts about the batch are awaited."""


@dataclass(frozen=True)
class Fetched:
    """Result of a download; texts are raw."""

    jobs: list[dict[str, Any]]
    """Rows of `listing.json`."""
    missing: list[tuple[str, Missing]]
    """Parts that failed, each with the name of its job."""
    notes: list[str]
    complete_before: int
    """Number of jobs that were complete before."""
    bytes: int
    requests: int


@dataclass(frozen=True)
class Watch:
    """Callbacks of a download."""

    begun: Callable[[Progress], None] = lambda _: None
    tick: Callable[[], None] = lambda: None
    table: Callable[[list[dict[str, Any]]], None] = lambda _: None
    lost: Callable[[str, str, str], None] = lambda *_: None
    """Called for each part that fails, with its job, its name and the reason."""


def fetch_batch(
    client: Client,
    target: Target,
    wanted: DownloadSelection,
    *,
    host: str,
    secrets: Secrets,
    connections: int | None = None,
    watch: Watch | None = None,
) -> Fetched:
    """Download a batch; raises ApiError if its list fails or the token is refused, RunnerError.

    Failures of single jobs are in the result. `host` is recorded as the source.
    """
    # Before the lock, which would leave its file in a folder of another program.
    target.check()
    with disk_errors(target.folder):
        target.folder.mkdir(parents=True, exist_ok=True)
    with locked(target.folder):
        return _Fetch(client, target, wanted, host, secrets, connections, watch or Watch()).run()


class _Fetch:
    """One download, under the workspace's lock."""

    def __init__(
        self,
        client: Client,
        target: Target,
        wanted: DownloadSelection,
        host: str,
        secrets: Secrets,
        connections: int | None,
        watch: Watch,
    ) -> None:
        self._client = client
        self._target = target
        self._selection = wanted
        self._host = host
        self._hide = secrets.hide_text
        self._connections = connections
        self._watch = watch
        self._asked = {"logs": wanted.logs, "files": wanted.files}
        self._reported: dict[str, dict[str, Any]] = {}
        self._tables: dict[str, dict[str, Any]] = {}
        self._missing: list[tuple[str, Missing]] = []
        self._notes: list[str] = []
        self._eventless = 0
        self._unwritable: set[str] = set()

    def run(self) -> Fetched:
        known = self._target.check()
        self._target.check_free_space(0)
        rows = self._rows()
        folders = selection.folder_names(
            [{**row, "experienceName": self._hide(text_of(row, "experienceName"))} for row in rows],
            known,
        )
        chosen = [row for row in rows if self._selection.wants(row)]
        for row in chosen:
            if not selection.job_id(row):
                name = self._hide(text_of(row, "experienceName")) or "a job"
                self._add_missing(name, Missing("job", "its id is not a valid UUID."))
        chosen = sorted(
            (row for row in chosen if selection.job_id(row)),
            key=lambda row: folders[selection.job_id(row)],
        )
        self._target.write_config(
            {
                folders[selection.job_id(row)]: {
                    "jobID": selection.job_id(row),
                    "experienceName": self._hide(text_of(row, "experienceName")),
                    **job_facts(row, self._hide),
                }
                for row in chosen
            },
            None,
        )
        todo = [
            parts
            for number, row in enumerate(chosen)
            if (parts := self._begin(number, folders[selection.job_id(row)], row)) is not None
        ]
        kept_count = len(chosen) - len(todo) - len(self._unwritable)
        for name in sorted(
            set(known.values()) - {folders[selection.job_id(row)] for row in chosen}
        ):
            state = read_state(self._target.run_folder(name))
            if state:
                self._reported[name], self._tables[name] = state["told"], state["listing"]
        batch = self._batch(rows)
        progress = Progress(len(chosen), done=kept_count)
        self._watch.begun(progress)
        by_name = {parts.name: parts for parts in todo}

        def listed(whole: bool) -> None:
            for name, parts in by_name.items():
                self._tables[name] = parts.table(self._hide)
            self._target.write_listing(self._table())
            if whole:
                self._watch.table(self._table())

        downloader = Downloader(
            self._client,
            str(self._target.batch_id),
            self._selection,
            self._connections,
            self._finish,
            listed,
            self._target.check_free_space,
            progress,
            self._watch.tick,
        )
        with self._facts_meanwhile(chosen) as facts:
            downloader.run([*todo, *([batch] if batch else [])])
            self._target.write_listing(self._table())
            self._end({folders[selection.job_id(row)]: row for row in chosen}, facts())
        return Fetched(
            self._table(), self._missing, self._notes, kept_count, progress.bytes, progress.requests
        )

    def _rows(self) -> list[Row]:
        try:
            return selection.distinct_jobs(self._client.jobs(self._target.batch_id))
        except NotFoundError as error:
            raise NotFoundError(
                f"there is no batch {self._target.batch_id} in the project"
                f" {self._target.project_id}.",
                "Check both ids: a batch belongs to one project.",
            ) from error

    def _begin(self, number: int, name: str, row: Row) -> Parts | None:
        """State of a job to download; None if it is complete already, or cannot be written."""
        try:
            return self._begin_job(number, name, row)
        except StorageError as error:
            reason = failure_of_part(error).reason
            self._unwritable.add(name)
            self._reported[name] = {"reconstructed": [], "missing": ["job"]}
            self._add_missing(name, Missing("job", reason))
            return None

    def _begin_job(self, number: int, name: str, row: Row) -> Parts | None:
        run_folder = self._target.run_folder(name)
        state = read_state(run_folder)
        revision = selection.revision(row)
        if exists(run_folder.result):
            self._notes.append(
                f"{name} has the result of a run on this machine, and was not replaced."
            )
        elif (
            state.get("revision") != revision
            or not state.get("final")
            or any(wanted and not state.get(key) for key, wanted in self._asked.items())
        ):
            with disk_errors(run_folder.path):
                run_folder.path.mkdir(parents=True, exist_ok=True)
            parts = self._parts(number, name, selection.job_id(row), row, run_folder, revision)
            return replace(parts, final=selection.final(row))
        self._reported[name] = state.get("told", {"reconstructed": [], "missing": []})
        self._tables[name] = state.get("listing", {"name": name, "metrics": []})
        return None

    def _batch(self, rows: list[Row]) -> Parts | None:
        """State of the batch's own metrics: listed each time, since nothing tells of changes."""
        run_folder = RunFolder(self._target.folder / BATCH)
        if exists(run_folder.result):
            self._notes.append(
                "the batch has the result of a run on this machine, and was not replaced."
            )
            return None
        revision = selection.revision({"jobStatus": sorted(map(selection.revision, rows))})
        state = read_state(run_folder)
        new = state.get("revision") != revision or (
            self._selection.files and not state.get("files")
        )
        if state.get("final") and not new:
            self._reported[BATCH] = state["told"]
            return None
        batch_id = str(self._target.batch_id)
        parts = self._parts(-1, BATCH, batch_id, {}, run_folder, revision)
        return replace(parts, final=all(selection.final(row) for row in rows))

    def _parts(
        self, number: int, name: str, identity: str, row: Row, run_folder: RunFolder, revision: str
    ) -> Parts:
        scratch = self._target.scratch
        journal = Journal(scratch / f"{identity}.blobs", revision)
        return Parts(number, name, identity, row, run_folder, revision, journal, scratch / identity)

    def _finish(self, parts: Parts) -> None:
        if parts.number < 0:
            if not any(parts.rows.values()) and not parts.failures:
                parts.journal.remove()
                return
            if all(isinstance(error, NotFoundError) for error in parts.failures.values()) and not (
                parts.rows.get(METRICS)
            ):
                # In some releases, batches without own metrics have no such list.
                return
        asked = {**self._asked, "logs": False} if parts.number < 0 else self._asked
        try:
            self._reported[parts.name] = parts.finish(self._hide, asked)
        except Exception as fault:  # noqa: BLE001 - a fault of one job does not end the others
            error = failure_of_part(fault)
            self._reported[parts.name] = {"reconstructed": [], "missing": ["job"]}
            self._add_missing(parts.name, Missing("job", error.reason))
        for missing in parts.missing():
            self._add_missing(parts.name, missing)
        self._eventless += parts.eventless
        if not parts.final and parts.number >= 0:
            self._notes.append(f"{parts.name} has not ended yet: fetch again later.")

    def _add_missing(self, job: str, missing: Missing) -> None:
        self._missing.append((job, missing))
        self._watch.lost(job, self._hide(missing.what), self._hide(missing.why))

    @contextmanager
    def _facts_meanwhile(self, chosen: list[Row]) -> Iterator[Callable[[], BatchFacts]]:
        """Ask for facts about the batch beside the download; gives a function that awaits them.

        These requests follow one another, so their latencies would add to the download's end. The
        client limits the connections of all threads together.
        """
        ended = Event()

        def check() -> None:
            if ended.is_set():
                raise InterruptedError

        def ask() -> BatchFacts:
            return batch_facts(self._client, self._target.batch_id, chosen, self._hide, check)

        def wait() -> BatchFacts:
            while (done := pool.take_within(TICK)) is None:
                self._watch.tick()
            _, facts, error = done
            if facts is None:
                assert error is not None  # else the task would have a value
                raise error
            return facts

        pool: PriorityThreadPool[str, BatchFacts] = PriorityThreadPool(1, "facts")
        pool.submit(0, "facts", ask)
        try:
            yield wait
        finally:
            ended.set()
            pool.stop()

    def _end(self, chosen: dict[str, Row], facts: BatchFacts) -> None:
        if facts.problem:
            self._notes.append(f"names and tags of the batch are incomplete: {facts.problem}")
        self._target.write_config(
            {name: {"tags": tags} for name, row in chosen.items() if (tags := facts.tags_of(row))},
            {
                "from": self._host,
                "reconstructed": "job ids, statuses and events of each metrics.binproto are made"
                " from the API's lists; metrics and metrics data are as they were served",
                "jobs": dict(sorted(self._reported.items())),
            },
            facts.values,
        )
        if self._eventless:
            self._notes.append(
                f"the API has no list of events for {count(self._eventless, 'job')} (404):"
                " their files have no events."
            )
        scratch = self._target.scratch
        if not self._missing:
            remove_tree(scratch)
        self._missing.sort()

    def _table(self) -> list[dict[str, Any]]:
        return [table for _, table in sorted(self._tables.items())]
