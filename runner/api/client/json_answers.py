"""JSON answers of the API: parsed, and freed once of values that nothing else can represent.

Text has no lone surrogates, which cannot be encoded, and integers of more than 18 digits become
floats, so that no later conversion overflows.
"""

from __future__ import annotations

import json
import re
from typing import Any

from runner.api.client.errors import BadAnswerError
from runner.workspace.urls import display_url

MAX_ROWS = 1_000_000
"""Number of rows of one list."""
MAX_REPEATED_PAGES = 50
"""Number of pages in a row that are empty or equal an earlier page."""
_MAX_DIGITS = 18
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_object(body: bytes, url: str) -> dict[str, Any]:
    """Parse an answer that must be an object; raises BadAnswerError that names `url`."""
    try:
        # Bytes that are not valid become U+FFFD: they concern one row, not the whole answer.
        text = body.decode(json.detect_encoding(body), "replace")
        answer = json.loads(text, parse_int=_integer)
        if _SURROGATE_ESCAPE.search(text):
            answer = _without_surrogates(answer)
    except (ValueError, RecursionError):
        what = "a web page" if body.lstrip()[:1] == b"<" else "content"
        raise BadAnswerError(
            f"{display_url(url)} answers with {what} that is not JSON.",
            "Check the API's address.",
        ) from None
    if not isinstance(answer, dict):
        raise BadAnswerError(f"{display_url(url)} answers with JSON that is not an object.")
    result: dict[str, Any] = answer
    return result


class PageGuard:
    """Detects lists without an end: repeated page tokens, and pages without new rows."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._tokens: set[str] = set()
        self._pages: set[int] = set()
        self._rows = 0
        self._repeated = 0

    def check(self, rows: list[dict[str, Any]], token: object) -> str:
        """Check one page, and return the token of the next one; raises BadAnswerError."""
        content = hash(repr(rows))
        self._repeated = self._repeated + 1 if not rows or content in self._pages else 0
        self._pages.add(content)
        self._rows += len(rows)
        if (
            not isinstance(token, str)
            or token in self._tokens
            or self._repeated > MAX_REPEATED_PAGES
            or self._rows > MAX_ROWS
        ):
            raise BadAnswerError(f"{display_url(self._url)} answers with pages that never end.")
        self._tokens.add(token)
        return token


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= _MAX_DIGITS else float(text)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(part) for part in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(part) for key, part in value.items()}
    return value
