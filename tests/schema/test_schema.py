"""The schema has the names and numbers that every file since 2023 uses."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest

from resim_inspect.document import enums
from resim_inspect.schema import metrics_pb2 as pb


def _shape(messages: Any, enums_: Any) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    for enum in enums_.values():
        shape[enum.name] = {value.name: value.number for value in enum.values}
    for message in messages.values():
        shape[message.name] = {
            field.name: (
                field.number,
                field.type,
                getattr(field.message_type or field.enum_type, "name", ""),
                # Real oneofs and optional fields alike.
                field.containing_oneof.name if field.containing_oneof else "",
                field.has_presence,
            )
            for field in message.fields
        }
        shape |= _shape({one.name: one for one in message.nested_types}, {})
    return shape


def _official(module: str) -> Any:
    if os.environ.get("RESIM_REQUIRE_OPEN_CORE") == "1":
        return importlib.import_module(module)
    return pytest.importorskip(module, reason="resim-open-core is not installed")


def test_it_equals_the_official_schema() -> None:
    official = _official("resim.metrics.proto.metrics_pb2")
    uuid_pb2 = _official("resim.utils.proto.uuid_pb2")
    theirs = _shape(
        official.DESCRIPTOR.message_types_by_name, official.DESCRIPTOR.enum_types_by_name
    ) | _shape(uuid_pb2.DESCRIPTOR.message_types_by_name, {})
    ours = _shape(pb.DESCRIPTOR.message_types_by_name, pb.DESCRIPTOR.enum_types_by_name)
    assert ours == theirs
    assert len(ours) > 30


def test_both_live_in_one_process() -> None:
    official = _official("resim.metrics.proto.metrics_pb2")
    assert pb.DESCRIPTOR.package == "resim_inspect.schema"
    assert official.JobMetrics.DESCRIPTOR.full_name != pb.JobMetrics.DESCRIPTOR.full_name
    ours = pb.JobMetrics()
    ours.job_id.id.data = "x"
    assert official.JobMetrics.FromString(ours.SerializeToString()).job_id.id.data == "x"


@pytest.mark.parametrize(
    ("ours", "theirs", "ending"),
    [
        (enums.MetricStatus, pb.MetricStatus, "_METRIC_STATUS"),
        (enums.MetricType, pb.MetricType, "_METRIC_TYPE"),
        (enums.Importance, pb.MetricImportance, "_IMPORTANCE"),
        (enums.TimestampType, pb.TimestampType, "_TIMESTAMP"),
    ],
)
def test_our_enums_are_those_of_the_schema(ours: Any, theirs: Any, ending: str) -> None:
    for name, number in theirs.items():
        if number:
            assert ours(number).name == name.removesuffix(ending)
        assert ours(number).known
    assert not ours(999).known
    assert ours(999) is ours(999)
    assert int(ours(999)) == 999


def test_data_types_are_those_of_the_schema() -> None:
    for name, number in pb.MetricsDataType.items():
        expected = name.removesuffix("_DATA_TYPE").removesuffix("_SERIES")
        expected = expected.replace("METRIC_STATUS", "STATUS").replace("NO", "UNSET")
        assert enums.DataType(number).name == expected


def test_the_generated_module_needs_no_newer_runtime_than_promised() -> None:
    from pathlib import Path

    text = Path(pb.__file__).read_text()
    assert "Protobuf Python Version: 5.26" in text
    assert "ValidateProtobufRuntimeVersion" not in text
