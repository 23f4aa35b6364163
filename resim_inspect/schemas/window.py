"""A window on a long JSON document, so that scripts and language models get answers of a bound.

The rows of a document are numbered from 0 through all of its groups, such as the findings of all
files. An answer that ends before the last row names the next one, for `--start` of the next call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import argparse

Row = TypeVar("Row")


class Window:
    """Rows that an answer may hold; a group without rows counts as one.

    `limit` is a number of rows, `max_bytes` the size of their JSON without white space; a window
    of bytes holds one row at least, however large. None bounds nothing.
    """

    def __init__(self, start: int = 0, limit: int | None = None, max_bytes: int | None = None):
        self.start = start
        self.limit = limit
        self.max_bytes = max_bytes
        self.next: int | None = None
        """The first row that is left out at the end; None if the window has the last one."""
        self._position = 0
        self._rows = 0
        self._bytes = 0

    @property
    def is_bounded(self) -> bool:
        """True if the answer may be a part of the document."""
        return bool(self.start) or self.limit is not None or self.max_bytes is not None

    def take(self, rows: Sequence[Row], encode: Callable[[Row], Any]) -> list[Any] | None:
        """Return the values of a group's rows in the window; None if the group is outside.

        `encode` is called for rows in the window, and for the first one behind it.
        """
        first = max(0, self.start - self._position)
        before = self._position
        self._position += max(1, len(rows))
        if self.next is not None or first >= max(1, len(rows)):
            return None
        if not rows:
            if self._rows == self.limit:
                self.next = before
                return None
            self._rows += 1
            return []
        values = []
        for number in range(first, len(rows)):
            value = encode(rows[number]) if self._rows != self.limit else None
            if self._rows == self.limit or not self._has_room(value):
                self.next = before + number
                break
            self._rows += 1
            values.append(value)
        return values or None

    def end(self) -> dict[str, int | None]:
        """Return the field `next` of the document, if the answer may be a part of it."""
        return {"next": self.next} if self.is_bounded else {}

    def _has_room(self, value: Any) -> bool:
        if self.max_bytes is None:
            return True
        self._bytes += len(json.dumps(value, separators=(",", ":")))
        return self._bytes <= self.max_bytes or not self._rows


def add_window_arguments(parser: argparse.ArgumentParser, rows: str) -> None:
    """Add the arguments of a window on the rows of `--format json`."""
    bounds = parser.add_argument_group("bounds of --format json")
    number = _whole_number
    bounds.add_argument("--limit", metavar="N", type=number, help=f"at most N {rows}")
    bounds.add_argument(
        "--max-bytes", metavar="N", type=number, help=f"at most N bytes of {rows}, and one at least"
    )
    bounds.add_argument(
        "--start",
        metavar="N",
        type=number,
        default=0,
        help="begin with this one, which `next` of the answer before names (default: 0)",
    )


def window_of(args: argparse.Namespace) -> Window:
    """Return the window that the arguments describe; raises ValueError without --format json."""
    window = Window(args.start, args.limit, args.max_bytes)
    if window.is_bounded and args.format != "json":
        raise ValueError("--limit, --max-bytes and --start bound --format json: add it")
    return window


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)
