"""Series that are read in parts have the values that decoding them whole gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import Document, open_document, parse_document, series_reader
from resim_inspect.document.model import MetricsData
from resim_inspect.document.series_reader import SeriesReader
from resim_inspect.errors import ChangedError, SeriesError

N = 5000
UUIDS = [f"00000000-0000-0000-0000-{at:012}" for at in range(N)]


def document_with(kind: str, values: Sequence[object]) -> Document:
    build = DocumentBuilder()
    getattr(build, kind)("data", values)
    # Everything is deferred.
    return parse_document(build.bytes(), threshold=1)


def parts(document: Document, count: int) -> list[object]:
    data = document.data[0]
    reader = SeriesReader(document, data)
    values: list[object] = []
    while len(part := reader.read(count)):
        assert len(part) <= count
        assert not part.values.flags.writeable
        values += [part.value(at) for at in range(len(part))]
    assert not len(reader.read(count))
    return values


CASES: dict[str, tuple[str, Sequence[object]]] = {
    "doubles": ("doubles", [0.1 * at for at in range(N)]),
    "statuses": ("statuses", [at % 6 for at in range(N)]),
    "statuses with a large number in the middle": (
        "statuses",
        [300 if at == 3210 else at % 6 for at in range(N)],
    ),
    "times": ("times", [1_700_000_000_000_000_000 + 7_000_003 * at for at in range(N)]),
    "times from zero": ("times", list(range(N))),
    "times with whole seconds": ("times", [at * 10**9 for at in range(N)]),
    "times before 1970 in the middle": (
        "times",
        [(-1 if at == 3210 else 1) * at * 10**8 for at in range(N)],
    ),
    "uuids": ("uuids", UUIDS),
    "uuids of another form in the middle": ("uuids", [*UUIDS[:3210], "x", *UUIDS[3211:]]),
    "strings": ("strings", [f"state {at // 100}" for at in range(N)]),
}


@pytest.mark.parametrize("count", [1000, 999, N, 10 * N])
@pytest.mark.parametrize("case", CASES)
def test_parts_are_the_values(case: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_reader, "LARGE", 0)
    monkeypatch.setattr(series_reader, "_CHUNK", 1024)
    document = document_with(*CASES[case])
    whole = document.series(document.data[0])
    assert parts(document, count) == [whole.value(at) for at in range(N)]


def test_an_empty_series_has_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_reader, "LARGE", 0)
    for kind in ("doubles", "times", "statuses", "uuids", "strings"):
        assert parts(document_with(kind, []), 10) == []


def test_a_series_of_a_category_is_read() -> None:
    build = DocumentBuilder()
    build.doubles("data", {"a": [1.0, 2.0, 3.0], "b": [4.0]})
    document = build.document()
    reader = SeriesReader(document, document.data[0], "a")
    assert reader.read(2).doubles.tolist() == [1.0, 2.0]
    assert reader.read(2).doubles.tolist() == [3.0]
    with pytest.raises(SeriesError):
        SeriesReader(document, document.data[0], "c")


def test_a_file_that_changes_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_reader, "LARGE", 0)
    build = DocumentBuilder()
    build.doubles("data", np.arange(40 * N, dtype=np.float64).tolist())
    path = build.write(tmp_path / "metrics.binproto")
    with open_document(path, threshold=1) as document:
        data: MetricsData = document.data[0]
        reader = SeriesReader(document, data)
        reader.read(10)
        path.write_bytes(path.read_bytes()[:-100] + b"x" * 40)
        with pytest.raises(ChangedError):
            reader.read(10)
