"""`resim-inspect compare --format json`: one shape, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from resim_inspect.building.sample import write_sample
from tests.cli.compare.compare_harness import as_json, batch, run, write

DIRECTIONS = ("worse", "better", "changed", "gone", "added", "same")
SHAPE: dict[str, Any] = {
    "format": int,
    "base": str,
    "fail_on": str,
    "failed": bool,
    "approximate": bool,
    "unmatched_tolerances": [{"name": str, "nearest": str}],
    "comparisons": [
        {
            "path": str,
            "failed": bool,
            "is_batch": bool,
            "approximate": [str],
            "matched_jobs": int,
            "summary": dict.fromkeys(DIRECTIONS, int),
            "transitions": [{"before": str, "after": str, "jobs": int}],
            "verdicts": [{"job": str, "before": str, "after": str, "direction": str}],
            "metrics": [
                {
                    "name": str,
                    "type": str,
                    "unit": str,
                    "jobs": dict.fromkeys(DIRECTIONS, int),
                    "pairs": int,
                    "median": (float, str, type(None)),
                    "lowest": (float, str, type(None)),
                    "highest": (float, str, type(None)),
                    "p_value": float,
                    "significant": bool,
                    "leading": [{"job": str, "difference": (float, str, type(None))}],
                }
            ],
            "errors": [{"job": str, "side": str, "error": str}],
            "changes": [
                {
                    "name": str,
                    "job": str,
                    "event": str,
                    "type": str,
                    "direction": str,
                    "before": "reading",
                    "after": "reading",
                    "difference": (float, str, type(None)),
                    "why": [str],
                    "details": [str],
                    "fails": bool,
                    "blocking": bool,
                    "closer_to_limit": bool,
                    "renamed": str,
                }
            ],
            "left_off": int,
        }
    ],
}
READING = {
    "status": str,
    "value": (float, str, type(None)),
    "unit": str,
    "measure": str,
    "text": str,
}


def check_shape(value: Any, shape: Any, path: str = "$") -> None:
    if shape == "reading":
        if value is not None:
            check_shape(value, READING, path)
    elif isinstance(shape, dict):
        assert isinstance(value, dict), path
        assert list(value) == list(shape), path
        for name, inner in shape.items():
            check_shape(value[name], inner, f"{path}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), path
        for place, item in enumerate(value):
            check_shape(item, shape[0], f"{path}[{place}]")
    else:
        assert isinstance(value, shape), (path, value)
        if shape is int:
            assert not isinstance(value, bool), path


def test_json_has_one_shape(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = str(write(tmp_path / "nothing.binproto", other=1.0))
    sample = str(write_sample(tmp_path))
    batch(tmp_path / "one", {"x": 1.0, "gone": 2.0})
    batch(tmp_path / "two", {"x": 20.0, "added": 2.0, "broken": None})
    calls = [
        pair,
        (pair[0], pair[0]),
        (pair[0], nothing),
        (pair[0], sample, nothing),
        (sample, sample, "--only-changes"),
        (str(tmp_path / "one"), str(tmp_path / "two")),
        (str(tmp_path / "one"), pair[0]),
        (*pair, "--metric", "nothing-has-this-name"),
    ]
    for words in calls:
        document = as_json(capsys, *words)
        check_shape(document, SHAPE)
        assert document["format"] == 1
        assert len(document["comparisons"]) == sum(not word.startswith("-") for word in words) - (
            2 if "--metric" in words else 1
        )


def test_a_query_that_matches_no_metric_is_a_warning(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, *pair, "--metric", "spé\x07ed")
    assert code == 0
    assert err == "resim-inspect: no metric of either side matches 'spé�ed'\n"
    assert run(capsys, *pair, "--metric", "speed")[2] == ""


def test_a_query_that_matches_no_metric_of_batches_with_different_jobs_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sides = batch(tmp_path / "one", {"x": 1.0, "gone": 2.0}), batch(tmp_path / "two", {"x": 1.0})
    code, _, err = run(capsys, *sides, "--metric", "spede")
    assert (code, err) == (0, "resim-inspect: no metric of either side matches 'spede'\n")
    assert run(capsys, *sides, "--metric", "speed")[2] == ""


def test_json_says_what_changed(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    document = as_json(capsys, *pair)
    (comparison,) = document["comparisons"]
    assert comparison["summary"] == {
        "worse": 1, "better": 0, "changed": 0, "gone": 1, "added": 1, "same": 1
    }  # fmt: skip
    assert comparison["transitions"] == [{"before": "PASSED", "after": "FAIL_BLOCK", "jobs": 1}]
    worse = comparison["changes"][0]
    assert (worse["name"], worse["direction"], worse["difference"]) == ("speed", "worse", 9.0)
    assert worse["before"] == {
        "status": "PASSED", "value": 3.0, "unit": "m", "measure": "", "text": "3 m"
    }  # fmt: skip
    assert worse["why"] == ["PASSED → FAIL_BLOCK", "beyond its limit"]
    assert [one["name"] for one in comparison["changes"]] == ["speed", "old", "new", "mass"]


def test_only_changes_and_top(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    (comparison,) = as_json(capsys, *pair, "--only-changes")["comparisons"]
    assert [one["direction"] for one in comparison["changes"]] == ["worse", "gone", "added"]
    assert comparison["summary"]["same"] == 1
    (comparison,) = as_json(capsys, *pair, "--top", "1")["comparisons"]
    assert [one["name"] for one in comparison["changes"]] == ["speed"]
    assert comparison["left_off"] == 3
