"""What validation must know of a heavy series, read from its bytes in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from resim_inspect.document.decode import decode
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.parse import parse
from resim_inspect.document.wire import packed

if TYPE_CHECKING:
    from resim_inspect.document import Document


_LAST_STATUS = 5
_STRING_TAG = 0x0A
_TRIED_RUNS = 1024
_WORTH_RUN = 6
"""Shorter runs than this, on average, are read faster by protobuf."""


class HeavyFacts(NamedTuple):
    """The number of values (`total`) and what is odd about them."""

    total: int
    nan: int = 0
    infinite: int = 0
    statuses: dict[int, int] | None = None
    """How often each number stands in a series of statuses; None where all are statuses."""
    strings: frozenset[str] | None = None
    """The different strings of a series of strings."""
    backwards_at: int | None = None
    """Where a time is earlier than the one before, the first such place."""


def look(document: Document, position: int, kind: int) -> HeavyFacts:
    """The facts of the series that was cut out of the data at `position`.

    Raises MalformedError for bytes that protobuf refuses, ChangedError if the file was
    rewritten since it was opened.
    """
    payload = document.heavy_payload(position)
    if kind == SeriesKind.DOUBLES:
        return _doubles(payload)
    if kind == SeriesKind.STATUSES:
        return _statuses(payload)
    if kind == SeriesKind.TIMESTAMPS:
        times = decode(SeriesKind.TIMESTAMPS, payload).values
        back = times[1:] < times[:-1]
        return HeavyFacts(len(times), backwards_at=int(back.argmax()) + 1 if back.any() else None)
    if kind == SeriesKind.STRINGS:
        return _strings(payload)
    return HeavyFacts(len(decode(SeriesKind.UUIDS, payload)))


def _doubles(payload: bytes) -> HeavyFacts:
    start = packed(payload)
    if start is not None and (len(payload) - start) % 8 == 0:
        # A slice is a copy, and a copy is aligned: numpy reads it several times as fast.
        values = np.frombuffer(payload[start:], "<f8")
    else:
        values = decode(SeriesKind.DOUBLES, payload).values
    with np.errstate(all="ignore"):
        # NaN or infinite if any value is; a sum that only overflows is looked at again.
        if np.isfinite(values.sum()):
            return HeavyFacts(len(values))
        nan, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    return HeavyFacts(len(values), nan, infinite)


def _statuses(payload: bytes) -> HeavyFacts:
    start = packed(payload)
    if start is not None and payload[start:].isascii():
        # No byte has its high bit set: each is one number.
        numbers = np.frombuffer(payload, np.uint8, offset=start)
        if not len(numbers) or (numbers.min() >= 1 and numbers.max() <= _LAST_STATUS):
            return HeavyFacts(len(numbers))
    else:
        numbers = decode(SeriesKind.STATUSES, payload).values
    values, counts = np.unique(numbers, return_counts=True)
    return HeavyFacts(
        len(numbers), statuses=dict(zip(values.tolist(), counts.tolist(), strict=True))
    )


def _strings(payload: bytes) -> HeavyFacts:
    found = _runs(payload)
    if found is None:
        strings = parse(SeriesKind.STRINGS, payload).strings.series
        return HeavyFacts(len(strings), strings=frozenset(strings))
    return found


def _runs(payload: bytes) -> HeavyFacts | None:
    """The facts of strings that stay the same for a while, as states do; None for others.

    Runs of equal records are taken at once. None also for what only protobuf can judge:
    records of 128 bytes or more, other fields, text that is not UTF-8.
    """
    records: set[bytes] = set()
    at = count = runs = 0
    total = len(payload)
    matches = payload.startswith
    while at < total:
        if payload[at] != _STRING_TAG or at + 1 == total or payload[at + 1] >= 0x80:
            return None
        record = payload[at : at + 2 + payload[at + 1]]
        if len(record) != 2 + payload[at + 1]:
            return None
        records.add(record)
        at += len(record)
        count += 1
        runs += 1
        if runs == _TRIED_RUNS and count < _WORTH_RUN * runs:
            return None
        block, step = record, 1
        while matches(block, at):
            at += len(block)
            count += step
            block += block
            step += step
        while step > 1:
            step >>= 1
            block = block[: len(record) * step]
            if matches(block, at):
                at += len(block)
                count += step
    try:
        texts = frozenset(record[2:].decode() for record in records)
    except UnicodeDecodeError:
        return None
    return HeavyFacts(count, strings=texts)
