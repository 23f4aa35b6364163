"""A large message in pieces: protobuf parses without letting any other thread run.

In slices, a screen can answer while 100,000 metrics are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from resim_inspect.document.wire import KNOWN_TAGS, LARGE_WINDOW, head, light_records

_COLLECTION_TAG = 0x12  # JobMetrics.job_level_metrics: field 2


def slices(data: bytes, size: int = LARGE_WINDOW) -> Iterator[bytes]:
    """A serialized JobMetrics as several that merge into it, most of at most `size` bytes.

    What cannot be cut is given as one; so is everything after a fault.
    """
    if len(data) <= size:
        yield data
        return
    for place, stop in _runs(data, size):
        start = _content(data, place)
        if stop - place <= size or data[place] != _COLLECTION_TAG or not start:
            yield data[place:stop]
            continue
        # All metrics lie in one record: that is cut too, each part in a head of its own.
        inner = data[start:stop]
        for begin, end in _runs(inner, size):
            yield head(_COLLECTION_TAG, end - begin) + inner[begin:end]


def _runs(data: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Spans of whole records: as many as `size` holds, or one that is larger."""
    place = 0
    while place < len(data):
        passed, _ = light_records(data[place : place + size], 0, size)
        stop = place + passed if passed else _stop(data, place)
        yield place, stop
        place = stop


def _stop(data: bytes, place: int) -> int:
    """Where the record at `place` ends; the end of the data for one of no usual kind."""
    if data[place] < 0x80 and data[place] & 7 == 0:
        # A number, such as a status.
        for after in range(place + 1, min(place + 11, len(data))):
            if data[after] < 0x80:
                return after + 1
        return len(data)
    start = _content(data, place)
    return len(data) if not start else start + _length(data, place)[0]


def _content(data: bytes, place: int) -> int:
    """Where the content of the record at `place` begins; 0 for one that is not usual or whole."""
    if data[place] not in KNOWN_TAGS:
        return 0
    length, start = _length(data, place)
    return start if start and start + length <= len(data) else 0


def _length(data: bytes, place: int) -> tuple[int, int]:
    """The length that a record gives, and the place after it; a place of 0 where it is odd."""
    length = shift = 0
    for count, byte in enumerate(data[place + 1 : place + 6], 2):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return length, place + count
    return 0, 0
