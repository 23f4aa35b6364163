"""The command `export` under faults: unreadable jobs, wrong calls, lost rows, interruptions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.cli import main
from resim_inspect.export import FORMATS, ExportOptions, JobFile, export_tables
from resim_inspect.export.blocks import Block
from resim_inspect.export.series_rows import series_rows
from tests.export.command_harness import Export, rows_of, workspace
from tests.export.documents import every_kind


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Calls the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: main(["export", *map(str, words)])


def test_an_unreadable_job_is_left_out_and_said(
    export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = workspace(tmp_path / "batch", 3)
    damaged = folder / "jobs" / "run 001" / "outputs" / "metrics.binproto"
    damaged.write_bytes(damaged.read_bytes()[:-20])
    assert export("batch", "--to", "ndjson", "-o", "out") == 2
    assert "run 001: The file" in capsys.readouterr().err
    lines = (tmp_path / "out" / "metrics.ndjson").read_text().splitlines()
    assert {json.loads(line)["job"] for line in lines} == {"run 000", "run 002"}


@pytest.mark.skipif(sys.platform == "win32", reason="a path that is too long does not exist there")
def test_a_job_that_cannot_be_examined_costs_no_other_job(tmp_path: Path) -> None:
    good = every_kind().write(tmp_path / "metrics.binproto")
    hidden = tmp_path / ("x" * 300) / "metrics.binproto"
    jobs = [JobFile("good", good), JobFile("hidden", hidden, missing="not run yet")]
    result = export_tables(jobs, tmp_path / "out", ExportOptions("csv"))
    assert result.omissions.error_count == 1
    assert "hidden: The file cannot be opened: File name too long." in result.omissions.errors
    notes = {row["job"]: row["note"] for row in rows_of(tmp_path / "out" / "jobs.csv")}
    assert notes["good"] == ""
    assert "cannot be opened" in notes["hidden"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["missing.binproto", "--to", "csv", "-o", "out"], "missing.binproto does not exist\n"),
        (["empty", "--to", "csv", "-o", "out"], "has no jobs"),
        (["metrics.binproto", "--to", "csv", "-o", "-"], "needs a path"),
        (["metrics.binproto", "--to", "csv", "-o", "metrics.binproto"], "is a file"),
        (
            ["metrics.binproto", "--to", "csv", "--table", "jobs", "-o", "metrics.binproto"],
            "one of the files to export",
        ),
        (["metrics.binproto", "--to", "csv", "--table", "jobs", "-o", "empty"], "is a folder"),
        (["metrics.binproto", "--to", "csv", "-o", "metrics.binproto/x"], "cannot be written"),
        (["metrics.binproto", "--to", "csv", "-o", "x" * 300], "cannot be written"),
        (
            ["metrics.binproto", "--to", "csv", "--wide", "-o", "x" * 300],
            "cannot be written",
        ),
        (["metrics.binproto", "--to", "csv", "--wide", "--by-job", "-o", "x"], "leave --by-job"),
    ],
)
def test_a_call_that_cannot_be_carried_out_writes_nothing(
    words: list[str],
    problem: str,
    export: Export,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = every_kind().write(tmp_path / "metrics.binproto").read_bytes()
    (tmp_path / "empty").mkdir()
    assert export(*words) == 2
    captured = capsys.readouterr()
    assert problem in captured.err
    assert captured.err.count("\n") == 1
    assert not captured.out
    assert {path.name for path in tmp_path.rglob("*")} == {"metrics.binproto", "empty"}
    assert (tmp_path / "metrics.binproto").read_bytes() == content


def test_a_fault_while_writing_leaves_earlier_files_alone(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_kind().write(tmp_path / "metrics.binproto")
    assert export("metrics.binproto", "--to", "csv", "-o", "out") == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    def full(*_: object) -> tuple[int, None]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("resim_inspect.export.csv_files.CsvFiles.count", full)
    assert export("metrics.binproto", "--to", "csv", "-o", "out") == 2
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert export("metrics.binproto", "--to", "csv", "-o", "new/folder") == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_that_lost_rows_is_noticed(
    export: Export,
    tmp_path: Path,
    format_: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if format_ == "parquet":
        pytest.importorskip("duckdb")
    import resim_inspect.export.formats as formats

    every_kind().write(tmp_path / "metrics.binproto")
    make = formats.FORMATS[format_]

    def losing(guard: bool) -> formats.Files:
        files = make(guard)
        write = files.write

        def write_less(path: Path, table: object, blocks: object, metadata: object) -> None:
            list(blocks)  # type: ignore[call-overload]
            write(path, table, iter(()), metadata)  # type: ignore[arg-type]

        files.write = write_less  # type: ignore[method-assign]
        return files

    monkeypatch.setitem(formats.FORMATS, format_, losing)
    assert export("metrics.binproto", "--to", format_, "-o", "out") == 2
    assert "were written" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX systems")
def test_a_pipe_or_device_is_not_replaced(
    export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every_kind().write(tmp_path / "metrics.binproto")
    os.mkfifo(tmp_path / "pipe")
    assert export("metrics.binproto", "--to", "csv", "--table", "jobs", "-o", "pipe") == 2
    assert "is not a regular file" in capsys.readouterr().err
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a whole console on Windows")
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_an_interrupted_export_leaves_nothing(tmp_path: Path, format_: str) -> None:
    if format_ == "parquet":
        pytest.importorskip("duckdb")
    workspace(tmp_path / "batch", 1)
    # The first block of the series arrives, and then the signal, while the library waits.
    code = (
        "import os, signal, sys\nimport resim_inspect.export.exporter as exporter\n"
        "rows = exporter.series_rows\n"
        "def slow(*words):\n"
        "    for block in rows(*words):\n"
        "        yield block\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "exporter.series_rows = slow\n"
        "from resim_inspect.cli import main\nsys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", code, "export", "batch", "--to", format_, "-o", "out"]
    found = subprocess.run(
        words, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert found.returncode == 130, found.stderr
    assert not found.stdout + found.stderr
    assert not (tmp_path / "out").exists()


def test_a_missing_extra_is_one_sentence(tmp_path: Path) -> None:
    path = every_kind().write(tmp_path / "metrics.binproto")
    code = (
        "import sys\nsys.modules['duckdb'] = None\nfrom resim_inspect.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", code, "export", str(path), "-o", str(tmp_path / "out"), "--to"]
    found = subprocess.run([*words, "parquet"], capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 2
    assert found.stderr.count("\n") == 1
    assert "pip install 'resim-inspect[export]'" in found.stderr
    assert not (tmp_path / "out").exists()
    for format_ in ("csv", "json", "ndjson"):
        assert subprocess.run([*words, format_], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are not UTF-8")
@pytest.mark.parametrize("format_", ["csv", "json", "parquet"])
def test_paths_that_are_not_utf8_are_exported(export: Export, tmp_path: Path, format_: str) -> None:
    if format_ == "parquet":
        pytest.importorskip("duckdb")
    folder = tmp_path / os.fsdecode(b"run \xff")
    every_kind().write(folder / "metrics.binproto")
    assert export(folder, "--to", format_, "--table", "jobs", "-o", f"jobs.{format_}") == 0
    assert export(folder, "--to", format_, "--by-job", "-o", "out") == 0


def test_a_file_that_is_rewritten_meanwhile_is_not_exported(
    export: Export,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    build = DocumentBuilder()
    for number in range(4):
        build.doubles(f"value {number}", [float(at) for at in range(60_000)])
    path = build.write(tmp_path / "metrics.binproto")

    def rewriting(*words: Any) -> Iterator[Block]:
        for block in series_rows(*words):
            yield block
            path.write_bytes(path.read_bytes()[:-10] + bytes(20))

    monkeypatch.setattr("resim_inspect.export.exporter.series_rows", rewriting)
    assert export("metrics.binproto", "--to", "csv", "-o", "out") == 2
    assert "metrics.binproto" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
