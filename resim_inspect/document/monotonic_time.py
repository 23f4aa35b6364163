"""Check of serialized timestamps for ascending order, without decoding them.

A varint in its shortest form, read as a little-endian number, is the larger the larger its
value is. So the order of times can be seen without decoding them.
"""

from __future__ import annotations

import numpy as np

from resim_inspect.document.wire.scan import encode_varint


def _varint(value: int) -> int:
    """The bytes of a varint, read as a little-endian number."""
    return int.from_bytes(encode_varint(value), "little")


_BLOCK = 1 << 17  # bytes at a time: the temporaries stay in the cache
_MAX_RECORD = 16

# Behind the first byte of a record come its length, 08 and five bytes of seconds (a time
# since 1978, before 3058). What of them is fixed, and how. Then 10 and nanoseconds, or, in
# a record of six bytes, nothing.
_FIXED = np.uint64(0x0080_8080_8080_FF00)
_AS = np.uint64(0x0000_8080_8080_0800)
_WHOLE = 6
_HIGH = np.uint64(0x80_8080_8080)
_BYTES = range(_MAX_RECORD)
_NANOS = [max(0, min(length - 7, 5)) for length in _BYTES]  # bytes of nanos, by the length
_MASK = np.array([(1 << 8 * n) - 1 for n in _NANOS], np.uint64)
_ENDS = np.array([0x80_8080_8080 & ((1 << 8 * max(n - 1, 0)) - 1) for n in _NANOS], np.uint64)
_MIN_NANOS = np.array([1 << 8 * (n - 1) if n > 1 else 0 for n in _NANOS], np.uint64)
_LAST_NANOS = _varint(999_999_999)
_LAST_SECOND = _varint(9_223_372_035)  # the last whose nanoseconds 64 bits can hold


def ordered(payload: bytes) -> int | None:
    """Number of times, if each is in the usual form and none is before its predecessor.

    None leaves it open: decode the payload. The usual form is a time since 1978 with seconds
    and nanoseconds, each in its shortest encoding.
    """
    total = len(payload)
    offset = count = 0
    last = (0, 0)
    while offset < total:
        size = min(_BLOCK, total - offset)
        # With what follows it, and at the end with zeros: every place can be looked ahead from.
        block = payload[offset : offset + _BLOCK + _MAX_RECORD] + bytes(_MAX_RECORD)
        data = np.frombuffer(block, np.uint8)
        # Every byte as the start of an eight-byte number.
        words = np.ndarray((len(block) - 7,), "<u8", block, strides=(1,))
        heads = data[:size] == 0x0A
        heads &= data[2 : size + 2] == 0x08
        heads &= (data[8 : size + 8] == 0x10) | (data[1 : size + 1] == _WHOLE)
        starts = np.flatnonzero(heads)
        if not len(starts) or starts[0]:
            return None
        head = words[starts + 1]
        length = (head & np.uint64(0xFF)).astype(np.int64)
        ends = starts + 2 + length
        # Each ends where the next begins: there is no other way to read them.
        if (ends[:-1] != starts[1:]).any() or length.max() > 12 or length.min() < _WHOLE:
            return None
        # Seven bytes would be nanoseconds without a number.
        if ((head & _FIXED) != _AS).any() or (length == _WHOLE + 1).any():
            return None
        seconds = (head >> np.uint64(16)) & np.uint64(0xFF_FFFF_FFFF)
        nanos = words[starts + 9] & _MASK[length]
        if ((nanos & _HIGH) != _ENDS[length]).any() or (nanos < _MIN_NANOS[length]).any():
            return None
        if seconds.min() < 1 << 32 or seconds.max() > _LAST_SECOND or nanos.max() > _LAST_NANOS:
            return None
        earlier = seconds[1:] < seconds[:-1]
        earlier |= (seconds[1:] == seconds[:-1]) & (nanos[1:] < nanos[:-1])
        first = (int(seconds[0]), int(nanos[0]))
        if earlier.any() or first < last:
            return None
        last = (int(seconds[-1]), int(nanos[-1]))
        count += len(starts)
        offset += int(ends[-1])
    return count if offset == total else None
