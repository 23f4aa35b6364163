"""Run-length decoding of strings: states are thousands of equal strings in a row."""

from __future__ import annotations

from typing import NamedTuple

_STEPS = (4096, 64, 32, 16, 8, 4, 2, 1)
_SHORT = 6  # equal strings in a row below which protobuf's own objects are faster
_TRIAL = 512  # runs after which that is decided


class StringRuns(NamedTuple):
    """A series of strings as runs: `counts[i]` times `uniques[codes[i]]`."""

    uniques: tuple[str, ...]
    """Distinct strings in the order of first use."""
    codes: list[int]
    counts: list[int]


def string_runs(payload: bytes) -> StringRuns | None:
    """Read a serialized `StringSeries`.

    None for one whose strings hardly repeat, or whose encoding is not the usual one
    (valid or not): those are for protobuf to read.
    """
    uniques: dict[str, int] = {}
    codes: list[int] = []
    counts: list[int] = []
    repeated: dict[bytes, tuple[int, list[tuple[int, bytes]]]] = {}
    offset, end, elements = 0, len(payload), 0
    while offset < end:
        record = _record(payload, offset)
        if record is None:
            return None
        known = repeated.get(record)
        if known is None:
            try:
                text = record[2 if len(record) < 130 else 3 :].decode("utf-8")
            except UnicodeDecodeError:
                return None
            code = uniques.setdefault(text, len(uniques))
            # The longest blocks only where they stay small.
            steps = [(step, record * step) for step in _STEPS if step * len(record) < 1 << 17]
            known = repeated[record] = (code, steps or [(1, record)])
        code, steps = known
        count = 0
        for step, block in steps:
            while payload.startswith(block, offset):
                count += step
                offset += len(block)
                if step < 64:
                    # What is left is shorter than this step: only larger ones repeat.
                    break
        codes.append(code)
        counts.append(count)
        elements += count
        if len(codes) % _TRIAL == 0 and elements < _SHORT * len(codes):
            return None
    if elements < _SHORT * len(codes) and elements > _TRIAL:
        return None
    return StringRuns(tuple(uniques), codes, counts)


def _record(payload: bytes, offset: int) -> bytes | None:
    """The record at `offset`: tag, length of one or two bytes, text. None for any other form."""
    head = payload[offset : offset + 3]
    if len(head) < 2 or head[0] != 0x0A:
        return None
    length, start = head[1], offset + 2
    if length >= 0x80:
        if len(head) < 3 or not 0 < head[2] < 0x80:
            return None
        length, start = length & 0x7F | head[2] << 7, offset + 3
    if start + length > len(payload):
        return None
    return payload[offset : start + length]
