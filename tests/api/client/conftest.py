"""A server that misbehaves as told, and a client with short waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runner.api.client.client import Client
from runner.api.client.retry import RetryPolicy
from tests.api.client.client_harness import PROJECT, TOKEN
from tests.api.misbehaving_server import MisbehavingServer, misbehaving_server


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with misbehaving_server() as running:
        yield running


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(server: MisbehavingServer, slept: list[float]) -> Iterator[Client]:
    retry = RetryPolicy(
        connect=2.0, read=0.3, total_timeout=1.0, attempts=4, listing=100_000, blob=100_000
    )
    made = Client(
        f"{server.url}/v1",
        TOKEN,
        PROJECT,
        retry=retry,
        sleep=slept.append,
        chance=lambda: 1.0,
    )
    yield made
    made.close()
