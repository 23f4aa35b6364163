"""The files that the benchmarks measure with are what they are said to be."""

from __future__ import annotations

import uuid
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from benchmarks import Row, files, wire
from benchmarks.__main__ import met, print_table
from benchmarks.fetch import serving
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import parse_document
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import validate
from runner.api.stub_server.index_builder import build_index
from runner.workspace.layout import open_workspace


def series(payload: bytes) -> pb.Series:
    return pb.Series.FromString(payload)


def test_series_are_written_as_protobuf_reads_them() -> None:
    values = np.array([1.5, -0.0, np.inf, 1e-300])
    assert list(series(wire.doubles(values)).doubles.series) == values.tolist()
    statuses = np.array([0, 1, 2, 5, 127])
    assert list(series(wire.statuses(statuses)).statuses.series) == statuses.tolist()
    texts = ["", "a", "ü" * 200]
    assert list(series(wire.strings(np.array([2, 0, 1, 1]), texts)).strings.series) == [
        texts[2],
        "",
        "a",
        "a",
    ]
    ids = [str(uuid.UUID(int=number)) for number in range(3)]
    assert [one.data for one in series(wire.uuids(ids)).uuids.series] == ids


def test_times_are_written_as_protobuf_reads_them() -> None:
    ns = np.array(
        [
            0,
            1,
            127,
            128,
            999_999_999,
            10**9,
            128 * 10**9,
            9_000_000_000 * 10**9 + 5,
            1_760_000_000 * 10**9,
        ]
    )
    found = [stamp.ToNanoseconds() for stamp in series(wire.timestamps(ns)).timestamps.series]
    assert found == ns.tolist()
    whole = wire.timestamps(np.array([3 * 10**9]))
    expected = pb.Series()
    expected.timestamps.series.add(seconds=3)
    assert whole == expected.SerializeToString()


def test_the_files_are_valid() -> None:
    assert validate(parse_document(b"".join(files.small()))).valid
    document = parse_document(b"".join(files.long(60)))
    assert validate(document).valid
    assert len(document.metrics) == 13
    document = parse_document(b"".join(files.many_events()))
    assert (len(document.metrics), len(document.events)) == (4000, 20)


def test_the_table_says_which_goals_were_met(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[Row] = [
        {"name": "slow", "ratio": 3.0, "goal": 2, "better": "lower"},
        {"name": "fast", "ratio": 3.0, "goal": 2, "better": "higher", "note": "6 s / 2 s"},
    ]
    assert [met(row) for row in rows] == [False, True]
    print_table(rows)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "slow      3  ≤ 2   MISSED",
        "fast      3  ≥ 2   met     6 s / 2 s",
    ]


def test_a_busy_server_refuses_as_often_as_it_is_told(tmp_path: Path) -> None:
    DocumentBuilder("one").write(tmp_path / "ws/jobs/one/outputs/metrics.binproto")
    build_index([open_workspace(tmp_path / "ws")], tmp_path / "api", token="t", secret="s")
    answers: Counter[int] = Counter()
    with serving(tmp_path / "api", 0.001, every=50) as url:
        parts = urlsplit(url)
        connection = HTTPConnection(str(parts.hostname), parts.port)
        for _ in range(150):
            connection.request("GET", f"{parts.path}/nothing")
            answer = connection.getresponse()
            answer.read()
            answers[answer.status] += 1
        connection.close()
    assert answers[503] == 3
    assert answers.total() == 150
