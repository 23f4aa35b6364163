"""Fixtures of several tests of the runner."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.misbehaving_server import MisbehavingServer, misbehaving_server
from tests.runner.fetch_harness import offer


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with misbehaving_server() as running:
        offer(running)
        yield running
