"""One container, from its start to its removal, with its log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread

from runner.engines.docker.client import BROKEN, DockerClient, engine_errors, refusal
from runner.engines.docker.container_settings import start_failure
from runner.engines.docker.group_watch import GroupWatch
from runner.engines.protocol import RunExit, Sink
from runner.errors import OutputsError
from runner.storage.output_extraction import Caps, Taken, take_archive
from runner.workspace.contract import METRICS, OUTPUTS

LOG_TIMEOUT = 20.0
"""Seconds of silence after which the log of an ended container counts as incomplete."""


class ContainerRun:
    """A container, with a thread that reads its log."""

    def __init__(self, client: DockerClient, container: str, log: Sink) -> None:
        self.id = container
        self._client = client
        self._log = log
        self._failed: RunExit | None = None
        self._pump: Thread | None = None
        self._chunks = 0
        self._watch = GroupWatch(container, self._statistics)

    def start(self) -> None:
        """Attach to the log, so that nothing of it is lost, then start the container."""
        api = self._client.api
        stream = api.attach(self.id, stdout=True, stderr=True, stream=True, demux=True)
        self._watch.follow(self._first_process)
        try:
            api.start(self.id)
        except BROKEN as error:
            self._failed = start_failure(refusal(error))
            if self._failed is None:
                raise
            return
        finally:
            self._watch.started()
        self._pump = Thread(target=self._drain, args=(stream,), daemon=True)
        self._pump.start()

    def _first_process(self) -> int:
        """Pid of the container's first process; 0 if it has none any more."""
        with suppress(*BROKEN):
            state = self._client.api.inspect_container(self.id).get("State") or {}
            return int(state.get("Pid") or 0)
        return 0

    def _statistics(self) -> Iterator[object]:
        """Yield the engine's statistics, once a second, until the container ends."""
        with suppress(*BROKEN):
            yield from self._client.api.stats(self.id, stream=True, decode=True)

    def _drain(self, stream: Iterator[tuple[bytes | None, bytes | None]]) -> None:
        try:
            for out, err in stream:
                self._chunks += 1
                if out:
                    self._log.write(1, out)
                if err:
                    self._log.write(2, err)
        except BROKEN:
            # The engine is lost, which `wait` reports.
            return

    def wait(self, seconds: float) -> bool:
        """Wait for the container; return True if it ended within that time; raises EngineError."""
        return self._failed is not None or self._client.wait(self.id, seconds)

    def terminate(self) -> None:
        """Send TERM to the build, through the init process."""
        self._client.signal(self.id, "SIGTERM")

    def kill(self) -> None:
        """Send KILL to all processes of the container."""
        self._client.signal(self.id, "SIGKILL")

    def exit_info(self) -> RunExit:
        """Exit of the container, after its log is complete; raises EngineError."""
        if self._failed is not None:
            return self._failed
        whole = self._drained()
        with engine_errors("does not answer"):
            state = self._client.api.inspect_container(self.id)["State"]
        oom, error = bool(state.get("OOMKilled")), state.get("Error") or ""
        code = int(state["ExitCode"])
        if code:
            self._watch.complete()
        seen = self._watch
        return RunExit(code, oom, error, not whole, seen.peak, seen.refused, seen.usage)

    def _drained(self) -> bool:
        """Wait for the rest of the log while it makes progress; return True if it is complete."""
        # The engine buffers about a megabyte; on a busy machine no total time limit is right.
        while self._pump is not None and self._pump.is_alive():
            before = self._chunks
            self._pump.join(LOG_TIMEOUT)
            if self._chunks == before and self._pump.is_alive():
                return False
        return True

    def take_outputs(self, into: Path, caps: Caps) -> Taken:
        """Copy the outputs out; raises OutputsError, EngineError or StorageError."""
        with engine_errors("broke off the transfer of the outputs"), ExitStack() as stack:
            chunks = self._client.archive(self.id, str(OUTPUTS), stack)
            if chunks is None:
                raise OutputsError("the build removed the outputs folder.")

            def metrics() -> Iterator[bytes] | None:
                # An engine serves one archive of a container at a time.
                stack.close()
                return self._client.archive(self.id, str(METRICS), stack)

            return take_archive(chunks, into, caps, metrics)

    def remove(self) -> str:
        """Remove the container and its volume; return what went wrong, empty if nothing did."""
        return self._client.remove(self.id)
