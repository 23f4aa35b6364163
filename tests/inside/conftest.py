"""A room of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inside.runtime_harness import Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Folders of a job, and none of them filled."""
    return Room(tmp_path / "room")
