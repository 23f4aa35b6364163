"""Asks ReSim's API and fetches blobs: patient with faults, strict about where a token goes.

The only module that knows `requests`. One client may be used by many threads.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urljoin, urlsplit
from uuid import UUID

import requests
import requests.adapters
import requests.utils
import urllib3

from resim_inspect.document.text import clean
from runner.api.address import origin_of, part_of, shown
from runner.api.errors import (
    BadAnswerError,
    MissingError,
    RefusedError,
    TokenError,
    UnreachableError,
    UnsafeError,
)
from runner.api.patience import (
    AgainError,
    Patience,
    connection_trouble,
    distrust,
    retry_after,
)
from runner.api.wire import Unusual, Wire
from runner.contract import url_problem

Row = Mapping[str, Any]
"""One object of an answer, with whatever keys and values this release of the API gives it."""

Opener = Callable[[], IO[bytes]]
"""Opens the file that a body goes to, anew for each attempt."""

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "resim-inspect"}
_AGAIN = frozenset((408, 425, 429)) | frozenset(range(500, 600))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 5
_PIECE = 1 << 16


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
        self._proxies: dict[tuple[str, str], dict[str, str]] = {}
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        self._verify: bool | str = bundle or True
        self._wire = Wire(self._patience, bundle or requests.utils.DEFAULT_CA_BUNDLE_PATH)
        # No session: it would keep cookies, read passwords from .netrc, and swallow the whole
        # body of an answer that only sends us elsewhere.
        self._adapter = requests.adapters.HTTPAdapter(4, connections, pool_block=True)

    def __repr__(self) -> str:
        return f"Client({self._base!r}, project {self._project})"

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._adapter.close()
        self._wire.close()

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
            body, location = self._once(url, headers, limit, into)
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

    def _once(
        self, url: str, headers: Mapping[str, str], limit: int, into: Opener | None
    ) -> tuple[bytes, str | None]:
        """One request: the body, or where it sends us."""
        if not self._proxies_for(url):
            try:
                return self._plainly(url, headers, limit, into)
            except Unusual:
                pass  # Then the general client asks, which knows everything.
        started = time.monotonic()
        try:
            response = self._adapter.send(
                requests.Request("GET", url, {**_HEADERS, **headers}).prepare(),
                stream=True,
                timeout=(self._patience.connect, self._patience.read),
                verify=self._verify,
                proxies=self._proxies_for(url),
            )
        except requests.exceptions.SSLError as error:
            raise distrust(url, error) from error
        except requests.exceptions.Timeout as error:
            raise AgainError("does not answer in time") from error
        except requests.exceptions.ProxyError as error:
            raise AgainError("cannot be reached through the proxy") from error
        except (requests.exceptions.ConnectionError, OSError) as error:
            if isinstance(error, requests.exceptions.RequestException) and not isinstance(
                error, requests.exceptions.ConnectionError
            ):
                raise BadAnswerError(f"{shown(url)} cannot be asked.") from error
            raise AgainError(connection_trouble(error)) from error
        done = False
        try:
            location = self._judge(url, response.status_code, response.headers, bool(headers))
            if location is not None:
                return b"", location
            if into is None:
                pieces: list[bytes] = []
                self._body(url, response, limit, started, pieces.append)
                body = b"".join(pieces)
            else:
                with into() as file:
                    self._body(url, response, limit, started, file.write)
                body = b""
            done = True
        finally:
            # A body that was not read to its end would be taken for the next answer's head.
            if not done:
                response.close()
        return body, None

    def _plainly(
        self, url: str, headers: Mapping[str, str], limit: int, into: Opener | None
    ) -> tuple[bytes, str | None]:
        """One request without a detour; raises Unusual where that is not enough."""
        started = time.monotonic()
        answer = self._wire.get(url, {**_HEADERS, **headers})
        try:
            location = self._judge(url, answer.status, answer.headers, bool(headers))
            if location is not None:
                answer.close()
                return b"", location
            whole = self._patience.whole
            if into is not None:
                with into() as file:
                    answer.body(url, limit, file.write, started, whole)
                return b"", None
            pieces: list[bytes] = []
            answer.body(url, limit, pieces.append, started, whole)
        except BaseException:
            answer.close()
            raise
        return b"".join(pieces), None

    def _judge(
        self, url: str, status: int, headers: Mapping[str, str], asks_api: bool
    ) -> str | None:
        """None where the body is wanted, else where we are sent; raises for everything else."""
        if status == 200:
            kind = headers.get("content-type", "").lower()
            if kind.startswith("text/html") and not asks_api:
                raise BadAnswerError(f"{shown(url)} answers with a web page.")
            return None
        if status in _REDIRECTS and "location" in headers:
            return headers["location"]
        if status in _AGAIN:
            after = retry_after(headers.get("retry-after", ""))
            raise AgainError(f"answers {status}", after)
        if status in (401, 403) and asks_api:
            why = "does not accept the token" if status == 401 else "denies access"
            raise TokenError(
                f"{shown(url)} {why} ({status}).",
                "The token may be missing, expired, or of somebody who is not in this project.",
            )
        if status in (404, 410):
            hint = "Check the ids and the project." if asks_api else ""
            raise MissingError(f"{shown(url)} is not there ({status}).", hint)
        hint = "" if asks_api else "Addresses of blobs expire: list them again."
        raise RefusedError(f"{shown(url)} answers {status}.", status, hint)

    def _body(
        self,
        url: str,
        response: requests.Response,
        limit: int,
        started: float,
        take: Callable[[bytes], object],
    ) -> None:
        """The whole body, in pieces: never more than `limit`, never less than was announced."""
        announced = response.headers.get("Content-Length", "")
        plain = announced.isdecimal() and announced.isascii() and len(announced) < 19
        length = int(announced) if plain else None
        if length is not None and length > limit:
            raise BadAnswerError(
                f"{shown(url)} would send {length:,} bytes; {limit:,} are too many."
            )
        raw = response.raw
        # Gives what has come; `read` would wait for a whole piece, however slowly it drips.
        read = getattr(raw, "read1", None) or raw.read
        size = 0
        while True:
            try:
                piece = read(_PIECE, decode_content=True)
            except urllib3.exceptions.DecodeError as error:
                raise BadAnswerError(f"{shown(url)} sends what cannot be unpacked.") from error
            except urllib3.exceptions.ReadTimeoutError as error:
                raise AgainError("stalls in the middle of its answer") from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise AgainError("breaks off in the middle of its answer") from error
            if not piece:
                break
            size += len(piece)
            if size > limit:
                raise BadAnswerError(f"{shown(url)} sends more than {limit:,} bytes.")
            take(piece)
            if time.monotonic() - started > self._patience.whole:
                raise AgainError(f"takes more than {self._patience.whole:g} s")
        chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
        # Without a length there is no telling the end from a break: half a blob is no blob.
        if not chunked and raw.tell() != length:
            raise AgainError("breaks off in the middle of its answer")

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

    def _proxies_for(self, url: str) -> dict[str, str]:
        parts = urlsplit(url)
        key = parts.scheme, parts.netloc
        if key not in self._proxies:
            self._proxies[key] = dict(requests.utils.get_environ_proxies(url, no_proxy=None))
        return self._proxies[key]


def text_of(row: Row, key: str) -> str:
    """A text of a row; empty where it is missing or something else."""
    value = row.get(key)
    return value if isinstance(value, str) else ""
