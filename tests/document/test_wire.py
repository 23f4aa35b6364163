"""Every valid encoding is read like protobuf reads it, and every other one is refused."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from resim_inspect.document import Document, DocumentError, parse_document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.from_proto import nanoseconds, series_kind
from resim_inspect.document.model import Series
from resim_inspect.document.series_iter import iter_series
from resim_inspect.document.series_stats import series_stats
from resim_inspect.document.wire.scan import DeferredSeries, scan
from resim_inspect.document.wire.slices import Slices
from resim_inspect.document.wire.source import BytesSource
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.text import INT64_MAX, INT64_MIN
from tests.document.encodings import encode
from tests.soak import FACTOR

UUIDS = [f"{n:08x}-0000-4000-8000-000000000000" for n in range(9)]
NUMBERS = [0.0, -0.0, 1.5, -2.25, 1e300, float("nan"), float("inf"), 5e-324]
TEXTS = ["", "A", "LANE_KEEP", "line\nbreak\n\x08", "日本語", "x" * 300]


def _fill(rng: random.Random, series: pb.Series, kind: SeriesKind, n: int) -> None:
    if kind is SeriesKind.DOUBLES:
        series.doubles.series.extend(rng.choice(NUMBERS) for _ in range(n))
        series.doubles.SetInParent()
    elif kind is SeriesKind.TIMESTAMPS:
        series.timestamps.SetInParent()
        for _ in range(n):
            stamp = series.timestamps.series.add()
            stamp.seconds = rng.choice((0, 1, 10, 127, 128, 1_760_000_000, 2**40, -3))
            stamp.nanos = rng.choice((0, 5, 10, 0x0A08, 500_000_000, 999_999_999, -1))
    elif kind is SeriesKind.UUIDS:
        series.uuids.SetInParent()
        for _ in range(n):
            series.uuids.series.add(data=rng.choice((*UUIDS, *UUIDS, "", "no id")))
    elif kind is SeriesKind.STRINGS:
        series.strings.series.extend(rng.choice(TEXTS) for _ in range(n))
        series.strings.SetInParent()
    else:
        numbers: list[Any] = [rng.choice((0, 1, 2, 5, 77, 300, -1)) for _ in range(n)]
        series.statuses.series.extend(numbers)
        series.statuses.SetInParent()


def _message(rng: random.Random) -> pb.JobMetrics:
    message = pb.JobMetrics()
    message.job_id.id.data = UUIDS[0]
    message.metrics_status = rng.choice((0, 1, 5, 99))  # type: ignore[assignment]
    metric = message.job_level_metrics.metrics.add(name="m")
    metric.metric_values.scalar_metric_values.value = 3.0
    for position in range(rng.randrange(4)):
        data = message.metrics_data.add(name=f"data {position}", unit="m/s")
        data.metrics_data_id.id.data = rng.choice(UUIDS)
        kind = SeriesKind(rng.randrange(1, 6))
        shape = rng.random()
        if shape < 0.7:
            _fill(rng, data.series, kind, rng.randrange(0, 40))
        elif shape < 0.85:
            for category in rng.sample(["a", "b", "ü"], rng.randrange(1, 3)):
                target = data.series_per_category.category_to_series[category]
                _fill(rng, target, kind, rng.randrange(1, 9))
        elif shape < 0.95:
            data.external_file.path = "images/a.png"
    return message


def _expected(series: pb.Series) -> tuple[SeriesKind | None, list[object]]:
    kind = series_kind(series)
    if kind is None:
        return None, []
    if kind is SeriesKind.DOUBLES:
        return kind, list(series.doubles.series)
    if kind is SeriesKind.TIMESTAMPS:
        # A series holds a time that 64 bits cannot as their limit.
        exact = map(nanoseconds, series.timestamps.series)
        return kind, [min(max(ns, INT64_MIN), INT64_MAX) for ns in exact]
    if kind is SeriesKind.UUIDS:
        return kind, [one.data for one in series.uuids.series]
    if kind is SeriesKind.STRINGS:
        return kind, list(series.strings.series)
    return kind, [int(number) for number in series.statuses.series]


def _same(series: Series, kind: SeriesKind, values: list[object]) -> bool:
    if series.kind is not kind or len(series) != len(values):
        return False
    if kind is SeriesKind.DOUBLES:
        return series.doubles.tobytes() == np.array(values, np.float64).tobytes()
    return [series.value(place) for place in range(len(values))] == values


def check(data: bytes, threshold: int) -> Document | None:
    """Hold one file's reading against protobuf's own. None: both refuse it."""
    try:
        reference = pb.JobMetrics.FromString(data)
    except DecodeError:
        reference = None
    try:
        document = parse_document(data, threshold=threshold)
        for position in document.deferred:
            document.length(document.data[position])
            series_stats(document, position)
    except DocumentError:
        assert reference is None or not reference.ListFields()
        return None
    if reference is None:
        assert document.deep_figures, "read what protobuf refuses"
        return None
    assert not document.deep_figures
    assert len(document.data) == len(reference.metrics_data)
    for data_, message in zip(document.data, reference.metrics_data, strict=True):
        holds = message.WhichOneof("data")
        if holds == "series":
            kind, values = _expected(message.series)
            assert data_.kind is kind
            if kind is not None:
                assert _same(document.series(data_), kind, values)
                assert document.length(data_) == len(values)
        elif holds == "series_per_category":
            for category, one in message.series_per_category.category_to_series.items():
                kind, values = _expected(one)
                if kind is not None:
                    assert _same(document.series(data_, category), kind, values)
    for position, place, series in iter_series(document):
        again = document.series(document.data[position], place)
        assert again.kind is series.kind
        if series.kind is SeriesKind.UUIDS:
            assert again.values.tolist() == series.values.tolist()
        else:
            assert again.values.tobytes() == series.values.tobytes()
        assert again.uniques == series.uniques
    # All but the deferred series is the same, unknown fields too.
    index = pb.JobMetrics()
    index.CopyFrom(document.message)
    index.metrics_data.extend(document.data_messages)
    for position in document.deferred:
        assert reference.metrics_data[position].WhichOneof("data") == "series"
        reference.metrics_data[position].ClearField("series")
        index.metrics_data[position].ClearField("series")
    assert index.SerializeToString(deterministic=True) == reference.SerializeToString(
        deterministic=True
    )
    return document


SEEDS = st.integers(0, 2**64)


@pytest.mark.soak
@settings(max_examples=30 * FACTOR, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([1, 8, 60, 400]))
def test_odd_encodings_that_can_be_made_smaller(rng: random.Random, threshold: int) -> None:
    """The same as below, few and slow, but a failure shrinks to a small one."""
    check(encode(rng, _message(rng), 0.3), threshold)


@pytest.mark.soak
@settings(max_examples=500 * FACTOR, deadline=None)
@given(SEEDS, st.sampled_from([1, 8, 60, 400]))
def test_odd_encodings_read_as_protobuf_reads_them(seed: int, threshold: int) -> None:
    rng = random.Random(seed)
    check(encode(rng, _message(rng), rng.choice((0.0, 0.1, 0.6))), threshold)


@pytest.mark.slow
@pytest.mark.soak
@settings(max_examples=500 * FACTOR, deadline=None)
@given(SEEDS, st.sampled_from([1, 60]))
def test_damaged_bytes_are_refused_exactly_where_protobuf_refuses(
    seed: int, threshold: int
) -> None:
    rng = random.Random(seed)
    data = bytearray(encode(rng, _message(rng), rng.choice((0.0, 0.3))))
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(data) + 1)
        what = rng.randrange(4)
        if what == 0:
            del data[place:]
        elif what == 1 and place < len(data):
            data[place] = rng.randrange(256)
        elif what == 2:
            data[place:place] = rng.randbytes(rng.randrange(1, 4))
        else:
            del data[place : place + rng.randrange(1, 4)]
    check(bytes(data), threshold)


def test_usual_series_are_deferred() -> None:
    message = pb.JobMetrics()
    for kind in SeriesKind:
        data = message.metrics_data.add(name=kind.name)
        _fill(random.Random(kind), data.series, kind, 2000)
    data_ = message.SerializeToString()
    split = scan(BytesSource(data_))
    assert sorted(split.deferred) == [0, 1, 2, 3, 4]
    assert len(split.index_message) < 200
    for position, deferred in split.deferred.items():
        assert isinstance(deferred, DeferredSeries)
        assert deferred.kind == position + 1
    document = check(data_, 4096)
    assert document is not None
    assert len(document.deferred) == 5


def test_offsets_in_the_index_message_are_offsets_in_the_file() -> None:
    message = pb.JobMetrics()
    for name in ("first", "second"):
        message.metrics_data.add(name=name).series.doubles.series.extend([1.0] * 1000)
    data = message.SerializeToString()
    split = scan(BytesSource(data))
    at = split.index_message.index(b"second")
    assert data[split.file_offset(at) :][:6] == b"second"


@pytest.mark.parametrize("depth", [90, 101, 400])
def test_nesting_is_refused_where_protobuf_refuses_it(depth: int) -> None:
    value = b"\x1a\x01x"
    for _ in range(depth):
        value = b"\x0a" + bytes(_length(value)) + value
        value = b"\x32" + bytes(_length(value)) + value
    body = value
    for tag in (0x12, 0x0A, 0x0A, 0x42, 0x3A, 0x0A, 0x12):
        body = bytes((tag,)) + bytes(_length(body)) + body
    check(body, 1)


def _length(body: bytes) -> bytes:
    from resim_inspect.document.wire.scan import encode_varint

    return encode_varint(len(body))


@pytest.mark.soak
@settings(max_examples=300 * FACTOR, deadline=None)
@given(SEEDS, st.sampled_from([4, 16, 64, 300]))
def test_slices_merge_into_the_whole(seed: int, size: int) -> None:
    rng = random.Random(seed)
    message = _message(rng)
    for number in range(rng.randrange(12)):
        message.job_level_metrics.metrics.add(name=f"metric {number}")
    data = encode(rng, message, rng.choice((0.0, 0.1, 0.6)))
    if rng.random() < 0.3:
        data = data[: rng.randrange(1, len(data))]
    try:
        reference = pb.JobMetrics.FromString(data)
    except DecodeError:
        with pytest.raises(DecodeError):
            _merged(data, size)
    else:
        merged = _merged(data, size)
        deterministic = merged.SerializeToString(deterministic=True)
        assert deterministic == reference.SerializeToString(deterministic=True)


def _merged(data: bytes, size: int) -> pb.JobMetrics:
    merged = pb.JobMetrics()
    for piece in Slices(data, size):
        merged.MergeFromString(piece)
    return merged


def test_a_collection_of_many_metrics_is_sliced() -> None:
    message = pb.JobMetrics()
    for number in range(5000):
        message.job_level_metrics.metrics.add(name=f"metric {number}")
    data = message.SerializeToString()
    # A status before, between and after, as not every writer keeps the order of the fields.
    data = b"\x20\x01" + data + b"\x20\x05" + data + b"\x20\x01"
    pieces = list(Slices(data, 4096))
    assert len(pieces) > 20
    assert max(map(len, pieces)) <= 4096 + 4
