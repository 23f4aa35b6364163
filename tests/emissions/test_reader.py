"""Emissions files: rows by topic, typed columns, lines with faults, and growing files."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.emissions import line_decoder
from resim_inspect.emissions.columns import FREE_COLUMNS
from resim_inspect.emissions.config import ConfigError, load_config
from resim_inspect.emissions.fault_log import MAX_FAULTS
from resim_inspect.emissions.line_decoder import MAX_LINE
from resim_inspect.emissions.model import Emissions
from resim_inspect.emissions.reader import BLOCK, EmissionsReader, read_emissions
from resim_inspect.errors import UnreadableError


def line(topic: str, data: dict[str, Any], **metadata: Any) -> str:
    return json.dumps({"$metadata": {"topic": topic, **metadata}, "$data": data})


def read(folder: Path, *lines: str, end: str = "\n") -> Emissions:
    path = folder / "emissions.resim.jsonl"
    path.write_bytes(("\n".join(lines) + end).encode("utf-8", "surrogatepass"))
    return read_emissions(path)


def test_rows_become_typed_columns_with_their_lines(tmp_path: Path) -> None:
    emissions = read(
        tmp_path,
        line("speed", {"v": 1.5, "n": 1, "ok": True, "s": "a", "tags": ["x"]}, timestamp=5),
        line("other", {}),
        line("speed", {"v": 2, "n": 2, "ok": False, "s": "b", "tags": []}),
        line("hit", {"name": "Crash"}, timestamp=7, event=True),
    )
    speed = emissions.topics["speed"]
    assert {name: column.type for name, column in speed.columns.items()} == {
        "v": "float", "n": "int", "ok": "boolean", "s": "string", "tags": "json",
    }  # fmt: skip
    assert speed.columns["v"].values.tolist() == [1.5, 2.0]
    assert speed.columns["v"].whole is not None
    assert speed.columns["v"].whole.tolist() == [False, True]
    assert speed.columns["tags"].values.tolist() == [["x"], []]
    assert speed.line_numbers.tolist() == [1, 3]
    assert speed.timestamps.tolist() == [5, 0]
    assert speed.has_timestamp.tolist() == [True, False]
    assert emissions.topics["hit"].is_event.tolist() == [True]
    assert emissions.topics["other"].rows == 1
    assert emissions.rows == 4
    assert emissions.faults == ()


def test_missing_and_null_values_are_told_apart(tmp_path: Path) -> None:
    emissions = read(
        tmp_path, line("t", {"a": 1}), line("t", {"a": None, "b": "x"}), line("t", {"b": None})
    )
    a, b = emissions.topics["t"].columns.values()
    assert (a.type, a.values.tolist()) == ("int", [1, 0, 0])
    assert (a.missing.tolist(), a.nulls.tolist()) == ([False, True, True], [False, True, False])
    assert (b.type, b.values.tolist()) == ("string", ["", "x", ""])
    assert (b.missing.tolist(), b.nulls.tolist()) == ([True, False, True], [False, False, True])


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, 2.5], "float", [1.0, 2.5]),
        ([1, True], "json", [1, True]),
        ([2**80, 1], "json", [2**80, 1]),
        ([2**60 + 1, 0.5], "json", [2**60 + 1, 0.5]),
        ([-(2**63), 2**63 - 1], "int", [-(2**63), 2**63 - 1]),
        ([1.5, "x"], "json", [1.5, "x"]),
        ([[1], [2]], "json", [[1], [2]]),
        ([None, None], "json", [None, None]),
        (["\ud800", "a\0b"], "string", ["\ud800", "a\0b"]),
    ],
)
def test_values_keep_their_exactness_in_one_block_and_over_several(
    values: list[Any], kind: str, expected: list[Any], tmp_path: Path
) -> None:
    lines = [line("t", {"v": value}) for value in values]
    column = read(tmp_path, *lines).topics["t"].columns["v"]
    assert (column.type, column.values.tolist()) == (kind, expected)
    path = tmp_path / "emissions.resim.jsonl"
    path.write_text("", encoding="utf-8")
    reader = EmissionsReader([path])
    for each in lines:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(each + "\n")
        reader.update()
    again = reader.emissions().topics["t"].columns["v"]
    assert (again.type, again.values.tolist()) == (kind, expected)
    assert [type(value) for value in again.values.tolist()] == [type(one) for one in expected]
    if again.whole is not None and column.whole is not None:
        assert again.whole.tolist() == column.whole.tolist()


def test_bare_nan_and_infinity_are_numbers(tmp_path: Path) -> None:
    values = read(tmp_path, *(line("t", {"v": v}) for v in (math.nan, math.inf, 1)))
    column = values.topics["t"].columns["v"].values
    assert math.isnan(column[0])
    assert column[1] == math.inf


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("{", "line-json", "is not valid JSON"),
        ('{"$metadata": {"topic"', "line-json", "at character 23"),
        ("[" * 100_000, "line-json", "is nested too deeply"),
        ("9" * 5000, "line-json", "too many digits"),
        ("[1]", "line-object", "is a list, and an object is expected"),
        ("null", "line-object", "is null"),
        ('"x"', "line-object", "is a text"),
        ("1.5", "line-object", "is a number"),
        ("{}", "line-object", "has no $metadata"),
        ('{"$metadata": {"topic": "t"}}', "line-object", "has no $data"),
        ('{"$metadata": 1, "$data": {}}', "line-object", "$metadata that is not an object"),
        ('{"$metadata": null, "$data": {}}', "line-object", "$metadata that is not an object"),
        ('{"$metadata": {"topic": "t"}, "$data": [1]}', "line-object", "$data that is not an"),
        ('{"$metadata": {}, "$data": {}}', "line-object", "has no topic"),
        ('{"$metadata": {"topic": 5}, "$data": {}}', "topic-name", "is not a text"),
        ('{"$metadata": {"topic": ["t"]}, "$data": {}}', "topic-name", "is not a text"),
        ('{"$metadata": {"topic": "t"}, "$data": {}} {}', "line-json", "extra data"),
        ('{"$metadata": {"topic": "t"}, "$data": {}, "x": 1}', "emission-key", 'the key "x"'),
        (line("t", {}, extra=1), "emission-key", 'the key "extra" in $metadata'),
        (line("t", {}, timestamp=1.5), "timestamp-type", "not an integer"),
        (line("t", {}, timestamp="2020"), "timestamp-type", "a text"),
        (line("t", {}, timestamp=True), "timestamp-type", "a boolean"),
        (line("t", {}, timestamp=None), "timestamp-type", "null"),
        (line("t", {}, timestamp=math.nan), "timestamp-type", "not an integer"),
        (line("t", {}, timestamp=-5), "timestamp-negative", "negative"),
        (line("t", {}, timestamp=2**70), "timestamp-range", "64 bits"),
        (line("t", {}, timestamp=5, event=1), "event-flag", "not true"),
        (line("t", {}, event=True), "event-timestamp", "without a timestamp"),
    ],
)
def test_a_faulty_line_is_one_fault_and_the_others_are_read(
    text: str, kind: str, message: str, tmp_path: Path
) -> None:
    emissions = read(tmp_path, line("t", {}), text, line("t", {}), line("u", {}), text)
    (fault,) = emissions.faults
    assert (fault.kind, fault.line, fault.count) == (kind, 2, 2)
    assert message in fault.message
    assert emissions.topics["u"].rows == 1
    assert emissions.line_counts == (5,)


def test_bytes_that_are_not_utf8_cost_one_line(tmp_path: Path) -> None:
    path = tmp_path / "emissions.resim.jsonl"
    good = line("t", {"a": 1}).encode()
    path.write_bytes(good + b"\n\xff\xfe\n" + good + b"\n")
    emissions = read_emissions(path)
    assert [(one.kind, one.line) for one in emissions.faults] == [("line-encoding", 2)]
    assert emissions.topics["t"].line_numbers.tolist() == [1, 3]


def test_blank_lines_and_carriage_returns_are_passed_over(tmp_path: Path) -> None:
    emissions = read(tmp_path, line("t", {}) + "\r", "", "  ", line("t", {}) + " ")
    assert emissions.faults == ()
    assert emissions.topics["t"].line_numbers.tolist() == [1, 4]


def test_a_value_that_spans_lines_is_not_one_line(tmp_path: Path) -> None:
    pretty = json.dumps({"$metadata": {"topic": "t"}, "$data": {}}, indent=1)
    emissions = read(tmp_path, *pretty.split("\n"))
    assert emissions.rows == 0
    assert {fault.kind for fault in emissions.faults} == {"line-json"}


def test_a_last_line_without_line_feed_counts_if_it_is_whole(tmp_path: Path) -> None:
    emissions = read(tmp_path, line("t", {}), line("t", {}), end="")
    assert (emissions.rows, emissions.held_back) == (2, {})
    half = line("t", {})[:-5]
    emissions = read(tmp_path, line("t", {}), half, end="")
    assert (emissions.rows, emissions.held_back) == (1, {0: len(half)})
    assert emissions.faults == ()


def test_a_very_long_line_is_skipped_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "emissions.resim.jsonl"
    good = line("t", {"a": 1}).encode() + b"\n"
    path.write_bytes(good + b"x" * (MAX_LINE + 3 * BLOCK) + b"\n" + good)
    emissions = read_emissions(path)
    assert [(one.kind, one.line) for one in emissions.faults] == [("line-length", 2)]
    assert emissions.topics["t"].line_numbers.tolist() == [1, 3]


def test_files_of_a_folder_are_merged_by_topic(tmp_path: Path) -> None:
    (tmp_path / "b.resim.jsonl").write_text(line("t", {"x": 2}) + "\n", encoding="utf-8")
    (tmp_path / "a.resim.jsonl").write_text(line("t", {"x": 1.5}) + "\n", encoding="utf-8")
    (tmp_path / "c.jsonl").write_text("nothing of it", encoding="utf-8")
    emissions = read_emissions(tmp_path)
    assert [path.name for path in emissions.paths] == ["a.resim.jsonl", "b.resim.jsonl"]
    topic = emissions.topics["t"]
    assert topic.columns["x"].values.tolist() == [1.5, 2.0]
    assert topic.file_indices.tolist() == [0, 1]
    assert topic.line_numbers.tolist() == [1, 1]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read: no such file"):
        read_emissions(tmp_path / "missing.resim.jsonl")


def test_a_growing_file_is_read_from_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "emissions.resim.jsonl"
    text = "\n".join(line("t", {"i": i}) for i in range(40)) + "\n"
    path.write_text("", encoding="utf-8")
    reader = EmissionsReader([path])
    assert reader.update() is False
    for end in range(0, len(text) + 1, 37):
        path.write_bytes(text[:end].encode())
        reader.update()
        whole = text[:end].count("\n")
        emissions = reader.emissions()
        assert emissions.rows == whole
    path.write_text(text, encoding="utf-8")
    assert reader.update()
    column = reader.emissions().topics["t"]
    assert column.columns["i"].values.tolist() == list(range(40))
    assert column.line_numbers.tolist() == list(range(1, 41))
    assert reader.update() is False


def test_a_file_that_is_replaced_or_shortened_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "emissions.resim.jsonl"
    path.write_text(line("old", {}) + "\n" + line("old", {}) + "\n", encoding="utf-8")
    reader = EmissionsReader([path])
    reader.update()
    path.write_text(line("new", {}) + "\n", encoding="utf-8")
    assert reader.update()
    assert list(reader.emissions().topics) == ["new"]
    other = tmp_path / "other"
    other.write_text(line("newer", {}) + "\n" * 40, encoding="utf-8")
    other.replace(path)
    assert reader.update()
    assert list(reader.emissions().topics) == ["newer"]


def test_a_topic_with_ever_new_fields_stays_small(tmp_path: Path) -> None:
    emissions = read(tmp_path, *(line("t", {f"f{i}": i, "v": i}) for i in range(3000)))
    topic = emissions.topics["t"]
    assert topic.rows == 3000
    assert len(topic.columns) <= FREE_COLUMNS
    assert topic.columns["v"].values.tolist() == list(range(3000))
    (fault,) = emissions.faults
    assert (fault.kind, fault.line) == ("field-count", FREE_COLUMNS)
    assert fault.count == 3000 - FREE_COLUMNS + 1


def test_ever_new_metadata_keys_are_told_by_line(tmp_path: Path) -> None:
    faults = read(tmp_path, *(line("t", {}, **{f"k{i}": 1}) for i in range(1500))).faults
    assert [fault.line for fault in faults] == list(range(1, MAX_FAULTS + 2))
    assert faults[-1].count == 1500 - MAX_FAULTS


def test_a_wide_topic_has_all_its_columns(tmp_path: Path) -> None:
    row = line("t", {f"f{i}": i for i in range(3000)})
    emissions = read(tmp_path, row, row, line("t", {"f0": 0}))
    assert emissions.faults == ()
    assert len(emissions.topics["t"].columns) == 3000


def test_rows_of_too_many_topics_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_decoder, "MAX_TOPICS", 3)
    emissions = read(tmp_path, *(line(f"t{i % 5}", {}) for i in range(10)))
    assert list(emissions.topics) == ["t0", "t1", "t2"]
    (fault,) = emissions.faults
    assert (fault.kind, fault.line, fault.count) == ("topic-count", 4, 4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.resim.jsonl"
    os.mkfifo(pipe)
    endless = tmp_path / "zero.resim.jsonl"
    endless.symlink_to("/dev/zero")
    for path in (pipe, endless):
        with pytest.raises(UnreadableError, match="is not a regular file"):
            read_emissions(path)
        with pytest.raises(ConfigError, match="is not a regular file"):
            load_config([path])
