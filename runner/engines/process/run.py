"""One run of a build as a process, from its start to its removal, with its log."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO

from runner.engines.process.tree_usage import children, tree_usage
from runner.engines.process.work_folder import remove_work
from runner.engines.protocol import RunExit, Sink, Usage
from runner.storage.output_extraction import Caps, Taken, take_folder

CHUNK = 64 << 10
SAMPLING = 0.1
"""Seconds between two looks at the resources of a build in a sandbox."""


class ProcessRun:
    """A build that runs as a process, with threads that read its output."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        work: Path,
        outputs: Path,
        log: Sink,
        *,
        sandboxed: bool,
        at_tmp: bool,
    ) -> None:
        self._process = process
        self._sandboxed = sandboxed
        self._lock = Lock()
        self._gone = False
        self._ended = Event()
        self._usage = Usage()
        self._work = work
        self._outputs = outputs
        self._log = log
        self._at_tmp = at_tmp
        streams = ((1, process.stdout), (2, process.stderr))
        self._pumps = [
            Thread(target=self._pump, args=(number, stream), daemon=True)
            for number, stream in streams
            if stream is not None
        ]
        for pump in self._pumps:
            pump.start()
        # The system gives the resources of a process only to the thread that waits for its end.
        self._waiter = Thread(target=self._wait_for_end, daemon=True)
        self._waiter.start()
        if sandboxed:
            Thread(target=self._sample_usage, daemon=True).start()

    def _pump(self, number: int, stream: IO[bytes]) -> None:
        with stream:
            while data := os.read(stream.fileno(), CHUNK):
                self._log.write(number, data)

    def _wait_for_end(self) -> None:
        own_peak = usage_of(resource.getrusage(resource.RUSAGE_SELF)).peak_memory or 0
        _, status, used = os.wait4(self._process.pid, 0)
        usage = usage_of(used)
        if usage.peak_memory is not None and usage.peak_memory <= own_peak:
            # Until it starts its program, a new process shares the memory of this one.
            usage = usage._replace(peak_memory=None)
        # bubblewrap does not wait for the processes in the sandbox, and is not the build.
        if not self._sandboxed:
            self._usage = usage
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._ended.set()

    def _sample_usage(self) -> None:
        while not self._ended.wait(SAMPLING):
            self._usage = self._usage.highest(tree_usage(self._process.pid))

    def wait(self, seconds: float) -> bool:
        """Wait for the process; return True if it ended within that time."""
        return self._ended.wait(seconds)

    def terminate(self) -> None:
        """Send TERM to the program; not to bubblewrap, which would end without passing it on."""
        inner = [
            grandchild for child in children(self._process.pid) for grandchild in children(child)
        ]
        if not (self._sandboxed and inner):
            self._signal_group(signal.SIGTERM)
            return
        for pid in inner:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGTERM)

    def kill(self) -> None:
        """Send KILL to the whole process group."""
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: signal.Signals) -> None:
        with self._lock:
            # The number of an empty group may be reused.
            if not self._gone:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, number)

    def exit_info(self) -> RunExit:
        """Exit with its code, 128 + n for a signal n, after the log is complete."""
        # Processes that the program left in its group would hold the pipes open.
        code = self._end_group()
        for pump in self._pumps:
            pump.join(5)
        return RunExit(128 - code if code < 0 else code, usage=self._usage)

    def take_outputs(self, into: Path, caps: Caps) -> Taken:
        """Copy the outputs; raises OutputsError."""
        return take_folder(self._outputs, into, caps)

    def remove(self) -> str:
        """Remove the private folder, and `/tmp/resim` if the run created it."""
        self._end_group()
        remove_work(self._work, self._at_tmp)
        return f"{self._work} is left behind." if self._work.exists() else ""

    def _end_group(self) -> int:
        self.kill()
        self._ended.wait()
        with self._lock:
            self._gone = True
        return self._process.returncode or 0


def usage_of(used: resource.struct_rusage) -> Usage:
    """Return the resources of a process: processor time of all its processes, and the memory of
    the one with the highest use."""
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(used.ru_maxrss * unit or None, used.ru_utime + used.ru_stime)
