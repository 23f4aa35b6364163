"""One GET over HTTP: the body, where it sends us, or an error that says what is the matter.

The only module of the API's client that knows `requests`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import IO
from urllib.parse import urlsplit

import requests
import requests.adapters
import requests.utils
import urllib3

from runner.api.client.errors import BadAnswerError, MissingError, RefusedError, TokenError
from runner.api.client.http11 import Unusual, Wire
from runner.api.client.retry import (
    AgainError,
    Patience,
    connection_trouble,
    distrust,
    retry_after,
)
from runner.api.client.urls import shown

Opener = Callable[[], IO[bytes]]
"""Opens the file that a body goes to, anew for each attempt."""

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "resim-inspect"}
_AGAIN = frozenset((408, 425, 429)) | frozenset(range(500, 600))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PIECE = 1 << 16


class Transport:
    """Connections that are kept open, `connections` of them; may be used by many threads."""

    def __init__(self, patience: Patience, connections: int) -> None:
        self._patience = patience
        self._proxies: dict[tuple[str, str], dict[str, str]] = {}
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        self._verify: bool | str = bundle or True
        self._wire = Wire(patience, bundle or requests.utils.DEFAULT_CA_BUNDLE_PATH)
        # No session: it would keep cookies, read passwords from .netrc, and swallow the whole
        # body of an answer that only sends us elsewhere.
        self._adapter = requests.adapters.HTTPAdapter(4, connections, pool_block=True)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._adapter.close()
        self._wire.close()

    def get(
        self, url: str, headers: Mapping[str, str], limit: int, into: Opener | None
    ) -> tuple[bytes, str | None]:
        """One request: the body, of at most `limit` bytes, or where it sends us.

        With `into`, the body goes there. Headers are those of a request to the API; a blob is
        asked for without. Raises AgainError for what another attempt may mend.
        """
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

    def _proxies_for(self, url: str) -> dict[str, str]:
        parts = urlsplit(url)
        key = parts.scheme, parts.netloc
        if key not in self._proxies:
            self._proxies[key] = dict(requests.utils.get_environ_proxies(url, no_proxy=None))
        return self._proxies[key]
