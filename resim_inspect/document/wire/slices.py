"""A large message in slices: protobuf holds the GIL while it parses a message.

In slices, a screen stays responsive while 100,000 metrics are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from resim_inspect.document.wire.scan import head
from resim_inspect.document.wire.small_records import KNOWN_TAGS, SmallRecords

# What is made of so many bytes fits in a processor's own cache, and the next slice gets its
# memory: half the time of larger ones.
_SIZE = 120 << 10
_COLLECTION_TAG = 0x12  # JobMetrics.job_level_metrics: field 2


class Slices:
    """A serialized JobMetrics as several that merge into it, most of at most `size` bytes.

    A record that cannot be split is one slice; so is everything after a fault. A slice is made
    each time it is asked for; only the offsets are stored. It is a buffer of bytes, to be parsed
    or compared and nothing else.
    """

    def __init__(
        self, data: bytes, size: int = _SIZE, boundaries: Sequence[int] | None = None
    ) -> None:
        """`boundaries`: offsets where a record starts, where they are known: 0, then upwards."""
        self.data = data
        self._cuts = list(_cuts(data, size, boundaries))

    def __len__(self) -> int:
        return len(self._cuts)

    def __getitem__(self, number: int) -> bytes:
        before, start, stop = self._cuts[number]
        if before:
            return before + self.data[start:stop]
        # No copy. Protobuf reads any buffer, though its type hints say bytes.
        return cast(bytes, memoryview(self.data)[start:stop])

    def __iter__(self) -> Iterator[bytes]:
        return map(self.__getitem__, range(len(self)))

    def metrics_only(self, number: int) -> bool:
        """Return True for a slice out of the collection of metrics: nothing else is in it."""
        return bool(self._cuts[number][0])


def _cuts(
    data: bytes, size: int, boundaries: Sequence[int] | None
) -> Iterator[tuple[bytes, int, int]]:
    """The bytes that stand before each slice, and where in the data it starts and stops."""
    if len(data) <= size:
        yield b"", 0, len(data)
        return
    runs = (
        _runs(data, 0, len(data), size)
        if boundaries is None
        else _runs_between(boundaries, len(data), size)
    )
    for offset, stop in runs:
        start = _content(data, offset)
        if stop - offset <= size or data[offset] != _COLLECTION_TAG or not start:
            yield b"", offset, stop
            continue
        # All metrics lie in one record: that is cut too, each part in a head of its own.
        for begin, end in _runs(data, start, stop, size):
            yield head(_COLLECTION_TAG, end - begin), begin, end


def _runs_between(boundaries: Sequence[int], end: int, size: int) -> Iterator[tuple[int, int]]:
    """Spans from boundary to boundary, joined while `size` holds them."""
    offset = last = 0
    for boundary in (*boundaries, end):
        if boundary - offset > size and last > offset:
            yield offset, last
            offset = last
        last = boundary
    if offset < end:
        yield offset, end


def _runs(data: bytes, offset: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Spans of whole records: as many as `size` holds, or one that is larger."""
    small = SmallRecords(size)
    while offset < end:
        passed, _ = small.skip(data[offset : min(offset + size, end)])
        stop = offset + passed if passed else _stop(data, offset, end)
        yield offset, stop
        offset = stop


def _stop(data: bytes, offset: int, end: int) -> int:
    """End of the record at `offset`; the end of the data for an unusual one."""
    if data[offset] < 0x80 and data[offset] & 7 == 0:
        # A number, such as a status.
        for after in range(offset + 1, min(offset + 11, end)):
            if data[after] < 0x80:
                return after + 1
        return end
    start = _content(data, offset)
    stop = start + _length(data, offset)[0]
    return stop if start and stop <= end else end


def _content(data: bytes, offset: int) -> int:
    """Start of the content of the record at `offset`; 0 for an unusual or incomplete one."""
    if data[offset] not in KNOWN_TAGS:
        return 0
    length, start = _length(data, offset)
    return start if start and start + length <= len(data) else 0


def _length(data: bytes, offset: int) -> tuple[int, int]:
    """The length that a record gives, and the place after it; a place of 0 where it is odd."""
    length = shift = 0
    for count, byte in enumerate(data[offset + 1 : offset + 6], 2):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return length, offset + count
    return 0, 0
