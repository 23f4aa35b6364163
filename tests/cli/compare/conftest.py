"""An empty folder to compare in, and two files of which one got worse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.compare.compare_harness import write


@pytest.fixture(autouse=True)
def no_project_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder without a project file above it."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    before = write(tmp_path / "a.binproto", speed=3.0, mass=2.0, old=1.0)
    after = write(tmp_path / "b.binproto", speed=12.0, mass=2.0, new=5.0)
    return str(before), str(after)
