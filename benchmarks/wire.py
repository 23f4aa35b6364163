"""Series as protobuf writes them, made from numpy arrays without an object for each value."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.schema import metrics_pb2 as pb


def varint(value: int) -> bytes:
    """One number."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, payload: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def doubles(values: NDArray[np.float64]) -> bytes:
    """A `Series` of doubles."""
    return field(1, field(1, values.astype("<f8").tobytes()))


def statuses(values: NDArray[Any]) -> bytes:
    """A `Series` of statuses, each below 128."""
    return field(5, field(1, values.astype(np.uint8).tobytes()))


def timestamps(ns: NDArray[np.int64]) -> bytes:
    """A `Series` of times from 1970 on; zeros are left out, as on the wire."""
    seconds, nanos = np.divmod(ns, 1_000_000_000)
    columns, lengths = [], []
    for tag, values in ((0x08, seconds), (0x10, nanos)):
        digits, length = _varints(values)
        length = np.where(values == 0, 0, length + 1)
        columns.append(np.concatenate([np.full((len(ns), 1), tag, np.uint8), digits], axis=1))
        lengths.append(length)
    head = np.stack([np.full(len(ns), 0x0A), lengths[0] + lengths[1]], axis=1).astype(np.uint8)
    table = np.concatenate([head, *columns], axis=1)
    places = np.arange(columns[0].shape[1])
    is_used = np.concatenate(
        [np.ones((len(ns), 2), bool), *(places < length[:, None] for length in lengths)], axis=1
    )
    return field(2, table[is_used].tobytes())


def _varints(values: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    shifts = 7 * np.arange(5)
    groups = values[:, None] >> shifts
    more = (groups >> 7) > 0
    digits = (groups & 127 | np.where(more, 128, 0)).astype(np.uint8)
    return digits, more.sum(axis=1) + 1


def strings(codes: NDArray[Any], uniques: list[str]) -> bytes:
    """A `Series` of strings, given as positions in `uniques`."""
    encoded = [field(1, text.encode()) for text in uniques]
    return field(4, b"".join(map(encoded.__getitem__, codes.tolist())))


def uuids(values: list[str]) -> bytes:
    """A `Series` of UUIDs."""
    return field(3, b"".join(field(1, field(1, value.encode())) for value in values))


def metrics_data(header: pb.MetricsData, series: bytes) -> bytes:
    """A metrics data as it stands in a file: `header` has everything but the series."""
    return field(3, header.SerializeToString() + field(10, series))
