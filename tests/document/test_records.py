"""The bytes of each record, against what protobuf makes of the whole file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resim_inspect.building.sample import sample_bytes
from resim_inspect.document.wire.records import Records, Span, read, records
from resim_inspect.document.wire.source import BytesSource
from resim_inspect.errors import DocumentError, MalformedError, TruncatedError
from resim_inspect.schema import metrics_pb2 as pb

SAMPLE = sample_bytes()


def cut(data: bytes, spans: list[Span]) -> list[bytes]:
    return [b"".join(read(BytesSource(data), span, piece=7)) for span in spans]


def check(data: bytes) -> Records:
    found = records(BytesSource(data))
    message = pb.JobMetrics.FromString(data)
    metrics = [pb.Metric.FromString(one) for one in cut(data, found.metrics)]
    assert metrics == list(message.job_level_metrics.metrics)
    assert [pb.MetricsData.FromString(one) for one in cut(data, found.data)] == list(
        message.metrics_data
    )
    assert [pb.Event.FromString(one) for one in cut(data, found.events)] == list(message.events)
    return found


def test_every_record_of_the_sample_is_found_and_unchanged() -> None:
    found = check(SAMPLE)
    assert len(found.metrics) >= 12
    assert found.data
    assert found.events


def test_bytes_that_another_encoder_would_write_otherwise_stay_as_they_are() -> None:
    # A name before the id, and an unknown field: valid, and lost by re-encoding.
    odd = b"\x12\x01a\x0a\x00\xc2\x3e\x03xyz"
    data = b"\x1a" + bytes([len(odd)]) + odd
    found = check(data)
    assert cut(data, found.data) == [odd]


def test_collections_that_appear_twice_add_up() -> None:
    one = pb.JobMetrics()
    one.job_level_metrics.metrics.add(name="a")
    two = pb.JobMetrics(metrics_status=pb.PASSED_METRIC_STATUS)
    two.job_level_metrics.metrics.add(name="b")
    two.job_level_metrics.metrics.add(name="c")
    found = check(one.SerializeToString() + two.SerializeToString())
    assert len(found.metrics) == 3


def test_unknown_fields_of_every_wire_type_are_walked_over() -> None:
    unknown = (
        b"\x80\x01\x96\x01"  # 16: varint
        b"\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00"  # 17: 64 bits
        b"\x92\x01\x02ab"  # 18: bytes
        b"\x9b\x01\x80\x01\x05\xa3\x01\x12\x01x\xa4\x01\x9c\x01"  # 19: a group with a group
        b"\xa5\x01\x00\x00\x00\x00"  # 20: 32 bits
        b"\x18\x05"  # 3 as a number: not the metrics data that it looks like
    )
    data = unknown + SAMPLE + unknown
    assert len(check(data).metrics) == len(records(BytesSource(SAMPLE)).metrics)


def test_lengths_in_more_bytes_than_needed_are_read() -> None:
    data = b"\x1a\x83\x80\x00\x12\x01a" + b"\x9a\x80\x00\x03\x12\x01b"
    assert len(check(data).data) == 2


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\x1a", TruncatedError),
        (b"\x1a\x05abc", TruncatedError),
        (b"\x12\x03\x0a\x05a", TruncatedError),
        (b"\x1a\x80", TruncatedError),
        (b"\x19abc", TruncatedError),
        (b"\x9b\x01\x12\x09x", TruncatedError),
        (b"\x9b\x01\x80\x01\x05", TruncatedError),
        (b"\x1f\x00", MalformedError),
        (b"\x1c", MalformedError),
        (b"\x1a" + b"\xff" * 11, MalformedError),
        (b"\x9b\x01" * 200, MalformedError),
    ],
)
def test_what_protobuf_refuses_is_refused(data: bytes, error: type[DocumentError]) -> None:
    with pytest.raises(error):
        records(BytesSource(data))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_damage_is_an_error_or_read_as_protobuf_reads_it(position: int, damage: bytes) -> None:
    data = bytearray(SAMPLE)
    position %= len(data)
    data[position : position + len(damage)] = damage
    try:
        found = records(BytesSource(bytes(data)))
    except DocumentError:
        return
    try:
        message = pb.JobMetrics.FromString(bytes(data))
    except Exception:  # noqa: BLE001 - inside of a record, which is not parsed
        return
    assert len(found.metrics) == len(message.job_level_metrics.metrics)
    assert len(found.data) == len(message.metrics_data)
    assert len(found.events) == len(message.events)
