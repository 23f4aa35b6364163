"""A large message in slices: protobuf holds the GIL while it parses a message.

In slices, a screen stays responsive while 100,000 metrics are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from resim_inspect.document.wire.scan import KNOWN_TAGS, head, small_records

# What is made of so many bytes fits in a processor's own cache: half the time of larger ones.
_SIZE = 1 << 18
_COLLECTION_TAG = 0x12  # JobMetrics.job_level_metrics: field 2


class Slices:
    """A serialized JobMetrics as several that merge into it, most of at most `size` bytes.

    A record that cannot be split is one slice; so is everything after a fault. Iterating
    makes each slice again; only the offsets are stored.
    """

    def __init__(self, data: bytes, size: int = _SIZE) -> None:
        self._data = data
        self._cuts = list(_cuts(data, size))

    def __iter__(self) -> Iterator[bytes]:
        for before, start, stop in self._cuts:
            yield before + self._data[start:stop]


def _cuts(data: bytes, size: int) -> Iterator[tuple[bytes, int, int]]:
    """The bytes that stand before each slice, and where in the data it starts and stops."""
    if len(data) <= size:
        yield b"", 0, len(data)
        return
    for place, stop in _runs(data, 0, len(data), size):
        start = _content(data, place)
        if stop - place <= size or data[place] != _COLLECTION_TAG or not start:
            yield b"", place, stop
            continue
        # All metrics lie in one record: that is cut too, each part in a head of its own.
        for begin, end in _runs(data, start, stop, size):
            yield head(_COLLECTION_TAG, end - begin), begin, end


def _runs(data: bytes, place: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Spans of whole records: as many as `size` holds, or one that is larger."""
    while place < end:
        passed, _ = small_records(data[place : min(place + size, end)], 0, size)
        stop = place + passed if passed else _stop(data, place, end)
        yield place, stop
        place = stop


def _stop(data: bytes, place: int, end: int) -> int:
    """End of the record at `place`; the end of the data for an unusual one."""
    if data[place] < 0x80 and data[place] & 7 == 0:
        # A number, such as a status.
        for after in range(place + 1, min(place + 11, end)):
            if data[after] < 0x80:
                return after + 1
        return end
    start = _content(data, place)
    stop = start + _length(data, place)[0]
    return stop if start and stop <= end else end


def _content(data: bytes, place: int) -> int:
    """Start of the content of the record at `place`; 0 for an unusual or incomplete one."""
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
