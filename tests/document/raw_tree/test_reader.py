"""The tree of fields: names and values, pages, damage, and bytes that are covered exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.raw_tree import reader as reader_module
from resim_inspect.document.raw_tree.contents import hex_lines, whole_value
from resim_inspect.document.raw_tree.nodes import Level, NodeKind, RawNode
from resim_inspect.document.raw_tree.places import item_steps, place_of_offset, place_of_steps
from resim_inspect.document.raw_tree.reader import RawReader, ReadCancelledError
from resim_inspect.document.raw_tree.search import search
from resim_inspect.document.wire.scan import head
from resim_inspect.document.wire.source import BytesSource, open_source
from resim_inspect.errors import ChangedError


def small_file() -> bytes:
    """A file with each form of value."""
    build = DocumentBuilder("tree")
    times = build.times("clock", [0.1 * at for at in range(20)])
    speed = build.doubles("speed", [0.5 * at for at in range(20)], unit="m/s", index=times)
    fine = build.statuses("speed ok", ["PASSED"] * 20, index=times)
    metric = build.double_over_time("Speed", [(speed, fine)])
    build.scalar("Maximum", 9.5, unit="m/s", status="FAIL_BLOCK")
    build.event("Landing", 1.0, metrics=[metric], description="a line\x1b[31m\nanother")
    return build.bytes()


SMALL = small_file()


def reader_of(data: bytes) -> RawReader:
    return RawReader(BytesSource(data))


def node_at(reader: RawReader, *path: str) -> RawNode:
    """The node with these names from the top."""
    level: Level | None = reader.root
    node: RawNode | None = None
    for name in path:
        assert level is not None
        node = next(node for node in reader.nodes(level) if node.name == name)
        level = node.below
    assert node is not None
    return node


def check_cover(reader: RawReader, level: Level, depth: int = 0) -> int:
    """Check that the nodes cover the level without gap and overlap; return their number."""
    nodes = reader.nodes(level)
    at, number = level.start, len(nodes)
    for node in nodes:
        assert node.start == at
        assert node.start <= node.body <= node.end
        at = node.end
        if node.below is not None:
            first = node.start if node.is_paging else node.body
            assert (node.below.start, node.below.stop) == (first, node.end)
            if depth < 60:
                number += check_cover(reader, node.below, depth + 1)
    assert at == level.stop
    return number


def test_names_values_and_offsets() -> None:
    reader = reader_of(SMALL)
    scalar = ("job_level_metrics", "metrics[1]", "metric_values", "scalar_metric_values")
    value = node_at(reader, *scalar, "value")
    assert (value.value, value.number, value.type_text) == ("9.5", 1, "double, 64 bit")
    assert value.path == ".".join((*scalar, "value"))
    assert SMALL[value.start] == 1 << 3 | 1
    assert whole_value(reader, value) == "9.5"
    metric = node_at(reader, *scalar[:2])
    assert metric.value == '"Maximum"'
    assert SMALL[metric.body : metric.end].find(b"Maximum") > 0
    status = node_at(reader, *scalar[:2], "status")
    assert status.value == "FAIL_BLOCK_METRIC_STATUS (5)"
    speed = node_at(reader, "metrics_data[1]", "series", "doubles", "series")
    assert speed.value == "20 values: 0, 0.5, 1, 1.5, 2, 2.5, …"
    assert reader.nodes(speed.below or reader.root)[3].path.endswith("doubles.series[3]")
    assert whole_value(reader, speed).splitlines()[:3] == ["0", "0.5", "1"]
    text = node_at(reader, "events[0]", "description")
    assert text.value == '"a line�[31m another"'
    assert whole_value(reader, text) == "a line\x1b[31m\nanother"


def test_what_the_schema_does_not_know_is_in_its_place() -> None:
    inner = head(0x0A, 3) + b"abc" + b"\x98\x06\x01"
    data = (
        b"\x9a\x06\x02\x08\x05" + head(0x0A, len(inner)) + inner + b"\x18\x07" + b"\x93\x06\x94\x06"
    )
    nodes = reader_of(data).nodes(reader_of(data).root)
    assert [node.name for node in nodes] == [
        "unknown field 99",
        "job_id",
        "unknown field 3",
        "unknown field 98",
    ]
    assert reader_of(data).nodes(nodes[0].below or Level(0, 0, "", ()))[0].value == "5"
    assert "metrics_data" in nodes[2].problem
    assert nodes[3].type_text == "unknown, group"
    check_cover(reader_of(data), reader_of(data).root)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (SMALL[:-7], "needs"),
        (SMALL + b"\x1a\xff\x01abc", "needs 255 bytes, of which 3 are there"),
        (SMALL + b"\x20\xff", "a number is cut short"),
        (SMALL + b"\x20" + b"\xff" * 10, "longer than ten bytes"),
        (SMALL + b"\x0f\x00", "wire type 7"),
        (SMALL + b"\x02\x00", "number 0"),
        (SMALL + b"\x0c", "did not begin"),
        (SMALL + b"\x93\x06\x08\x01", "does not end"),
        (SMALL + b"\x93\x06" * 200, "does not end"),
        (SMALL + b"\x99\x06ab", "needs 8 bytes, of which 2 are there"),
    ],
)
def test_damage_is_a_node_that_says_so(data: bytes, problem: str) -> None:
    reader = reader_of(data)
    nodes = reader.nodes(reader.root)
    assert problem in nodes[-1].problem
    assert nodes[-1].end == len(data)
    check_cover(reader, reader.root)


def test_an_empty_file_has_no_nodes() -> None:
    assert reader_of(b"").nodes(reader_of(b"").root) == []


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_byte_is_covered_once_whatever_the_bytes(data: st.DataObject) -> None:
    content = bytearray(SMALL)
    for _ in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[at] = data.draw(st.integers(0, 255))
        else:
            del content[at : at + data.draw(st.integers(1, 40))]
            content = content or bytearray(b"\x00")
    reader = reader_of(bytes(content))
    check_cover(reader, reader.root)
    offset = data.draw(st.integers(0, len(content) - 1))
    node = place_of_offset(reader, offset).chain[-1]
    assert node.start <= offset < node.end


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_and_searched(content: bytes) -> None:
    reader = reader_of(content)
    check_cover(reader, reader.root)
    assert search(reader, "z\u00e9z", -1).is_complete


def test_many_fields_are_listed_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "SCAN_LIMIT", 2500)
    metric = head(0x12, 1) + b"m"
    metrics = (head(0x0A, len(metric)) + metric) * 6001
    data = head(0x12, len(metrics)) + metrics + b"\x20\x01"
    reader = reader_of(data)
    collection = node_at(reader, "job_level_metrics")
    nodes = reader.nodes(collection.below or reader.root)
    assert [node.name for node in nodes] == [
        "metrics[0 … 999]",
        "metrics[1,000 … 1,999]",
        "metrics[2,000 … 2,499]",
        "more fields",
    ]
    assert check_cover(reader, reader.root) > 12_000
    place = place_of_steps(reader, item_steps(reader, "metric", 5_123))
    assert [node.name for node in place.chain] == [
        "job_level_metrics",
        "more fields",
        "more fields",
        "metrics[5,000 … 5,999]",
        "metrics[5123]",
    ]
    assert len(place.levels) == len(place.chain)
    with pytest.raises(ReadCancelledError):
        reader.nodes(reader.root, lambda: True)


def test_fields_that_take_turns_are_paged_together() -> None:
    data = (b"\x1a\x00\x2a\x00") * 3000
    reader = reader_of(data)
    nodes = reader.nodes(reader.root)
    assert [node.name for node in nodes][:2] == ["fields 0 … 999", "fields 1,000 … 1,999"]
    check_cover(reader, reader.root)
    place = place_of_steps(reader, item_steps(reader, "event", 2999))
    assert [node.name for node in place.chain] == ["fields 5,000 … 5,999", "events[2999]"]


@pytest.mark.parametrize("kind", ["doubles", "statuses"])
def test_a_long_series_is_paged_without_reading_it(kind: str) -> None:
    doubles = kind == "doubles"
    number = 2_000_500
    payload = head(0x0A, number * 8) + bytes(8 * number) if doubles else b""
    if not doubles:
        payload = head(0x0A, number) + b"\x01" * number
    series = head(0x0A if doubles else 0x2A, len(payload)) + payload
    data = head(0x52, len(series)) + series
    reader = reader_of(head(0x1A, len(data)) + data)
    node = node_at(reader, "metrics_data[0]", "series", kind, "series")
    assert len(reader.nodes(node.below or reader.root)) <= 1100
    steps = (*node.steps, (-1, 1_500_321))
    place = place_of_steps(reader, steps)
    assert place.chain[-1].name == "series[1500321]"
    assert place.chain[-1].value == ("0" if doubles else "PASSED_METRIC_STATUS (1)")


def test_a_metric_is_found_across_collections() -> None:
    metric = head(0x0A, 3) + b"\x12\x01m"
    data = head(0x12, len(metric)) + metric + head(0x12, 2 * len(metric)) + metric * 2
    reader = reader_of(data)
    paths = [
        place_of_steps(reader, item_steps(reader, "metric", position)).chain[-1].path
        for position in range(3)
    ]
    assert paths == [
        "job_level_metrics.metrics[0]",
        "job_level_metrics (2).metrics[0]",
        "job_level_metrics (2).metrics[1]",
    ]
    assert item_steps(reader, "metric", 3) == ()
    assert item_steps(reader, "file", 0) == ()


def test_a_search_goes_both_ways_and_ends() -> None:
    reader = reader_of(SMALL)
    hits, offset = [], -1
    while (place := search(reader, "M/S", offset).place) is not None:
        hits.append(place.chain[-1].path)
        offset = place.chain[-1].start
    assert len(hits) >= 2
    assert hits[-1].startswith("metrics_data") or hits[0].startswith("job_level_metrics")
    back, offset = [], len(SMALL)
    while (place := search(reader, "m/s", offset, backwards=True).place) is not None:
        back.append(place.chain[-1].path)
        offset = place.chain[-1].start
    assert back == hits[::-1]
    names, offset = [], len(SMALL)
    while (place := search(reader, "metric", offset, backwards=True).place) is not None:
        names.append(place.chain[-1].start)
        offset = place.chain[-1].start
    forwards, offset = [], -1
    while (place := search(reader, "metric", offset).place) is not None:
        forwards.append(place.chain[-1].start)
        offset = place.chain[-1].start
    assert names == forwards[::-1]


def test_a_search_stops_when_it_is_cancelled() -> None:
    events = b"\x2a\x02\x12\x00" * 3000
    seen: list[int] = []
    result = search(reader_of(events), "nothing", -1, is_cancelled=lambda: True)
    assert (result.place, result.is_complete) == (None, False)
    assert search(reader_of(events), "77.5", -1, progress=seen.append).is_complete
    assert seen


def test_a_file_that_changes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"
    path.write_bytes(b"\x2a\x02\x12\x00" * 400_000)
    reader = RawReader(open_source(path))
    reader.nodes(reader.root)
    path.write_bytes(b"")
    with pytest.raises(ChangedError):
        reader.nodes(reader.root)


def test_bytes_as_lines() -> None:
    assert hex_lines(b"\x0a\x03abc", 96, 4) == [
        "      96  0a 03 61 62  ··ab",
        "     100  63           c",
    ]


def test_damage_below_a_truncated_record_is_in_its_place() -> None:
    reader = reader_of(SMALL[:-5])
    place = place_of_offset(reader, len(SMALL) - 6)
    assert place.chain[0].problem
    assert place.chain[0].below is not None
    assert any(node.problem or node.kind is NodeKind.DAMAGE for node in place.chain[1:])
