"""Launcher of the stub API and a build in one sandbox; it needs the standard library only.

`python3 launch.py FD FOLDER PORT COMMAND…`: the API in FOLDER writes its counts to the open
file FD, which the build does not inherit. The API ends after the build, so that the counts are
complete; the exit code is the build's.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

FAILED = 97
READY = 60.0


def main(arguments: list[str]) -> int:
    """Run the API and the build; return the build's exit code."""
    counts_fd, folder, port, *command = arguments
    server = [sys.executable, "-I", f"{folder}/server.py", folder, "--port", port]
    api = subprocess.Popen(
        [*server, "--counts", "-"], stdout=int(counts_fd), stdin=subprocess.DEVNULL
    )
    os.close(int(counts_fd))
    if not _ready(api, int(port)):
        api.kill()
        return FAILED
    try:
        build = subprocess.Popen(command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        api.terminate()
        api.wait()
        return 127 if isinstance(error, FileNotFoundError) else 126
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: build.send_signal(received))
    code = build.wait()
    api.terminate()
    try:
        api.wait(10)
    except subprocess.TimeoutExpired:
        api.kill()
    return 128 - code if code < 0 else code


def _ready(api: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + READY
    while api.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
