"""Durations of jobs in the table: from the records of their runs, in words, and sorted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resim_inspect.document import Document, open_document
from resim_inspect.job_rows import read_job, read_outline
from resim_inspect.tui.widgets.column_table import select_rows
from resim_inspect.tui.widgets.column_values import duration_text
from resim_inspect.tui.workspace.columns import table_columns
from resim_inspect.tui.workspace.jobs_reader import JobsReader
from resim_inspect.tui.workspace.jobs_table import JobsTable
from tests.tui.conftest import press, started, text
from tests.tui.workspace.workspace_harness import job, record_run


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (12.44, "12.4 s"),
        (59.94, "59.9 s"),
        (59.96, "1 m 00 s"),
        (185.2, "3 m 05 s"),
        (3599.6, "1 h 00 m"),
        (7621.0, "2 h 07 m"),
    ],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration_text(seconds) == words


def test_durations_of_recorded_runs(ran: Path) -> None:
    jobs = dict(read_outline(ran).jobs)
    record_run(jobs["parking"].path, float("nan"))
    jobs["broken"].result.parent.mkdir()
    jobs["broken"].result.write_text("{")
    rows = {name: read_job(name, folder) for name, folder in jobs.items()}
    assert rows["flight-a"].seconds == 12.44
    assert rows["never-run"][2:4] == (None, "The build failed.")
    assert rows["never-run"].seconds == 3660.0
    assert rows["parking"].seconds is None
    assert rows["broken"].seconds is None
    assert "cut short" in rows["broken"].note

    by_key = {column.key: column for column in table_columns(list(rows.values()))}
    duration = by_key["duration"]
    assert list(by_key)[:3] == ["job", "verdict", "duration"]
    names = [row.name for row in select_rows(list(rows.values()), sort=duration, descending=True)]
    assert names[:4] == ["never-run", "flight-b", "flight-a", "flight-c"]
    assert sorted(names[4:]) == ["broken", "parking"]
    assert duration.described(rows["flight-b"]) == "Duration of the last run: 3 m 05 s"
    assert duration.copied(rows["flight-b"]) == "3 m 05 s"
    assert duration.described(rows["parking"]) == "Duration: no run is recorded"
    without = [row._replace(seconds=None) for row in rows.values()]
    assert "duration" not in [column.key for column in table_columns(without)]


def test_a_new_record_of_a_run_does_not_read_the_metrics_again(
    ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = JobsReader(ran)
    assert reader.read_outline()
    assert len(list(reader.changed_rows())) == 6
    opened: list[Path] = []

    def counted(path: Path) -> Document:
        opened.append(path)
        return open_document(path)

    monkeypatch.setattr("resim_inspect.job_rows.open_document", counted)
    assert list(reader.changed_rows()) == []
    record_run(ran / "jobs" / "flight-a", 99.0)
    record_run(ran / "jobs" / "parking", 1.5)
    rows = {row.name: row for row in reader.changed_rows()}
    assert {name: row.seconds for name, row in rows.items()} == {"flight-a": 99.0, "parking": 1.5}
    assert rows["flight-a"].cells["Max speed"].full == "31.5 m/s"
    assert opened == []
    job("a", 7.0, "PASSED").write(ran / "jobs" / "flight-a" / "outputs" / "metrics.binproto")
    (again,) = reader.changed_rows()
    assert (again.cells["Max speed"].value, again.seconds) == (7.0, 99.0)
    assert len(opened) == 1


async def test_the_table_sorts_by_duration(ran: Path) -> None:
    async with started(ran) as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        shown = re.sub(" +", " ", text(pilot))
        assert "verdict duration Latency" in shown
        assert "✗ FAIL_BLOCK 3 m 05 s" in shown
        assert "E no metrics 1 h 01 m" in shown
        await press(pilot, "l", "l", "s")
        assert [row.name for row in table.shown[:2]] == ["never-run", "flight-b"]
        assert "duration▼" in text(pilot)
        assert "Duration of the last run: 1 h 01 m" in text(pilot)
        await press(pilot, "s")
        assert table.shown[0].name == "flight-c"
