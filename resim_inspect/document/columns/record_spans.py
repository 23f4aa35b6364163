"""Offsets of all records of an index message, as arrays."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.document.wire.small_records import KNOWN_TAGS, METRICS_DATA_TAG

_METRIC_TAG = 0x0A  # MetricCollection.metrics: field 1
_COLLECTION_TAG = 0x12  # JobMetrics.job_level_metrics: field 2
_JOB_STATUS_TAG = 0x20  # JobMetrics.metrics_status: field 4
_COLLECTION_STATUS_TAG = 0x10  # MetricCollection.metrics_status: field 2
_MAX_RECORDS = 4096  # records of a run: few objects at a time
_HEAD = 3  # bytes: a tag and a length of up to two bytes


class Spans(NamedTuple):
    """Contents of records, in the order of the file: offsets in bytes, (n,).

    A file that protobuf can parse has offsets of 31 bits.
    """

    starts: NDArray[np.uint32]
    stops: NDArray[np.uint32]


class RecordSpans(NamedTuple):
    """The records of an index message."""

    data: Spans
    metrics: Spans
    others: list[tuple[int, int]]
    """Start and stop of each record of another field, with its head."""


class _UnusualError(Exception):
    """Raised for a record that protobuf is to interpret."""


def record_spans(message: bytes) -> RecordSpans | None:
    """The records of a serialized JobMetrics; None for one with an unusual record.

    Unusual are a field that the schema does not have, a number of more than one byte, and a length
    that is not in its shortest form or reaches past the end.
    """
    data, metrics = _Walk(METRICS_DATA_TAG), _Walk(_METRIC_TAG)
    others: list[tuple[int, int]] = []
    offset = 0
    try:
        while offset < len(message):
            tag = message[offset]
            if tag == METRICS_DATA_TAG:
                offset = data.collect(message, offset, len(message))
            elif tag == _JOB_STATUS_TAG:
                offset = _after_number(message, offset, len(message))
            elif tag in KNOWN_TAGS:
                start, stop = _content(message, offset, len(message))
                if tag == _COLLECTION_TAG:
                    _collect_metrics(message, start, stop, metrics)
                else:
                    others.append((offset, stop))
                offset = stop
            else:
                return None
    except _UnusualError:
        return None
    return RecordSpans(data.spans(message), metrics.spans(message), others)


def _collect_metrics(message: bytes, offset: int, end: int, metrics: _Walk) -> None:
    while offset < end:
        if message[offset] == _METRIC_TAG:
            offset = metrics.collect(message, offset, end)
        elif message[offset] == _COLLECTION_STATUS_TAG:
            offset = _after_number(message, offset, end)
        else:
            raise _UnusualError


class _Walk:
    """Collects the records of one field.

    As in `SmallRecords`, each different head of a small record is interpreted once.
    """

    def __init__(self, tag: int) -> None:
        self._tag = tag
        self._sizes: dict[bytes, int] = {}
        self._starts = array("I")
        self._stops = array("I")

    def collect(self, message: bytes, offset: int, end: int) -> int:
        """Collect the records of the field from `offset`; return the offset after them."""
        sizes = self._sizes
        while True:
            # The starts, and behind them the offset after the last record.
            places = [offset]
            append = places.append
            try:
                for _ in range(_MAX_RECORDS):
                    offset += sizes[message[offset : offset + _HEAD]]
                    append(offset)
            except KeyError:
                pass
            if offset > end:
                # The last bytes looked like a record, but belong to something else.
                del places[bisect_right(places, end) :]
                offset = places[-1]
            self._starts.extend(places[:-1])
            self._stops.extend(places[1:])
            if len(places) > _MAX_RECORDS:
                continue
            if offset == end or message[offset] != self._tag:
                return offset
            start, stop = _content(message, offset, end)
            if start - offset <= _HEAD and message[offset : offset + _HEAD] not in sizes:
                sizes[message[offset : offset + _HEAD]] = stop - offset
                continue
            self._starts.append(offset)
            self._stops.append(stop)
            offset = stop

    def spans(self, message: bytes) -> Spans:
        """Contents of the records that were collected."""
        # The memory of the arrays, not a copy.
        starts = np.frombuffer(self._starts, np.uint32)
        stops = np.frombuffer(self._stops, np.uint32)
        short = np.frombuffer(message, np.uint8)[starts + 1] < 0x80
        large = np.flatnonzero(stops - starts >= (1 << 14) + _HEAD)
        for position in large.tolist():
            offset, stop = int(starts[position]), int(stops[position])
            starts[position] = _content(message, offset, stop)[0] - _HEAD
        starts += np.uint32(_HEAD)
        starts -= short
        return Spans(starts, stops)


def _after_number(message: bytes, offset: int, end: int) -> int:
    """Offset after a number of one byte."""
    if offset + 2 > end or message[offset + 1] >= 0x80:
        raise _UnusualError
    return offset + 2


def _content(message: bytes, offset: int, end: int) -> tuple[int, int]:
    """Start and stop of the content of the record at `offset`, whose tag has one byte."""
    length = shift = 0
    for count, byte in enumerate(message[offset + 1 : offset + 6], 2):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if (shift > 7 and not byte) or offset + count + length > end:
                break
            return offset + count, offset + count + length
    raise _UnusualError
