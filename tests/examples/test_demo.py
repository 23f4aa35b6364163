"""`resim-runner demo`: the example, run and shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from resim_inspect.document import open_document
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Severity
from runner.commands import demo
from runner.errors import RunnerError
from tests.inside.runtime_harness import needs_sdk

ROOT = Path(__file__).resolve().parents[2]


def call(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runner", "demo", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@needs_sdk
def test_it_measures_five_flights_and_their_batch(tmp_path: Path) -> None:
    done = call("--keep", tmp_path / "kept")
    assert done.returncode == 0, done.stderr
    assert "Batch PASSED. Overall ! FAIL_WARN" in done.stdout
    # Without a terminal the inspector prints the batch.
    assert "── ✓ PASSED Height errors of all flights" in done.stdout
    files = sorted((tmp_path / "kept").rglob("outputs/metrics.binproto"))
    assert len(files) == 6
    for file in files:
        with open_document(file) as document:
            assert validate(document).valid


def test_it_leaves_other_peoples_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    done = call("--keep", tmp_path)
    assert done.returncode == 2
    assert "has other content" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_without_the_sdk_it_says_why_and_makes_something_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    import argparse

    parser = argparse.ArgumentParser()
    demo.add_arguments(parser)
    assert demo.run(parser.parse_args(["--keep", str(tmp_path / "kept")])) == 0
    said = capfd.readouterr()
    assert "Nothing is run: the official SDK, resim-open-core, is not installed" in said.err
    assert "Mean deviation of all flights" in said.out


def test_what_is_made_up_is_valid(tmp_path: Path) -> None:
    demo.invent_results(tmp_path)
    files = sorted(tmp_path.rglob("metrics.binproto"))
    assert len(files) == 4
    for file in files:
        with open_document(file) as document:
            findings = validate(document).findings
            assert [f for f in findings if f.severity is not Severity.INFO] == []


def test_what_lies_under_tmp_is_let_into_the_sandbox() -> None:
    words = demo.run_arguments(Path("/tmp/lib/flight_metrics"), Path("/tmp/flights"))
    assert "/tmp/lib/flight_metrics:/tmp/lib/flight_metrics" in words
    words = demo.run_arguments(Path("/opt/lib/flight_metrics"), Path("/tmp/flights"))
    assert not any("flight_metrics:" in word and word.startswith("/") for word in words)


def test_flights_that_cannot_be_made_are_told(tmp_path: Path) -> None:
    (tmp_path / "generate.py").write_text("raise SystemExit('out of fuel')")
    with pytest.raises(RunnerError, match="cannot be generated: out of fuel"):
        demo.generate(tmp_path, tmp_path)


def test_it_emits_five_flights_and_evaluates_them(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    done = call("--emissions", "--keep", tmp_path / "kept")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("emissions: ") == 5
    assert "Overall ! FAIL_WARN" in done.stdout
    # Without a terminal the inspector prints the table of jobs.
    assert "approximate: evaluated here, not by ReSim" in done.stdout
    assert len(list((tmp_path / "kept").rglob("outputs/emissions.resim.jsonl"))) == 5
