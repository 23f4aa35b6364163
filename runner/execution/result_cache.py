"""The recorded results of jobs: which of them still hold, and so need no new run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from runner.engines.protocol import Build, Prepared
from runner.errors import RunnerError, WorkspaceError
from runner.execution.run_context import RunContext, RunPolicy
from runner.redact import names_a_secret
from runner.storage.input_archive import DigestCache, inputs_digest
from runner.storage.publish import DIGESTS, recover_publication
from runner.workspace.layout import Job, RunFolder, Workspace
from runner.workspace.results import JobResult, Outcome

CACHE_VERSION = "1"
"""Part of every cache key; another version invalidates all recorded results."""


class Planned(NamedTuple):
    """A job, and its recorded result if that still holds."""

    job: Job
    kept: JobResult | None
    seconds: float
    """Duration of the last run; -1 if unknown."""
    stale: JobResult | None = None
    """The recorded result if it does not hold any more."""


def inputs_of(run_folder: RunFolder) -> tuple[tuple[str, Path], ...]:
    """Return the inputs of a job that a build sees, as names and folders."""
    return tuple((p.name, p) for p in (run_folder.experience, run_folder.logs) if p.is_dir())


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
    return hashlib.sha256(parts.encode()).hexdigest()


def job_cache_key(run_folder: RunFolder, context: RunContext) -> tuple[str, DigestCache]:
    """Return a job's cache key, and the digests of its inputs to be recorded with the result."""
    digests = DigestCache(run_folder.path / "run" / DIGESTS, int(context.clock() * 1e9))
    inputs = inputs_digest(inputs_of(run_folder), digests)
    return cache_key(context.build, context.prepared, inputs), digests


def plan(workspace: Workspace, context: RunContext, rerun: str = "") -> list[Planned]:
    """Return every job with its valid recorded result: those to run first, the longest at the top.

    `rerun` is empty, `failed` or `all`. Publications that a crash interrupted are finished.
    """
    planned = [_planned(job, context, rerun) for job in workspace.jobs]
    known = [p.seconds for p in planned if p.seconds >= 0]
    usual = sum(known) / len(known) if known else 0.0
    return sorted(
        planned, key=lambda p: (p.kept is not None, -(p.seconds if p.seconds >= 0 else usual))
    )


def _planned(job: Job, context: RunContext, rerun: str) -> Planned:
    recover_publication(job.folder)
    try:
        result = job.folder.read_result()
    except WorkspaceError:
        # Damaged by another program: the recorded result is lost, so the job runs again.
        result = None
    if result is None:
        return Planned(job, None, -1.0)
    kept = result if _holds(job, result, context, rerun) else None
    return Planned(job, kept, result.seconds, None if kept else result)


def _holds(job: Job, result: JobResult, context: RunContext, rerun: str) -> bool:
    settings = settings_digest(context.build, context.policy)
    if not is_reusable(job.folder.metrics, result, settings, rerun):
        return False
    try:
        key, _ = job_cache_key(job.folder, context)
    except RunnerError:
        return False
    return result.cache_key == key


def is_reusable(metrics: Path, result: JobResult, settings: str, rerun: str) -> bool:
    """Return True if a result holds as long as its cache key is still the same.

    `metrics` is the path of the metrics that a run which is done has left.
    """
    if rerun == "all" or result.outcome in {Outcome.BROKEN, Outcome.CANCELLED}:
        return False
    if result.outcome is Outcome.DONE:
        return metrics.is_file()
    return rerun != "failed" and result.settings_digest == settings
