"""Fixtures for every room: real files, where there are any."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes is for the benchmarks to say, not for a test.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """A folder with real metrics files, named by RESIM_SAMPLE_DATA; skips without one."""
    name = os.environ.get("RESIM_SAMPLE_DATA", "")
    if not name or not Path(name).is_dir():
        pytest.skip("RESIM_SAMPLE_DATA names no folder of real metrics files")
    return Path(name)
