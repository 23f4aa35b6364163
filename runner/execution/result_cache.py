"""The recorded results of jobs: which of them still hold, and so need no new run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from resim_inspect.derived import emissions_names
from resim_inspect.files import is_file
from resim_inspect.text import NOT_RUN
from runner.engines.protocol import Build, Prepared
from runner.errors import RunnerError, WorkspaceError
from runner.execution.claimed_run import recover_unclaimed
from runner.execution.run_context import RunContext, RunPolicy
from runner.redact import names_a_secret
from runner.storage.input_archive import DigestCache, inputs_digest
from runner.storage.publish import DIGESTS
from runner.workspace.contract import inputs_below
from runner.workspace.layout import Job, RunFolder, Workspace
from runner.workspace.results import JobResult, Outcome

CACHE_VERSION = "1"
"""Part of every cache key; another version invalidates all recorded results."""

BUILD_REASONS = ("its build has changed", "its build or its inputs have changed")
"""Reasons for a run because of another build: of a result with a digest of its inputs, and of one
without it."""
GONE = "its metrics file is gone"


class Planned(NamedTuple):
    """A job, and its recorded result if that still holds."""

    job: Job
    recorded: JobResult | None
    seconds: float
    """Duration of the last run; -1 if unknown."""
    stale: JobResult | None = None
    """The recorded result if it does not hold any more."""
    why: str = ""
    """Reason why the job runs or its result is kept, as a clause."""


class KeyContext(Protocol):
    """Everything besides the inputs that determines whether a result holds."""

    @property
    def build(self) -> Build: ...
    @property
    def prepared(self) -> Prepared: ...
    @property
    def policy(self) -> RunPolicy: ...
    @property
    def clock(self) -> Callable[[], float]: ...


def cache_key(build: Build, prepared: Prepared, inputs: str) -> str:
    """Return a digest of everything that determines a run. Secrets count by name only."""
    parts: dict[str, object] = {
        "version": CACHE_VERSION,
        "identity": prepared.identity,
        "command": build.command,
        "platform": build.platform,
        "env": [(name, "" if names_a_secret(name) else value) for name, value in build.env],
        "mounts": [(str(m.source), m.target) for m in build.mounts],
        "inputs": inputs,
    }
    if build.like_cloud:
        # Names of outputs depend on it; without it, keys are as they were before.
        parts["like_cloud"] = True
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def settings_digest(build: Build, policy: RunPolicy) -> str:
    """Return a digest of limits and permissions: with others a failed run may succeed."""
    parts = repr((build.limits, build.hardening, policy.timeout, policy.caps))
    for config in policy.metrics_config:
        with suppress(OSError):
            parts += hashlib.sha256(config.read_bytes()).hexdigest()
    return hashlib.sha256(parts.encode()).hexdigest()


class JobKey(NamedTuple):
    """A job's cache key, the digest of its inputs in it, and those of each file of them."""

    key: str
    inputs: str
    digests: DigestCache
    """Digests of the input files, to be recorded with the result."""


def job_cache_key(run_folder: RunFolder, context: KeyContext) -> JobKey:
    """Return a job's cache key; raises RunnerError for inputs that cannot be read."""
    digests = DigestCache(run_folder.run / DIGESTS, int(context.clock() * 1e9))
    inputs = inputs_digest(inputs_below(run_folder.inputs), digests)
    return JobKey(cache_key(context.build, context.prepared, inputs), inputs, digests)


def plan(workspace: Workspace, context: RunContext, rerun: str = "") -> list[Planned]:
    """Return every job with its valid recorded result: those to run first, the longest at the top.

    `rerun` is empty, `failed` or `all`. Publications that a crash interrupted are finished.
    """
    planned = []
    for job in workspace.jobs:
        recover_unclaimed(job.folder)
        planned.append(planned_job(job, context, rerun))
    known = [p.seconds for p in planned if p.seconds >= 0]
    usual = sum(known) / len(known) if known else 0.0
    return sorted(
        planned, key=lambda p: (p.recorded is not None, -(p.seconds if p.seconds >= 0 else usual))
    )


def fingerprint(result: JobResult | None) -> str:
    """Return a digest of a recorded result, to tell a later one from it; empty without one."""
    return "" if result is None else hashlib.sha256(result.as_bytes()).hexdigest()


def recorded_fingerprint(run_folder: RunFolder) -> str:
    """Return the fingerprint of the recorded result; empty without one that can be read."""
    return fingerprint(run_folder.readable_result())


def result_since(run_folder: RunFolder, earlier: str, key: str) -> JobResult | None:
    """Return a result that was recorded since the plan and holds; None if the job has to run.

    `earlier` is the fingerprint of the result that the plan saw.
    """
    result = run_folder.readable_result()
    return result if result is not None and is_later_result(result, earlier, key) else None


def is_later_result(result: JobResult, earlier: str, key: str) -> bool:
    """Return True if a result holds by its cache key, and is another one than `earlier`."""
    if result.cache_key != key or fingerprint(result) == earlier:
        return False
    return result.outcome not in {Outcome.BROKEN, Outcome.CANCELLED}


def planned_job(job: Job, context: KeyContext, rerun: str) -> Planned:
    """Return one job with its recorded result if that holds, and why; changes nothing."""
    try:
        result = job.folder.read_result()
    except WorkspaceError:
        # Damaged by another program: the recorded result is lost, so the job runs again.
        return Planned(job, None, -1.0, why="its recorded result is damaged")
    if result is None:
        return Planned(job, None, -1.0, why=NOT_RUN)
    why = _reason_to_run(job, result, context, rerun)
    if why:
        return Planned(job, None, result.seconds, result, why)
    return Planned(job, result, result.seconds, why=why_kept(result))


def why_kept(result: JobResult) -> str:
    """Return the reason why a recorded result holds, as a clause."""
    if result.outcome is Outcome.DONE:
        return "nothing that it depends on has changed"
    return "it failed, and nothing has changed since (--rerun failed runs it again)"


def _reason_to_run(job: Job, result: JobResult, context: KeyContext, rerun: str) -> str:
    """Return why a recorded result does not hold, as a clause; empty if it does."""
    settings = settings_digest(context.build, context.policy)
    why = why_not_reusable(job.folder.metrics, result, settings, rerun)
    if why:
        return why
    try:
        key = job_cache_key(job.folder, context)
    except RunnerError as error:
        return error.reason.removesuffix(".")
    if result.cache_key == key.key:
        return ""
    if result.inputs_digest in {"", key.inputs}:
        return BUILD_REASONS[not result.inputs_digest]
    return "its inputs have changed"


def _has_emissions(outputs: Path, result: JobResult) -> bool:
    """Return True if the emissions of a result, which has no metrics file, are still there."""
    if not result.emissions:
        return False
    try:
        return bool(emissions_names(outputs))
    except OSError:
        return False


def is_reusable(metrics: Path, result: JobResult, settings: str, rerun: str) -> bool:
    """Return True if a result holds as long as its cache key is still the same."""
    return not why_not_reusable(metrics, result, settings, rerun)


def why_not_reusable(metrics: Path, result: JobResult, settings: str, rerun: str) -> str:
    """Return why a result does not hold whatever its cache key is, as a clause; empty if it may.

    `metrics` is the path of the metrics that a run which is done has left.
    """
    if rerun == "all":
        return "everything runs again with --rerun all"
    if result.outcome is Outcome.BROKEN:
        return "the build could not be run the last time"
    if result.outcome is Outcome.CANCELLED:
        return "it was stopped the last time"
    if result.outcome is Outcome.DONE:
        if result.emissions and result.settings_digest != settings:
            return "its emissions have a verdict by another config, or limits or rights differ"
        return "" if is_file(metrics) or _has_emissions(metrics.parent, result) else GONE
    if rerun == "failed":
        return "it failed, and failed jobs run again"
    return "" if result.settings_digest == settings else "it failed, and limits or rights differ"
