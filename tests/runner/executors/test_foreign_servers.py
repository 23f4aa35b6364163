"""Servers behind `--executor` that are not a Dask scheduler, or do not answer."""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread, Timer

import pytest

from runner.cli import main
from runner.errors import ExecutorError
from runner.executors import dask_cluster
from runner.executors.address import SchedulerAddress
from runner.executors.dask_cluster import DaskCluster
from runner.executors.loop_thread import Ask, run_in_thread
from tests.containers.container_harness import make_jobs

pytestmark = pytest.mark.slow

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


@pytest.mark.skipif(sys.platform == "win32", reason="raises a signal of POSIX")
@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
@pytest.mark.parametrize("address", ["silent"], indirect=True)
def test_ctrl_c_ends_the_wait_for_a_scheduler_at_once(
    address: SchedulerAddress,
    handler: signal.Handlers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl+C also ends a run that a script started by `&`, where it is ignored until then."""
    workspace = make_jobs(tmp_path / "flights", 1)
    words = ("--command", "true", "--no-sandbox", "--executor", f"dask+{address.url}")
    before = signal.signal(signal.SIGINT, handler)
    waits: list[float] = []

    def interrupted(ask: Ask, seconds: float) -> None:
        Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
        waits.append(time.monotonic())
        run_in_thread(ask, seconds)

    monkeypatch.setattr(dask_cluster, "run_in_thread", interrupted)
    try:
        assert main(["run", str(workspace), *words]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - waits[0] < dask_cluster.CONNECT_TIMEOUT / 2
