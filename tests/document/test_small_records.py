"""Small records are stepped over one by one and in pairs, and nothing else is."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from resim_inspect.document.wire.scan import encode_varint
from resim_inspect.document.wire.small_records import SmallRecords

THRESHOLD = 300
TAGS = (0x0A, 0x12, 0x1A, 0x1A, 0x1A, 0x2A)


def record(tag: int, size: int, byte: int = 0x1A) -> bytes:
    return bytes((tag,)) + encode_varint(size) + bytes((byte,)) * size


def one_by_one(data: bytes) -> tuple[int, int]:
    """The place where a plain walk stops, and the number of metrics data that it has passed."""
    place = passed = 0
    while len(data) - place >= 3 and data[place] in TAGS:
        length, head = data[place + 1], 2
        if length >= 0x80:
            if not 0 < data[place + 2] < 0x80:
                break
            length, head = length & 0x7F | data[place + 2] << 7, 3
        is_data = data[place] == 0x1A
        if place + head + length > len(data) or (is_data and length >= THRESHOLD):
            break
        place += head + length
        passed += is_data
    return place, passed


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**32))
def test_the_walk_stops_where_a_plain_one_does(seed: int) -> None:
    rng = random.Random(seed)
    sizes = rng.sample((0, 1, 2, 5, 40, 126, 127, 128, 200, 299, 300, 2000), 4)
    parts: list[bytes] = []
    for _ in range(rng.randrange(1, 8)):
        pair = [record(rng.choice(TAGS), rng.choice(sizes), rng.randrange(256)) for _ in range(2)]
        parts += pair * rng.choice((1, 2, 7, 8, 9, 40))
        if rng.random() < 0.2:
            parts.append(rng.choice((b"\x20\x01", b"\x1a\x80\x00", b"\x0a\xff\xff\x01", b"\x3a")))
    data = b"".join(parts)
    if rng.random() < 0.5:
        data = data[: rng.randrange(len(data) + 1)]
    if data and rng.random() < 0.3:
        place = rng.randrange(len(data))
        data = data[:place] + bytes((rng.randrange(256),)) + data[place + 1 :]
    small = SmallRecords(THRESHOLD)
    # What was learned from the same bytes before changes nothing.
    assert [small.skip(data) for _ in range(3)] == [one_by_one(data)] * 3


def test_a_place_inside_is_walked_from() -> None:
    data = b"\x20\x01" + record(0x1A, 5) * 30 + record(0x0A, 7)
    assert SmallRecords(THRESHOLD).skip(data, 2) == (len(data), 30)
