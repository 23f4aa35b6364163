"""What several tests of the runner need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.misbehaving_server import Rude, rude
from tests.runner.fetch_harness import offer


@pytest.fixture
def server() -> Iterator[Rude]:
    with rude() as running:
        offer(running)
        yield running
