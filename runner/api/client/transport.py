"""HTTP transport: one GET, with its body, its redirect target or a typed error as the result.

The only module of the API's client that imports `requests`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import IO
from urllib.parse import urlsplit

import requests
import requests.adapters
import requests.utils
import urllib3

from runner.api.client.body import BodyReader, MemoryBudget, content_length
from runner.api.client.errors import (
    BREAKS_OFF,
    NO_ANSWER,
    NO_LENGTH,
    STALLS,
    BadAnswerError,
    NotFoundError,
    RefusedError,
    TokenError,
    connection_problem,
    tls_error,
)
from runner.api.client.http11 import Http11ConnectionPool, UnsupportedByFastPath
from runner.api.client.retry import RETRYABLE_STATUSES, RetryableError, RetryPolicy, retry_after
from runner.workspace.urls import display_url, origin_of

Opener = Callable[[], IO[bytes]]
"""Opens the target file of a body, again for each attempt."""

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "resim-inspect"}
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PIECE = 1 << 16


class Transport:
    """Up to `connections` persistent connections; may be used by many threads."""

    def __init__(self, retry: RetryPolicy, connections: int) -> None:
        self._retry = retry
        self._proxies: dict[tuple[str, str], dict[str, str]] = {}
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        self._verify: bool | str = bundle or True
        self._memory = MemoryBudget(retry.memory)
        self._fast_pool = Http11ConnectionPool(
            retry, bundle or requests.utils.DEFAULT_CA_BUNDLE_PATH
        )
        # No session: it would keep cookies, read passwords from .netrc, and read the whole
        # body of a redirect.
        self._adapter = requests.adapters.HTTPAdapter(4, connections, pool_block=True)

    def close(self) -> None:
        """Close the persistent connections."""
        self._adapter.close()
        self._fast_pool.close()

    def get(
        self, url: str, headers: Mapping[str, str], limit: int, into: Opener | None
    ) -> tuple[bytes, str | None]:
        """Send one GET and return its body, of at most `limit` bytes, and its redirect target.

        With `into`, the body is written there. A request for a blob has no `headers`; one to
        the API has. Raises RetryableError for a failure that may pass, else ApiError.
        """
        if url.startswith("https:"):
            self._fast_pool.tls()  # Raises without certificates to check others with.
        if not self._proxies_for(url):
            try:
                return self._get_fast(url, headers, limit, into)
            except UnsupportedByFastPath:
                pass  # The general client below supports every request.
        try:
            response = self._adapter.send(
                requests.Request("GET", url, {**_HEADERS, **headers}).prepare(),
                stream=True,
                timeout=(self._retry.connect, self._retry.read),
                verify=self._verify,
                proxies=self._proxies_for(url),
            )
        except requests.exceptions.SSLError as error:
            raise tls_error(url, error) from error
        except requests.exceptions.Timeout as error:
            raise RetryableError(NO_ANSWER) from error
        except requests.exceptions.ProxyError as error:
            raise RetryableError("cannot be reached through the proxy") from error
        except (requests.exceptions.ConnectionError, OSError) as error:
            if isinstance(error, requests.exceptions.RequestException) and not isinstance(
                error, requests.exceptions.ConnectionError
            ):
                raise BadAnswerError(f"{display_url(url)} cannot be requested.") from error
            raise RetryableError(connection_problem(error)) from error
        done = False
        try:
            location = self._redirect_target(
                url, response.status_code, response.headers, bool(headers)
            )
            if location is not None:
                return b"", location
            if not headers and into is None and _encoded(response.headers):
                # A few bytes would unpack to any number of them in memory.
                raise BadAnswerError(
                    f"{display_url(url)} answers with a compressed body, which was not requested."
                )
            body = self._received(
                url, limit, into, lambda reader: self._body(response, reader, bool(headers))
            )
            done = True
        finally:
            # The rest of an unread body would be taken for the head of the next answer.
            if not done:
                response.close()
        return body, None

    def _get_fast(
        self, url: str, headers: Mapping[str, str], limit: int, into: Opener | None
    ) -> tuple[bytes, str | None]:
        """Send one GET by the fast path; raises UnsupportedByFastPath for unusual requests."""
        answer = self._fast_pool.get(url, {**_HEADERS, **headers})
        try:
            location = self._redirect_target(url, answer.status, answer.headers, bool(headers))
            if location is not None:
                answer.close()
                return b"", location
            body = self._received(
                url, limit, into, lambda reader: answer.body(reader, bool(headers))
            )
        except BaseException:
            answer.close()
            raise
        return body, None

    def _received(
        self,
        url: str,
        limit: int,
        into: Opener | None,
        read: Callable[[BodyReader], None],
    ) -> bytes:
        """Let `read` pass a body to a file, or to memory, and return it in the latter case."""
        if into is not None:
            with into() as file:
                read(BodyReader(url, limit, self._retry, file.write))
            return b""
        pieces: list[bytes] = []
        reader = BodyReader(url, limit, self._retry, pieces.append)
        with reader.in_memory(self._memory):
            read(reader)
            return b"".join(pieces)

    def _redirect_target(
        self, url: str, status: int, headers: Mapping[str, str], asks_api: bool
    ) -> str | None:
        """Return a redirect's target, or None if the body follows; raises for an error status."""
        if status == 200:
            kind = headers.get("content-type", "").lower()
            if kind.startswith("text/html") and not asks_api:
                raise BadAnswerError(f"{display_url(url)} answers with a web page.")
            return None
        if status in _REDIRECTS and "location" in headers:
            return headers["location"]
        if status in RETRYABLE_STATUSES:
            after = retry_after(headers.get("retry-after", ""))
            raise RetryableError(f"answers {status}", after)
        if status in (401, 403) and asks_api:
            why = "does not accept the token" if status == 401 else "denies access"
            raise TokenError(
                f"{display_url(url)} {why} ({status}).",
                "The token may be missing or expired, or its user is not in this project.",
                status,
            )
        if status in (404, 410):
            hint = "Check the ids and the project." if asks_api else ""
            raise NotFoundError(f"{display_url(url)} does not exist ({status}).", hint)
        hint = "" if asks_api else "URLs of blobs expire: list them again."
        raise RefusedError(f"{display_url(url)} answers {status}.", status, hint)

    def _body(self, response: requests.Response, reader: BodyReader, proves_end: bool) -> None:
        """Pass the body to the reader in pieces, like `Answer.body`."""
        length = content_length(response.headers.get("Content-Length", ""))
        chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
        raw = response.raw
        if length is not None:
            reader.announce(length, packed=_encoded(response.headers))
        elif not chunked:
            closes = raw.version == 10 or "close" in response.headers.get("Connection", "").lower()
            if not (proves_end and closes and "Content-Length" not in response.headers):
                raise RetryableError(NO_LENGTH)
        # Unlike `read`, `read1` returns the bytes that have arrived, without waiting for more.
        read = getattr(raw, "read1", None) or raw.read
        while True:
            try:
                piece = read(_PIECE, decode_content=True)
            except urllib3.exceptions.DecodeError as error:
                raise BadAnswerError(
                    f"{display_url(response.url)} sends a body that cannot be decompressed."
                ) from error
            except urllib3.exceptions.ReadTimeoutError as error:
                raise RetryableError(STALLS) from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise RetryableError(BREAKS_OFF) from error
            if not piece:
                break
            reader.take(piece)
        if length is not None and not chunked and raw.tell() != length:
            raise RetryableError(BREAKS_OFF)

    def _proxies_for(self, url: str) -> dict[str, str]:
        origin = origin_of(url)
        if origin.local:
            # The token in plain text must not leave this machine.
            return {}
        parts = urlsplit(url)
        key = parts.scheme, parts.netloc
        if key not in self._proxies:
            self._proxies[key] = dict(requests.utils.get_environ_proxies(url, no_proxy=None))
        return self._proxies[key]


def _encoded(headers: Mapping[str, str]) -> bool:
    return headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}
