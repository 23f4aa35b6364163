"""Workspaces for the tests of the table of jobs."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.job_rows import JobRow
from tests.tui.workspace.columns_harness import read_rows, write_batch
from tests.tui.workspace.workspace_harness import record_runs, write_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return write_workspace(tmp_path / "batch-7")


@pytest.fixture
def ran(workspace: Path) -> Path:
    """The workspace with records of its runs."""
    return record_runs(workspace)


@pytest.fixture(scope="package")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A batch of 30 jobs that no test changes."""
    return write_batch(tmp_path_factory.mktemp("columns") / "batch-9")


@pytest.fixture(scope="package")
def rows(batch: Path) -> list[JobRow]:
    return read_rows(batch)
