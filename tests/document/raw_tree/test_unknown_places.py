"""Places of unknown fields: in each kind of message, in pages, and of another wire type."""

from __future__ import annotations

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.raw_tree import reader as reader_module
from resim_inspect.document.raw_tree.contents import whole_value
from resim_inspect.document.raw_tree.reader import RawReader, ReadCancelledError
from resim_inspect.document.raw_tree.unknown_places import place_of_unknown
from resim_inspect.document.unknown_fields import UnknownField, unknown_fields
from resim_inspect.document.wire.source import BytesSource
from resim_inspect.schema import metrics_pb2 as pb

FIELD_99 = b"\x9a\x06\x02hi"
"""Field 99 with the text `hi`."""
STATUS_AS_TEXT = b"\x22\x02no"
"""The field `metrics_status` of JobMetrics as a text, which protobuf keeps as an unknown field."""


def message() -> pb.JobMetrics:
    """Metrics and data, some by category."""
    build = DocumentBuilder("unknown")
    for number in range(5):
        build.scalar(f"scalar {number}", float(number))
    build.doubles("speed", [1.0, 2.0])
    parsed = pb.JobMetrics.FromString(build.bytes())
    data = parsed.metrics_data.add(name="by category")
    for name in ("cars", "trains"):
        data.series_per_category.category_to_series[name].doubles.series.append(1.0)
    return parsed


def with_field(parsed: pb.JobMetrics, inner: object) -> bytes:
    """The file with field 99 in one of its messages."""
    inner.MergeFromString(FIELD_99)  # type: ignore[attr-defined]
    return parsed.SerializeToString()


def files() -> dict[str, bytes]:
    parsed = {name: message() for name in ("top", "metric", "value", "data", "series", "entry")}
    entry = parsed["entry"].metrics_data[-1].series_per_category.category_to_series["trains"]
    metric = parsed["metric"].job_level_metrics.metrics[3]
    return {
        "top": with_field(parsed["top"], parsed["top"]),
        "metric": with_field(parsed["metric"], metric),
        "value": with_field(parsed["value"], parsed["value"].job_level_metrics.metrics[4]
                            .metric_values.scalar_metric_values),
        "data": with_field(parsed["data"], parsed["data"].metrics_data[0]),
        "series": with_field(parsed["series"], parsed["series"].metrics_data[0].series.doubles),
        "entry": with_field(parsed["entry"], entry),
        "wire": message().SerializeToString() + STATUS_AS_TEXT,
    }  # fmt: skip


@pytest.mark.parametrize("page", [1000, 2])
@pytest.mark.parametrize("name", sorted(files()))
def test_each_unknown_field_is_found(name: str, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "PAGE", page)
    data = files()[name]
    (unknown,) = unknown_fields([data])
    place = place_of_unknown(RawReader(BytesSource(data)), unknown)
    node = place.chain[-1]
    assert (node.number, node.field) == (unknown.number, None)
    field = STATUS_AS_TEXT if name == "wire" else FIELD_99
    assert data[node.start : node.end] == field
    # Each level of the place has the node of the chain.
    assert all(node in level for node, level in zip(place.chain, place.levels, strict=True))


def test_a_field_that_is_not_there_is_the_file() -> None:
    reader = RawReader(BytesSource(files()["top"]))
    for unknown in (UnknownField("metrics_data", 99), UnknownField("no.such", 1)):
        place = place_of_unknown(reader, unknown)
        assert place.chain == []
        assert len(place.levels) == 1


def test_the_search_can_be_stopped() -> None:
    reader = RawReader(BytesSource(files()["top"]))
    with pytest.raises(ReadCancelledError):
        place_of_unknown(reader, UnknownField("file", 99), lambda: True)


@pytest.mark.parametrize(
    ("content", "value", "copied"),
    [
        (b"red \x1b[31m text", '"red �[31m text"', "red \x1b[31m text"),
        (b"\x01\x02\x03\xff", "01 02 03 ff", "01 02 03 ff"),
        (b"\x01\x02\x03\x04a", "01 02 03 04 61", "01 02 03 04 61"),
    ],
)
def test_a_control_character_makes_no_bytes_of_an_unknown_text(
    content: bytes, value: str, copied: str
) -> None:
    data = message().SerializeToString() + b"\x9a\x06" + bytes([len(content)]) + content
    reader = RawReader(BytesSource(data))
    node = place_of_unknown(reader, UnknownField("file", 99)).chain[-1]
    assert node.value == value
    assert whole_value(reader, node) == copied
