"""The child process that fetches a batch: `python -m runner fetch`, its events, and its end.

A process rather than a thread: dozens of connections would compete with the screen for the
interpreter's lock, and a thread that waits for a silent server cannot be stopped.
"""

from __future__ import annotations

import json
import subprocess
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.runner_process import NO_WINDOW, runner_command, runner_environment
from resim_inspect.tui.terminal_hangup import end_with_app

TERMINATE_TIMEOUT = 3.0
"""Seconds that the process may take to end before it is killed."""


class FetchProcess:
    """One fetch. Iterate over `events` in one thread; `stop` may be called in any."""

    def __init__(
        self,
        address: BatchAddress,
        folder: Path,
        api: str,
        environment: Mapping[str, str],
        token: str = "",
    ) -> None:
        """`token`: one that the user typed; it takes precedence over the environment and files."""
        arguments = ["--project", str(address.project), "--batch", str(address.batch)]
        arguments += ["--api-url", api, "--events", "-"]
        if address.job:
            arguments.append(f"--jobs={address.job}")
        self.command = runner_command("fetch", *arguments, str(folder.absolute()))
        self._environment = runner_environment(environment)
        if token:
            # In the environment, because other users can see the arguments of a process.
            self._environment["RESIM_TOKEN"] = token
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False
        self._lock = Lock()

    def events(self) -> Iterator[dict[str, Any]]:
        """Start the process and yield its events; the last one is its outcome.

        That is `end` or `error`, or `over` with the last lines of output if the process was
        stopped or died.
        """
        try:
            process = self._start()
        except OSError as error:
            yield {"event": "over", "text": str(error)}
            return
        if process is None:
            yield {"event": "over", "text": ""}
            return
        last_lines: deque[str] = deque(maxlen=3)
        ended = False
        assert process.stdout is not None
        try:
            with process.stdout as lines:
                for line in lines:
                    event = _event(line)
                    if event is None:
                        last_lines.append(line.strip())
                    else:
                        ended = ended or event["event"] in {"end", "error"}
                        yield event
        finally:
            process.wait()
        if not ended:
            yield {"event": "over", "text": " ".join(last_lines)}

    def _start(self) -> subprocess.Popen[str] | None:
        with self._lock:
            if self._stopped:
                return None
            self._process = subprocess.Popen(
                self.command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                creationflags=NO_WINDOW,
            )
            end_with_app(self._process)
            return self._process

    def stop(self) -> None:
        """Ask the process to end, without waiting; jobs that were fetched are kept."""
        with self._lock:
            self._stopped = True
            process = self._process
            if process is not None and process.poll() is None:
                process.terminate()
                kill = Timer(TERMINATE_TIMEOUT, process.kill)
                kill.daemon = True
                kill.start()

    def wait(self) -> None:
        """Wait until the process has ended."""
        if self._process is not None:
            self._process.wait()


def _event(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) and isinstance(values.get("event"), str) else None
