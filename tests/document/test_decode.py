"""Series come out of their bytes as they went in, by the fast way where it should be taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resim_inspect.document import decode
from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.document.series_length import payload_length
from resim_inspect.document.wire.string_runs import string_runs
from resim_inspect.errors import MalformedError
from resim_inspect.schema import metrics_pb2 as pb

# Numbers whose varints hold the bytes that a record's head is made of.
TRICKY = [0, 1, 8, 10, 16, 0x0A, 0x0A08, 0x0810, 10 << 7, 10 << 14 | 8 << 7 | 10, 999_999_999]


def timestamps(values: list[tuple[int, int]]) -> bytes:
    series = pb.TimestampSeries()
    for seconds, nanos in values:
        series.series.add(seconds=seconds, nanos=nanos)
    return series.SerializeToString()


SECONDS = st.one_of(st.sampled_from(TRICKY), st.integers(0, 2_000), st.integers(0, 9_000_000_000))
NANOS = st.one_of(st.sampled_from([n for n in TRICKY if n < 10**9]), st.integers(0, 999_999_999))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(SECONDS, NANOS), min_size=1, max_size=60), st.sampled_from([24, 50, 4096])
)
def test_regular_timestamps_take_the_fast_way(values: list[tuple[int, int]], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decode, "_BLOCK", block)
        found = decode.regular_timestamps(timestamps(values))
    assert found is not None
    assert found.tolist() == [s * 10**9 + n for s, n in values]


def test_many_timestamps_cross_blocks() -> None:
    exact = np.arange(100_000, dtype=np.int64) * 10_000_001 + 1_760_000_000 * 10**9
    payload = timestamps([divmod(int(value), 10**9) for value in exact])
    found = decode.regular_timestamps(payload)
    assert found is not None
    assert (found == exact).all()


@pytest.mark.parametrize(
    ("seconds", "nanos"), [(-1, 0), (0, -1), (2**62, 0), (-(2**62), 5), (9_300_000_000, 1)]
)
def test_times_out_of_the_usual_are_exact_or_held_at_the_limit(seconds: int, nanos: int) -> None:
    series = decode.decode(SeriesKind.TIMESTAMPS, timestamps([(1, 1), (seconds, nanos)] * 300))
    exact = seconds * 10**9 + nanos
    limit = np.iinfo(np.int64)
    assert series.times[1] == min(max(exact, limit.min), limit.max)
    assert series.times[0] == 1_000_000_001


def _length(kind: SeriesKind, payload: bytes) -> int:
    return payload_length(kind, len(payload), lambda size: payload[:size])


def _payload(kind: SeriesKind, values: list[Any]) -> bytes:
    series = pb.Series()
    leaf = getattr(series, kind.name.lower())
    if kind is SeriesKind.UUIDS:
        for value in values:
            leaf.series.add(data=value)
    else:
        leaf.series.extend(values)
    data: bytes = leaf.SerializeToString()
    return data


def test_strings_are_codes_and_uniques_in_order_of_first_use() -> None:
    payload = _payload(SeriesKind.STRINGS, ["b", "a", "b", "", "a\n"])
    series = decode.decode(SeriesKind.STRINGS, payload)
    assert series.uniques == ("b", "a", "", "a\n")
    assert series.codes.tolist() == [0, 1, 0, 2, 3]
    assert series.value(4) == "a\n"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "LANE_KEEP", "", "ten chars.", "\n\n\x01", "é" * 90]),
            st.sampled_from([1, 2, 31, 63, 64, 65, 200, 4096, 9000]),
        ),
        max_size=8,
    )
)
def test_strings_that_repeat_are_counted_right(runs: list[tuple[str, int]]) -> None:
    texts = [text for text, count in runs for _ in range(count)]
    payload = _payload(SeriesKind.STRINGS, texts)
    found = string_runs(payload)
    if len(texts) >= 6 * max(1, len(runs)):
        assert found is not None
        assert sum(found.counts) == len(texts)
    series = decode.decode(SeriesKind.STRINGS, payload)
    assert [series.uniques[code] for code in series.codes.tolist()] == texts
    assert series.uniques == tuple(dict.fromkeys(texts))
    assert _length(SeriesKind.STRINGS, payload) == len(texts)


def test_strings_that_hardly_repeat_are_left_to_protobuf() -> None:
    texts = [f"state {n % 7}" for n in range(3000)]
    payload = _payload(SeriesKind.STRINGS, texts)
    assert string_runs(payload) is None
    series = decode.decode(SeriesKind.STRINGS, payload)
    assert [series.value(place) for place in range(3000)] == texts


@given(st.lists(st.sampled_from([0, 1, 2, 5, 127, 128, 300, -1])))
def test_statuses_are_counted_without_decoding(numbers: list[int]) -> None:
    payload = _payload(SeriesKind.STATUSES, numbers)
    assert _length(SeriesKind.STATUSES, payload) == len(numbers)


def test_statuses_keep_unknown_numbers() -> None:
    series = decode.decode(SeriesKind.STATUSES, _payload(SeriesKind.STATUSES, [1, 2, 300, -7]))
    assert series.statuses.tolist() == [1, 2, 300, -7]
    assert series.value(1) is MetricStatus.FAIL_WARN
    assert series.value(2) == 300
    assert not MetricStatus(300).known


@pytest.mark.parametrize(
    "odd", [[], ["not an id"], ["ends\0", "ends"], ["{36371ca6-fee3-40df-a65f-02db729f2236}"]]
)
def test_uuids_are_kept_as_written(odd: list[str]) -> None:
    usual = [f"{n:08x}-0000-4000-8000-000000000000" for n in range(100)]
    series = decode.decode(SeriesKind.UUIDS, _payload(SeriesKind.UUIDS, usual + odd))
    assert [series.value(place) for place in range(len(series))] == usual + odd


def test_values_cannot_be_changed_and_kinds_not_confused() -> None:
    series = decode.decode(SeriesKind.DOUBLES, _payload(SeriesKind.DOUBLES, [1.0, float("nan")]))
    with pytest.raises(ValueError, match="read-only"):
        series.values[0] = 2.0
    with pytest.raises(TypeError, match="of doubles, not of strings"):
        _ = series.codes
    assert series.values.flags.aligned


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (SeriesKind.DOUBLES, b"\x0a\x09" + bytes(9)),
        (SeriesKind.STRINGS, b"\x0a\x01\xff"),
        (SeriesKind.STATUSES, b"\x0a\x01\x80"),
        (SeriesKind.TIMESTAMPS, b"\x0a\x02\x08"),
        (SeriesKind.UUIDS, b"\x0a\x03\x0a\x01\xff"),
    ],
)
def test_what_protobuf_refuses_is_an_error(kind: SeriesKind, payload: bytes) -> None:
    with pytest.raises(MalformedError):
        decode.decode(kind, payload)
