"""Width of a page, and progress of many jobs, as the commands of the inspector share them."""

from __future__ import annotations

import io
import shutil
import sys

import pytest

from resim_inspect.commands.shared.console import MIN_JOBS_FOR_PROGRESS, job_progress, page_width
from resim_inspect.terminal import terminal_columns


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("columns", "asked_width", "width"),
    [("100", None, 100), ("300", None, 120), ("20", None, 40), ("100", 300, 300), ("100", 5, 40)],
)
def test_width_on_a_terminal(
    columns: str, asked_width: int | None, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert page_width(asked_width, 120) == width


def test_width_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert page_width(None, 120) == 80
    assert page_width(200, 120) == 200


@pytest.mark.parametrize("columns", ["100", "0", "-5", "wide", "", None])
def test_columns_are_those_that_python_tells(
    columns: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    for stream in (sys.__stdout__, io.StringIO(), None):
        monkeypatch.setattr(sys, "__stdout__", stream)
        assert terminal_columns() == shutil.get_terminal_size().columns


def test_progress_of_many_jobs_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with job_progress("Comparing", MIN_JOBS_FOR_PROGRESS - 1) as on_job:
        assert on_job is None
    with job_progress("Comparing", MIN_JOBS_FOR_PROGRESS) as on_job:
        assert on_job is not None
        on_job(3, MIN_JOBS_FOR_PROGRESS)
    assert "Comparing" in terminal.getvalue()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with job_progress("Comparing", MIN_JOBS_FOR_PROGRESS) as on_job:
        assert on_job is None
