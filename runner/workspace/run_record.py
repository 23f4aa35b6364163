"""The record of a workspace's present or last run: its folder, its owner, and requests to stop.

It also has the processes that hold claims on jobs: on other machines they may outlive the run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from resim_inspect.files import is_file
from resim_inspect.terminal import shell_line
from resim_inspect.text import clean
from runner.workspace.layout import RunFolder
from runner.workspace.process_identity import (
    current_owner,
    host_identity,
    is_local,
    is_stale,
    pid_in,
)
from runner.workspace.results import FORMAT
from runner.workspace.run_events import finite, text_of, texts, whole

HEARTBEAT = 10.0
"""Seconds between two signs of life of an owner: new times of change of `owner.json`."""
LEASE = 60.0
"""Seconds without a heartbeat after which an owner on another machine counts as dead."""
CLOCK_SKEW = 300.0
"""Seconds by which the clock of another machine may be ahead of this one's. A heartbeat from
further in the future is none: the clock was wrong, or the time of the file was changed."""
NO_HEARTBEAT = (
    f"as its machine sent no heartbeat for {LEASE:.0f} s (its clock is taken to be at most"
    f" {CLOCK_SKEW / 60:.0f} minutes ahead)"
)
"""The reason why an owner on another machine counts as dead, as a part of a sentence."""
MAX_OWNER_BYTES = 1 << 20
CLAIM = "claim.json"
"""Name of the claim on a job, which `runner.storage.claims` writes and locks."""
MAX_CLAIM_BYTES = 4096
OUTPUTS_SUFFIX = ".run"
"""End of the name of a record that lies beside a folder of outputs."""


class Liveness(StrEnum):
    """State of the process that owns a run, as far as it is known here."""

    ALIVE = "alive"
    DIED = "died"
    UNKNOWN = "unknown"
    """The owner is missing, or cannot be read."""


class RunRecord(NamedTuple):
    """Folder with the record of a run: `WORKSPACE/run`, or `<outputs>.run` beside the outputs."""

    path: Path

    @property
    def events(self) -> Path:
        """Path of the events, one JSON object a line."""
        return self.path / "events.jsonl"

    @property
    def owner(self) -> Path:
        """Path of the description of the process that runs it."""
        return self.path / "owner.json"

    @property
    def log(self) -> Path:
        """Path of what the runner itself writes to stderr."""
        return self.path / "log.txt"

    @property
    def build_log(self) -> Path:
        """Path of the build's output of a run without a workspace and without `--log`."""
        return self.path / "build.txt"

    @property
    def stop(self) -> Path:
        """Path of the requests to stop, one JSON object a line."""
        return self.path / "stop"

    @property
    def watch(self) -> Path:
        """Path of the requests to a run that is repeated by `--watch`, one JSON object a line."""
        return self.path / "watch"


def record_of_workspace(folder: Path) -> RunRecord:
    """Return the record of the runs of a workspace."""
    return RunRecord(folder / "run")


def record_of_outputs(outputs: Path) -> RunRecord:
    """Return the record of the runs with `--outputs`."""
    outputs = outputs.absolute()
    return RunRecord(outputs.with_name(outputs.name + OUTPUTS_SUFFIX))


def looks_like_record(folder: Path) -> bool:
    """Return True for a folder with the record of a run."""
    record = RunRecord(folder)
    return is_file(record.owner) or is_file(record.events)


@dataclass(frozen=True)
class RunOwner:
    """The process that runs a workspace. Texts are as in the file: clean them before display."""

    run: str
    """Id of the run."""
    host: str
    identity: str
    """`host/boot/space/pid/start`."""
    pid: int
    started: float
    """Seconds since 1970."""
    command: tuple[str, ...] = ()
    """The command line, with secrets redacted."""
    folder: str = ""
    """Working folder of the command; empty if it is unknown."""

    @property
    def command_line(self) -> str:
        """The command line for a shell in any folder; empty if it is unknown."""
        return shell_line(self.command, self.folder) if self.command else ""

    @property
    def is_here(self) -> bool:
        """True if it is a process that this one can look up."""
        return is_local(self.identity)

    @property
    def has_ended(self) -> bool:
        """True if its process is known to have ended; False if it lives, or lies elsewhere."""
        return is_stale(self.identity)

    def as_bytes(self) -> bytes:
        """Return the content of `owner.json`."""
        values = {
            "format": FORMAT,
            "run": self.run,
            "host": self.host,
            "pid": self.pid,
            "identity": self.identity,
            "started": round(self.started, 3),
            "command": list(self.command),
            "folder": self.folder,
        }
        return (json.dumps(values, indent=1) + "\n").encode()


def this_process(run: str, started: float, command: tuple[str, ...]) -> RunOwner:
    """Return this process as the owner of a run."""
    host = host_identity().partition("/")[0]
    try:
        folder = os.getcwd()  # noqa: PTH109 - a text for a shell
    except OSError:
        # It was removed.
        folder = ""
    return RunOwner(run, host, current_owner(), os.getpid(), started, command, folder)


class OwnerReading(NamedTuple):
    """An owner, and the time of its last heartbeat in seconds since 1970."""

    owner: RunOwner
    seen: float


def read_owner(record: RunRecord) -> OwnerReading | None:
    """Read the owner of a run; None if the file is missing or damaged."""
    try:
        with record.owner.open("rb") as file:
            seen = os.fstat(file.fileno()).st_mtime
            values = json.loads(file.read(MAX_OWNER_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        return None
    owner = RunOwner(
        text_of(values.get("run")),
        text_of(values.get("host")),
        text_of(values.get("identity")),
        whole(values.get("pid")),
        finite(values.get("started")),
        texts(values.get("command")),
        text_of(values.get("folder")),
    )
    return OwnerReading(owner, seen) if owner.run and owner.identity else None


def liveness(reading: OwnerReading | None, now: float) -> Liveness:
    """Return the state of an owner at a time in seconds since 1970.

    A process of this machine is looked up by pid and start time. One of another machine, or of
    another container, is alive as long as it renews its lease, by a clock that is ahead of this
    one by at most `CLOCK_SKEW`.
    """
    if reading is None:
        return Liveness.UNKNOWN
    if reading.owner.has_ended:
        return Liveness.DIED
    if reading.owner.is_here or is_within_lease(reading.seen, now):
        return Liveness.ALIVE
    return Liveness.DIED


def is_within_lease(seen: float, now: float) -> bool:
    """Return True if a heartbeat is recent enough, by times in seconds since 1970."""
    return -CLOCK_SKEW <= now - seen < LEASE


def active_owner(record: RunRecord) -> RunOwner | None:
    """Return the owner that is alive now; None without one.

    It may have written its last event already, and be about to end.
    """
    reading = read_owner(record)
    if reading is None or liveness(reading, time.time()) is not Liveness.ALIVE:
        return None
    return reading.owner


def request_stop(record: RunRecord, owner: RunOwner, job: str = "") -> None:
    """Ask an owner to stop a job, or everything for an empty name; raises OSError.

    The owner sends TERM to the builds and KILL after its grace period; a second request to stop
    everything sends KILL at once.
    """
    append_line(record.stop, {"run": owner.run, "job": job})


def append_line(path: Path, values: Mapping[str, Any]) -> None:
    """Append one JSON object as a line to a file of a record, not to a link; raises OSError."""
    line = json.dumps({"format": FORMAT, **values}) + "\n"
    # Appended by one write, so that lines of several processes do not mix.
    no_links = getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | no_links, 0o666)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def terminate(owner: RunOwner) -> bool:
    """Send TERM to an owner on this machine; return False if that is not possible.

    It reaches a runner that is still preparing, such as pulling an image. Raises PermissionError.
    """
    if sys.platform == "win32" or not owner.is_here or owner.has_ended:
        return False
    try:
        os.kill(owner.pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    return True


def stop_requests(lines: list[bytes], run: str) -> list[str]:
    """Return the jobs that lines of the stop file name, for this run; empty names mean all."""
    jobs = (values.get("job", "") for values in addressed_to(lines, "run", run))
    return [job for job in jobs if isinstance(job, str)]


def addressed_to(lines: Iterable[bytes], key: str, value: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of `append_line` with that value; other lines are left out."""
    for line in lines:
        try:
            values: Any = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(values, dict) and values.get(key) == value:
            yield values


class Holder(NamedTuple):
    """A process that has a claim, and the time of its last heartbeat in seconds since 1970."""

    identity: str
    seen: float

    @property
    def is_fresh(self) -> bool:
        """True if it sent a heartbeat within its lease."""
        return is_within_lease(self.seen, time.time())

    @property
    def is_alive(self) -> bool:
        """True for a process of this machine that runs, and one of another that is fresh."""
        return not is_stale(self.identity) and (is_local(self.identity) or self.is_fresh)

    @property
    def name(self) -> str:
        """Description for people: `process 417 on node-3`; no control characters."""
        host, _, _, pid, _ = (self.identity.split("/") + [""] * 5)[:5]
        return f"process {clean(pid, 20)} on {clean(host, 60)}" if pid else "another process"


def claim_path(run_folder: RunFolder) -> Path:
    """Return the path of the claim on a job; its folder need not exist."""
    return run_folder.run / CLAIM


def holder_in(content: bytes, seen: float) -> Holder | None:
    """Return the holder that the content of a claim names; None for what no runner wrote."""
    try:
        values: Any = json.loads(content)
        identity = text_of(values.get("identity")) if isinstance(values, dict) else ""
    except (ValueError, RecursionError):
        return None
    # The parts of `current_owner`; anything else was written by another program.
    parts = identity.split("/")
    if len(parts) != 5 or pid_in(parts[3]) is None:
        return None
    return Holder(identity, seen)


def live_holder(run_folder: RunFolder) -> Holder | None:
    """Return the process that runs a job at this moment, without taking its lock; else None."""
    try:
        with claim_path(run_folder).open("rb") as file:
            content = file.read(MAX_CLAIM_BYTES)
        seen = claim_path(run_folder).stat().st_mtime
    except OSError:
        return None
    holder = holder_in(content, seen)
    return holder if holder is not None and holder.is_alive else None
