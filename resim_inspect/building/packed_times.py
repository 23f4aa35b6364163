"""Timestamps as the bytes of a series, for millions of them: protobuf's builder takes 1 µs each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BILLION = 1_000_000_000
_MAX_VARINT = 10
"""Bytes of the longest varint."""
_FIELD, _SECONDS, _NANOS = 0x0A, 0x08, 0x10
"""Tags: a timestamp of the series, and the two fields of a timestamp."""


def packed_timestamps(ns: NDArray[np.int64]) -> bytes:
    """Serialize times in ns as a TimestampSeries: its field `series`, repeated."""
    seconds, nanos = np.divmod(ns, _BILLION)
    parts, lengths = [], []
    for tag, values in ((_SECONDS, seconds), (_NANOS, nanos)):
        digits, count = _varints(values.astype(np.uint64))
        # A field of 0 is left out.
        count = np.where(values == 0, 0, count + 1)
        parts.append(np.concatenate([np.full((len(ns), 1), tag, np.uint8), digits], axis=1))
        lengths.append(count)
    size = (lengths[0] + lengths[1]).astype(np.uint8)
    head = np.stack([np.full(len(ns), _FIELD, np.uint8), size], axis=1)
    rows = np.concatenate([head, *parts], axis=1)
    width = _MAX_VARINT + 1
    columns = np.arange(width)
    is_used = np.concatenate(
        [np.ones((len(ns), 2), np.bool_), *(columns < count[:, None] for count in lengths)], axis=1
    )
    data: bytes = rows[is_used].tobytes()
    return data


def _varints(values: NDArray[np.uint64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of varints, (n, 10), and how many of each row count."""
    shifts = np.arange(_MAX_VARINT, dtype=np.uint64) * np.uint64(7)
    digits = (values[:, None] >> shifts).astype(np.uint64)
    last = np.maximum((digits != 0).sum(axis=1), 1)
    encoded = (digits & np.uint64(0x7F)).astype(np.uint8)
    encoded |= np.where(np.arange(_MAX_VARINT) < (last - 1)[:, None], 0x80, 0).astype(np.uint8)
    return encoded, last
