"""The stand-in with the latency of a network: `python -m benchmarks._slow_api FOLDER SECONDS`."""

from __future__ import annotations

import asyncio
import sys

from runner.api import server

_received = server.Connection.data_received


def main() -> int:
    """Serve like the real one; each request is heard only after a while."""
    latency = float(sys.argv[2])

    def later(connection: server.Connection, data: bytes) -> None:
        asyncio.get_running_loop().call_later(latency, _hear, connection, data)

    server.Connection.data_received = later  # type: ignore[assignment, method-assign]
    return server.main([sys.argv[1]])


def _hear(connection: server.Connection, data: bytes) -> None:
    if not connection.transport.is_closing():
        _received(connection, data)


if __name__ == "__main__":
    sys.exit(main())
