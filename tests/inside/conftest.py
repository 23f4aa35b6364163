"""A runtime harness for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inside.runtime_harness import RuntimeHarness


@pytest.fixture
def harness(tmp_path: Path) -> RuntimeHarness:
    """Empty folders of a job."""
    return RuntimeHarness(tmp_path / "runtime")
