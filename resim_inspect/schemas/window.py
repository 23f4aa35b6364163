"""A window on a long JSON document, so that scripts and language models get answers of a bound.

The rows of a document are numbered from 0 through all of its groups, such as the findings of all
files. An answer that ends before the last row names the next one, for `--start` of the next call.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO, TypeVar

from resim_inspect.terminal import positive

if TYPE_CHECKING:
    import argparse

Row = TypeVar("Row")
Document = dict[str, Any]
Encoded = tuple[Sequence[Any], Callable[[Any], Any]]
"""Rows, and what makes a JSON value of one."""
BOUNDS_NEED_JSON = "--limit, --max-bytes and --start bound --format json: add it"


class Bounds(NamedTuple):
    """Bounds of an answer: its first row, and what it may hold; None bounds nothing."""

    start: int = 0
    limit: int | None = None
    """Maximum of rows."""
    max_bytes: int | None = None
    """Maximum of bytes of the whole answer as it is written; one row may exceed it."""

    @property
    def are_given(self) -> bool:
        """True if the answer may be a part of the document."""
        return self != UNBOUNDED


UNBOUNDED = Bounds()


class Window:
    """Rows that an answer may hold; a group without rows counts as one.

    Of `max_bytes` the rows use at most that much as JSON without white space: what is around them
    comes on top, and `write_bounded` takes it into account.
    """

    def __init__(self, bounds: Bounds = UNBOUNDED) -> None:
        self.bounds = bounds
        self.next: int | None = None
        """The first row that is left out at the end; None if the window has the last one."""
        self.sizes: list[int] = []
        """Bytes of each row in the window, where bytes are bounded."""
        self._position = 0
        self._rows = 0
        self._bytes = 0

    @property
    def rows(self) -> int:
        """Number of rows in the window."""
        return self._rows

    def take(self, rows: Sequence[Row], encode: Callable[[Row], Any]) -> list[Any] | None:
        """Return the values of a group's rows in the window; None if the group is outside.

        `encode` is called for rows in the window, and for the first one behind it.
        """
        first = max(0, self.bounds.start - self._position)
        before = self._position
        self._position += max(1, len(rows))
        if self.next is not None or first >= max(1, len(rows)):
            return None
        if not rows:
            if self._rows == self.bounds.limit:
                self.next = before
                return None
            self._count(0)
            return []
        values = []
        for number in range(first, len(rows)):
            is_full = self._rows == self.bounds.limit
            value = None if is_full else encode(rows[number])
            size = 0 if is_full or self.bounds.max_bytes is None else _compact_size(value)
            if is_full or not self._has_room(size):
                self.next = before + number
                break
            self._count(size)
            values.append(value)
        return values or None

    def take_lists(self, lists: Mapping[str, Encoded]) -> dict[str, list[Any]] | None:
        """Return the values of several lists by their names; None if all are outside.

        The lists are one group, in their order.
        """
        # A list may make each of its rows when it is asked for it.
        rows = [(name, number) for name, (rows, _) in lists.items() for number in range(len(rows))]
        names: list[str] = []

        def encode(row: tuple[str, int]) -> Any:
            name, number = row
            names.append(name)
            values, value_of = lists[name]
            return value_of(values[number])

        taken = self.take(rows, encode)
        if taken is None:
            return None
        result: dict[str, list[Any]] = {name: [] for name in lists}
        for name, value in zip(names, taken, strict=False):
            result[name].append(value)
        return result

    def _has_room(self, size: int) -> bool:
        most = self.bounds.max_bytes
        return most is None or self._bytes + size <= most or not self._rows

    def _count(self, size: int) -> None:
        self._rows += 1
        self._bytes += size
        self.sizes.append(size)


def write_bounded(
    stream: TextIO,
    bounds: Bounds,
    build: Callable[[Window], Document],
    write: Callable[[Document, TextIO], object],
) -> None:
    """Write a document that takes its rows from a window, and the end of its line.

    `build` is called again with a smaller window until the document is within the bytes, or has
    one row. A document that may be a part of the whole has the field `next`.
    """
    limit = bounds.limit
    while True:
        window = Window(bounds._replace(limit=limit))
        document = build(window)
        if bounds.are_given:
            document["next"] = window.next
        if bounds.max_bytes is None:
            write(document, stream)
            stream.write("\n")
            return
        text = io.StringIO()
        write(document, text)
        text.write("\n")
        size = len(text.getvalue().encode())
        if size <= bounds.max_bytes or window.rows <= 1:
            stream.write(text.getvalue())
            return
        limit = _fewer_rows(window, bounds.max_bytes, size)


def _fewer_rows(window: Window, max_bytes: int, size: int) -> int:
    """Return how many of the rows may fit, if the text around them shrinks as they do."""
    room = sum(window.sizes) * max_bytes / size
    for number, row_size in enumerate(window.sizes):
        room -= row_size
        if room < 0:
            return max(1, min(number, window.rows - 1))
    return window.rows - 1


def add_window_arguments(parser: argparse.ArgumentParser, row: str, order: str = "") -> None:
    """Add the arguments of a window on the rows of `--format json`; `row` names one of them.

    `order` names rows of several kinds in their order.
    """
    about = f"The rows are {order}." if order else None
    bounds = parser.add_argument_group("bounds of --format json", about)
    number = _whole_number
    # An answer of no rows would name its own start as the next.
    bounds.add_argument("--limit", metavar="N", type=positive, help=f"at most N {row}s")
    bounds.add_argument(
        "--max-bytes",
        metavar="N",
        type=positive,
        help=f"at most N bytes in all, from the first character to the last; one {row} is in the "
        "answer even if it is larger",
    )
    bounds.add_argument(
        "--start",
        metavar="N",
        type=number,
        default=0,
        help=f"begin with the {row} of this number, which `next` of the answer before has "
        "(default: 0)",
    )


def bounds_of(args: argparse.Namespace) -> Bounds:
    """Return the bounds that the arguments describe; raises ValueError without --format json."""
    bounds = Bounds(args.start, args.limit, args.max_bytes)
    if bounds.are_given and args.format != "json":
        raise ValueError(BOUNDS_NEED_JSON)
    return bounds


def _compact_size(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":")))


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)
