"""Many jobs: which of them must run, side by side, each result on disk as soon as it is there."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from resim_inspect.validation.findings import Severity
from runner.engines.protocol import Build, Engine, EngineInfo, Limits, Prepared, Task
from runner.errors import RunnerError, StorageError, WorkspaceError
from runner.execution.events import Event, Watch
from runner.execution.run_job import JobSpec, Rules, Stop, run_job
from runner.redact import names_a_secret
from runner.storage.input_archive import DigestCache, inputs_digest
from runner.storage.publish import DIGESTS, new_outputs, publish, recover_publication
from runner.workspace import contract
from runner.workspace.layout import Job, RunFolder, Workspace
from runner.workspace.results import JobResult, Outcome
from runner.workspace.verdict_gate import VerdictGate

VERSION = "1"
"""Of what a key covers: another one runs everything again."""
TICK = 0.1


class Planned(NamedTuple):
    """A job, and its recorded result if that still holds."""

    job: Job
    kept: JobResult | None
    seconds: float
    """How long it took last time; -1 where that is not known."""


@dataclass(frozen=True)
class Call:
    """Everything that one call runs with."""

    engine: Engine
    build: Build
    prepared: Prepared
    rules: Rules
    run: str
    watch: Watch
    stop: Stop
    clock: Callable[[], float] = time.time
    gate: VerdictGate = field(default_factory=VerdictGate)


def slots(info: EngineInfo, limits: Limits) -> int:
    """How many runs fit at once: by the engine's CPUs, and three quarters of its memory."""
    by_cpu = max(1, int(info.cpus / (limits.cpus or 1)))
    if not info.memory or limits.memory_mib is None:
        return by_cpu
    return max(1, min(by_cpu, int(0.75 * info.memory / (limits.memory_mib << 20))))


def inputs_of(run_folder: RunFolder) -> tuple[tuple[str, Path], ...]:
    """The inputs of a job that a build gets to see, by name."""
    return tuple((p.name, p) for p in (run_folder.experience, run_folder.logs) if p.is_dir())


def key_of(build: Build, prepared: Prepared, inputs: str) -> str:
    """A digest of all that a run's outcome follows from. Secrets count by name only."""
    parts = {
        "version": VERSION,
        "identity": prepared.identity,
        "command": build.command,
        "platform": build.platform,
        "env": [(name, "" if names_a_secret(name) else value) for name, value in build.env],
        "mounts": [(str(m.source), m.target) for m in build.mounts],
        "inputs": inputs,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def settings_of(build: Build, rules: Rules) -> str:
    """A digest of limits and permissions: other ones may let a run succeed that failed."""
    parts = repr((build.limits, build.hardening, rules.timeout, rules.caps))
    return hashlib.sha256(parts.encode()).hexdigest()


def plan(workspace: Workspace, call: Call, rerun: str = "") -> list[Planned]:
    """Every job with what is known of it, those to run first, the longest of them first.

    `rerun` is empty, `failed` or `all`. Finishes what a crash interrupted on the way.
    """
    planned = [_planned(job, call, rerun) for job in workspace.jobs]
    known = [p.seconds for p in planned if p.seconds >= 0]
    usual = sum(known) / len(known) if known else 0.0
    return sorted(
        planned, key=lambda p: (p.kept is not None, -(p.seconds if p.seconds >= 0 else usual))
    )


def _planned(job: Job, call: Call, rerun: str) -> Planned:
    recover_publication(job.folder)
    try:
        result = job.folder.read_result()
    except WorkspaceError:
        # Broken by something else than us: what it said is lost, so the job runs again.
        result = None
    if result is None:
        return Planned(job, None, -1.0)
    kept = result if _holds(job, result, call, rerun) else None
    return Planned(job, kept, result.seconds)


def _holds(job: Job, result: JobResult, call: Call, rerun: str) -> bool:
    """Whether a recorded result is what a run would find again."""
    if rerun == "all" or result.outcome in {Outcome.BROKEN, Outcome.CANCELLED}:
        return False
    if result.outcome is Outcome.DONE:
        if not job.folder.metrics.is_file():
            return False
    elif rerun == "failed" or result.settings != settings_of(call.build, call.rules):
        return False
    try:
        key, _ = _key(job.folder, call)
    except RunnerError:
        return False
    return result.key == key


def _key(run_folder: RunFolder, call: Call) -> tuple[str, DigestCache]:
    cache = DigestCache(run_folder.path / "run" / DIGESTS, int(call.clock() * 1e9))
    return key_of(call.build, call.prepared, inputs_digest(inputs_of(run_folder), cache)), cache


def run_all(
    planned: Sequence[Planned],
    call: Call,
    parallel: int,
    *,
    signals: Callable[[], int] = lambda: 0,
    executor: Executor | None = None,
) -> list[JobResult]:
    """Run what must run; the results of all jobs that have one, in the order of the names.

    `signals` returns how many requests to stop have come. After a result that stops the run
    by the gate, running jobs are stopped and the others are not started.
    """
    results: dict[str, JobResult] = {p.job.name: p.kept for p in planned if p.kept is not None}
    for name, result in sorted(results.items()):
        call.watch(Event("kept", call.clock(), name, result=result))
        _stop_after(result, call)
    todo = [p.job for p in planned if p.kept is None]
    own = executor is None
    pool = executor or ThreadPoolExecutor(max(1, min(parallel, len(todo) or 1)))
    try:
        pending = {pool.submit(_one, job, call) for job in todo}
        heard = 0
        while pending:
            done, pending = wait(pending, TICK, FIRST_COMPLETED)
            for future in done:
                result = future.result()
                results[result.job] = result
                # Again: a worker elsewhere has a stop of its own.
                _stop_after(result, call)
            while heard < signals() and call.stop.stage < 2:
                heard += 1
                call.stop.advance()
            call.stop.tick()
    except BaseException:
        # Something that is no result: nothing may go on running behind its back.
        call.stop.advance()
        call.stop.advance()
        raise
    finally:
        if own:
            pool.shutdown(wait=True, cancel_futures=True)
    return [results[name] for name in sorted(results)]


def _stop_after(result: JobResult, call: Call) -> None:
    if call.gate.stops(result) and call.stop.begin():
        text = f"{result.job} failed, and --fail-fast is set."
        call.watch(Event("stopping", call.clock(), text=text))


def _one(job: Job, call: Call) -> JobResult:
    blank = JobResult(job.name, str(job.id), Outcome.CANCELLED, message="it was not started.")
    if call.stop.stage:
        return blank
    call.watch(Event("started", call.clock(), job.name))
    try:
        result = _run(job, call)
    except RunnerError as error:
        result = replace(blank, outcome=Outcome.BROKEN, message=error.reason, hint=error.hint)
        result = replace(result, started=call.clock())
        with suppress(StorageError):
            # The reason is told in any case; a full disk may not even take that.
            publish(job.folder, result)
    call.watch(Event("finished", call.clock(), job.name, result=result))
    # Here and not only where results are collected: the next job would have begun by then.
    _stop_after(result, call)
    return result


def _run(job: Job, call: Call) -> JobResult:
    run_folder = job.folder
    for finding in contract.check_inputs(run_folder.inputs):
        if finding.severity is Severity.ERROR:
            raise RunnerError(f"{finding.where} {finding.message}", finding.hint)
    key, cache = _key(run_folder, call)
    spec = JobSpec(
        Task(call.run, job.name, inputs_of(run_folder)),
        str(job.id),
        new_outputs(run_folder),
        run_folder.log,
        key,
        settings_of(call.build, call.rules),
    )

    def on_line(text: str) -> None:
        call.watch(Event("line", call.clock(), job.name, text))

    result = run_job(call.engine, call.build, call.prepared, spec, call.rules, call.stop, on_line)
    publish(run_folder, result, cache.as_bytes())
    return result
