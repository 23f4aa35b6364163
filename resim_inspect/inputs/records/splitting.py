"""Ends of the records in bytes that begin with a record: at line breaks outside of quoted cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_QUOTED = 1 << 17
"""Bytes within which a quotation mark must be closed; one that is not is a plain character."""
_LINE_BREAK, _QUOTE = 0x0A, 0x22


def record_ends(data: bytes, delimiter: str, *, at_end: bool) -> NDArray[np.int64]:
    """Return the offsets behind the records in `data`, whose first byte begins a record.

    `delimiter`: that of the cells, empty if quotation marks mean nothing. Only complete records
    count, unless `at_end` says that nothing follows `data`: then its last record may lack a line
    break. The ends depend on where records begin, not on how a file is cut into pieces.
    """
    import numpy as np

    values = np.frombuffer(data, np.uint8)
    ends: NDArray[np.int64] = np.flatnonzero(values == _LINE_BREAK) + 1
    if delimiter and b'"' in data:
        starts, stops = _quoted(values, ord(delimiter), at_end=at_end)
        inside = np.searchsorted(starts, ends - 1) > np.searchsorted(stops, ends - 1)
        ends = ends[~inside]
    if at_end and data and (not len(ends) or ends[-1] != len(data)):
        ends = np.append(ends, len(data))
    return ends


def _quoted(
    values: NDArray[np.uint8], delimiter: int, *, at_end: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets of the quotation marks that open, and of those that close.

    One opens at the start of a cell, or right behind one that closes, which is an escaped one.
    """
    import numpy as np

    quotes: NDArray[np.int64] = np.flatnonzero(values == _QUOTE)
    before = values[quotes - 1]
    opens = (before == delimiter) | (before == _LINE_BREAK) | (quotes == 0)
    pairs = len(quotes) // 2
    first, second = quotes[0 : 2 * pairs : 2], quotes[1 : 2 * pairs : 2]
    valid = opens[0 : 2 * pairs : 2].copy()
    valid[1:] |= first[1:] == second[:-1] + 1
    valid &= second - first <= MAX_QUOTED
    # The usual file has nothing else; from the first irregular mark on, one after the other.
    regular = pairs if valid.all() else int(np.argmin(valid))
    starts, stops = first[:regular], second[:regular]
    if 2 * regular == len(quotes):
        return starts, stops
    last = int(stops[-1]) if regular else -2
    more = _one_by_one(
        quotes[2 * regular :].tolist(),
        opens[2 * regular :].tolist(),
        last,
        end=None if at_end else len(values),
    )
    rest = np.array(more, np.int64).reshape(-1, 2)
    return np.concatenate([starts, rest[:, 0]]), np.concatenate([stops, rest[:, 1]])


def _one_by_one(
    quotes: list[int], opens: list[bool], closed: int, *, end: int | None
) -> list[tuple[int, int]]:
    """Return the offsets of opening and closing marks; `closed`: that of the last closing one.

    A mark that may be closed behind `end` is closed there.
    """
    spans: list[tuple[int, int]] = []
    number = 0
    while number < len(quotes):
        quote = quotes[number]
        following = quotes[number + 1] if number + 1 < len(quotes) else None
        if opens[number] or quote == closed + 1:
            if following is None and end is not None and end - quote <= MAX_QUOTED:
                spans.append((quote, end))
            elif following is not None and following - quote <= MAX_QUOTED:
                spans.append((quote, following))
                closed = following
                number += 1
        number += 1
    return spans
