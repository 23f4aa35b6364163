"""The record of a run, written while it goes on: its owner, its events, and the runner's log."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from runner.errors import RunnerError
from runner.execution.cancellation import Interrupted
from runner.execution.events import Event
from runner.exit_codes import ExitCode
from runner.redact import Secrets
from runner.reporting.heartbeat import Heartbeat
from runner.reporting.lines import Lines
from runner.storage.fs import disk_errors, remove_link, write_locked
from runner.workspace.results import JobResult
from runner.workspace.run_record import RunRecord, this_process


@dataclass(frozen=True)
class RunIdentity:
    """Identity of a run for programs that follow it."""

    run: str
    """Id of the run."""
    command: str
    """Name of the runner's command."""
    words: tuple[str, ...]
    """The whole command line; secrets in it are redacted."""
    log: str = ""
    """Path of the build's log of a run that has only one."""


class RunRecorder:
    """Writes the record of a run; a sink of events, used under the lock of its dispatcher.

    The caller holds the lock of the workspace or of the outputs. The start raises StorageError;
    a write that fails later does not end the run.
    """

    def __init__(
        self,
        record: RunRecord,
        identity: RunIdentity,
        secrets: Secrets,
        log_of: Callable[[JobResult], str],
        clock: Callable[[], float],
    ) -> None:
        self._record = record
        self._identity = identity
        self._secrets = secrets
        self._log_of = log_of
        self._clock = clock
        self._events = -1
        self._has_partial_line = False
        self._ended = False
        self._heartbeat = Heartbeat(record)

    def __enter__(self) -> Self:
        record, identity, now = self._record, self._identity, self._clock()
        words = tuple(map(self._secrets.hide_text, identity.words))
        owner = this_process(identity.run, now, words)
        with disk_errors(record.path):
            record.path.mkdir(parents=True, exist_ok=True)
            record.stop.unlink(missing_ok=True)
        remove_link(record.build_log)
        write_locked(record.owner, owner.as_bytes())
        # A new file, so that readers notice that another run has begun.
        write_locked(record.events, b"")
        with disk_errors(record.events):
            self._events = os.open(record.events, os.O_WRONLY | os.O_APPEND)
            # A caller may have directed stderr to this file, to have tracebacks in it as well.
            self._owns_log = not _is_stderr(record)
            if self._owns_log:
                # A new file: one from elsewhere may be a link.
                record.log.unlink(missing_ok=True)
            self._log = record.log.open(
                "w" if self._owns_log else "a", encoding="utf-8", errors="replace"
            )
            if not self._owns_log:
                self._log.truncate(0)
        self._lines = Lines(self._log, color=False, quiet=False, log_of=self._log_of, builds=False)
        about = {"run": identity.run, "command": identity.command, "log": identity.log}
        self(Event("begin", now, data=about))
        self._heartbeat.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._heartbeat.__exit__(kind, error, traceback)
        if not self._ended:
            self._end_by(error)
        os.close(self._events)
        self._log.close()

    def __call__(self, event: Event) -> None:
        """Write an event."""
        if event.kind == "line":
            return
        self._ended = self._ended or event.kind == "end"
        line = json.dumps(self._secrets.hide_values(event.as_dict())) + "\n"
        try:
            self._append(line.encode())
        except OSError:
            self._has_partial_line = True
        if self._owns_log:
            with suppress(OSError):
                self._lines(event)

    def _append(self, data: bytes) -> None:
        # What a full disk took of an earlier line ends here, so that it does not spoil this one.
        data = b"\n" + data if self._has_partial_line else data
        while data:
            data = data[os.write(self._events, data) :]
        self._has_partial_line = False

    def _end_by(self, error: BaseException | None) -> None:
        """Write the end of a run that broke off, so that it does not count as killed."""
        code: int = ExitCode.INTERNAL
        if isinstance(error, RunnerError):
            code, text, hint = ExitCode.ERROR, error.reason, error.hint
        elif isinstance(error, Interrupted):
            code, text, hint = error.code, "the run was interrupted.", ""
        elif error is None:
            code, text, hint = ExitCode.OK, "", ""
        else:
            text, hint = f"{type(error).__name__}: {error}", "This is a fault in resim-runner."
        now = self._clock()
        if text:
            self(Event("error", now, text=text, data={"hint": hint} if hint else {}))
            if self._owns_log:
                with suppress(OSError):
                    self._log.write(self._secrets.hide_text(f"{text}\n"))
        self(Event("end", now, data={"exit_code": int(code)}))


def _is_stderr(record: RunRecord) -> bool:
    with suppress(OSError, ValueError):
        return os.path.samestat(os.fstat(sys.stderr.fileno()), record.log.stat())
    return False
