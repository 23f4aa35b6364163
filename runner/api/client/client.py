"""Asks ReSim's API and fetches blobs: patient with faults, strict about where a token goes.

One client may be used by many threads.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin
from uuid import UUID

from resim_inspect.text import clean
from runner.api.client.errors import BadAnswerError, UnreachableError, UnsafeError
from runner.api.client.retry import AgainError, Patience
from runner.api.client.transport import Opener, Transport
from runner.api.client.urls import part_of, shown
from runner.workspace.urls import origin_of, url_problem

Row = Mapping[str, Any]
"""One object of an answer, with whatever keys and values this release of the API gives it."""

_MOST_REDIRECTS = 5


class Client:
    """One API, one token, one project."""

    def __init__(
        self,
        url: str,
        token: str,
        project_id: UUID | None,
        *,
        connections: int = 16,
        allow_http: bool = False,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`url` is a config's `apiURL`; without a project the routes of 2023 are used.

        `connections` are kept open and used at once. Plain http goes to this machine only,
        unless `allow_http` says otherwise: it would show the token to everybody on the way.
        Raises UnsafeError, and BadAnswerError for what is no address.
        """
        problem = url_problem(url)
        if problem:
            raise BadAnswerError(f'"{clean(url, 80)}" {problem}')
        self._origin = origin_of(url)
        if self._origin.scheme == "http" and not (allow_http or self._origin.local):
            raise UnsafeError(
                f"{clean(self._origin.host)} is asked over plain http, which would show the token.",
                "Use https, or allow plain http explicitly.",
            )
        self._allow_http = allow_http
        self._base = url.rstrip("/")
        self._project = project_id
        self._patience = patience or Patience()
        self._sleep = sleep
        self._chance = chance
        self._token = {"Authorization": f"Bearer {token}"}
        self._transport = Transport(self._patience, connections)

    def __repr__(self) -> str:
        return f"Client({self._base!r}, project {self._project})"

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._transport.close()

    # -- what an API has ---------------------------------------------------------------------

    def jobs(self, batch_id: UUID | str) -> Iterator[Row]:
        """The batch's jobs, page by page as they come."""
        return self._list(f"batches/{part_of(batch_id)}/jobs", "jobs")

    def metrics(self, batch_id: UUID | str, job_id: UUID | str) -> Iterator[Row]:
        """A job's metrics: names, statuses, values of scalars, `metricURL`."""
        return self._list(f"batches/{part_of(batch_id)}/jobs/{part_of(job_id)}/metrics", "metrics")

    def metrics_data(self, batch_id: UUID | str, job_id: UUID | str) -> Iterator[Row]:
        """A job's metrics data: names, `metricsDataType`, `metricsDataURL`."""
        path = f"batches/{part_of(batch_id)}/jobs/{part_of(job_id)}/metricsData"
        return self._list(path, "metricsData")

    def events(self, batch_id: UUID | str, job_id: UUID | str) -> Iterator[Row]:
        """A job's events."""
        return self._list(f"batches/{part_of(batch_id)}/jobs/{part_of(job_id)}/events", "events")

    def logs(self, batch_id: UUID | str, job_id: UUID | str | None = None) -> Iterator[Row]:
        """The files of a job, or of the batch itself: names, sizes, `logOutputLocation`."""
        job = "" if job_id is None else f"/jobs/{part_of(job_id)}"
        return self._list(f"batches/{part_of(batch_id)}{job}/logs", "logs")

    def batch_metrics(self, batch_id: UUID | str) -> Iterator[Row]:
        """The metrics of the batch itself."""
        return self._list(f"batches/{part_of(batch_id)}/metrics", "batchMetrics")

    def batch_metrics_data(self, batch_id: UUID | str) -> Iterator[Row]:
        """The metrics data of the batch itself."""
        return self._list(f"batches/{part_of(batch_id)}/metricsData", "batchMetricsData")

    def batches(self, search: str = "") -> Iterator[Row]:
        """The project's batches; `search` as the API understands it."""
        return self._list("batches", "batches", f"?search={quote(search)}" if search else "")

    def batch(self, batch_id: UUID | str) -> Row:
        """One batch."""
        return self._object(f"batches/{part_of(batch_id)}")

    def job(self, batch_id: UUID | str, job_id: UUID | str) -> Row:
        """One job."""
        return self._object(f"batches/{part_of(batch_id)}/jobs/{part_of(job_id)}")

    def report(self, report_id: UUID | str) -> Row:
        """One report."""
        return self._object(f"reports/{part_of(report_id)}")

    def blob(self, url: str, limit: int | None = None) -> bytes:
        """The bytes behind an address that the API gave, of at most `limit`; without the token."""
        self._check_blob(url)
        return self._ask(url, {}, self._patience.blob if limit is None else limit)

    def download(self, url: str, path: Path, limit: int | None = None) -> int:
        """Like `blob`, into a new file; returns its size. OSError is the disk's."""
        self._check_blob(url)
        most = self._patience.blob if limit is None else limit
        self._ask(url, {}, most, lambda: path.open("wb"))
        return path.stat().st_size

    # -- how it is asked ---------------------------------------------------------------------

    def _url(self, path: str) -> str:
        project = "" if self._project is None else f"projects/{self._project}/"
        return f"{self._base}/{project}{path}"

    def _object(self, path: str) -> dict[str, Any]:
        url = self._url(path)
        body = self._ask(url, self._token, self._patience.listing)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            what = "a web page" if body.lstrip()[:1] == b"<" else "something"
            raise BadAnswerError(
                f"{shown(url)} answers with {what} that is no JSON.", "Check the API's address."
            ) from None
        if not isinstance(answer, dict):
            raise BadAnswerError(f"{shown(url)} answers with JSON that is no object.")
        return answer

    def _list(self, path: str, key: str, query: str = "") -> Iterator[Row]:
        seen: set[str] = set()
        following = query
        while True:
            answer = self._object(path + following)
            rows = answer.get(key)
            if rows is None:
                rows = []
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise BadAnswerError(f'{shown(self._url(path))}: "{key}" is no list of objects.')
            yield from rows
            token = answer.get("nextPageToken")
            if not token:
                return
            if not isinstance(token, str) or token in seen:
                raise BadAnswerError(f"{shown(self._url(path))} never comes to its last page.")
            seen.add(token)
            following = f"{query}{'&' if query else '?'}pageToken={quote(token, safe='')}"

    def _ask(
        self, url: str, headers: Mapping[str, str], limit: int, into: Opener | None = None
    ) -> bytes:
        """The body of the answer to a GET, asked for again where that may help."""
        patience = self._patience
        for attempt in range(1, patience.attempts + 1):
            try:
                return self._follow(url, headers, limit, into)
            except AgainError as error:
                wait = patience.backoff * 2 ** (attempt - 1) * (0.5 + self._chance() / 2)
                if error.after is not None:
                    wait = max(error.after, wait * self._chance())
                if attempt == patience.attempts or (error.after or 0.0) > patience.longest:
                    times = f"{attempt} attempts" if attempt > 1 else "one attempt"
                    raise UnreachableError(
                        f"{shown(url)} {error} ({times}).", "Try again later."
                    ) from error
                self._sleep(min(wait, patience.longest))
        raise AssertionError("the last attempt returns or raises")

    def _follow(
        self, url: str, headers: Mapping[str, str], limit: int, into: Opener | None
    ) -> bytes:
        for _ in range(_MOST_REDIRECTS):
            body, location = self._transport.get(url, headers, limit, into)
            if location is None:
                return body
            try:
                target = urljoin(url, location)
            except ValueError:
                target = ""
            if url_problem(target.partition("?")[0].partition("#")[0]):
                raise BadAnswerError(f"{shown(url)} sends us on to what is no address.")
            if headers and origin_of(target) != self._origin:
                raise UnsafeError(
                    f"{shown(url)} sends us on to {clean(origin_of(target).host, 80)}:"
                    " the token does not go there.",
                    "Check the API's address.",
                )
            if not headers:
                self._check_blob(target)
            url = target
        raise BadAnswerError(f"{shown(url)} sends us on and on.")

    def _check_blob(self, url: str) -> None:
        """Raises for an address of a blob that we do not follow."""
        if not isinstance(url, str) or url_problem(url.partition("?")[0]):
            raise BadAnswerError("the API gives an address of a blob that is none.")
        origin = origin_of(url)
        if origin.scheme == "https" or self._allow_http:
            return
        # An API beyond this machine has no business to send us to services on it.
        if self._origin.scheme == "http" and (origin.local or origin.host == self._origin.host):
            return
        raise UnsafeError(
            f"the API points to a blob at {clean(origin.host, 80)} over plain http.",
            "Allow plain http explicitly if that is meant.",
        )


def text_of(row: Row, key: str) -> str:
    """A text of a row; empty where it is missing or something else."""
    value = row.get(key)
    return value if isinstance(value, str) else ""
