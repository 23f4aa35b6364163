"""The command `export`: files, folders, tables and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.cli import main
from resim_inspect.export import FORMATS
from resim_inspect.export.csv_files import guarded
from resim_inspect.export.file_names import file_names
from tests.export.command_harness import Export, rows_of, workspace
from tests.export.documents import HOSTILE, every_kind


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Calls the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: main(["export", *map(str, words)])


def test_all_tables_go_to_a_folder(
    export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every_kind().write(tmp_path / "in" / "metrics.binproto")
    assert export("in", "--to", "csv", "-o", "out") == 0
    names = ["events", "findings", "jobs", "metrics", "series"]
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == names
    captured = capsys.readouterr()
    for name in names:
        rows = len(rows_of(tmp_path / "out" / f"{name}.csv"))
        assert f"{name}.csv: {rows:,} row" in captured.out
    assert "1 external file" in captured.err
    assert "3 empty series" in captured.err
    assert "2 index values" in captured.err


def test_jobs_of_a_workspace_are_one_table(export: Export, tmp_path: Path) -> None:
    workspace(tmp_path / "batch", 12)
    (tmp_path / "batch" / "jobs" / "pending" / "inputs").mkdir(parents=True)
    assert export("batch", "--to", "csv", "--table", "series", "-o", "series.csv") == 0
    rows = rows_of(tmp_path / "series.csv")
    assert len(rows) == 12 * (2 + 2 + 2)
    assert [row["job"] for row in rows[::6]] == [f"run {number:03}" for number in range(12)]
    assert export("batch", "--to", "csv", "--table", "jobs", "-o", "jobs.csv") == 0
    jobs = {row["job"]: row for row in rows_of(tmp_path / "jobs.csv")}
    assert len(jobs) == 13
    assert jobs["pending"]["note"] == "not run yet"


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_for_each_job(export: Export, tmp_path: Path, format_: str) -> None:
    if format_ == "parquet":
        pytest.importorskip("duckdb")
    workspace(tmp_path / "batch", 3)
    assert export("batch", "--to", format_, "--by-job", "-o", "out") == 0
    for table in ("metrics", "series", "events", "findings"):
        files = sorted(path.name for path in (tmp_path / "out" / table).iterdir())
        assert files == [f"run {number:03}.{format_}" for number in range(3)]
    assert (tmp_path / "out" / f"jobs.{format_}").is_file()
    # Files of jobs that are gone would be read with the new ones.
    assert export("batch", "--to", format_, "--by-job", "-o", "out") == 2


def test_the_wide_table_has_a_column_for_each_scalar(export: Export, tmp_path: Path) -> None:
    workspace(tmp_path / "batch", 3)
    assert export("batch", "--to", "csv", "--wide", "-o", "wide.csv") == 0
    rows = rows_of(tmp_path / "wide.csv")
    head = ["job", "experience", "verdict", "approximate"]
    assert list(rows[0]) == [*head, "Speed [m/s]", "Only here"]
    assert [row["Speed [m/s]"] for row in rows] == ["0.0", "1.0", "2.0"]
    assert [row["Only here"] for row in rows] == ["", "0.5", ""]


def test_wide_columns_differ_in_more_than_case(export: Export, tmp_path: Path) -> None:
    build = DocumentBuilder()
    for name in ("speed", "SPEED", "job", "=x", ""):
        build.scalar(name, 1.0)
    build.write(tmp_path / "metrics.binproto")
    assert export("metrics.binproto", "--to", "csv", "--wide", "-o", "wide.csv") == 0
    header = (tmp_path / "wide.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.endswith("(no name),'=x,SPEED,job (2),speed (2)")
    pytest.importorskip("duckdb")
    assert export("metrics.binproto", "--to", "parquet", "--wide", "-o", "w.parquet") == 0


def test_a_filter_chooses_metrics_and_their_series(
    export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace(tmp_path / "batch", 4)
    words = ("batch", "--to", "csv", "--metric", "Speed>1 OR name:distance")
    assert export(*words, "-o", "out") == 0
    metrics = rows_of(tmp_path / "out" / "metrics.csv")
    assert [row["value"] for row in metrics if row["metric"] == "Speed"] == ["2.0", "3.0"]
    series = rows_of(tmp_path / "out" / "series.csv")
    assert {row["metric"] for row in series} == {"Distance"}
    assert export("batch", "--to", "csv", "--metric", "name:nothing", "-o", "none") == 2
    assert "No metric matches" in capsys.readouterr().err
    assert export("batch", "--to", "csv", "--metric", "colour:red", "-o", "none") == 2
    assert "there is no field colour" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_paths_with_jobs_of_one_name_are_told_apart(export: Export, tmp_path: Path) -> None:
    for name in ("a", "b"):
        workspace(tmp_path / name, 1)
    assert export("a", "b", "--to", "csv", "--table", "jobs", "-o", "jobs.csv") == 0
    assert [row["job"] for row in rows_of(tmp_path / "jobs.csv")] == ["a/run 000", "b/run 000"]


def test_a_job_has_the_name_of_its_folder(export: Export, tmp_path: Path) -> None:
    folder = workspace(tmp_path / "batch", 4) / "jobs"
    paths = [
        folder / "run 000",
        folder / "run 001" / "outputs",
        folder / "run 002" / "outputs" / "metrics.binproto",
        (folder / "run 003" / "outputs" / "metrics.binproto").rename(tmp_path / "other.binproto"),
    ]
    assert export(*paths, "--to", "csv", "--table", "jobs", "-o", "jobs.csv") == 0
    names = [row["job"] for row in rows_of(tmp_path / "jobs.csv")]
    assert names == ["run 000", "run 001", "run 002", "other"]


def test_texts_like_formulas_are_guarded(export: Export, tmp_path: Path) -> None:
    build = DocumentBuilder()
    build.strings("names", HOSTILE)
    build.scalar("=cmd|'/c calc'!A0", -5.0)
    build.write(tmp_path / "metrics.binproto")
    words = ("metrics.binproto", "--to", "csv")
    assert export(*words, "-o", "guarded") == 0
    assert export(*words, "--no-guard", "-o", "plain") == 0
    guarded_rows = rows_of(tmp_path / "guarded" / "series.csv")
    plain = rows_of(tmp_path / "plain" / "series.csv")
    assert [row["text"] for row in plain] == list(HOSTILE)
    for row, text in zip(guarded_rows, HOSTILE, strict=True):
        assert row["text"] in (text, "'" + text)
        assert not row["text"].startswith(("=", "@", "\t", "\r", "-2"))
    (metric,) = rows_of(tmp_path / "guarded" / "metrics.csv")
    assert metric["metric"] == "'=cmd|'/c calc'!A0"
    assert metric["value"] == "-5.0"


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1", "'=1"), ("'=1", "''=1"), ("-5", "-5"), ("+1e3", "+1e3"), ("-1+1", "'-1+1"),
     ("a=1", "a=1"), ("＝1", "'＝1"), ("'a", "'a"), ("", "")],
)  # fmt: skip
def test_a_guard_can_be_taken_off(text: str, cell: str) -> None:
    assert guarded(text) == cell


def test_a_text_of_digits_does_not_hang() -> None:
    # Where each way to divide the digits is tried, this many do not end in minutes.
    text = "-" + "1" * 500_000 + "x"
    assert guarded(text) == "'" + text


def test_file_names_are_safe_and_differ() -> None:
    names = file_names(
        ["a/b", "a b", "A B", "..", "con", "", "=x", "日本", "x" * 400, "x" * 401, "%2F"], ".csv"
    )
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert len(name) < 200
        assert not set(name) & set('/\\:*?"<>|')
        assert not name.startswith(".")
    assert names[:3] == ["a%2Fb.csv", "a b.csv", "A B (2).csv"]


def test_paths_with_patterns_are_names(export: Export, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    every_kind().write(tmp_path / "metrics.binproto")
    for folder in ("a=b", "[x]", "it's", "%41"):
        assert export("metrics.binproto", "--to", "parquet", "-o", folder) == 0
        assert (tmp_path / folder / "series.parquet").stat().st_size > 1000
