"""The parts of an answer about the samples, joined in their order, are the unbounded document."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.cli import main

ROWS = {"metrics", "data", "events", "findings", "changes", "errors", "verdicts"}
GROUPS = {"files", "comparisons"}
"""Lists whose entries go on in the next part; `path` tells them apart."""
METRICS = ("--metric", "Max speed", "--metric", "Clearance to obstacles", "--metric", "Flight mode")


def joined(left: Any, right: Any, field: str = "") -> Any:
    """Two parts that follow each other as one; what is not a row must be the same in both."""
    if isinstance(left, dict):
        keys = dict.fromkeys([*left, *right])
        return {
            key: joined(left[key], right[key], key)
            if key in left and key in right
            else (left | right)[key]
            for key in keys
        }
    if field in ROWS:
        return left + right
    if field in GROUPS:
        goes_on = bool(left and right) and left[-1]["path"] == right[0]["path"]
        return [*left[:-1], joined(left[-1], right[0]), *right[1:]] if goes_on else [*left, *right]
    assert left == right, field
    return left


def test_parts_are_joined_in_their_order() -> None:
    parts = [
        {"files": [{"path": "a", "metrics": [1], "data": []}], "format": 1},
        {"files": [{"path": "a", "metrics": [], "data": [2]}, {"path": "b", "metrics": [3]}]},
    ]
    whole = {
        "files": [{"path": "a", "metrics": [1], "data": [2]}, {"path": "b", "metrics": [3]}],
        "format": 1,
    }
    assert joined(parts[0], parts[1]) == whole
    with pytest.raises(AssertionError):
        joined({"format": 1}, {"format": 2})


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace: the sample, a variant of it, and a job of unused data and shared events."""
    folder = tmp_path_factory.mktemp("joined")
    for job in ("sample", "sparse", "empty"):
        (folder / "jobs" / job / "inputs").mkdir(parents=True)
        (folder / "jobs" / job / "outputs").mkdir()
    write_sample(folder / "jobs/sample/outputs")
    build = DocumentBuilder("sparse")
    for number in range(9):
        build.doubles(f"unused {number}", [0.0, 1.0])
    both = [build.scalar(name, 1.0, event=True) for name in ("one", "other")]
    for number in range(4):
        build.event(f"event {number}", number, both[: number % 3])
    build.write(folder / "jobs/sparse/outputs/metrics.binproto")
    DocumentBuilder("empty").write(folder / "jobs/empty/outputs/metrics.binproto")
    return folder


def words(folder: Path) -> list[tuple[str, ...]]:
    """Calls that answer in parts."""
    sample, sparse = (str(folder / "jobs" / job) for job in ("sample", "sparse"))
    return [
        ("show", str(folder)),
        ("show", sample),
        ("show", sample, *METRICS),
        ("show", sparse),
        ("validate", str(folder)),
        ("compare", sample, sparse),
        ("compare", sample, sample, "--only-changes"),
        ("compare", sparse, sample, str(folder / "jobs/none"), sparse),
    ]


@pytest.mark.parametrize("bound", ["--limit 1", "--limit 4", "--limit 1000", "--max-bytes 9000"])
@pytest.mark.parametrize("number", range(len(words(Path()))))
def test_the_parts_are_the_unbounded_document(
    number: int, bound: str, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = words(samples)[number]
    _assert_whole(lambda *more: _answer(capsys, *call, *more), bound.split())


def _answer(capsys: pytest.CaptureFixture[str], *call: str) -> dict[str, Any]:
    main([*call, "--format", "json"])
    answer = json.loads(capsys.readouterr().out)
    assert isinstance(answer, dict)
    return answer


def _assert_whole(call: Callable[..., dict[str, Any]], bound: list[str]) -> None:
    together = call(*bound)
    start = together.pop("next")
    while start is not None:
        part = call(*bound, "--start", str(start))
        start = part.pop("next")
        together = joined(together, part)
    assert together == call()
