"""The order of serialized timestamps agrees with what protobuf reads."""

from __future__ import annotations

from random import Random

from google.protobuf.message import DecodeError

from resim_inspect.document import monotonic_time
from resim_inspect.document.monotonic_time import ordered
from resim_inspect.schema import metrics_pb2 as pb

START = 1_760_000_000


def payload(times: list[tuple[int, int]]) -> bytes:
    series = pb.TimestampSeries()
    for seconds, nanos in times:
        series.series.add(seconds=seconds, nanos=nanos)
    return series.SerializeToString()


def clock(count: int, step: int, start: int = START) -> list[tuple[int, int]]:
    return [(start + place * step // 10**9, place * step % 10**9) for place in range(count)]


def truth(data: bytes) -> int | None:
    """The number of times by protobuf; None where it refuses them or one is before the last."""
    try:
        series = pb.TimestampSeries.FromString(data).series
    except DecodeError:
        return None
    times = [(one.seconds, one.nanos) for one in series]
    return len(times) if times == sorted(times) else None


def test_clocks_of_many_rates() -> None:
    for step in (1, 127, 128, 99_999, 10_000_000, 333_333_333, 10**9, 7 * 10**9 + 1):
        assert ordered(payload(clock(3000, step))) == 3000
    # More than one block.
    many = clock(40_000, 10_000_000)
    assert ordered(payload(many)) == 40_000


def test_equal_times_are_in_order_and_earlier_ones_are_not() -> None:
    assert ordered(payload([(START, 5)] * 3)) == 3
    assert ordered(payload([(START, 5), (START, 4)])) is None
    assert ordered(payload([(START + 1, 4), (START, 5)])) is None
    for bad in range(1, 40_000, 3989):
        times = clock(40_000, 10_000_000)
        times[bad] = (START - 1, 0)
        assert ordered(payload(times)) is None


def test_the_first_time_of_a_block_is_compared_with_the_last_before() -> None:
    times = clock(40_000, 10_000_000)
    data = payload(times)
    # The record at which the second block begins.
    place = len(
        pb.TimestampSeries.FromString(data[: data.index(b"\n", monotonic_time._BLOCK)]).series
    )
    for bad in range(place - 2, place + 3):
        broken = [*times[:bad], (START, 0), *times[bad + 1 :]]
        assert ordered(payload(broken)) is None


def test_other_forms_are_left_to_the_decoder() -> None:
    assert ordered(payload([(1, 2), (3, 4)])) is None
    assert ordered(payload([(START, -5), (START, 5)])) is None
    assert ordered(payload([(-START, 5)])) is None
    assert ordered(b"\x0a\x07\x08" + payload([(START, 1)])[3:8] + b"\x10") is None
    assert ordered(b"") == 0


def test_damaged_and_odd_bytes_are_never_counted_wrongly() -> None:
    random = Random(5)
    counted = 0
    for _ in range(4000):
        start = START + random.randrange(300)
        times = clock(random.randint(1, 12), random.choice((1, 200, 10_000_000, 10**9)), start)
        if random.random() < 0.3:
            random.shuffle(times)
        data = bytearray(payload(times))
        for _ in range(random.choice((0, 1, 1, 2))):
            place = random.randrange(len(data))
            action = random.random()
            if action < 0.4:
                data[place] = random.choice((0, 6, 7, 8, 10, 12, 16, 128, 255))
            elif action < 0.7:
                data[place] ^= 1 << random.randrange(8)
            elif action < 0.85:
                del data[place : place + random.randint(1, 3)]
            else:
                data[place:place] = random.randbytes(random.randint(1, 2))
            if not data:
                break
        found = ordered(bytes(data))
        if found is not None:
            assert found == truth(bytes(data)), data.hex()
            counted += 1
    assert counted > 800
