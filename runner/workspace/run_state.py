"""State of a run, folded from its events: jobs, progress, outcome, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_events import Event, finite, text_of, texts, whole
from runner.workspace.run_record import Liveness, RunOwner
from runner.workspace.watch_requests import WatchPhase

MAX_WARNINGS = 50
"""Number of the last warnings that a state keeps."""


class Phase(StrEnum):
    """Progress of one job."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    KEPT = "kept"
    """The job's recorded result is still valid, so that it is not run."""


class Life(StrEnum):
    """State of a run as a whole."""

    NONE = "none"
    """The record of a run does not exist."""
    ALIVE = "alive"
    FINISHED = "finished"
    DIED = "died"
    """The process ended without an end of the run or of the watch, for example by KILL."""


class RunKey(NamedTuple):
    """Key of a job in a state: `("job", NAME)`, `("batch", "batch")`, `("report", "report")`."""

    mode: str
    name: str


@dataclass(frozen=True)
class JobProgress:
    """One job of a run. `result` is set once it is finished, or kept."""

    key: RunKey
    phase: Phase
    started: float = 0.0
    """Seconds since 1970; 0 before the start."""
    result: JobResult | None = None
    stopping: bool = False
    """True after a request to stop this job alone."""
    attempt: int = 1
    worker: str = ""
    """Name of the worker that runs it, such as `node-3/417`; empty for a thread of the runner."""
    stale: JobResult | None = None
    """Result of the previous run, which does not hold any more; None once the new one is in."""
    change: str = ""
    """Difference from the previous run in one line, with `--watch`."""
    holder: str = ""
    """Process that runs it although its run has ended, for display; empty for any other job."""

    @property
    def name(self) -> str:
        """Name of the job, as in the file: clean it before display."""
        return self.key.name


@dataclass(frozen=True)
class RunState:
    """State of a run at one moment. Texts are as in the file: clean them before display."""

    run: str = ""
    """Id of the run."""
    command: str = ""
    """Name of the runner's command: `job`, `run`, `batch`, `report`."""
    started: float = 0.0
    """Seconds since 1970."""
    title: str = ""
    build: str = ""
    engine: str = ""
    planned: bool = False
    """True once the plan is known; before, the engine and the build are prepared."""
    todo: int = 0
    """Number of jobs to run, the batch or report included."""
    parallel: int = 1
    jobs: Mapping[RunKey, JobProgress] = field(default_factory=dict)
    """Every job of the plan, in its order."""
    note: str = ""
    """Last remark on a slow step, such as the pull of an image."""
    warnings: tuple[str, ...] = ()
    stopping: str = ""
    """Reason why everything is being stopped; empty if it is not."""
    error: str = ""
    """Reason why the run broke off, as a sentence."""
    hint: str = ""
    exit_code: int | None = None
    """Exit code of a run that has ended by itself."""
    ended: float = 0.0
    """Seconds since 1970; 0 before the end."""
    done: int = 0
    """Number of jobs of `todo` that have ended."""
    measured: int = 0
    """Number of them that were not stopped: the others say nothing of the duration of a job."""
    spent: float = 0.0
    """Seconds that the measured jobs took together."""
    damaged: int = 0
    """Number of lines that are not events."""
    log: str = ""
    """Path of the build's log of a run that has only one; empty for a workspace."""
    owner: RunOwner | None = None
    life: Life = Life.NONE
    watch: WatchPhase = WatchPhase.NONE
    """State of a run that is repeated when its files change, between two runs as well."""

    @property
    def running(self) -> tuple[JobProgress, ...]:
        """The jobs that run at this moment."""
        return tuple(job for job in self.jobs.values() if job.phase is Phase.RUNNING)

    @property
    def is_active(self) -> bool:
        """True while the run goes on or watches files; one that is about to end has ended."""
        return self.life is Life.ALIVE or bool(self.watch)

    def seconds_left(self, now: float) -> float | None:
        """Estimate of the remaining seconds, at a time in seconds since 1970; None if unknown."""
        if not self.planned or self.life is not Life.ALIVE:
            return None
        elapsed = [now - job.started for job in self.running]
        mean = self.spent / self.measured if self.measured else None
        return seconds_left(self.todo - self.done, mean, elapsed, self.parallel)


def seconds_left(
    waiting: int, mean: float | None, elapsed: list[float], parallel: int
) -> float | None:
    """Estimate the remaining seconds of jobs that have not ended; None without a mean duration.

    `elapsed` has the seconds since the start of each running job.
    """
    if mean is None:
        return None
    begun = sum(min(mean, max(0.0, each)) for each in elapsed)
    return max(0.0, waiting * mean - begun) / max(1, parallel)


class RunFold:
    """Folds events into the state of a run; one object for one run."""

    def __init__(self) -> None:
        self._state = RunState()
        self._jobs: dict[RunKey, JobProgress] = {}
        self._changed = False

    @property
    def run(self) -> str:
        """Id of the run; empty before its first event."""
        return self._state.run

    def add(self, event: Event) -> None:
        """Take the next event; events of unknown kinds are ignored."""
        handler = getattr(self, f"_on_{event.kind}", None) if event.kind.isidentifier() else None
        if handler is not None:
            handler(event)

    def add_damaged(self) -> None:
        """Count a line that is not an event."""
        self._state = replace(self._state, damaged=self._state.damaged + 1)

    def state(self, owner: RunOwner | None, liveness: Liveness) -> RunState:
        """Return the state at this moment, with the process that owns the run."""
        # The process of a repeated run outlives each of its runs.
        watch_died = bool(self._state.watch) and liveness is Liveness.DIED
        if self._state.ended and not watch_died:
            life = Life.FINISHED
        elif liveness is Liveness.ALIVE:
            life = Life.ALIVE
        else:
            life = Life.DIED if self._state.run or owner is not None else Life.NONE
        if self._changed:
            # A state is frozen: the next event must not change its jobs.
            jobs = MappingProxyType(dict(self._jobs))
            self._state, self._changed = replace(self._state, jobs=jobs), False
        watch = self._state.watch if liveness is Liveness.ALIVE else WatchPhase.NONE
        return replace(self._state, owner=owner, life=life, watch=watch)

    def _put(self, job: JobProgress) -> None:
        self._jobs[job.key] = job
        self._changed = True

    def _job(self, event: Event) -> JobProgress:
        key = RunKey(event.mode, event.job)
        return self._jobs.get(key) or JobProgress(key, Phase.QUEUED)

    def _on_begin(self, event: Event) -> None:
        data = event.data
        self._state = replace(
            self._state,
            run=text_of(data.get("run")),
            command=text_of(data.get("command")),
            log=text_of(data.get("log")),
            started=event.at,
        )

    def _on_plan(self, event: Event) -> None:
        data = event.data
        last = [mode for mode in ("batch", "report") if whole(data.get(mode))]
        self._state = replace(
            self._state,
            title=text_of(data.get("title")),
            build=text_of(data.get("build")),
            engine=text_of(data.get("engine")),
            todo=whole(data.get("todo")) + len(last),
            parallel=whole(data.get("parallel"), 1),
            planned=True,
            note="",
        )
        for name in texts(data.get("queue")):
            self._put(JobProgress(RunKey("job", name), Phase.QUEUED))
        for mode in last:
            self._put(JobProgress(RunKey(mode, mode), Phase.QUEUED))

    def _on_note(self, event: Event) -> None:
        self._state = replace(self._state, note=event.text)

    def _on_warning(self, event: Event) -> None:
        warnings = (*self._state.warnings, event.text)[-MAX_WARNINGS:]
        self._state = replace(self._state, warnings=warnings)

    def _on_started(self, event: Event) -> None:
        worker = text_of(event.data.get("worker"))
        job = replace(self._job(event), phase=Phase.RUNNING, started=event.at, worker=worker)
        self._put(job)

    def _on_retry(self, event: Event) -> None:
        attempt = whole(event.data.get("attempt"), 1)
        self._put(replace(self._job(event), started=event.at, attempt=attempt))

    def _on_finished(self, event: Event) -> None:
        if event.result is None:
            return
        job = self._job(event)
        if job.phase is not Phase.FINISHED:
            state = replace(self._state, done=self._state.done + 1)
            if event.result.outcome is not Outcome.CANCELLED:
                spent = state.spent + max(0.0, finite(event.result.seconds))
                state = replace(state, measured=state.measured + 1, spent=spent)
            self._state = state
        self._put(replace(job, phase=Phase.FINISHED, result=event.result, stale=None))

    def _on_kept(self, event: Event) -> None:
        if event.result is not None:
            self._put(replace(self._job(event), phase=Phase.KEPT, result=event.result))
            if event.mode != "job":
                # The plan counts the batch before it is known that its result is still valid.
                self._state = replace(self._state, todo=max(0, self._state.todo - 1))

    def _on_stale(self, event: Event) -> None:
        self._put(replace(self._job(event), stale=event.result))

    def _on_changed(self, event: Event) -> None:
        self._put(replace(self._job(event), change=event.text))

    def _on_watch(self, event: Event) -> None:
        phase = text_of(event.data.get("phase"))
        known = phase in set(WatchPhase)
        self._state = replace(self._state, watch=WatchPhase(phase) if known else WatchPhase.NONE)

    def _on_stopping(self, event: Event) -> None:
        if event.job:
            self._put(replace(self._job(event), stopping=True))
        else:
            self._state = replace(self._state, stopping=event.text or "it is being stopped.")

    def _on_error(self, event: Event) -> None:
        hint = text_of(event.data.get("hint"))
        self._state = replace(self._state, error=event.text, hint=hint)

    def _on_end(self, event: Event) -> None:
        code = whole(event.data.get("exit_code"), 1)
        self._state = replace(self._state, exit_code=code, ended=event.at or 1.0)
