"""The files that the benchmarks measure with are what they are said to be."""

from __future__ import annotations

import uuid
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from benchmarks import Row, emissions, files, history, wire
from benchmarks.__main__ import met, print_regressions, print_table
from benchmarks.fetch import serving
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import parse_document
from resim_inspect.emissions.reader import read_emissions
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


MACHINE = "Linux x86_64, 2 cores, Python 3.11"


def past(**values: list[float]) -> list[history.Run]:
    """A run for each position of the lists, with the ratios of that position."""
    count = max(map(len, values.values()))
    return [
        {
            "format": 1,
            "time": f"2026-01-{position + 1:02}T00:00:00Z",
            "commit": f"c{position}",
            "machine": MACHINE,
            "ratios": {name: series[position] for name, series in values.items()},
        }
        for position in range(count)
    ]


def row(name: str, ratio: float, better: str = "lower") -> Row:
    return {"name": name, "ratio": ratio, "goal": 1, "better": better}


def test_a_row_is_worse_beyond_its_noise_only() -> None:
    runs = past(
        calm=[1.0, 1.001, 0.999, 1.0, 1.0],
        noisy=[1.0, 1.3, 0.7, 1.25, 1.0],
        speed=[50.0, 50.1, 49.9, 50.0, 50.0],
    )
    now = [row("calm", 1.2), row("noisy", 1.4), row("speed", 20, "higher"), row("unknown", 9)]
    worse = history.regressions(now, runs[-1], runs)
    assert [regression.name for regression in worse] == ["speed", "calm"]
    assert str(worse[1]) == "calm: 1 → 1.2, 20% worse (noise 10%)"
    better = [row("calm", 0.5), row("noisy", 0.5), row("speed", 100, "higher")]
    assert history.regressions(better, runs[-1], runs) == []
    # Counted instructions hardly vary: a small change counts.
    runs = past(**{"instructions of x": [2.0]})
    assert history.regressions([row("instructions of x", 2.1)], runs[0], runs)
    assert not history.regressions([row("instructions of x", 2.03)], runs[0], runs)


def test_a_run_is_written_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    run = history.run_of([row("one", 1.23456789)])
    history.append(run, path)
    path.write_bytes(path.read_bytes().rstrip())
    history.append({**run, "commit": "abc123", "machine": "another"}, path)
    assert [line["ratios"] for line in history.read(path)] == [{"one": 1.235}] * 2
    assert history.read(tmp_path / "missing") == []
    runs = past(one=[1.0, 2.0, 3.0])
    assert history.select(runs, "LAST", MACHINE) == runs[2]
    assert history.select(runs, "c1", MACHINE) == runs[1]
    assert history.select(runs, "2026-01-01", MACHINE) == runs[0]
    with pytest.raises(history.HistoryError, match="no run on a machine of this kind"):
        history.select(runs, "LAST", "another")
    with pytest.raises(history.HistoryError, match="no run of 'c9'"):
        history.select(runs, "c9", MACHINE)


@pytest.mark.parametrize("line", ["{", "[]", '{"format": 2}', '{"ratios": {"a": "x"}}'])
def test_a_damaged_history_names_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "history.jsonl"
    history.append(history.run_of([row("one", 1)]), path)
    with path.open("a", encoding="utf-8") as file:
        file.write(line)
    with pytest.raises(history.HistoryError, match="Line 2 of"):
        history.read(path)


def test_what_is_worse_is_printed_with_the_run_it_is_worse_than(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = past(one=[1.0])
    print_regressions(history.regressions([row("one", 2)], runs[0], runs), runs[0])
    print_regressions([], runs[0])
    assert capsys.readouterr().out.splitlines() == [
        "",
        "Worse than in c0 of 2026-01-01T00:00:00Z:",
        "  one: 1 → 2, 100% worse (noise 10%)",
        "",
        "Nothing is worse than in c0 of 2026-01-01T00:00:00Z.",
    ]


def test_emitted_rows_are_read_without_faults(tmp_path: Path) -> None:
    path = tmp_path / "million.resim.jsonl"
    emissions.write(path, 40)
    read = read_emissions(path)
    assert (read.rows, read.faults, len(read.topics)) == (40, (), 4)
