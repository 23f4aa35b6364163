"""Downloader of jobs: first all lists of metrics, then job after job with all its parts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from resim_inspect.files import flush_file
from resim_inspect.schema import metrics_pb2 as pb
from runner.api.client.client import Client, Row, standard_id, text_of
from runner.api.client.errors import ApiError, BadAnswerError, NotFoundError, RefusedError
from runner.api.client.worker_pool import Done, PriorityThreadPool
from runner.download import assemble
from runner.download.faults import ends_download, failure_of_part
from runner.download.file_names import name_problem
from runner.download.job_download import (
    DATA,
    EVENTS,
    IDS,
    LOGS,
    METRICS,
    URLS,
    Parts,
    external,
    of_experience,
)
from runner.download.selection import DownloadSelection
from runner.errors import StorageError
from runner.storage.fs import disk_errors

MIN_CONNECTIONS, MAX_CONNECTIONS = 8, 64
COST = 0.0006
"""Seconds of CPU time of a request: with a longer latency, more connections pay off."""
FIRST_TABLE_AFTER = 1.0
"""Seconds until the first table of the lists so far, and at least between two tables."""
_WINDOW = 16
Answer = list[Row] | bytes | Path


class DownloadRequest(NamedTuple):
    """Request for a list if `key` is empty, else for the blob at `url`."""

    parts: Parts
    kind: str
    key: str = ""
    url: str = ""


class TimedResult(NamedTuple):
    """A list, a blob or a file, with the duration of its request in seconds."""

    value: Answer
    seconds: float


@dataclass
class Progress:
    """Progress of a download."""

    jobs: int
    done: int = 0
    bytes: int = 0
    requests: int = 0
    connections: int = MIN_CONNECTIONS


@dataclass
class Downloader:
    """Download of jobs over an adaptive number of connections."""

    client: Client
    batch_id: str
    selection: DownloadSelection
    connections: int | None
    """None adapts to the latency, between `MIN_CONNECTIONS` and `MAX_CONNECTIONS`."""
    finished: Callable[[Parts], None]
    listed: Callable[[bool], None]
    """Called with False from time to time while lists of metrics arrive, and with True once those
    of all jobs have arrived."""
    check_free_space: Callable[[int], None]
    """Raises if the disk has no room for that many bytes."""
    progress: Progress
    tick: Callable[[], None] = lambda: None
    _ids: set[str] = field(default_factory=set)
    """Ids of all rows of metrics and metrics data so far, in their standard spelling."""
    _unlisted: set[int] = field(default_factory=set)
    """Numbers of the jobs whose list of metrics has not arrived."""
    _held: list[tuple[DownloadRequest, bytes]] = field(default_factory=list)
    """Metrics with another id than their row's, until all lists tell whether it is of another."""
    _began: float = 0.0
    _next_table: float = 0.0
    """Time of the next table; 0 after the complete one."""
    _fastest: list[float] = field(default_factory=list)

    def run(self, todo: Sequence[Parts]) -> None:
        """Download all jobs; raises TokenError, StorageError, and exceptions of `tick`."""
        self.progress.connections = self.connections or MIN_CONNECTIONS
        self._pool: PriorityThreadPool[DownloadRequest, TimedResult] = PriorityThreadPool(
            self.progress.connections
        )
        try:
            self._unlisted = {parts.number for parts in todo}
            for parts in todo:
                self._list(parts, METRICS, priority=0)
            for parts in todo:
                kinds = [DATA, EVENTS] if parts.number >= 0 else [DATA]
                if self.selection.logs or self.selection.files:
                    kinds.append(LOGS)
                for kind in kinds:
                    self._list(parts, kind, priority=parts.number + 2)
            self._began = self._next_table = time.monotonic()
            self._show()
            while self._pool.pending:
                done = self._next()
                if done is not None:
                    self._finalize(*done)
                self._show()
                self.tick()
        finally:
            self._pool.stop()
            for parts in todo:
                parts.journal.close()

    # -- requests ----------------------------------------------------------------------------

    def _list(self, parts: Parts, kind: str, priority: int) -> None:
        client, batch = self.client, self.batch_id
        of_batch = parts.number < 0
        calls: dict[str, Callable[[], object]] = {
            METRICS: lambda: (
                client.batch_metrics(batch) if of_batch else client.metrics(batch, parts.id)
            ),
            DATA: lambda: (
                client.batch_metrics_data(batch)
                if of_batch
                else client.metrics_data(batch, parts.id)
            ),
            EVENTS: lambda: client.events(batch, parts.id),
            LOGS: lambda: client.logs(batch, None if of_batch else parts.id),
        }
        call = calls[kind]
        parts.waiting += 1
        self._put(priority, DownloadRequest(parts, kind), lambda: list(call()))  # type: ignore[call-overload]

    def _blob(self, parts: Parts, kind: str, key: str) -> None:
        row = parts.rows[kind][key]
        url = text_of(row, URLS[kind])
        parts.waiting += 1
        priority = max(1, parts.number + 1)
        if kind == LOGS or (kind == DATA and external(row)):
            path = parts.scratch / f"{kind}-{list(parts.rows[kind]).index(key)}"

            def save() -> Path:
                with disk_errors(path):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    self.client.download(url, path)
                    flush_file(path)
                return path

            self._put(priority, DownloadRequest(parts, kind, key, url), save)
            return
        self._put(priority, DownloadRequest(parts, kind, key, url), lambda: self.client.blob(url))

    def _put(self, priority: int, request: DownloadRequest, work: Callable[[], Answer]) -> None:
        def timed() -> TimedResult:
            before = time.monotonic()
            value = work()
            return TimedResult(value, time.monotonic() - before)

        self._pool.submit(priority, request, timed)

    # -- results -----------------------------------------------------------------------------

    def _next(self) -> Done[DownloadRequest, TimedResult] | None:
        if not self._next_table:
            return self._pool.take()
        # A table is due even while no result arrives.
        return self._pool.take_within(max(0.0, self._next_table - time.monotonic()))

    def _finalize(
        self, request: DownloadRequest, result: TimedResult | None, error: BaseException | None
    ) -> None:
        parts = request.parts
        self.progress.requests += 1
        try:
            self._handle_answer(request, result, error)
        except Exception as fault:  # noqa: BLE001 - a fault of one part does not end the others
            parts.failures[request.kind, request.key] = failure_of_part(fault)
        if request.kind == METRICS and not request.key and parts.number in self._unlisted:
            self._unlisted.discard(parts.number)
            if not self._unlisted:
                self._release_held()
        self._part_done(parts)

    def _release_held(self) -> None:
        """Check the metrics that waited for the lists of other jobs."""
        held, self._held = self._held, []
        for request, content in held:
            self._content(request, content)
            self._part_done(request.parts)

    def _part_done(self, parts: Parts) -> None:
        parts.waiting -= 1
        if not parts.waiting:
            self.finished(parts)
            self.progress.done += parts.number >= 0

    def _handle_answer(
        self, request: DownloadRequest, result: TimedResult | None, error: BaseException | None
    ) -> None:
        if isinstance(error, ApiError) and not ends_download(error):
            self._failed(request, error)
        elif error is not None:
            raise error
        elif result is not None:
            self._adapt(result.seconds)
            if isinstance(result.value, list):
                self._rows(request, result.value)
            elif isinstance(result.value, bytes):
                self._content(request, result.value)
            else:
                self._file(request, result.value)

    def _show(self) -> None:
        now = time.monotonic()
        if not self._next_table or (self._unlisted and now < self._next_table):
            return
        self.listed(not self._unlisted)
        # The interval grows, since tables of many jobs take time; none follows the complete one.
        self._next_table = (
            now + max(FIRST_TABLE_AFTER, now - self._began) if self._unlisted else 0.0
        )

    def _failed(self, request: DownloadRequest, error: ApiError) -> None:
        parts, kind, key, url = request
        if kind == EVENTS and isinstance(error, NotFoundError):
            # In some releases, jobs have no such list.
            parts.eventless = True
        elif not key:
            for stale in parts.stale.get(kind, ()):
                parts.failures[kind, stale] = error
            parts.failures.setdefault((kind, key), error)
        elif not isinstance(error, RefusedError):
            parts.failures[kind, key] = error
        elif text_of(parts.rows[kind][key], URLS[kind]) != url:
            # The list was requested again in the meantime.
            self._blob(parts, kind, key)
        elif kind not in parts.stale:
            # URLs of blobs expire; the list has new ones.
            parts.stale[kind] = [key]
            self._list(parts, kind, priority=0)
        elif parts.stale[kind]:
            parts.stale[kind].append(key)
        else:
            parts.failures[kind, key] = error

    def _rows(self, request: DownloadRequest, rows: list[Row]) -> None:
        parts, kind = request.parts, request.kind
        if kind in {METRICS, DATA}:
            ids = (standard_id(text_of(row, IDS[kind])) for row in rows)
            self._ids.update(filter(None, ids))
        if stale := parts.stale.get(kind):
            old = parts.rows[kind]
            parts.take_rows(kind, rows)
            new = parts.rows[kind]
            parts.rows[kind] = {key: new.get(key, row) for key, row in old.items()}
            parts.stale[kind] = []
            for key in stale:
                self._blob(parts, kind, key)
            return
        parts.take_rows(kind, rows)
        if kind == LOGS:
            self._logs(parts)
            return
        if kind == EVENTS:
            return
        for key, row in parts.rows[kind].items():
            if kind == DATA and external(row) and not self.selection.files:
                continue
            if not parts.take_known(kind, key):
                self._blob(parts, kind, key)

    def _logs(self, parts: Parts) -> None:
        """Request logs: of the simulation as logs, and of the build as files of metrics data."""
        wanted = {}
        for key, row in parts.rows[LOGS].items():
            name = text_of(row, "filePath") or text_of(row, "fileName")
            is_wanted = self.selection.logs if of_experience(row) else self.selection.files
            if not is_wanted or text_of(row, "logType") == "METRICS_OUTPUT_LOG":
                continue
            if problem := name_problem(name):
                parts.failures[LOGS, key] = BadAnswerError(f"its name {problem}.")
                continue
            wanted[key] = row
        sizes = (row.get("fileSize") for row in wanted.values())
        try:
            self.check_free_space(sum(size for size in sizes if isinstance(size, int) and size > 0))
        except StorageError as error:
            # The size is what the API says: other jobs may have room.
            parts.failures.update(((LOGS, key), error) for key in wanted)
            return
        for key in wanted:
            self._blob(parts, LOGS, key)

    def _content(self, request: DownloadRequest, content: bytes) -> None:
        parts = request.parts
        kind: type[pb.Metric] | type[pb.MetricsData]
        kind = pb.Metric if request.kind == METRICS else pb.MetricsData
        row = parts.rows[request.kind][request.key]
        problem = assemble.problem_of(content, row, kind, self._ids)
        may_be_foreign = not problem and request.kind == METRICS and bool(self._unlisted)
        if may_be_foreign and assemble.problem_of(content, row, kind, assemble.ANY_ID):
            parts.waiting += 1
            self._held.append((request, content))
            return
        if problem:
            error = BadAnswerError(f"the downloaded blob {problem}.")
            parts.failures[request.kind, request.key] = error
            return
        parts.take_content(request.kind, request.key, content)
        self.progress.bytes += len(content)

    def _file(self, request: DownloadRequest, path: Path) -> None:
        self.progress.bytes += path.stat().st_size
        if request.kind == DATA and path.stat().st_size < 1 << 16:
            # Some servers serve the metrics data here, others the file that it refers to.
            content = path.read_bytes()
            row = request.parts.rows[DATA][request.key]
            if not assemble.problem_of(content, row, pb.MetricsData):
                message = pb.MetricsData.FromString(content)
                if message.HasField("external_file"):
                    request.parts.contents[DATA, request.key] = content
                    return
        request.parts.files[request.kind, request.key] = path

    def _adapt(self, seconds: float) -> None:
        """Raise the number of connections if the latency is long."""
        if self.connections is not None:
            return
        self._fastest.append(seconds)
        if len(self._fastest) == _WINDOW:
            # The fastest request shows the latency; the others include waiting for this process.
            wanted = min(MAX_CONNECTIONS, int(min(self._fastest) / COST))
            self._fastest.clear()
            if wanted > self.progress.connections:
                self.progress.connections = wanted
                self._pool.resize(wanted)
