"""The stub server with a network's latency, and with troubles where they are wanted.

`python -m benchmarks.programs.slow_api FOLDER SECONDS [EVERY]`;
each EVERYth request is answered 503.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count

from runner.api.stub_server import server

_received = server.Connection.data_received
_BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


def main() -> int:
    """Serve like the real one; each request is heard only after a while."""
    latency = float(sys.argv[2])
    every = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    numbers = count(1)

    def later(connection: server.Connection, data: bytes) -> None:
        # The requests of benchmarks are small: each comes in one piece.
        busy = every and next(numbers) % every == 0
        answer = _refuse if busy else _hear
        asyncio.get_running_loop().call_later(latency, answer, connection, data)

    server.Connection.data_received = later  # type: ignore[assignment, method-assign]
    return server.main([sys.argv[1]])


def _hear(connection: server.Connection, data: bytes) -> None:
    if not connection.transport.is_closing():
        _received(connection, data)


def _refuse(connection: server.Connection, _: bytes) -> None:
    if not connection.transport.is_closing():
        connection.transport.write(_BUSY)


if __name__ == "__main__":
    sys.exit(main())
