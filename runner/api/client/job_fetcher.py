"""Brings the metrics of a batch's jobs: many at once, each job handed on when it is complete."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from resim_inspect.text import clean
from runner.api.client.client import Client, Row, text_of
from runner.api.client.errors import ApiError, BadAnswerError, TokenError
from runner.api.client.worker_pool import Crew

METRICS, DATA, EVENTS = "metrics", "metrics data", "events"
_URLS = {METRICS: "metricURL", DATA: "metricsDataURL"}

# A job that was begun is finished before another one is begun: less is held at once.
_BLOB, _LISTING = 0, 1


class Part(NamedTuple):
    """One metric or metrics data: what the list says of it, and its serialized message."""

    row: Row
    content: bytes


class Failure(NamedTuple):
    """Something of a job that did not come."""

    what: str
    """`metrics`, `metrics data`, `events`, or such a thing and its name: raw text."""
    error: ApiError


@dataclass(frozen=True)
class JobParts:
    """All of a job that came, in the order of the API's lists, and what did not."""

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
    """A job that is being brought."""

    row: Row
    waiting: int = 0
    rows: dict[str, list[Row]] = field(default_factory=dict)
    contents: dict[tuple[str, int], bytes] = field(default_factory=dict)
    failures: list[tuple[str, int, Failure]] = field(default_factory=list)

    def parts(self, kind: str) -> tuple[Part, ...]:
        rows = self.rows.get(kind, [])
        return tuple(
            Part(row, self.contents[kind, place])
            for place, row in enumerate(rows)
            if (kind, place) in self.contents
        )

    def done(self) -> JobParts:
        failures = tuple(failure for *_, failure in sorted(self.failures, key=lambda one: one[:2]))
        events = tuple(self.rows.get(EVENTS, ()))
        return JobParts(self.row, self.parts(METRICS), self.parts(DATA), events, failures)


def standard(row: Row) -> bool:
    """Whether the official fetchers would fetch this metrics data: no external files."""
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
    """Each job of a batch as soon as all of it is there, in no particular order.

    `jobs` are rows of the batch's list, all by default; `wanted` says which metrics data are
    fetched. What of a job does not come is in its `failures`. Raises TokenError, since nothing
    would come then, and ApiError where the list of jobs itself fails.
    """
    crew: Crew[tuple[_Job, str, int], list[Row] | bytes] = Crew(connections)
    coming = iter(client.jobs(batch_id) if jobs is None else jobs)
    kinds = (METRICS, DATA, EVENTS) if events else (METRICS, DATA)
    finished: deque[_Job] = deque()
    try:
        more = True
        while more or crew.open:
            while more and crew.open < 2 * connections:
                row = next(coming, None)
                if row is None:
                    more = False
                else:
                    _begin(crew, client, batch_id, _Job(row), kinds, finished)
            if crew.open:
                _handle_result(crew, client, wanted, finished)
            while finished:
                yield finished.popleft().done()
    finally:
        crew.stop()


def _begin(
    crew: Crew[tuple[_Job, str, int], list[Row] | bytes],
    client: Client,
    batch_id: UUID | str,
    job: _Job,
    kinds: tuple[str, ...],
    finished: deque[_Job],
) -> None:
    """Have the lists of a job brought."""
    job_id = text_of(job.row, "jobID")
    if not job_id:
        error = BadAnswerError("the list of jobs has one without an id.")
        job.failures.append(("", 0, Failure("job", error)))
        finished.append(job)
        return
    calls = {METRICS: client.metrics, DATA: client.metrics_data, EVENTS: client.events}
    for kind in kinds:
        job.waiting += 1

        def work(kind: str = kind) -> list[Row]:
            return list(calls[kind](batch_id, job_id))

        crew.put(_LISTING, (job, kind, -1), work)


def _handle_result(
    crew: Crew[tuple[_Job, str, int], list[Row] | bytes],
    client: Client,
    wanted: Callable[[Row], bool],
    finished: deque[_Job],
) -> None:
    """Take one result; a list brings blobs to fetch."""
    (job, kind, place), value, error = crew.take()
    if isinstance(error, ApiError) and not isinstance(error, TokenError):
        name = kind if place < 0 else f"{kind} {text_of(job.rows[kind][place], 'name')}"
        job.failures.append((kind, place, Failure(name, error)))
    elif error is not None:
        raise error
    elif isinstance(value, bytes):
        job.contents[kind, place] = value
    elif value is not None:
        job.rows[kind] = value
        for number, row in enumerate(value):
            if kind == METRICS or (kind == DATA and wanted(row)):
                job.waiting += 1
                url = text_of(row, _URLS[kind])
                crew.put(_BLOB, (job, kind, number), lambda url=url: client.blob(url))  # type: ignore[misc]
    job.waiting -= 1
    if not job.waiting:
        finished.append(job)


def described(parts: JobParts) -> list[str]:
    """The failures of a job in words, one a line."""
    name = text_of(parts.job, "experienceName") or parts.id
    return [
        f"{clean(name, 80)}: {clean(failure.what, 120)}: {failure.error}"
        for failure in parts.failures
    ]
