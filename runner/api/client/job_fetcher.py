"""Concurrent download of the metrics of a batch's jobs; each job is yielded when complete."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from runner.api.client.client import Client, Row, text_of
from runner.api.client.errors import ApiError, BadAnswerError, TokenError
from runner.api.client.worker_pool import PriorityThreadPool

METRICS, DATA, EVENTS = "metrics", "metrics data", "events"
_URLS = {METRICS: "metricURL", DATA: "metricsDataURL"}

# A job that was started is completed before the next one starts, to hold less in memory.
_BLOB, _LISTING = 0, 1


class Part(NamedTuple):
    """One metric or metrics data: its row of the list, and its serialized message."""

    row: Row
    content: bytes


class Failure(NamedTuple):
    """A part of a job that could not be downloaded."""

    what: str
    """`metrics`, `metrics data` or `events`, with a name for a single part: raw text."""
    error: ApiError


@dataclass(frozen=True)
class JobParts:
    """Downloaded parts of a job, in the order of the API's lists, and the failures."""

    job: Row
    metrics: tuple[Part, ...]
    data: tuple[Part, ...]
    events: tuple[Row, ...]
    failures: tuple[Failure, ...]

    @property
    def id(self) -> str:
        """The job's id as the API gives it."""
        return text_of(self.job, "jobID")


@dataclass
class _Job:
    """State of a job while its parts are downloaded."""

    row: Row
    waiting: int = 0
    rows: dict[str, list[Row]] = field(default_factory=dict)
    contents: dict[tuple[str, int], bytes] = field(default_factory=dict)
    failures: list[tuple[str, int, Failure]] = field(default_factory=list)

    def parts(self, kind: str) -> tuple[Part, ...]:
        rows = self.rows.get(kind, [])
        return tuple(
            Part(row, self.contents[kind, position])
            for position, row in enumerate(rows)
            if (kind, position) in self.contents
        )

    def done(self) -> JobParts:
        failures = tuple(
            failure for *_, failure in sorted(self.failures, key=lambda failure: failure[:2])
        )
        events = tuple(self.rows.get(EVENTS, ()))
        return JobParts(self.row, self.parts(METRICS), self.parts(DATA), events, failures)


def standard(row: Row) -> bool:
    """Return True for metrics data that the official fetchers fetch: all but external files."""
    return text_of(row, "metricsDataType") == "STANDARD"


def fetch_jobs(
    client: Client,
    batch_id: UUID | str,
    jobs: Iterable[Row] | None = None,
    *,
    connections: int = 16,
    events: bool = False,
    wanted: Callable[[Row], bool] = standard,
) -> Generator[JobParts, None, None]:
    """Yield each job of a batch as soon as it is complete, in no particular order.

    `jobs` are rows of the batch's list, by default all of them; `wanted` selects metrics data.
    Parts that fail are in the job's `failures`. Raises TokenError, which every request would
    meet, and ApiError if the list of jobs fails.
    """
    pool: PriorityThreadPool[tuple[_Job, str, int], list[Row] | bytes] = PriorityThreadPool(
        connections
    )
    coming = iter(client.jobs(batch_id) if jobs is None else jobs)
    kinds = (METRICS, DATA, EVENTS) if events else (METRICS, DATA)
    finished: deque[_Job] = deque()
    try:
        more = True
        while more or pool.pending:
            while more and pool.pending < 2 * connections:
                row = next(coming, None)
                if row is None:
                    more = False
                else:
                    _begin(pool, client, batch_id, _Job(row), kinds, finished)
            if pool.pending:
                _handle_result(pool, client, wanted, finished)
            while finished:
                yield finished.popleft().done()
    finally:
        pool.stop()


def _begin(
    pool: PriorityThreadPool[tuple[_Job, str, int], list[Row] | bytes],
    client: Client,
    batch_id: UUID | str,
    job: _Job,
    kinds: tuple[str, ...],
    finished: deque[_Job],
) -> None:
    """Queue the requests of a job's lists."""
    job_id = text_of(job.row, "jobID")
    if not job_id:
        error = BadAnswerError("the list of jobs has an entry without an id.")
        job.failures.append(("", 0, Failure("job", error)))
        finished.append(job)
        return
    calls = {METRICS: client.metrics, DATA: client.metrics_data, EVENTS: client.events}
    for kind in kinds:
        job.waiting += 1

        def work(kind: str = kind) -> list[Row]:
            return list(calls[kind](batch_id, job_id))

        pool.submit(_LISTING, (job, kind, -1), work)


def _handle_result(
    pool: PriorityThreadPool[tuple[_Job, str, int], list[Row] | bytes],
    client: Client,
    wanted: Callable[[Row], bool],
    finished: deque[_Job],
) -> None:
    """Take one result; rows of a list queue requests of their blobs."""
    (job, kind, number), value, error = pool.take()
    if isinstance(error, ApiError) and not isinstance(error, TokenError):
        name = kind if number < 0 else f"{kind} {text_of(job.rows[kind][number], 'name')}"
        job.failures.append((kind, number, Failure(name, error)))
    elif error is not None:
        raise error
    elif isinstance(value, bytes):
        job.contents[kind, number] = value
    elif value is not None:
        job.rows[kind] = value
        for row_number, row in enumerate(value):
            if kind == METRICS or (kind == DATA and wanted(row)):
                job.waiting += 1
                url = text_of(row, _URLS[kind])
                pool.submit(_BLOB, (job, kind, row_number), lambda url=url: client.blob(url))  # type: ignore[misc]
    job.waiting -= 1
    if not job.waiting:
        finished.append(job)
