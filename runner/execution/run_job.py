"""The life of one run: started, watched, stopped when it must be, its outputs taken and judged."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from runner.engines.protocol import Build, Engine, Prepared, RunExit, Running, Task
from runner.errors import OutputsError, RunnerError, StorageError
from runner.execution import failure_hints
from runner.execution.evaluation import Judgement, judge
from runner.execution.log_capture import MIB, LogSink
from runner.redact import Secrets
from runner.storage.output_extraction import Caps, Taken
from runner.workspace.contract import ROOT
from runner.workspace.results import JobResult, Outcome, result_from_bytes

GRACE = 5.0
"""Seconds between TERM and KILL."""
SLICE = 20.0
LOG_CUT = "The end of its log is missing: the engine did not give it out."


@dataclass(frozen=True)
class Rules:
    """What holds for every run of a call; times in seconds."""

    timeout: float = 3600.0
    grace: float = GRACE
    caps: Caps = field(default_factory=Caps)
    log_limit: int = 64 * MIB
    secrets: Secrets = field(default_factory=Secrets)


@dataclass(frozen=True)
class JobSpec:
    """One run to be done: what, with which result's identity, and where things go."""

    task: Task
    job_id: str
    outputs: Path
    """A folder that does not exist yet; it is made only when there are outputs."""
    log: Path | None
    key: str = ""
    settings: str = ""


class Stop:
    """Ends the runs that are alive: the first time politely, the second time at once."""

    def __init__(self, grace: float = GRACE, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = Lock()
        self._live: set[Running] = set()
        self._grace = grace
        self._clock = clock
        self._deadline = 0.0
        self.stage = 0

    def add(self, run: Running) -> None:
        """A run is alive; one that comes late is ended at once."""
        with self._lock:
            self._live.add(run)
            stage = self.stage
        if stage:
            _end(run, stage)

    def discard(self, run: Running) -> None:
        """A run has ended."""
        with self._lock:
            self._live.discard(run)

    def advance(self) -> None:
        """One step further: TERM, then KILL."""
        self._step(2)

    def begin(self) -> bool:
        """The first step, unless it was taken before; whether this call took it."""
        return self._step(1)

    def _step(self, last: int) -> bool:
        with self._lock:
            if self.stage >= last:
                return False
            self.stage += 1
            stage = self.stage
            self._deadline = self._clock() + self._grace
            live = list(self._live)
        for run in live:
            _end(run, stage)
        return True

    def tick(self) -> None:
        """To be called now and then: KILL when the time after TERM is over."""
        if self.stage == 1 and self._clock() >= self._deadline:
            self.advance()


def _end(run: Running, stage: int) -> None:
    if stage == 1:
        run.terminate()
    else:
        run.kill()


def run_job(
    engine: Engine,
    build: Build,
    prepared: Prepared,
    spec: JobSpec,
    rules: Rules,
    stop: Stop,
    on_line: Callable[[str], None] | None = None,
) -> JobResult:
    """Run a build once. What the build does wrong is a result; so is an engine that fails.

    Outputs that could be taken lie in `spec.outputs` afterwards, valid or not.
    """
    blank = JobResult(
        spec.task.job,
        spec.job_id,
        Outcome.CANCELLED,
        message="it was not started.",
        started=time.time(),
        image=build.image or " ".join(build.command),
        image_id=prepared.identity,
        key=spec.key,
        settings=spec.settings,
    )
    if stop.stage:
        return blank
    begun = time.monotonic()
    try:
        log = LogSink(spec.log, rules.secrets, rules.log_limit, on_line)
    except StorageError as error:
        return _broken(blank, error)
    try:
        result = _alive(engine, build, prepared, spec, rules, stop, log, blank)
    except RunnerError as error:
        result = _broken(blank, error)
    finally:
        log.close()
    if log.problem is not None and result.outcome is not Outcome.CANCELLED:
        result = replace(
            result,
            outcome=Outcome.BROKEN,
            message=f"its log could not be kept: {log.problem}",
            hint=log.problem.hint,
        )
    bad = result.outcome is not Outcome.DONE
    result = replace(
        result,
        seconds=round(time.monotonic() - begun, 3),
        log_bytes=log.size,
        log_tail=log.tail() if bad else (),
    )
    if rules.secrets:
        # A build may also write them into the names of its metrics.
        result = result_from_bytes(rules.secrets.hide(result.as_bytes()))
    return result


def _broken(blank: JobResult, error: RunnerError) -> JobResult:
    return replace(blank, outcome=Outcome.BROKEN, message=error.reason, hint=error.hint)


def _alive(
    engine: Engine,
    build: Build,
    prepared: Prepared,
    spec: JobSpec,
    rules: Rules,
    stop: Stop,
    log: LogSink,
    blank: JobResult,
) -> JobResult:
    run = engine.start(build, prepared, spec.task, log)
    left = ""
    try:
        stop.add(run)
        in_time = _wait(run, rules)
        stop.discard(run)
        if stop.stage:
            return replace(blank, message="it was stopped.")
        ended = run.exit_info()
        if not in_time:
            why = failure_hints.of_timeout(rules.timeout, log.tail())
            return replace(
                blank,
                outcome=Outcome.TIMEOUT,
                exit_code=ended.code,
                message=why.message,
                hint=why.hint,
            )
        result = _judged(engine, build, spec, rules, run, ended, log, blank)
        if ended.log_cut:
            left = LOG_CUT
    finally:
        stop.discard(run)
        left = f"{left} {run.remove()}".strip()
    return replace(result, hint=f"{result.hint} {left}".strip()) if left else result


def _wait(run: Running, rules: Rules) -> bool:
    """Whether the build ended by itself within its time; else it is ended here."""
    deadline = time.monotonic() + rules.timeout
    while (left := deadline - time.monotonic()) > 0:
        if run.wait(min(left, SLICE)):
            return True
    run.terminate()
    if not run.wait(rules.grace):
        run.kill()
        run.wait(30)
    return False


def _judged(
    engine: Engine,
    build: Build,
    spec: JobSpec,
    rules: Rules,
    run: Running,
    ended: RunExit,
    log: LogSink,
    blank: JobResult,
) -> JobResult:
    result = replace(blank, outcome=Outcome.FAILED, exit_code=ended.code, message="")
    refused: OutputsError | None = None
    taken = Taken()
    try:
        taken = run.take_outputs(spec.outputs, rules.caps)
    except OutputsError as error:
        refused = error
    judgement = Judgement() if refused else judge(spec.outputs, taken)
    result = replace(
        result,
        verdict=judgement.verdict,
        metrics=judgement.metrics,
        statuses=dict(judgement.statuses),
        failing=judgement.failing,
        findings=judgement.findings,
        finding_count=judgement.finding_count,
        files=taken.files,
        size=taken.size,
    )
    if ended.code:
        oom_hidden = not engine.info.reports_oom and "--memory-mib" not in engine.info.unkept
        tail = log.tail()
        why = failure_hints.of_exit(ended, tail, build, oom_hidden=oom_hidden)
        hint = why.hint
        if any(str(ROOT) in line for line in tail):
            hint = engine.no_outputs_hint(build) or hint
        return replace(result, message=why.message, hint=hint)
    if refused is not None:
        return replace(result, message=refused.reason, hint=refused.hint)
    if judgement.message:
        hint = judgement.hint
        if not taken.files:
            hint = engine.no_outputs_hint(build) or hint
        return replace(result, message=judgement.message, hint=hint)
    return replace(result, outcome=Outcome.DONE)
