"""Client of ReSim's API: lists, objects and blobs, with retries, and a token that stays with it.

Many threads may use one client.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin
from uuid import UUID

from resim_inspect.text import clean
from runner.api.client.errors import ApiError, BadAnswerError, UnreachableError, UnsafeError
from runner.api.client.host_health import HostHealth
from runner.api.client.json_answers import PageGuard, parse_object
from runner.api.client.retry import RetryableError, RetryPolicy
from runner.api.client.transport import Opener, Transport
from runner.workspace.urls import display_url, origin_of, path_part, url_problem

Row = Mapping[str, Any]
"""One JSON object of an answer; its keys and values depend on the API's release."""

_MAX_REDIRECTS = 5


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
        retry: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Create a client; `url` is a config's `apiURL`.

        Without a project, the routes of 2023 are used. `connections` is the number of
        persistent connections. Plain http, which exposes the token, is limited to this machine
        unless `allow_http` is set. Raises UnsafeError, and BadAnswerError for an invalid URL.
        """
        problem = url_problem(url)
        if problem:
            raise BadAnswerError(f'"{clean(url, 80)}" {problem}')
        self._origin = origin_of(url)
        if self._origin.scheme == "http" and not (allow_http or self._origin.local):
            raise UnsafeError(
                f"a request to {clean(self._origin.host)} over plain http would reveal the token.",
                "Use https, or allow plain http explicitly.",
            )
        self._allow_http = allow_http
        self._base = url.rstrip("/")
        self._project = project_id
        self._retry = retry or RetryPolicy()
        self._sleep = sleep
        self._chance = chance
        self._token = {"Authorization": f"Bearer {token}"}
        self._transport = Transport(self._retry, connections)
        self._health = HostHealth(self._retry)

    def __repr__(self) -> str:
        return f"Client({self._base!r}, project {self._project})"

    def close(self) -> None:
        """Close the persistent connections."""
        self._transport.close()

    # -- resources ---------------------------------------------------------------------------

    def jobs(self, batch_id: UUID | str) -> Iterator[Row]:
        """Jobs of a batch, read page by page."""
        return self._list(f"batches/{path_part(batch_id)}/jobs", "jobs")

    def metrics(self, batch_id: UUID | str, job_id: UUID | str) -> Iterator[Row]:
        """Metrics of a job: names, statuses, values of scalars, `metricURL`."""
        return self._list(
            f"batches/{path_part(batch_id)}/jobs/{path_part(job_id)}/metrics", "metrics"
        )

    def metrics_data(self, batch_id: UUID | str, job_id: UUID | str) -> Iterator[Row]:
        """Metrics data of a job: names, `metricsDataType`, `metricsDataURL`."""
        path = f"batches/{path_part(batch_id)}/jobs/{path_part(job_id)}/metricsData"
        return self._list(path, "metricsData")

    def events(self, batch_id: UUID | str, job_id: UUID | str) -> Iterator[Row]:
        """Events of a job."""
        return self._list(
            f"batches/{path_part(batch_id)}/jobs/{path_part(job_id)}/events", "events"
        )

    def logs(self, batch_id: UUID | str, job_id: UUID | str | None = None) -> Iterator[Row]:
        """Files of a job, or of the batch itself: names, sizes, `logOutputLocation`."""
        job = "" if job_id is None else f"/jobs/{path_part(job_id)}"
        return self._list(f"batches/{path_part(batch_id)}{job}/logs", "logs")

    def batch_metrics(self, batch_id: UUID | str) -> Iterator[Row]:
        """Metrics of the batch itself."""
        return self._list(f"batches/{path_part(batch_id)}/metrics", "batchMetrics")

    def batch_metrics_data(self, batch_id: UUID | str) -> Iterator[Row]:
        """Metrics data of the batch itself."""
        return self._list(f"batches/{path_part(batch_id)}/metricsData", "batchMetricsData")

    def batches(self, search: str = "") -> Iterator[Row]:
        """Batches of the project; `search` is a query in the API's own syntax."""
        return self._list("batches", "batches", f"?search={quote(search)}" if search else "")

    def batch(self, batch_id: UUID | str) -> Row:
        """One batch."""
        return self._object(f"batches/{path_part(batch_id)}")

    def job(self, batch_id: UUID | str, job_id: UUID | str) -> Row:
        """One job."""
        return self._object(f"batches/{path_part(batch_id)}/jobs/{path_part(job_id)}")

    def report(self, report_id: UUID | str) -> Row:
        """One report."""
        return self._object(f"reports/{path_part(report_id)}")

    def project_object(self, kind: str, identity: UUID | str) -> Row:
        """One object of the project, such as of the kind `branches`, `systems` or `suites`."""
        return self._object(f"{kind}/{path_part(identity)}")

    def experience_tags(self, experience_id: UUID | str | None = None) -> Iterator[Row]:
        """Tags of the project's experiences, or of one of them."""
        experience_path = (
            "" if experience_id is None else f"experiences/{path_part(experience_id)}/"
        )
        return self._list(f"{experience_path}experienceTags", "experienceTags")

    def experiences_with_tag(self, tag_id: UUID | str) -> Iterator[Row]:
        """Experiences that have a tag."""
        return self._list(f"experienceTags/{path_part(tag_id)}/experiences", "experiences")

    def blob(self, url: str, limit: int | None = None) -> bytes:
        """Download a URL that the API gave, of at most `limit` bytes, without sending the token."""
        self._check_blob(url)
        return self._ask(url, {}, self._retry.blob if limit is None else limit)

    def download(self, url: str, path: Path, limit: int | None = None) -> int:
        """Download like `blob` into a file and return its size in bytes; raises OSError as well."""
        self._check_blob(url)
        most = self._retry.blob if limit is None else limit
        self._ask(url, {}, most, lambda: path.open("wb"))
        return path.stat().st_size

    # -- requests -----------------------------------------------------------------------------

    def _url(self, path: str) -> str:
        project = "" if self._project is None else f"projects/{self._project}/"
        return f"{self._base}/{project}{path}"

    def _object(self, path: str) -> dict[str, Any]:
        url = self._url(path)
        return parse_object(self._ask(url, self._token, self._retry.listing), url)

    def _list(self, path: str, key: str, query: str = "") -> Iterator[Row]:
        guard = PageGuard(self._url(path))
        following = query
        while True:
            answer = self._object(path + following)
            rows = answer.get(key)
            if rows is None:
                rows = []
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise BadAnswerError(
                    f'{display_url(self._url(path))}: "{key}" is not a list of objects.'
                )
            yield from rows
            token = answer.get("nextPageToken")
            if not token:
                return
            token = guard.check(rows, token)
            following = f"{query}{'&' if query else '?'}pageToken={quote(token, safe='')}"

    def _ask(
        self, url: str, headers: Mapping[str, str], limit: int, into: Opener | None = None
    ) -> bytes:
        """Send a GET, with retries, and return the body."""
        origin = origin_of(url)
        if pause := self._health.pause(origin):
            self._sleep(pause)
        attempt = 1
        while True:
            self._health.check(origin)
            try:
                body = self._follow(url, headers, limit, into)
            except RetryableError as error:
                self._health.failed(origin, error)
                delay = self._retry.delay(attempt, error, self._chance())
                if delay is None:
                    times = f"{attempt} attempts" if attempt > 1 else "one attempt"
                    raise UnreachableError(
                        f"{display_url(url)} {error} ({times}).", "Try again later."
                    ) from error
                self._sleep(delay)
            except ApiError:
                self._health.answered(origin)
                raise
            else:
                self._health.answered(origin)
                return body
            attempt += 1

    def _follow(
        self, url: str, headers: Mapping[str, str], limit: int, into: Opener | None
    ) -> bytes:
        for _ in range(_MAX_REDIRECTS):
            body, location = self._transport.get(url, headers, limit, into)
            if location is None:
                return body
            try:
                target = urljoin(url, location)
            except ValueError:
                target = ""
            if url_problem(target.partition("?")[0].partition("#")[0]):
                raise BadAnswerError(f"{display_url(url)} redirects to an invalid URL.")
            if headers and origin_of(target) != self._origin:
                raise UnsafeError(
                    f"{display_url(url)} redirects to {clean(origin_of(target).host, 80)}:"
                    " the token is not sent to another host.",
                    "Check the API's address.",
                )
            if not headers:
                self._check_blob(target)
            url = target
        raise BadAnswerError(f"{display_url(url)} redirects too often.")

    def _check_blob(self, url: str) -> None:
        """Raise BadAnswerError or UnsafeError for a URL of a blob that must not be requested."""
        if not isinstance(url, str) or url_problem(url.partition("?")[0]):
            raise BadAnswerError("the API gives an invalid URL for a blob.")
        origin = origin_of(url)
        if origin.scheme == "https" or self._allow_http:
            return
        # A remote API must not reach services on this machine through the client.
        if self._origin.scheme == "http" and (origin.local or origin.host == self._origin.host):
            return
        raise UnsafeError(
            f"the API points to a blob at {clean(origin.host, 80)} over plain http.",
            "Allow plain http explicitly if that is intended.",
        )


def standard_id(text: str) -> str:
    """Standard spelling of a UUID; empty for another text."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def text_of(row: Row, key: str) -> str:
    """Text value of a row; empty if it is missing or not a text."""
    value = row.get(key)
    return value if isinstance(value, str) else ""
