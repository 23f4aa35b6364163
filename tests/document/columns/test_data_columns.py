"""Columns of metrics data hold what protobuf reads, whatever the encoding."""

from __future__ import annotations

import random
import struct
from typing import Any

import numpy as np
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from resim_inspect.document import parse_document, series_iter
from resim_inspect.document.columns.data_columns import DataColumns, data_columns
from resim_inspect.document.columns.record_spans import RecordSpans, Spans, record_spans
from resim_inspect.document.document import Document
from resim_inspect.document.wire.scan import encode_varint
from resim_inspect.errors import DocumentError
from resim_inspect.schema import metrics_pb2 as pb
from tests.document.encodings import encode

SEEDS = st.integers(0, 2**32)
_ID = "01234567-89ab-cdef-0123-456789abcdef"


def random_data(rng: random.Random) -> pb.MetricsData:
    """A metrics data, most often as usual writers make it."""
    data = pb.MetricsData(name="n" * rng.choice((0, 1, 20, 200)))
    data.data_type = rng.choice((pb.DOUBLE_SERIES_DATA_TYPE, pb.INDEXED_DOUBLE_SERIES_DATA_TYPE))
    data.metrics_data_id.id.data = _ID if rng.random() < 0.9 else "short"
    if rng.random() < 0.5:
        data.unit = "m/s"
    if rng.random() < 0.5:
        data.is_indexed, data.index_data_type = True, pb.TIMESTAMP_SERIES_DATA_TYPE
        data.index_data_id.id.data = _ID
    kind = rng.choice(("doubles", "doubles", "statuses", "statuses", "strings", "files", "none"))
    count = rng.choice((0, 1, 3, 20, 200))
    if kind == "doubles":
        data.series.doubles.series.extend(rng.gauss(0, 1) for _ in range(count))
    elif kind == "statuses":
        numbers: list[Any] = [1, 2, 5] if rng.random() < 0.8 else [0, 300, -1]
        data.series.statuses.series.extend(rng.choice(numbers) for _ in range(count))
    elif kind == "strings":
        data.series.strings.series.extend(["IDLE"] * count)
    elif kind == "files":
        data.external_file.path = "a.png"
    if rng.random() < 0.05:
        data.category_names.append("front")
    return data


def record(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + encode_varint(len(content)) + content


def damaged(rng: random.Random, content: bytes) -> bytes:
    """The bytes with one of them changed, or without those behind a place."""
    place = rng.randrange(len(content)) if content else 0
    if rng.random() < 0.3:
        return content[:place]
    return content[:place] + bytes((rng.randrange(256),)) + content[place + 1 :]


def without_numbers(content: bytes) -> bytes:
    """A record without its series, which is its last field."""
    place = content.find(b"\x52")
    return content if place < 0 else content[:place]


def check_usual(columns: DataColumns, row: int, content: bytes) -> None:
    """Protobuf reads the same from the record as stands in its row."""
    data = columns.block.data
    try:
        message = pb.MetricsData.FromString(content)
    except DecodeError:
        # Only the encoding of texts is not checked by the columns: protobuf has done that before.
        assert not without_numbers(content).isascii()
        return
    start = columns.ids[row]
    assert data[start : start + 36].decode() == message.metrics_data_id.id.data
    assert data[columns.names.starts[row] : columns.names.stops[row]].decode() == message.name
    assert columns.types[row] == message.data_type
    assert bool(columns.indexed[row]) == message.is_indexed
    assert columns.index_types[row] == message.index_data_type
    index = columns.index_ids[row]
    assert (index >= 0) == message.HasField("index_data_id")
    if index >= 0:
        assert data[index : index + 36].decode() == message.index_data_id.id.data
    assert not message.is_per_category
    assert not message.category_names
    kind = message.series.WhichOneof("series")
    assert kind == {1: "doubles", 5: "statuses"}[columns.kinds[row]]
    values = getattr(message.series, kind).series
    assert columns.lengths()[row] == len(values)
    raw = data[columns.values.starts[row] : columns.values.stops[row]]
    read = np.frombuffer(raw, "<f8" if kind == "doubles" else np.uint8)
    assert np.array_equal(read, np.array(list(values)), equal_nan=kind == "doubles")
    # Nothing else is in it: an unknown field would be written again.
    message.DiscardUnknownFields()
    assert message.ByteSize() == len(content) or b"\0" in content


@settings(max_examples=300, deadline=None)
@given(SEEDS, st.sampled_from([0.0, 0.1, 0.6]), st.booleans())
def test_a_usual_record_is_what_protobuf_reads(seed: int, oddity: float, damage: bool) -> None:
    rng = random.Random(seed)
    contents = [encode(rng, random_data(rng), oddity) for _ in range(rng.randrange(1, 20))]
    if damage:
        contents = [damaged(rng, content) for content in contents]
    message, starts = b"", []
    for content in contents:
        message += record(0x1A, content)
        starts.append(len(message) - len(content))
    stops = [start + len(content) for start, content in zip(starts, contents, strict=True)]
    spans = Spans(np.array(starts, np.uint32), np.array(stops, np.uint32))
    read = 0
    for columns in data_columns(message, spans):
        for row in np.flatnonzero(columns.usual).tolist():
            check_usual(columns, row, contents[columns.first + row])
        read += len(columns.usual)
    assert read == len(contents)


def test_what_usual_writers_make_is_usual() -> None:
    message = pb.JobMetrics()
    for number in range(9000):
        data = message.metrics_data.add(name=f"data {number}", unit="m")
        data.metrics_data_id.id.data = data.index_data_id.id.data = _ID
        data.is_indexed, data.index_data_type = True, pb.TIMESTAMP_SERIES_DATA_TYPE
        if number % 2:
            data.series.doubles.series.extend([0.5] * (number % 40 + 1))
        else:
            data.series.statuses.series.extend([pb.PASSED_METRIC_STATUS] * (number % 200 + 1))
    serialized = message.SerializeToString()
    spans = record_spans(serialized)
    assert spans is not None
    blocks = list(data_columns(serialized, spans.data))
    assert len(blocks) > 2
    assert all(columns.usual.all() for columns in blocks)
    lengths = np.concatenate([columns.lengths() for columns in blocks])
    assert lengths.tolist() == [n % 40 + 1 if n % 2 else n % 200 + 1 for n in range(9000)]


def spans_of(message: pb.JobMetrics, serialized: bytes) -> RecordSpans:
    """The spans of a message, which hold its metrics and its data."""
    spans = record_spans(serialized)
    assert spans is not None
    for found, kind, expected in (
        (spans.data, pb.MetricsData, message.metrics_data),
        (spans.metrics, pb.Metric, message.job_level_metrics.metrics),
    ):
        pairs = zip(found.starts.tolist(), found.stops.tolist(), strict=True)
        assert [kind.FromString(serialized[a:b]) for a, b in pairs] == list(expected)
    return spans


def test_records_of_every_size_are_found() -> None:
    message = pb.JobMetrics(metrics_status=pb.PASSED_METRIC_STATUS)
    message.job_id.id.data = _ID
    for size in (0, 1, 100, 121, 122, 125, 126, 127, 200, 16379, 16380, 16384, 70_000, 3, 3):
        message.metrics_data.add(name="n" * size)
        message.job_level_metrics.metrics.add(name="n" * size)
        message.events.add(name="n" * size)
    serialized = message.SerializeToString()
    # Twice: collections of a file are merged.
    spans = spans_of(pb.JobMetrics.FromString(serialized * 2), serialized * 2)
    assert len(spans.others) == 2 * (1 + len(message.events))


@pytest.mark.parametrize(
    "odd",
    [
        b"\x1a\x80\x00",  # a length that is not in its shortest form
        b"\x9a\x00\x00",  # a tag that is not
        b"\x20\x81\x00",  # a status of two bytes
        b"\x3a\x00",  # a field that the schema does not have
        b"\x3b\x3c",  # a group
        b"\x12\x02\x1a\x00",  # an unknown field of the collection
        b"\x1a\x7f",  # a length that reaches past the end
        b"\x1a",
    ],
)
def test_unusual_records_are_left_to_protobuf(odd: bytes) -> None:
    assert record_spans(odd) is None
    usual = record(0x1A, b"\x1a\x01x") + b"\x20\x01"
    assert record_spans(usual) is not None
    assert record_spans(usual + odd) is None
    assert record_spans(odd + usual) is None or odd[-1:] in (b"\x7f", b"\x1a")


def entries(document: Document, many: int) -> list[tuple[object, ...]]:
    """All series of a document, short ones together from `many` data on, and the last error."""
    found: list[tuple[object, ...]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(series_iter, "_MIN_DATA_TOGETHER", many)
        try:
            for position, category, series in series_iter.iter_series(document):
                values = series.values
                assert not values.flags.writeable
                form = (series.kind, values.dtype, values.tobytes(), series.uniques)
                found.append((position, category, *form))
        except DocumentError as error:
            found.append((str(error),))
    return found


@settings(max_examples=300, deadline=None)
@given(SEEDS, st.sampled_from([0.0, 0.1, 0.6]), st.sampled_from([64, 4096, 1 << 20]))
def test_series_are_the_same_together_and_one_by_one(
    seed: int, oddity: float, threshold: int
) -> None:
    rng = random.Random(seed)
    message = pb.JobMetrics(metrics_status=pb.PASSED_METRIC_STATUS)
    message.metrics_data.extend(random_data(rng) for _ in range(rng.randrange(20)))
    content = encode(rng, message, oddity)
    if rng.random() < 0.2:
        content = damaged(rng, content)
    try:
        document = parse_document(content, threshold=threshold)
    except DocumentError:
        return
    assert entries(document, 0) == entries(document, 1 << 30)


def test_infinities_and_nan_survive() -> None:
    message = pb.JobMetrics()
    numbers = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 5e-324]
    for _ in range(2):
        data = message.metrics_data.add()
        data.metrics_data_id.id.data = _ID
        data.series.doubles.series.extend(numbers)
    # Something behind the last one: it is read in place then.
    message.events.add(name="behind the data")
    found = entries(parse_document(message.SerializeToString()), 0)
    assert [entry[4] for entry in found] == [struct.pack("<6d", *numbers)] * 2
