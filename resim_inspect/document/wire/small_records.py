"""Steps over the many small records of a file, for which a loop over their fields is too slow."""

from __future__ import annotations

METRICS_DATA_TAG = 0x1A  # JobMetrics.metrics_data: field 3, length-delimited
KNOWN_TAGS = frozenset((0x0A, 0x12, 0x1A, 0x2A))  # the length-delimited fields of JobMetrics

_HEAD = 3  # bytes: a tag and a length of up to two bytes
_MIN_PAIRS = 8  # pairs of records from which it pays to compare them


class SmallRecords:
    """A walk over the usual records: a known tag, and a length of one or two bytes.

    A file may have 100,000 of them, but few different heads. So a head is interpreted once, and
    each further record with it costs one look into a table. One object serves one file; its tables
    would grow with each file.
    """

    def __init__(self, threshold: int) -> None:
        """`threshold`: length in bytes from which a metrics data is not small."""
        self._threshold = threshold
        self._data_steps: dict[bytes, int] = {}
        self._other_steps: dict[bytes, int] = {}

    def skip(self, data: bytes, offset: int = 0) -> tuple[int, int]:
        """Skip the usual records from `offset` that are complete in `data`.

        Return the index after them and the number of metrics data among them. It stops at
        anything unusual.
        """
        passed = 0
        while True:
            offset, count = _run(data, offset, self._data_steps)
            passed += count
            before = offset
            offset, _ = _run(data, offset, self._other_steps)
            if offset == before and not self._learn(data[offset : offset + _HEAD]):
                return offset, passed

    def _learn(self, first: bytes) -> bool:
        """Interpret the first bytes of a record; False if they are unusual, or known already."""
        if len(first) < _HEAD or first[0] not in KNOWN_TAGS:
            return False
        length, more = first[1], first[2]
        size = 2 + length
        if length >= 0x80:
            if not 0 < more < 0x80:
                return False
            length += (more << 7) - 0x80
            size = 3 + length
        steps = self._other_steps
        if first[0] == METRICS_DATA_TAG:
            if length >= self._threshold:
                return False
            steps = self._data_steps
        if first in steps:
            return False
        steps[first] = size
        return True


def _run(data: bytes, offset: int, steps: dict[bytes, int]) -> tuple[int, int]:
    """The index after the complete records from `offset` with known heads, and their number."""
    offset, count = _repeated_pairs(data, offset, steps)
    step = 0
    try:
        while True:
            step = steps[data[offset : offset + _HEAD]]
            offset += step
            count += 1
    except KeyError:
        # Also at the end, and behind it if the last record is not complete.
        return (offset, count) if offset <= len(data) else (offset - step, count - 1)


def _repeated_pairs(data: bytes, begin: int, steps: dict[bytes, int]) -> tuple[int, int]:
    """The index after pairs of records with the same two heads, and the number of records.

    Programs write values and their statuses in turn, most often equally many: then every other
    record has the same length, and the heads of all of them can be compared in one go.
    """
    first = steps.get(data[begin : begin + _HEAD], 0)
    second = steps.get(data[begin + first : begin + first + _HEAD], 0)
    period = first + second
    if not first or not second or len(data) - begin < _MIN_PAIRS * period:
        return begin, 0
    pairs = (len(data) - begin) // period
    for start in (begin, begin + first):
        for offset in range(start, start + _HEAD):
            column = data[offset : begin + pairs * period : period]
            pairs = min(pairs, len(column) - len(column.lstrip(column[:1])))
    return begin + pairs * period, 2 * pairs
