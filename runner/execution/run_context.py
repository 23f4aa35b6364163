"""Values that every run of a call shares: the engine, the build, the policy, the event sink."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from runner.engines.protocol import Build, Engine, Prepared, Task
from runner.execution.cancellation import GRACE, Stop
from runner.execution.events import Event, EventSink
from runner.execution.log_capture import MIB
from runner.redact import Secrets
from runner.storage.output_extraction import Caps
from runner.workspace.results import JobResult
from runner.workspace.verdict_gate import VerdictGate


@dataclass(frozen=True)
class RunPolicy:
    """Limits and secrets of every run of a call; times in seconds."""

    timeout: float = 3600.0
    grace: float = GRACE
    caps: Caps = field(default_factory=Caps)
    log_limit: int = 64 * MIB
    secrets: Secrets = field(default_factory=Secrets)
    metrics_config: tuple[Path, ...] = ()
    """Config of emissions, by which they get a verdict; without one they have none."""
    retries: int = 0
    """Maximum of further attempts for a run that the engine or a disk broke."""


@dataclass(frozen=True)
class RunContext:
    """Everything that the runs of one call share."""

    engine: Engine
    build: Build
    prepared: Prepared
    policy: RunPolicy
    call_id: str
    """Id of the call, on everything that the engine makes for it."""
    notify: EventSink
    stop: Stop
    clock: Callable[[], float] = time.time
    gate: VerdictGate = field(default_factory=VerdictGate)
    confirm: Callable[[JobResult], None] = lambda _: None
    """Called before a result is published; raises WorkerError for one that does not hold."""

    def note(self, text: str) -> None:
        """Report a text that concerns the call as a whole."""
        self.notify(Event("note", self.clock(), text=text))


@dataclass(frozen=True)
class JobSpec:
    """One run: its task, the identity of its result, and where its files go."""

    task: Task
    job_id: str
    outputs: Path
    """A folder that does not exist yet; it is made only when there are outputs."""
    log: Path | None
    cache_key: str = ""
    settings_digest: str = ""
    inputs_digest: str = ""
