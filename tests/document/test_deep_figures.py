"""Figures that are nested too deeply for protobuf: left out, named, and the rest is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import DecodeError

from resim_inspect import cli
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import parse_document
from resim_inspect.errors import DocumentError, MalformedError
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import validate


def nested(levels: int, kind: str) -> dict[str, Any]:
    """A figure with an empty trace and a layout of nested objects or lists."""
    value: Any = 1.0
    for _ in range(levels - 1):
        value = {"a": value} if kind == "object" else [value]
    return {"data": [{"y": [1.0]}], "layout": value}


def builder(levels: int, kind: str = "object") -> DocumentBuilder:
    build = DocumentBuilder()
    build.scalar("before", 1.0)
    build.plotly("fine", {"data": [{"y": [1.0, 2.0]}]})
    build.plotly("deep", nested(levels, kind))
    build.scalar("after", 2.0)
    return build


def accepted(data: bytes) -> bool:
    try:
        pb.JobMetrics.FromString(data)
    except DecodeError:
        return False
    return True


@pytest.mark.parametrize("kind", ["object", "list"])
def test_a_figure_is_left_out_exactly_where_protobuf_refuses_the_file(kind: str) -> None:
    seen = set()
    for levels in range(25, 55):
        data = builder(levels, kind).bytes()
        document = parse_document(data)
        assert bool(document.deep_figures) is not accepted(data)
        assert [metric.name for metric in document.metrics] == ["before", "fine", "deep", "after"]
        assert validate(document).valid is accepted(data)
        seen.add(accepted(data))
    assert seen == {True, False}


def test_the_finding_names_the_metric_and_its_figure() -> None:
    document = parse_document(builder(60).bytes())
    (finding,) = validate(document).findings
    assert (finding.rule, finding.where) == ("plotly-deep", 'metrics["deep"].values.figure')
    assert finding.target.position == 2
    figure = document.metrics[2].values
    with pytest.raises(MalformedError, match='the figure of "deep" is nested too deeply'):
        figure.load()  # type: ignore[union-attr]
    assert document.metrics[1].values.load() == {  # type: ignore[union-attr]
        "data": [{"y": [1.0, 2.0]}]
    }


def test_several_collections_are_counted_as_one() -> None:
    first, second = builder(60).message(), builder(60).message()
    second.ClearField("job_id")
    data = first.SerializeToString() + second.SerializeToString()
    document = parse_document(data)
    assert sorted(document.deep_figures) == [2, 6]
    assert all(data[at - 40 : at].count(b"deep") <= 1 for at in document.deep_figures.values())


def test_other_deep_nesting_is_a_fault_of_the_file() -> None:
    groups = b"\x9b\x06" * 120 + b"\x9c\x06" * 120
    with pytest.raises(DocumentError, match="nested too deeply"):
        parse_document(builder(60).bytes() + groups)


@pytest.mark.parametrize("cut", range(1, 200, 7))
def test_a_cut_file_is_cut_also_with_a_deep_figure(cut: int) -> None:
    with pytest.raises(DocumentError):
        parse_document(builder(60).bytes()[:-cut])


def test_the_commands_show_the_rest_and_exit_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = builder(60).write(tmp_path / "metrics.binproto")
    assert cli.main(["show", str(path)]) == 2
    out, err = capsys.readouterr()
    assert "after" in out
    assert 'the figure of "deep" is nested too deeply' in err
    assert cli.main(["show", "--format", "json", str(path)]) == 2
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert [metric["name"] for metric in file["metrics"]] == ["after", "before", "deep", "fine"]
    assert 'the figure of "deep"' in file["metrics"][2]["values"]["error"]
    assert cli.main(["validate", "--format", "json", str(path)]) == 2
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert file["valid"] is False
    assert [finding["where"] for finding in file["findings"]] == ['metrics["deep"].values.figure']
