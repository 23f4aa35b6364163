"""Documents: series, external files, unknown fields, order, and references between parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import parse_document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.series_iter import iter_series
from resim_inspect.errors import SeriesError
from resim_inspect.schema import metrics_pb2 as pb


def document_of_ten_values() -> DocumentBuilder:
    builder = DocumentBuilder()
    clock = builder.times("clock", [0.0, 0.01])
    speed = builder.doubles("speed", [0.5] * 10, unit="m/s")
    builder.doubles("by time", [0.25, 0.25], index=clock)
    builder.histogram("Speeds", speed, builder.statuses("ok", speed), buckets=[(0, 1)])
    return builder


def test_series_that_are_not_there(tmp_path: Path) -> None:
    builder = DocumentBuilder()
    builder.file("image", "a.png")
    builder.doubles("by place", {"left": [1.0], "right": [2.0, 3.0]})
    document = builder.document(tmp_path / "metrics.binproto")
    with pytest.raises(SeriesError, match="is an external file"):
        document.series(document.data[0])
    with pytest.raises(SeriesError, match="for each category"):
        document.series(document.data[1])
    with pytest.raises(SeriesError, match="no category 'up'"):
        document.series(document.data[1], "up")
    assert document.series(document.data[1], "right").doubles.tolist() == [2.0, 3.0]
    assert document.length(document.data[1], "right") == 2


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("a.png", True),
        ("images/b c.png", True),
        ("images/../a.png", True),
        ("../a.png", False),
        ("/etc/passwd", False),
        ("link/secret", False),
        ("", False),
        ("a\0b", False),
    ],
)
def test_external_files_stay_in_the_folder(tmp_path: Path, name: str, there: bool) -> None:
    folder = tmp_path / "outputs"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    builder = DocumentBuilder()
    builder.file("image", name)
    document = builder.document(folder / "metrics.binproto")
    assert (document.external_path(document.data[0]) is not None) == there
    assert builder.document().external_path(document.data[0]) is None


def test_unknown_fields_survive_and_are_reported() -> None:
    message = document_of_ten_values().message()
    data = message.SerializeToString() + b"\xa2\x06\x01x"
    metric = pb.Metric.FromString(b"\x12\x01m\xaa\x06\x01y")
    message.job_level_metrics.metrics.add().CopyFrom(metric)
    data += message.SerializeToString()
    document = parse_document(data)
    assert [(one.where, one.number) for one in document.unknown_fields()] == [
        ("file", 100),
        ("job_level_metrics.metrics", 101),
    ]
    assert b"\xa2\x06\x01x" in document.message.SerializeToString()
    assert parse_document(document_of_ten_values().bytes()).unknown_fields() == []


def test_a_file_written_with_other_habits_has_no_unknown_fields() -> None:
    message = document_of_ten_values().message()
    backwards = b"".join(
        pb.JobMetrics(**{field.name: value}).SerializeToString()
        for field, value in reversed(message.ListFields())
    )
    assert parse_document(backwards).unknown_fields() == []


def test_an_unknown_field_is_found_where_packing_makes_up_for_its_bytes() -> None:
    # One double, not packed: a byte shorter than packed.
    data = bytes.fromhex("1a0d 520b 0a09 09") + b"\0" * 8
    unknown = b"\xa2\x06\x00"
    assert pb.JobMetrics.FromString(data).ByteSize() == len(data) + 1
    document = parse_document(data * 3 + unknown)
    known = pb.JobMetrics.FromString(data * 3 + unknown)
    known.DiscardUnknownFields()
    assert known.ByteSize() == len(data * 3 + unknown)
    assert [one.number for one in document.unknown_fields()] == [100]


def test_the_verdict_is_the_status_or_else_the_worst_metric() -> None:
    builder = DocumentBuilder(status="PASSED")
    builder.scalar("a", 1.0, status="FAIL_WARN")
    builder.scalar("b", 1.0, status="FAIL_BLOCK")
    assert builder.document().verdict is MetricStatus.PASSED
    assert builder.document().worst_status is MetricStatus.FAIL_BLOCK
    message = builder.message()
    message.ClearField("metrics_status")
    assert parse_document(message.SerializeToString()).verdict is MetricStatus.FAIL_BLOCK


def test_metrics_stand_by_order_then_name() -> None:
    builder = DocumentBuilder()
    builder.scalar("z", 1.0, order=1)
    builder.scalar("b", 1.0)
    builder.scalar("y", 1.0, order=-2)
    builder.scalar("a", 1.0)
    builder.scalar("n", 1.0, order=float("nan"))
    document = builder.document()
    names = [document.metrics[place].name for place in document.display_order()]
    assert names == ["y", "z", "a", "b", "n"]


def test_who_uses_what() -> None:
    builder = DocumentBuilder()
    clock = builder.times("clock", [0.0, 1.0])
    speed = builder.doubles("speed", [1.0, 2.0], index=clock)
    ok = builder.statuses("ok", speed)
    builder.double_over_time("Speed", [(speed, ok)])
    builder.double_summary("Last speed", speed, ok, index=1)
    shot = builder.scalar("Shot", 1.0, event=True)
    builder.event("Photo", 1.0, [shot])
    document = builder.document()
    assert [one.name for one in document.users_of(document.data[0])] == ["Speed", "Last speed"]
    assert [one.name for one in document.data_of(document.metrics[0])] == ["speed", "ok"]
    assert [one.name for one in document.events_of(document.metrics[2])] == ["Photo"]
    assert document.metric_named("Shot") == document.metric_by_id(document.metrics[2].id)
    assert document.data_by_id("nothing") is None


def test_every_series_comes_once_in_the_order_of_the_file() -> None:
    builder = DocumentBuilder()
    clock = builder.times("clock", [0.0] * 3000)
    builder.doubles("speed", [1.5] * 3000, index=clock)
    builder.file("image", "a.png")
    builder.strings("by place", {"right": ["c"], "left": ["a", "b"]})
    builder.doubles("few", [1.0, 2.0])
    document = builder.document()
    found = [(one.position, one.category, len(one.series)) for one in iter_series(document)]
    assert found == [
        (0, None, 3000),
        (1, None, 3000),
        (3, "left", 2),
        (3, "right", 1),
        (4, None, 2),
    ]
    assert sorted(document.deferred) == [0, 1]
