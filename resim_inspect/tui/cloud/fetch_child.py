"""The fetch as a process of its own: started, listened to, stopped.

A process rather than a thread: dozens of connections would take the interpreter's lock from the
screen, and a thread that waits for a silent server can be stopped by nobody.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock, Timer
from typing import Any

import resim_inspect
from resim_inspect.tui.batch_address import BatchAddress

GRACE = 3.0
"""Seconds that a fetch may take to end when it is told to."""


class Child:
    """One fetch. `events` belongs to one thread; `stop` may be called by any."""

    def __init__(
        self,
        address: BatchAddress,
        folder: Path,
        api: str,
        environment: Mapping[str, str],
        token: str = "",
    ) -> None:
        """`token`: one that was typed, in place of what the environment and files say."""
        words = ["--project", str(address.project), "--batch", str(address.batch)]
        words += ["--api-url", api, "--events", "-"]
        if address.job:
            words.append(f"--jobs={address.job}")
        # -P: a folder named `runner` in the current directory is not this package.
        self.words = [sys.executable, "-P", "-m", "runner", "fetch", *words]
        self.words.append(str(folder.absolute()))
        self._environment = {**environment, **_python_path(environment)}
        if token:
            # In the environment, because other users can see the arguments of a process.
            self._environment["RESIM_TOKEN"] = token
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False
        self._lock = Lock()

    def events(self) -> Iterator[dict[str, Any]]:
        """Run it, and give its events as they come; the last one says how it ended.

        That is `end` or `error`, or where it was stopped or died `over`, with its last words.
        """
        try:
            process = self._start()
        except OSError as error:
            yield {"event": "over", "text": str(error)}
            return
        if process is None:
            return
        last: deque[str] = deque(maxlen=3)
        ended = False
        assert process.stdout is not None
        try:
            with process.stdout as lines:
                for line in lines:
                    event = _event(line)
                    if event is None:
                        last.append(line.strip())
                    else:
                        ended = ended or event["event"] in {"end", "error"}
                        yield event
        finally:
            process.wait()
        if not ended:
            yield {"event": "over", "text": " ".join(last)}

    def _start(self) -> subprocess.Popen[str] | None:
        with self._lock:
            if self._stopped:
                return None
            self._process = subprocess.Popen(
                self.words,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            return self._process

    def stop(self) -> None:
        """Tell it to end: what came is kept. Does not wait; `events` is soon over."""
        with self._lock:
            self._stopped = True
            process = self._process
            if process is not None and process.poll() is None:
                process.terminate()
                firm = Timer(GRACE, process.kill)
                firm.daemon = True
                firm.start()

    def wait(self) -> None:
        """Until its process is no more."""
        if self._process is not None:
            self._process.wait()


def _python_path(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variable that lets the child import this very package if it is not installed."""
    root = str(Path(resim_inspect.__file__).parents[1])
    if root in sysconfig.get_paths().values():
        return {}
    former = environment.get("PYTHONPATH")
    return {"PYTHONPATH": f"{former}{os.pathsep}{root}" if former else root}


def _event(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        values = json.loads(line)
    except ValueError:
        return None
    return values if isinstance(values, dict) and isinstance(values.get("event"), str) else None
