"""Servers behind `--executor` that are not a Dask scheduler, or do not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Thread

import pytest

from runner.errors import ExecutorError
from runner.executors import dask_cluster
from runner.executors.address import SchedulerAddress
from runner.executors.dask_cluster import DaskCluster

pytest.importorskip("distributed")

GREETINGS = {
    "silent": b"",
    "http": b"HTTP/1.0 400 Bad Request\r\nServer: x\r\n\r\n",
    "ssh": b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
    "zeros": bytes(64),
}


@pytest.fixture(params=GREETINGS)
def address(request: pytest.FixtureRequest) -> Iterator[SchedulerAddress]:
    """The address of a server that greets each connection in its way, and keeps it open."""
    greeting = GREETINGS[request.param]
    with ExitStack() as stack, socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    connection = stack.enter_context(server.accept()[0])
                    connection.sendall(greeting)
            except OSError:
                return

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield SchedulerAddress(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_server_that_is_not_a_scheduler_is_refused_in_time(
    address: SchedulerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT_TIMEOUT", 0.5)
    with pytest.raises(ExecutorError, match=r"^the server at tcp://.* is not a Dask scheduler"):
        DaskCluster(address)
